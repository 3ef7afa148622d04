/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A struct by value, as text.
 */
#ifndef TENON_TOOLS_STRUCTURE_H
#define TENON_TOOLS_STRUCTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/problem.h"

typedef struct tool_structure {
    void *data; /**< free() it */
    uint32_t bytes;
} tool_structure;

/**
 * Reads "DTYPE:VALUE,DTYPE:VALUE...": the members, laid out as a C compiler
 * does: each at a multiple of its size, the whole a multiple of the largest.
 *
 * @param structure  untouched on failure
 */
bool structure_parse(const char *text, tool_structure *structure,
                     tool_problem *problem);

#endif
