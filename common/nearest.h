/* SPDX-License-Identifier: MIT */
/**
 * @file
 * "Did you mean": the nearest of some known names.
 */
#ifndef TENON_COMMON_NEAREST_H
#define TENON_COMMON_NEAREST_H

#include <stddef.h>

/**
 * A search for the known name that looks most like a wrong one: start with
 * tn_nearest_init(), offer each known name, then read `best`.
 */
typedef struct tn_nearest {
    const char *wanted; /**< borrowed */
    char best[64];      /**< empty while none is near enough */
    size_t distance;    /**< edits from wanted to best */
} tn_nearest;

void tn_nearest_init(tn_nearest *search, const char *wanted);

/**
 * Offers a name; taken when fewer edits away than the best so far, and than
 * about a third of its length.
 */
void tn_nearest_offer(tn_nearest *search, const char *name);

/**
 * " (did you mean NAME?)" as text for a sentence, or "". @param text at least
 * 96 bytes
 */
const char *tn_nearest_hint(const tn_nearest *search, char *text, size_t size);

#endif
