/* SPDX-License-Identifier: MIT */
/**
 * @file
 * How far two arrays are from each other.
 */
#ifndef TENON_TOOLS_DIFFERENCE_H
#define TENON_TOOLS_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <tenon/tenon.h>

typedef struct tool_difference {
    uint64_t count; /**< elements that are not the same */
    uint64_t at;    /**< the element that is farthest apart */
    /**
     * how far that is; infinite where a NaN or an infinity stands against
     * something else
     */
    long double absolute;
    long double largest; /**< of the finite values of both, without signs */
} tool_difference;

/** Two NaNs are the same, whatever their bits, and so are 0 and -0. */
tool_difference difference_of(tn_type type, const void *first,
                              const void *second, uint64_t count);

/** `absolute` in terms of the largest value; 0 where all is the same. */
long double difference_relative(const tool_difference *difference);

/**
 * The relative difference that results of different devices may have: integers
 * none, f32 and f64 1e-4, f16, whose steps are larger, 1e-3.
 */
double difference_tolerance(tn_type type);

#endif
