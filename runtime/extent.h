/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Whether the buffers of a launch hold what the kernel's signature says that
 * they do.
 */
#ifndef TENON_RUNTIME_EXTENT_H
#define TENON_RUNTIME_EXTENT_H

#include "runtime/objects.h"

/** Reads the extents of a kernel whose parameters are known. */
tn_status tn_kernel_read_extents(tn_kernel *kernel);

/** tn_extent_count() with the arguments of a launch. */
const char *tn_extent_of_launch(const tn_extent *extent,
                                const tn_argument *arguments,
                                uint64_t *elements);

/**
 * Compares buffers and local blocks with the extents; the arguments are of the
 * kernel's types. What depends on an argument that is open is left for later.
 */
tn_status tn_check_extents(const tn_kernel *kernel,
                           const tn_argument *arguments);

#endif
