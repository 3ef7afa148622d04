/* SPDX-License-Identifier: MIT */
/**
 * @file
 * One sentence about what is wrong, from where it is found to where it is
 * printed.
 */
#ifndef TENON_TOOLS_PROBLEM_H
#define TENON_TOOLS_PROBLEM_H

#include <stdbool.h>

typedef struct tool_problem {
    char text[1024];
} tool_problem;

/** Writes the sentence. Returns false, for `return problem_set(...)`. */
bool problem_set(tool_problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
