/* SPDX-License-Identifier: MIT */
/* Memory of a group, and values of its items. */
#include <math.h>
#include <stdlib.h>

#include "tests/unit/kernel_tests.h"

/* ---- group memory ---- */

static void test_shared_memory_is_seen_behind_a_barrier(void)
{
    int32_t a[300];
    int32_t b[320];
    uint32_t n = 300;
    void *arguments[] = {&(int32_t *){a}, &(int32_t *){b}, &n};
    unsigned wrong = 0;

    for (int32_t i = 0; i < 300; ++i) {
        a[i] = 1000 + i;
    }
    dialect_run("reverse", SHAPE(5, 1, 1), SHAPE(64, 1, 1), arguments);
    for (int32_t i = 0; i < 320; ++i) {
        int32_t from = i / 64 * 64 + 63 - i % 64;

        wrong += b[i] != (from < 300 ? 1000 + from : -1);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_dynamic_blocks_lie_at_their_offsets(void)
{
    enum {
        N = 1000,
        ITEMS = 96,
        GROUPS = 11
    };
    float *a = random_floats(N, 1);
    float out[GROUPS];
    uint32_t n = N;
    uint64_t offsets[2] = {4096, 128};
    void *arguments[] = {&offsets[0], &a, &offsets[1], &(float *){out}, &n};
    unsigned wrong = 0;

    dialect_run("dynamic", SHAPE(GROUPS, 1, 1), SHAPE(ITEMS, 1, 1), arguments);
    for (int group = 0; group < GROUPS; ++group) {
        float sum = 0.0f;

        for (int i = group * ITEMS; i < N && i < (group + 1) * ITEMS; ++i) {
            sum += a[i];
        }
        wrong += fabsf(out[group] - sum) > 1e-4f;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(a);
}

static void test_once_runs_once_a_group(void)
{
    uint32_t count = 0;
    void *arguments[] = {&(uint32_t *){&count}};

    dialect_run("once", SHAPE(3, 5, 7), SHAPE(8, 4, 2), arguments);
    CU_ASSERT_EQUAL(count, 3 * 5 * 7);
}

/* ---- private values ---- */

static void check_product(const char *kernel, dialect_shape items, int32_t m,
                          int32_t n, int32_t k)
{
    float *a = random_floats((size_t)(m * k), 2);
    float *b = random_floats((size_t)(k * n), 3);
    float *c = zeroed((size_t)(m * n), sizeof *c);
    void *arguments[] = {&a, &b, &c, &m, &n, &k};
    unsigned wrong = 0;

    dialect_run(kernel,
                SHAPE(groups_for((uint32_t)n, items.x),
                      groups_for((uint32_t)m, items.y), 1),
                items, arguments);
    for (int32_t i = 0; i < m * n; ++i) {
        double sum = 0.0;

        for (int32_t j = 0; j < k; ++j) {
            sum += (double)a[i / n * k + j] * (double)b[j * n + i % n];
        }
        wrong += fabs((double)c[i] - sum) > 1e-5 * k;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(a);
    free(b);
    free(c);
}

static void test_private_values_live_over_item_loops(void)
{
    check_product("product", SHAPE(32, 4, 1), 33, 65, 17);
    check_product("product", SHAPE(1024, 1, 1), 3, 1025, 4);
    check_product("product", SHAPE(1, 1, 1), 4, 3, 5);
}

static void test_private_values_live_over_barriers(void)
{
    check_product("tiled", SHAPE(16, 8, 1), 33, 65, 40);
    check_product("tiled", SHAPE(16, 8, 1), 8, 16, 16);
    check_product("tiled", SHAPE(16, 8, 1), 1, 1, 1);
}

static void test_private_arrays_belong_to_their_item(void)
{
    enum {
        NX = 13,
        NY = 6,
        NZ = 5
    };
    int32_t nx = NX, ny = NY, nz = NZ;
    int32_t out[NX * NY * NZ] = {0};
    void *arguments[] = {&(int32_t *){out}, &nx, &ny, &nz};
    unsigned wrong = 0;

    dialect_run("private_array", SHAPE(2, 2, 2), SHAPE(8, 4, 4), arguments);
    for (int32_t i = 0; i < NX * NY * NZ; ++i) {
        wrong += out[i] != 5 * i - i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_a_group_beyond_the_limit_runs_no_private_kernel(void)
{
    int32_t nx = 1, ny = 1, nz = 1;
    int32_t out[1] = {7};
    void *arguments[] = {&(int32_t *){out}, &nx, &ny, &nz};

    dialect_run("private_array", SHAPE(1, 1, 1), SHAPE(1025, 1, 1), arguments);
    dialect_run("private_array", SHAPE(1, 1, 1), SHAPE(65536, 65536, 1),
                arguments);
    CU_ASSERT_EQUAL(out[0], 7);
}

CU_TestInfo kernel_groups_tests[] = {
    KERNEL_TEST(shared_memory_is_seen_behind_a_barrier),
    KERNEL_TEST(dynamic_blocks_lie_at_their_offsets),
    KERNEL_TEST(once_runs_once_a_group),
    KERNEL_TEST(private_values_live_over_item_loops),
    KERNEL_TEST(private_values_live_over_barriers),
    KERNEL_TEST(private_arrays_belong_to_their_item),
    KERNEL_TEST(a_group_beyond_the_limit_runs_no_private_kernel),
    CU_TEST_INFO_NULL};
