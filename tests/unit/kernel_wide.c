/* SPDX-License-Identifier: MIT */
/* Items of several elements, and indices near the largest. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/kernel_tests.h"

/* ---- several elements an item ---- */

static void check_wide(uint32_t elements, uint32_t n, uint32_t items,
                       uint32_t more_groups)
{
    uint32_t size = n + 40; /* those behind n stay untouched */
    int64_t m = (int64_t)n - 5;
    int32_t *visits = zeroed(size, sizeof *visits);
    int32_t *seen = zeroed(size, sizeof *seen);
    void *arguments[] = {&visits, &seen, &n, &m};
    char kernel[16];
    unsigned wrong = 0;

    snprintf(kernel, sizeof kernel, "wide_%u", elements);
    dialect_run(kernel,
                SHAPE(groups_for(n, items * elements) + more_groups, 1, 1),
                SHAPE(items, 1, 1), arguments);
    for (uint32_t i = 0; i < size; ++i) {
        int32_t visit = i >= n ? 0 : i % 7 == 3 ? 1 : 11;

        wrong += visits[i] != visit ||
                 seen[i] != (i < m ? 1000 * (int32_t)i + visit : 0);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(visits);
    free(seen);
}

static void test_wide_items_visit_each_index_once(void)
{
    static const uint32_t elements[] = {1, 2, 3, 4, 16};
    static const uint32_t sizes[] = {0,   1,   2,    3,    63,   64,  65,
                                     255, 257, 1000, 1023, 1025, 4099};
    static const uint32_t items[] = {1, 7, 64, 256, 1024};

    for (size_t i = 0; i < COUNT(sizes); ++i) {
        for (size_t j = 0; j < COUNT(items); ++j) {
            for (size_t k = 0; k < COUNT(elements); ++k) {
                /* a GPU has registers for that much in a group */
                if (items[j] * elements[k] > 4096) {
                    continue;
                }
                check_wide(elements[k], sizes[i], items[j], 0);
                check_wide(elements[k], sizes[i], items[j], 3);
            }
        }
    }
}

/* Each row of groups runs them all. */
static void test_rows_of_wide_items_run_all_indices(void)
{
    enum {
        N = 1000
    };
    uint32_t visits[N + 8] = {0};
    int32_t n = N;
    void *arguments[] = {&(uint32_t *){visits}, &n};
    unsigned wrong = 0;

    dialect_run("wide_count", SHAPE(5, 3, 2), SHAPE(64, 1, 1), arguments);
    for (int32_t i = 0; i < N + 8; ++i) {
        wrong += visits[i] != (i < n ? 6 : 0);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* 64 items of 4 elements: 256 indices a group. */
static void test_a_range_runs_its_wide_groups_alone(void)
{
    enum {
        N = 4000,
        GROUPS = 16
    };
    uint32_t visits[N];
    int32_t n = N;
    void *arguments[] = {&(uint32_t *){visits}, &n};
    unsigned wrong = 0;

    for (uint64_t begin = 0; begin < GROUPS; ++begin) {
        for (uint64_t end = begin; end <= GROUPS; end += 5) {
            memset(visits, 0, sizeof visits);
            dialect_run_range("wide_count", SHAPE(GROUPS, 1, 1),
                              SHAPE(64, 1, 1), begin, end, arguments);
            for (uint64_t i = 0; i < N; ++i) {
                wrong += visits[i] != (i / 256 >= begin && i / 256 < end);
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_wide_items_may_have_loops(void)
{
    enum {
        N = 1031
    };
    float a[N];
    float sums[N + 8] = {0};
    int32_t n = N;
    void *arguments[] = {&(float *){a}, &(float *){sums}, &n};
    unsigned wrong = 0;

    for (int32_t i = 0; i < N; ++i) {
        a[i] = (float)(i % 30 * (i % 30));
    }
    dialect_run("wide_sums", SHAPE(groups_for(N, 4 * 96), 1, 1),
                SHAPE(96, 1, 1), arguments);
    for (int32_t i = 0; i < N + 8; ++i) {
        float sum = 0.0f;

        for (int32_t k = 0; i < N && k <= i % 5; ++k) {
            sum += (float)((i - k >= 0 ? i - k : 0) % 30);
        }
        wrong += fabsf(sums[i] - sum) > 1e-4f;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- near the largest index ---- */

/* Of one group of `items`: how many elements from the first one on ran. */
static int32_t run_far_elements(const char *kernel, uint32_t group,
                                uint32_t items, uint32_t elements, void *n)
{
    int32_t seen[1024] = {0};
    int32_t first = (int32_t)(group * items * elements);
    void *arguments[] = {&(int32_t *){seen}, &first, n};
    int32_t count = 0;

    dialect_run_range(kernel, SHAPE(UINT32_MAX, 1, 1), SHAPE(items, 1, 1),
                      group, (uint64_t)group + 1, arguments);
    while (count < 1024 && seen[count] == 1) {
        ++count;
    }
    for (int32_t i = count; i < 1024; ++i) {
        if (seen[i] != 0) {
            return -1;
        }
    }
    return count;
}

static int32_t run_far(const char *kernel, uint32_t group, uint32_t items,
                       void *n)
{
    return run_far_elements(kernel, group, items, 1, n);
}

static void test_wide_items_are_right_up_to_the_largest_index(void)
{
    const uint32_t last = (1u << 31) / 1024 - 1;
    const uint32_t odd = (1u << 31) / 1020; /* a part of it */
    uint32_t n = UINT32_MAX;

#define RUN(group, items) run_far_elements("far_wide", group, items, 4, &n)
    CU_ASSERT_EQUAL(RUN(0, 256), 1024);
    CU_ASSERT_EQUAL(RUN(last - 1, 256), 1024);
    CU_ASSERT_EQUAL(RUN(last, 256), 1023);
    CU_ASSERT_EQUAL(RUN(last + 1, 256), 0);
    CU_ASSERT_EQUAL(RUN(2 * last, 256), 0);
    CU_ASSERT_EQUAL(RUN(4 * (last + 1), 256), 0); /* 2^33: wraps around to 0 */
    CU_ASSERT_EQUAL(RUN(odd, 255), INT32_MAX - 1020 * (int32_t)odd);
    CU_ASSERT_EQUAL(RUN(odd + 1, 255), 0);
    n = INT32_MAX - 300;
    CU_ASSERT_EQUAL(RUN(last, 256), 1023 - 300);
    n = 0;
    CU_ASSERT_EQUAL(RUN(0, 256), 0);
#undef RUN
}

static void test_range_is_right_up_to_the_largest_index(void)
{
    const uint32_t last = (1u << 31) / 256 - 1;
    uint32_t n = INT32_MAX;

    CU_ASSERT_EQUAL(run_far("far_u32", last, 256, &n), 255);
    CU_ASSERT_EQUAL(run_far("far_u32", last - 1, 256, &n), 256);
    CU_ASSERT_EQUAL(run_far("far_u32", last + 1, 256, &n), 0);
    CU_ASSERT_EQUAL(run_far("far_u32", 2 * last, 256, &n), 0);
    CU_ASSERT_EQUAL(run_far("far_u32", 2147483, 1000, &n), 647);
    CU_ASSERT_EQUAL(run_far("far_u32", 2147484, 1000, &n), 0);
    n = INT32_MAX - 300;
    CU_ASSERT_EQUAL(run_far("far_u32", last, 256, &n), 0);
    CU_ASSERT_EQUAL(run_far("far_u32", last - 1, 256, &n), 211);
}

static void test_range_ends_at_the_largest_index_for_any_n(void)
{
    const uint32_t last = (1u << 31) / 256 - 1;

    for (uint32_t n = 0x80000000u; n >= 0x80000000u; n += 0x0fffffffu) {
        CU_ASSERT_EQUAL(run_far("far_u32", last, 256, &n), 255);
        CU_ASSERT_EQUAL(run_far("far_u32", last + 1, 256, &n), 0);
        CU_ASSERT_EQUAL(run_far("far_u32", 0, 256, &n), 256);
    }
    CU_ASSERT_EQUAL(run_far("far_i64", 0, 256, &(int64_t){-5}), 0);
    CU_ASSERT_EQUAL(run_far("far_i64", 0, 256, &(int64_t){INT64_MIN}), 0);
    CU_ASSERT_EQUAL(run_far("far_i64", last, 256, &(int64_t){1ll << 40}), 255);
    CU_ASSERT_EQUAL(run_far("far_i64", last, 256, &(int64_t){INT64_MAX}), 255);
    CU_ASSERT_EQUAL(run_far("far_u64", last, 256, &(uint64_t){1ull << 63}),
                    255);
    CU_ASSERT_EQUAL(run_far("far_u64", last, 256, &(uint64_t){UINT64_MAX}),
                    255);
    CU_ASSERT_EQUAL(run_far("far_u64", last + 1, 256, &(uint64_t){UINT64_MAX}),
                    0);
    CU_ASSERT_EQUAL(run_far("far_u64", 0, 256, &(uint64_t){3}), 3);
}

static void run_far_items(const char *kernel, uint32_t group, uint32_t items,
                          int32_t found[3])
{
    void *arguments[] = {&found};

    found[0] = INT32_MAX;
    found[1] = INT32_MIN;
    found[2] = 0;
    dialect_run_range(kernel, SHAPE(UINT32_MAX, 1, 1), SHAPE(items, 1, 1),
                      group, (uint64_t)group + 1, arguments);
}

static void test_an_index_never_wraps_around(void)
{
    int32_t found[3];

    run_far_items("far_items", (1u << 31) / 256 - 1, 256, found);
    CU_ASSERT_EQUAL(found[0], INT32_MAX - 255);
    CU_ASSERT_EQUAL(found[1], INT32_MAX);
    CU_ASSERT_EQUAL(found[2], 256);
    run_far_items("far_items", (1u << 31) / 256, 256, found);
    CU_ASSERT_EQUAL(found[2], 0);
    run_far_items("far_items", 2147483, 1000, found);
    CU_ASSERT_EQUAL(found[0], 2147483000);
    CU_ASSERT_EQUAL(found[1], INT32_MAX);
    CU_ASSERT_EQUAL(found[2], 648);
    /* a kernel that counts on its size gets whole groups only */
    run_far_items("far_sized", 2147482, 1000, found);
    CU_ASSERT_EQUAL(found[2], 1000);
    run_far_items("far_sized", 2147483, 1000, found);
    CU_ASSERT_EQUAL(found[2], 0);
}

CU_TestInfo kernel_wide_tests[] = {
    KERNEL_TEST(wide_items_visit_each_index_once),
    KERNEL_TEST(rows_of_wide_items_run_all_indices),
    KERNEL_TEST(a_range_runs_its_wide_groups_alone),
    KERNEL_TEST(wide_items_may_have_loops),
    KERNEL_TEST(wide_items_are_right_up_to_the_largest_index),
    KERNEL_TEST(range_is_right_up_to_the_largest_index),
    KERNEL_TEST(range_ends_at_the_largest_index_for_any_n),
    KERNEL_TEST(an_index_never_wraps_around),
    CU_TEST_INFO_NULL};
