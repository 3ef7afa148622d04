/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The tests of the dialect, in parts, and what they share.
 */
#ifndef TENON_TESTS_KERNEL_TESTS_H
#define TENON_TESTS_KERNEL_TESTS_H

#include <stdlib.h>

#include "tests/unit/dialect.h"

/* Tables of tests, each with an empty one at its end. */
extern CU_TestInfo kernel_loops_tests[];
extern CU_TestInfo kernel_wide_tests[];
extern CU_TestInfo kernel_groups_tests[];
extern CU_TestInfo kernel_values_tests[];

#define KERNEL_TEST(name)                                                      \
    {                                                                          \
#name, test_##name                                                     \
    }

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHAPE(...) ((dialect_shape){__VA_ARGS__})

static inline void *zeroed(size_t count, size_t bytes)
{
    void *memory = calloc(count > 0 ? count : 1, bytes);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

static inline uint32_t groups_for(uint32_t n, uint32_t items)
{
    return (n + items - 1) / items;
}

/** Numbers that are the same in each run. */
static inline uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

/** n of them, in [-1, 1). */
static inline float *random_floats(size_t n, uint64_t seed)
{
    float *values = zeroed(n, sizeof *values);

    for (size_t i = 0; i < n; ++i) {
        values[i] = (float)(next_random(&seed) >> 8) * 0x1p-23f - 1.0f;
    }
    return values;
}

#endif
