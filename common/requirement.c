/* SPDX-License-Identifier: MIT */
#include "common/requirement.h"

#include <string.h>

const char *tn_requirement_next(const char **list, size_t *bytes)
{
    const char *text = *list + strspn(*list, " \t,");
    size_t length = strcspn(text, ",");

    *list = text + length;
    while (length > 0 &&
           (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        --length;
    }
    *bytes = length;
    return length > 0 ? text : NULL;
}
