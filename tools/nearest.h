/* SPDX-License-Identifier: MIT */
/**
 * @file
 * "Did you mean": the nearest of some known names. (The runtime has its own;
 * tools stand on tenon.h alone.)
 */
#ifndef TENON_TOOLS_NEAREST_H
#define TENON_TOOLS_NEAREST_H

#include <stddef.h>

typedef struct tool_nearest {
    const char *wanted; /**< borrowed */
    const char *best;   /**< borrowed; NULL while none is near enough */
    size_t distance;    /**< edits from wanted to best */
} tool_nearest;

tool_nearest nearest_to(const char *wanted);
void nearest_offer(tool_nearest *search, const char *name);

#endif
