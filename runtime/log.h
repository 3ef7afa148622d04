/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A runtime's log: lines up to a level, to stderr or to the application.
 */
#ifndef TENON_RUNTIME_LOG_H
#define TENON_RUNTIME_LOG_H

#include <tenon/types.h>

typedef struct tn_logger {
    tn_log_level level;
    void (*write)(void *data, tn_log_level level, const char *line);
    void *data;
} tn_logger;

/** A logger to `write`, or to stderr where it is NULL. */
void tn_logger_init(tn_logger *logger, tn_log_level level,
                    void (*write)(void *data, tn_log_level level,
                                  const char *line),
                    void *data);

void tn_log(const tn_logger *logger, tn_log_level level, const char *format,
            ...) __attribute__((format(printf, 3, 4)));

/** "warning" for TN_LOG_WARNING; NULL behind the last level. */
const char *tn_log_level_name(tn_log_level level);

/** TN_LOG_WARNING for "warning"; TN_UNKNOWN for another text. */
tn_log_level tn_log_level_of(const char *name);

#endif
