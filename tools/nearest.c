/* SPDX-License-Identifier: MIT */
#include "tools/nearest.h"

#include <stdint.h>
#include <string.h>

enum {
    LONGEST = 32
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits from a to b: insert, delete, replace, swap two neighbours. Both are at
 * most LONGEST long; d[i][j] is the distance of their first i and j bytes. */
static size_t edits(const char *a, const char *b)
{
    size_t d[LONGEST + 1][LONGEST + 1] = {{0}};
    size_t na = strlen(a);
    size_t nb = strlen(b);

    for (size_t i = 0; i <= na; ++i) {
        for (size_t j = 0; j <= nb; ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = smaller(d[i - 1][j], d[i][j - 1]) + 1;
            d[i][j] =
                smaller(d[i][j], d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[na][nb];
}

tool_nearest nearest_to(const char *wanted)
{
    return (tool_nearest){.wanted = wanted, .best = NULL, .distance = SIZE_MAX};
}

void nearest_offer(tool_nearest *search, const char *name)
{
    size_t length = strlen(name);

    if (length > LONGEST || strlen(search->wanted) > LONGEST) {
        return;
    }
    size_t distance = edits(search->wanted, name);

    /* half of a name may differ: there are few, and they are short */
    if (distance <= (length + 1) / 2 && distance < search->distance) {
        search->distance = distance;
        search->best = name;
    }
}
