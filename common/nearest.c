/* SPDX-License-Identifier: MIT */
#include "common/nearest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    LONGEST = sizeof((tn_nearest *)0)->best - 1
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Optimal string alignment distance: insert, delete, replace, swap neighbours.
 * https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
 */
static size_t edits(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];

    for (size_t j = 0; j <= nb; ++j) {
        last[j] = j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= na; ++i) {
        row[0] = i;
        for (size_t j = 1; j <= nb; ++j) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

            best = smaller(best, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                best = smaller(best, before[j - 2] + 1);
            }
            row[j] = best;
        }
        size_t *spare = before;

        before = last;
        last = row;
        row = spare;
    }
    return last[nb];
}

void tn_nearest_init(tn_nearest *search, const char *wanted)
{
    search->wanted = wanted;
    search->best[0] = '\0';
    search->distance = SIZE_MAX;
}

void tn_nearest_offer(tn_nearest *search, const char *name)
{
    size_t wanted = strlen(search->wanted);
    size_t length = strlen(name);

    if (wanted > LONGEST || length > LONGEST) {
        return;
    }
    size_t distance = edits(search->wanted, wanted, name, length);
    size_t limit = (wanted > length ? wanted : length) / 3;

    if (limit == 0) {
        limit = 1;
    }
    if (distance <= limit && distance < search->distance) {
        search->distance = distance;
        memcpy(search->best, name, length + 1);
    }
}

const char *tn_nearest_hint(const tn_nearest *search, char *text, size_t size)
{
    text[0] = '\0';
    if (search->best[0] != '\0') {
        snprintf(text, size, " (did you mean %s?)", search->best);
    }
    return text;
}
