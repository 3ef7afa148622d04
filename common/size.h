/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Sizes that cannot overflow unseen, and structs that begin with theirs.
 */
#ifndef TENON_COMMON_SIZE_H
#define TENON_COMMON_SIZE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Whether offset .. offset + bytes lies within size. */
static inline bool tn_range_within(uint64_t offset, uint64_t bytes,
                                   uint64_t size)
{
    return offset <= size && bytes <= size - offset;
}

/** a * b in *product; false on overflow. */
static inline bool tn_size_multiply(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/** a + b in *sum; false on overflow. */
static inline bool tn_size_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

/**
 * Copies a struct that begins with its size into another's, which may be of an
 * older or newer build: no more than its own size, which stays.
 */
static inline void tn_copy_sized(void *to, const void *from, uint32_t bytes)
{
    uint32_t size;

    memcpy(&size, to, sizeof size);
    memcpy(to, from, size < bytes ? size : bytes);
    memcpy(to, &size, sizeof size);
}

/** The number of parts of `part` that cover `whole`. */
static inline uint64_t tn_size_parts(uint64_t whole, uint64_t part)
{
    return whole / part + (whole % part != 0);
}

#endif
