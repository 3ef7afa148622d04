/* SPDX-License-Identifier: MIT */
/* Item loops of the dialect, against plain loops. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/kernel_tests.h"

/* ---- item loops ---- */

static void check_range(uint32_t n, uint32_t items, uint32_t more_groups)
{
    uint32_t size = n + 8; /* those behind n stay untouched */
    int32_t *visits = zeroed(size, sizeof *visits);
    int32_t *local = zeroed(size, sizeof *local);
    void *arguments[] = {&visits, &local, &n};
    unsigned wrong = 0;

    dialect_run("range", SHAPE(groups_for(n, items) + more_groups, 1, 1),
                SHAPE(items, 1, 1), arguments);
    for (uint32_t i = 0; i < size; ++i) {
        int32_t place = (int32_t)(i % items + i / items * 10000);

        wrong += visits[i] != (i < n) || local[i] != (i < n ? place : 0);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(visits);
    free(local);
}

static void test_range_visits_each_index_once(void)
{
    static const uint32_t sizes[] = {0, 1, 2, 63, 64, 65, 255, 1000, 4099};
    static const uint32_t items[] = {1, 7, 64, 256, 1024};

    for (size_t i = 0; i < COUNT(sizes); ++i) {
        for (size_t j = 0; j < COUNT(items); ++j) {
            check_range(sizes[i], items[j], 0);
            check_range(sizes[i], items[j], 3);
        }
    }
}

static void test_range2_visits_each_index_once(void)
{
    int32_t nx = 37, ny = 23;
    int32_t visits[37 * 23] = {0};
    int32_t local[37 * 23] = {0};
    void *arguments[] = {&(int32_t *){visits}, &(int32_t *){local}, &nx, &ny};
    unsigned wrong = 0;

    dialect_run("range2", SHAPE(5, 7, 1), SHAPE(8, 4, 1), arguments);
    for (int32_t i = 0; i < nx * ny; ++i) {
        wrong += visits[i] != 1 || local[i] != i % nx % 8 + 100 * (i / nx % 4);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_range3_visits_each_index_once(void)
{
    enum {
        NX = 11,
        NY = 7,
        NZ = 5
    };
    int32_t nx = NX, ny = NY, nz = NZ;
    int32_t visits[NX * NY * NZ] = {0};
    int32_t local[NX * NY * NZ] = {0};
    void *arguments[] = {&(int32_t *){visits}, &(int32_t *){local}, &nx, &ny,
                         &nz};
    unsigned wrong = 0;

    dialect_run("range3", SHAPE(3, 3, 4), SHAPE(4, 3, 2), arguments);
    for (int32_t i = 0; i < NX * NY * NZ; ++i) {
        int32_t x = i % NX, y = i / NX % NY, z = i / (NX * NY);

        wrong += visits[i] != 1 ||
                 local[i] != x % 4 + 100 * (y % 3) + 10000 * (z % 2);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_an_empty_dimension_runs_nothing(void)
{
    int32_t visits[1] = {0}, local[1] = {0};
    int32_t nx = 1, ny = 0, nz = 1;
    void *arguments[] = {&(int32_t *){visits}, &(int32_t *){local}, &nx, &ny,
                         &nz};

    dialect_run("range3", SHAPE(2, 2, 2), SHAPE(4, 4, 4), arguments);
    ny = -1;
    dialect_run("range3", SHAPE(2, 2, 2), SHAPE(4, 4, 4), arguments);
    dialect_run("range2", SHAPE(2, 2, 2), SHAPE(4, 4, 4), arguments);
    CU_ASSERT_EQUAL(visits[0], 0);
}

static void test_items_know_their_place(void)
{
    enum {
        GX = 3,
        GY = 4,
        GZ = 2,
        X = 5,
        Y = 3,
        Z = 2
    };
    enum {
        WIDTH = GX * X,
        HEIGHT = GY * Y,
        DEPTH = GZ * Z
    };
    int32_t(*out)[6] = zeroed(WIDTH * HEIGHT * DEPTH, sizeof *out);
    void *arguments[] = {&out};
    unsigned wrong = 0;

    dialect_run("items", SHAPE(GX, GY, GZ), SHAPE(X, Y, Z), arguments);
    for (int32_t i = 0; i < WIDTH * HEIGHT * DEPTH; ++i) {
        int32_t x = i % WIDTH, y = i / WIDTH % HEIGHT, z = i / WIDTH / HEIGHT;
        int32_t expected[6] = {x % X, y % Y, z % Z, x / X, y / Y, z / Z};

        wrong += memcmp(out[i], expected, sizeof expected) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(out);
}

static void test_a_range_runs_its_groups_alone(void)
{
    enum {
        GX = 3,
        GY = 4,
        GZ = 5,
        ITEMS = 4,
        GROUPS = GX * GY * GZ
    };
    int32_t(*out)[6] = zeroed(GROUPS * ITEMS, sizeof *out);
    void *arguments[] = {&out};
    unsigned wrong = 0;

    for (uint64_t begin = 0; begin < GROUPS; ++begin) {
        uint64_t end = begin + 2 < GROUPS ? begin + 2 : GROUPS;

        memset(out, 0xff, GROUPS * ITEMS * sizeof *out);
        dialect_run_range("items", SHAPE(GX, GY, GZ), SHAPE(ITEMS, 1, 1), begin,
                          end, arguments);
        for (uint64_t i = 0; i < GROUPS * ITEMS; ++i) {
            bool ran = out[i][0] >= 0;
            uint64_t group = i / ITEMS;

            wrong += ran != (group >= begin && group < end);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(out);
}

static void test_an_empty_range_runs_nothing(void)
{
    dialect_run_range("items", SHAPE(0, 0, 0), SHAPE(1, 1, 1), 0, 0,
                      (void *[]){&(void *){NULL}});
    dialect_run_range("items", SHAPE(4, 1, 1), SHAPE(1, 1, 1), 3, 3,
                      (void *[]){&(void *){NULL}});
    dialect_run_range("items", SHAPE(4, 1, 1), SHAPE(1, 1, 1), 3, 2,
                      (void *[]){&(void *){NULL}});
    CU_PASS("nothing was written through NULL");
}

static void test_continue_ends_the_item_and_break_a_loop_of_its_own(void)
{
    int32_t visits[100] = {0};
    int32_t n = 97;
    void *arguments[] = {&(int32_t *){visits}, &n};
    unsigned wrong = 0;

    dialect_run("skip_odd", SHAPE(4, 1, 1), SHAPE(32, 1, 1), arguments);
    for (int32_t i = 0; i < 100; ++i) {
        wrong += visits[i] != (i < n ? 10 + (i % 2 == 0) : 0);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_local_range_is_the_first_items(void)
{
    static const int64_t sizes[] = {INT64_MIN, -1, 0, 1, 9, 16, 17, INT64_MAX};
    unsigned wrong = 0;

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        int32_t visits[48] = {0};
        int64_t n = sizes[s];
        void *arguments[] = {&(int32_t *){visits}, &n};

        dialect_run("local_range", SHAPE(3, 1, 1), SHAPE(16, 1, 1), arguments);
        for (int32_t i = 0; i < 48; ++i) {
            wrong += visits[i] != (i % 16 < n);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

CU_TestInfo kernel_loops_tests[] = {
    KERNEL_TEST(range_visits_each_index_once),
    KERNEL_TEST(range2_visits_each_index_once),
    KERNEL_TEST(range3_visits_each_index_once),
    KERNEL_TEST(an_empty_dimension_runs_nothing),
    KERNEL_TEST(items_know_their_place),
    KERNEL_TEST(a_range_runs_its_groups_alone),
    KERNEL_TEST(an_empty_range_runs_nothing),
    KERNEL_TEST(continue_ends_the_item_and_break_a_loop_of_its_own),
    KERNEL_TEST(local_range_is_the_first_items),
    CU_TEST_INFO_NULL};
