/* SPDX-License-Identifier: MIT */
#include "common/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool tn_bytes_read_share(const char *text, uint64_t *number, bool *is_percent)
{
    static const char units[] = "KMGT";
    char *end = NULL;

    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;

    *is_percent = *end == '%';
    *number = (uint64_t)read << shift;
    return *text >= '0' && *text <= '9' && errno == 0 &&
           *number >> shift == read && (!*is_percent || read <= 100) &&
           end[unit != NULL || *is_percent] == '\0';
}

bool tn_bytes_read(const char *text, uint64_t *bytes)
{
    bool is_percent = false;

    return tn_bytes_read_share(text, bytes, &is_percent) && !is_percent;
}
