/* SPDX-License-Identifier: MIT */
/**
 * @file
 * NumPy's .npy files, versions 1.0 to 3.0.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * Strict: little-endian scalars in C order, and exactly as much data as the
 * shape says. Whatever else a file holds is refused with a sentence that begins
 * with its name.
 */
#ifndef TENON_TOOLS_NPY_H
#define TENON_TOOLS_NPY_H

#include <tenon/tenon.h>

#include "tools/problem.h"

/** Most dimensions; as in NumPy 2. */
#define NPY_RANK_LIMIT 64

/** A header that is longer than this is no header. */
#define NPY_HEADER_LIMIT 65536

typedef struct npy_array {
    tn_type type;
    uint32_t rank;                  /**< 0: one element */
    uint64_t shape[NPY_RANK_LIMIT]; /**< elements in each dimension */
    uint64_t count;                 /**< elements in all */
    uint64_t bytes;
    void *data; /**< NULL until there is some */
} npy_array;

/** Computes count and bytes from type and shape; false when they overflow. */
bool npy_measure(npy_array *array);

/** Reads a regular file. @param array npy_free() it. Untouched on failure */
bool npy_read(const char *file, npy_array *array, tool_problem *problem);

/**
 * Writes version 1.0. A regular file is replaced as a whole or left as it was;
 * a device or a pipe is written to.
 */
bool npy_write(const char *file, const npy_array *array, tool_problem *problem);

void npy_free(npy_array *array);

#endif
