/* SPDX-License-Identifier: MIT */
/* tools/difference.c: how far two arrays are from each other. */
#include <float.h>
#include <math.h>

#include "tests/unit/suite.h"
#include "tools/difference.h"

#define MEASURE(type, a, b)                                                    \
    difference_of(TN_TYPE_##type, a, b, sizeof(a) / sizeof *(a))

static void arrays_that_are_the_same_differ_in_nothing(void)
{
    static const float a[] = {1, -2, 0, (float)INFINITY, (float)NAN};
    static const float b[] = {1, -2, -0.0f, (float)INFINITY, -(float)NAN};
    tool_difference found = MEASURE(F32, a, b);

    CU_ASSERT_EQUAL(found.count, 0);
    CU_ASSERT(found.absolute == 0);
    CU_ASSERT(found.largest == 2);
    CU_ASSERT(difference_relative(&found) == 0);
    found = difference_of(TN_TYPE_F32, a, b, 0);
    CU_ASSERT_EQUAL(found.count, 0);
    CU_ASSERT(difference_relative(&found) == 0);
}

static void the_largest_difference_is_found_where_it_is(void)
{
    static const double a[] = {1, -8, 3, 4};
    static const double b[] = {1, -8.5, 3.25, 2};
    tool_difference found = MEASURE(F64, a, b);

    CU_ASSERT_EQUAL(found.count, 3);
    CU_ASSERT_EQUAL(found.at, 3);
    CU_ASSERT(found.absolute == 2);
    CU_ASSERT(found.largest == 8.5L);
    CU_ASSERT(difference_relative(&found) == 2 / 8.5L);
}

/* Each pair is one that no tolerance allows. */
static void what_is_no_number_differs_from_one_without_limit(void)
{
    static const float pairs[][2] = {
        {(float)NAN, 1},
        {1, (float)NAN},
        {(float)NAN, (float)INFINITY},
        {(float)INFINITY, -(float)INFINITY},
        {(float)INFINITY, FLT_MAX},
        {0, -(float)INFINITY},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; ++i) {
        tool_difference found =
            difference_of(TN_TYPE_F32, &pairs[i][0], &pairs[i][1], 1);

        CU_ASSERT_EQUAL(found.count, 1);
        CU_ASSERT_EQUAL(found.at, 0);
        CU_ASSERT(isinf(found.absolute));
        CU_ASSERT(isinf(difference_relative(&found)));
        CU_ASSERT(isfinite(found.largest));
    }
}

static void integers_of_64_bits_are_told_exactly(void)
{
    static const uint64_t a[] = {UINT64_MAX, 5};
    static const uint64_t b[] = {UINT64_MAX - 1, 5};
    static const int64_t c[] = {INT64_MIN};
    static const int64_t d[] = {INT64_MAX};
    static const int8_t e[] = {-128};
    static const int8_t f[] = {127};
    tool_difference found = MEASURE(U64, a, b);

    CU_ASSERT_EQUAL(found.count, 1);
    CU_ASSERT(found.absolute == 1);
    found = MEASURE(I64, c, d);
    CU_ASSERT(found.absolute == (long double)UINT64_MAX);
    found = MEASURE(I8, e, f);
    CU_ASSERT(found.absolute == 255);
}

static void each_type_is_read_as_what_it_is(void)
{
    static const uint16_t one[] = {0x3c00};
    static const uint16_t two[] = {0x4000};

    CU_ASSERT(MEASURE(F16, one, two).absolute == 1);
    CU_ASSERT(MEASURE(U16, one, two).absolute == 0x400);
    CU_ASSERT(MEASURE(I16, one, two).absolute == 0x400);
}

/* 1e-45 is not next to nothing where all the rest is 0. */
static void small_values_count_by_the_largest_one(void)
{
    static const float a[] = {0, 0};
    static const float b[] = {0, FLT_TRUE_MIN};
    static const float c[] = {1, 0};
    static const float d[] = {1, FLT_TRUE_MIN};
    tool_difference found = MEASURE(F32, a, b);

    CU_ASSERT(difference_relative(&found) == 1);
    found = MEASURE(F32, c, d);
    CU_ASSERT(difference_relative(&found) < 1e-40L);
    CU_ASSERT_EQUAL(found.count, 1);
}

static void integers_are_exact_and_floats_are_not(void)
{
    CU_ASSERT(difference_tolerance(TN_TYPE_U8) == 0);
    CU_ASSERT(difference_tolerance(TN_TYPE_I64) == 0);
    CU_ASSERT(difference_tolerance(TN_TYPE_F32) == 1e-4);
    CU_ASSERT(difference_tolerance(TN_TYPE_F64) == 1e-4);
    CU_ASSERT(difference_tolerance(TN_TYPE_F16) == 1e-3);
}

#define TESTS(X)                                                               \
    X(arrays_that_are_the_same_differ_in_nothing)                              \
    X(the_largest_difference_is_found_where_it_is)                             \
    X(what_is_no_number_differs_from_one_without_limit)                        \
    X(integers_of_64_bits_are_told_exactly)                                    \
    X(each_type_is_read_as_what_it_is)                                         \
    X(small_values_count_by_the_largest_one)                                   \
    X(integers_are_exact_and_floats_are_not)

SUITE_MAIN("difference", TESTS)
