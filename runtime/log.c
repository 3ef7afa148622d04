/* SPDX-License-Identifier: MIT */
#include "runtime/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/sentence.h"

const char *tn_log_level_name(tn_log_level level)
{
    static const char *const names[] = {"off", "error", "warning", "info",
                                        "debug"};

    return level < sizeof names / sizeof names[0] ? names[level] : NULL;
}

static void write_stderr(void *data, tn_log_level level, const char *line)
{
    const char *name = tn_log_level_name(level);

    (void)data;
    fprintf(stderr, "tenon: %s: %s\n", name != NULL ? name : "log", line);
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
    const char *known;

    for (tn_log_level level = 0; (known = tn_log_level_name(level)) != NULL;
         ++level) {
        if (strcmp(name, known) == 0) {
            return level;
        }
    }
    return TN_UNKNOWN;
}
