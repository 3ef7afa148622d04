/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Sizes that cannot overflow unseen.
 */
#ifndef TENON_COMMON_SIZE_H
#define TENON_COMMON_SIZE_H

#include <stdbool.h>
#include <stdint.h>

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

/** The number of parts of `part` that cover `whole`. */
static inline uint64_t tn_size_parts(uint64_t whole, uint64_t part)
{
    return whole / part + (whole % part != 0);
}

#endif
