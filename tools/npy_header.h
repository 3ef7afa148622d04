/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The header of a .npy file: a literal of Python, a dict of three keys.
 */
#ifndef TENON_TOOLS_NPY_HEADER_H
#define TENON_TOOLS_NPY_HEADER_H

#include "tools/npy.h"

/**
 * Reads the dict.
 *
 * @param file   for the sentence
 * @param text   the whole header, ended by NUL
 * @param array  gets all but data. Untouched on failure
 */
bool npy_header_parse(const char *file, const char *text, npy_array *array,
                      tool_problem *problem);

/** Bytes that npy_header_format() writes at most, with NUL. */
#define NPY_HEADER_BYTES (64 + 22 * NPY_RANK_LIMIT)

/** Writes the dict as NumPy does; returns its length. */
size_t npy_header_format(const npy_array *array, char *text, size_t size);

#endif
