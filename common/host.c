/* SPDX-License-Identifier: MIT */
#include "common/host.h"

#include <stdarg.h>
#include <string.h>

#include "common/sentence.h"
#include "common/yes.h"

tn_status tn_host_fail(const tn_host *host, void *host_data, tn_status status,
                       const char *format, ...)
{
    tn_sentence sentence;
    va_list values;

    va_start(values, format);
    tn_sentence_vset(&sentence, format, values);
    va_end(values);
    host->error(host_data, sentence.text);
    return status;
}

tn_status tn_host_fail_memory(const tn_host *host, void *host_data,
                              const char *what)
{
    return tn_host_fail(host, host_data, TN_ERROR_NO_MEMORY,
                        "no host memory left for %s", what);
}

void *tn_host_allocate(const tn_host *host, void *host_data, size_t bytes)
{
    void *pointer = host->allocate(host_data, bytes, 0);

    return pointer != NULL ? memset(pointer, 0, bytes) : NULL;
}

void tn_host_log(const tn_host *host, void *host_data, tn_log_level level,
                 const char *format, ...)
{
    tn_sentence line;
    va_list values;

    va_start(values, format);
    tn_sentence_vset(&line, format, values);
    va_end(values);
    host->log(host_data, level, line.text);
}

tn_status tn_host_fail_setting(const tn_host *host, void *host_data,
                               const char *key, const char *what)
{
    const char *origin = host->config_origin(host_data, key);

    return tn_host_fail(host, host_data, TN_ERROR_CONFIG, "%s: %s = %s %s",
                        origin != NULL ? origin : "configuration", key,
                        host->config(host_data, key), what);
}

tn_status tn_host_read_yes(const tn_host *host, void *host_data,
                           const char *key, bool *yes)
{
    const char *text = host->config(host_data, key);

    if (text == NULL) {
        return TN_OK;
    }
    return tn_yes_read(text, yes)
               ? TN_OK
               : tn_host_fail_setting(host, host_data, key,
                                      "is neither yes nor no");
}
