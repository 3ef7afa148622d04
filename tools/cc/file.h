/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Whole files.
 */
#ifndef TENON_TOOLS_CC_FILE_H
#define TENON_TOOLS_CC_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/problem.h"

/** Writes text into a file, at its end. */
bool cc_file_append(const char *path, const char *text, tool_problem *problem);

/** Copies a file; `to` appears whole or not at all. */
bool cc_file_copy(const char *from, const char *to, tool_problem *problem);

/** Reads a file. @param bytes free() it; a NUL stands behind them */
bool cc_file_read(const char *path, char **bytes, size_t *size,
                  tool_problem *problem);

#endif
