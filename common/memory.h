/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The memory that this process may have.
 */
#ifndef TENON_COMMON_MEMORY_H
#define TENON_COMMON_MEMORY_H

#include <stdint.h>

/**
 * Bytes that the control groups of this process let it have in all, and those
 * that it can still have; UINT64_MAX where they set no limit.
 *
 * @param root  the folder that all is read below, "" but for tests
 */
uint64_t tn_memory_limit(const char *root);
uint64_t tn_memory_left(const char *root);

#endif
