/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A file that is replaced as a whole or not at all.
 */
#ifndef TENON_TOOLS_REPLACEMENT_H
#define TENON_TOOLS_REPLACEMENT_H

#include <stdio.h>

#include "tools/problem.h"

typedef struct tool_replacement {
    const char *file; /**< as the user named it; borrowed */
    FILE *stream;     /**< write here */
    char *target;     /**< the file behind links */
    char *temporary;  /**< beside target; NULL: target itself is written to */
} tool_replacement;

/** A device or a pipe is written to directly. */
bool replacement_open(const char *file, tool_replacement *replacement,
                      tool_problem *problem);

/** The new contents take the file's place. */
bool replacement_commit(tool_replacement *replacement, tool_problem *problem);

/** The file stays what it was; the problem is errno. Returns false. */
bool replacement_abort(tool_replacement *replacement, tool_problem *problem);

#endif
