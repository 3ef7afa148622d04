/* SPDX-License-Identifier: MIT */
#include "runtime/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/sentence.h"

static const char *const level_names[] = {"off", "error", "warning", "info",
                                          "debug"};

enum {
    LEVELS = sizeof level_names / sizeof level_names[0]
};

static void write_stderr(void *data, tn_log_level level, const char *line)
{
    (void)data;
    fprintf(stderr, "tenon: %s: %s\n",
            level < LEVELS ? level_names[level] : "log", line);
}

void tn_logger_init(tn_logger *logger, tn_log_level level,
                    void (*write)(void *data, tn_log_level level,
                                  const char *line),
                    void *data)
{
    logger->level = level;
    logger->write = write != NULL ? write : write_stderr;
    logger->data = data;
}

void tn_log(const tn_logger *logger, tn_log_level level, const char *format,
            ...)
{
    if (level == TN_LOG_OFF || level > logger->level) {
        return;
    }
    tn_sentence line;
    va_list values;

    va_start(values, format);
    tn_sentence_vset(&line, format, values);
    va_end(values);
    logger->write(logger->data, level, line.text);
}

tn_log_level tn_log_level_of(const char *name)
{
    for (tn_log_level level = 0; level < LEVELS; ++level) {
        if (strcmp(name, level_names[level]) == 0) {
            return level;
        }
    }
    return TN_UNKNOWN;
}
