/* SPDX-License-Identifier: MIT */
#include "common/mangled.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A name with its length before it; NULL where none stands here. */
static const char *skip_name(const char *at, const char **name, size_t *bytes)
{
    size_t length = 0;

    if (!isdigit((unsigned char)*at)) {
        return NULL;
    }
    while (isdigit((unsigned char)*at) && length < 4096) {
        length = length * 10 + (size_t)(*at++ - '0');
    }
    if (length == 0 || strnlen(at, length) < length) {
        return NULL;
    }
    *name = at;
    *bytes = length;
    return at + length;
}

/* The last name of a nested one, before its template's arguments. */
const char *tn_mangled_plain(const char *symbol, char *name, size_t size)
{
    const char *found = NULL;
    const char *at = symbol;
    size_t bytes = 0;

    if (strncmp(at, "_Z", 2) != 0) {
        return symbol;
    }
    at += 2;
    at += *at == 'N';
    while (at != NULL) {
        at += *at == 'L'; /* of one file alone */
        at = skip_name(at, &found, &bytes);
        if (symbol[2] != 'N') {
            break;
        }
    }
    if (found == NULL || bytes >= size) {
        return symbol;
    }
    snprintf(name, size, "%.*s", (int)bytes, found);
    return name;
}
