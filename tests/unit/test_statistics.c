/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/statistics.h"
#include "tests/unit/suite.h"

enum {
    COUNT = 100
};

/* 1 to count, shuffled. */
static void fill(double *values, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        values[i] = (double)(i * 37 % count) + 1;
    }
}

static void figures_are_right(void)
{
    double values[COUNT];
    tn_figures figures;

    fill(values, COUNT);
    tn_figures_read(&figures, values, COUNT);
    CU_ASSERT_EQUAL(figures.median, 50.5);
    CU_ASSERT_EQUAL(figures.mean, 50.5);
    CU_ASSERT_EQUAL(figures.p99, 99);
    CU_ASSERT_EQUAL(figures.max, 100);
    CU_ASSERT_EQUAL(values[0], 1);
}

static void one_value_is_all_figures(void)
{
    double value = 3;
    tn_figures figures;
    tn_median median = tn_median_read(&value, 1);

    tn_figures_read(&figures, &value, 1);
    CU_ASSERT(figures.median == 3 && figures.mean == 3 && figures.p99 == 3 &&
              figures.max == 3);
    CU_ASSERT(median.value == 3 && median.low == 3 && median.high == 3);
}

/* Of 31 values the 11th and the 22nd: sum of C(31, 11 .. 21) / 2^31 = 0.95. */
static void the_interval_is_of_order_statistics(void)
{
    double values[31];

    fill(values, 31);
    tn_median median = tn_median_read(values, 31);

    CU_ASSERT_EQUAL(median.value, 16);
    CU_ASSERT_EQUAL(median.low, 11);
    CU_ASSERT_EQUAL(median.high, 22);
}

/* How often it holds the true median, 0.5, of what is drawn evenly. */
static void the_interval_holds_the_median(void)
{
    double values[31];
    unsigned seed = 1;
    int held = 0;

    for (int i = 0; i < 4000; ++i) {
        for (int k = 0; k < 31; ++k) {
            values[k] = rand_r(&seed) / (RAND_MAX + 1.0);
        }
        tn_median median = tn_median_read(values, 31);

        held += median.low <= 0.5 && median.high >= 0.5;
    }
    CU_ASSERT(held >= 3760 && held <= 3920); /* 94 to 98 % */
}

static void the_clock_goes_forward(void)
{
    uint64_t before = tn_clock_now();

    CU_ASSERT(before > 0);
    CU_ASSERT(tn_clock_now() >= before);
}

#define TESTS(X)                                                               \
    X(figures_are_right)                                                       \
    X(one_value_is_all_figures)                                                \
    X(the_interval_is_of_order_statistics)                                     \
    X(the_interval_holds_the_median)                                           \
    X(the_clock_goes_forward)

SUITE_MAIN("statistics", TESTS)
