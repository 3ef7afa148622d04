/* SPDX-License-Identifier: MIT */
/* The kernel dialect on the CPU, each macro against a plain loop. */
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/dialect.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHAPE(...) ((dialect_shape){__VA_ARGS__})

static void *zeroed(size_t count, size_t bytes)
{
    void *memory = calloc(count > 0 ? count : 1, bytes);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

static uint32_t groups_for(uint32_t n, uint32_t items)
{
    return (n + items - 1) / items;
}

/* Numbers that are the same in each run. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

static float *random_floats(size_t n, uint64_t seed)
{
    float *values = zeroed(n, sizeof *values);

    for (size_t i = 0; i < n; ++i) {
        values[i] = (float)(next_random(&seed) >> 8) * 0x1p-23f - 1.0f;
    }
    return values;
}

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

/* ---- parameters, tables, functions ---- */

typedef struct corner {
    double x;
    float y;
    int32_t z;
} corner;

static void test_values_of_every_type_arrive(void)
{
    static const double expected[14] = {
        -8,     200, -30000, 60000, -2000000000, 4000000000.0, -0x1p60,
        0x1p63, 1.5, 2.25,   36.5,  -7,          0.5,          1e300};
    double out[14] = {0};
    void *arguments[] = {&(double *){out},         &(int8_t){-8},
                         &(uint8_t){200},          &(int16_t){-30000},
                         &(uint16_t){60000},       &(int32_t){-2000000000},
                         &(uint32_t){4000000000u}, &(int64_t){-(1ll << 60)},
                         &(uint64_t){1ull << 63},  &(float){1.5f},
                         &(double){2.25},          &(corner){1.0, 0.5f, 35},
                         &(int32_t){-7},           &(float){0.5f},
                         &(double){1e300}};

    dialect_run("values", SHAPE(1, 1, 1), SHAPE(1, 1, 1), arguments);
    CU_ASSERT_EQUAL(memcmp(out, expected, sizeof out), 0);
}

static void test_thirty_two_parameters_keep_their_order(void)
{
    int32_t values[31];
    int32_t out[2];
    void *arguments[32];
    int32_t rest = 0;

    for (int i = 0; i < 31; ++i) {
        values[i] = 1 << (i % 24);
        arguments[i] = &values[i];
        rest += values[i];
    }
    arguments[31] = &(int32_t *){out};
    const int32_t *v = values;
    int32_t once = v[0] + v[5] + v[10] + v[15] + v[16] + v[21] + v[26] + v[28] +
                   v[29] + v[30];
    int32_t sum = v[0] + 2 * v[5] + 3 * v[10] + 5 * v[15] + 7 * v[16] +
                  11 * v[21] + 13 * v[26] + 17 * v[28] + 19 * v[29] +
                  23 * v[30];

    dialect_run("thirty_two", SHAPE(1, 1, 1), SHAPE(1, 1, 1), arguments);
    CU_ASSERT_EQUAL(out[0], sum);
    /* all that are not in the first one */
    CU_ASSERT_EQUAL(out[1], rest - once);
}

static void test_tables_and_functions_work(void)
{
    enum {
        N = 777
    };
    float *a = random_floats(N, 4);
    float b[N];
    int32_t n = N;
    void *arguments[] = {&a, &(float *){b}, &n};
    unsigned wrong = 0;

    dialect_run_items("smooth", N, arguments);
    for (int i = 0; i < N; ++i) {
        float left = i > 0 ? a[i - 1] : 0.0f;
        float right = i < N - 1 ? a[i + 1] : 0.0f;

        wrong += fabsf(b[i] - (left + 2.0f * a[i] + right) / 4.0f) > 1e-6f;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(a);
}

/* ---- atomics ---- */

static void test_a_histogram_counts_all(void)
{
    enum {
        N = 10007
    };
    uint8_t *a = zeroed(N, 1);
    uint32_t bins[256] = {0}, expected[256] = {0};
    uint32_t n = N;
    uint64_t seed = 5;
    void *arguments[] = {&a, &(uint32_t *){bins}, &n};

    for (int i = 0; i < N; ++i) {
        a[i] = (uint8_t)(next_random(&seed) & 0xf3);
        ++expected[a[i]];
    }
    dialect_run_items("histogram", N, arguments);
    CU_ASSERT_EQUAL(memcmp(bins, expected, sizeof bins), 0);
    free(a);
}

#define ATOMICS_N 1000
#define TEST_ATOMICS(T, type, least, most)                                     \
    static void test_atomics_of_##T(void)                                      \
    {                                                                          \
        type a[ATOMICS_N], old[ATOMICS_N];                                     \
        type cells[5] = {7, most, least, 11, 0};                               \
        type sum = 7, low = most, high = least, exchanged = 11;                \
        uint32_t n = ATOMICS_N;                                                \
        uint64_t seed = 6;                                                     \
        bool one_of_them = false;                                              \
        void *arguments[] = {&(type *){a}, &(type *){cells}, &(type *){old},   \
                             &n};                                              \
                                                                               \
        for (int i = 0; i < ATOMICS_N; ++i) {                                  \
            a[i] = (type)(next_random(&seed) >> 12) + 1;                       \
            sum += a[i];                                                       \
            exchanged += a[i];                                                 \
            low = a[i] < low ? a[i] : low;                                     \
            high = a[i] > high ? a[i] : high;                                  \
        }                                                                      \
        dialect_run_items("atomics_" #T, n, arguments);                        \
        CU_ASSERT_EQUAL(cells[0], sum);                                        \
        CU_ASSERT_EQUAL(cells[1], low);                                        \
        CU_ASSERT_EQUAL(cells[2], high);                                       \
        /* each value was exchanged in, and all but the last one out again */  \
        exchanged -= cells[3];                                                 \
        for (int i = 0; i < ATOMICS_N; ++i) {                                  \
            exchanged -= old[i];                                               \
            one_of_them = one_of_them || a[i] == cells[4];                     \
        }                                                                      \
        CU_ASSERT_EQUAL(exchanged, 0);                                         \
        CU_ASSERT(one_of_them);                                                \
    }
TEST_ATOMICS(u32, uint32_t, 0, UINT32_MAX)
TEST_ATOMICS(i32, int32_t, INT32_MIN, INT32_MAX)
TEST_ATOMICS(u64, uint64_t, 0, UINT64_MAX)

/* A quarter of a grid, on a thread. */
typedef struct quarter {
    const char *kernel;
    uint64_t begin, end;
    uint32_t groups;
    void *const *arguments;
} quarter;

static void *run_quarter(void *data)
{
    const quarter *q = data;

    dialect_run_range(q->kernel, SHAPE(q->groups, 1, 1), SHAPE(64, 1, 1),
                      q->begin, q->end, q->arguments);
    return NULL;
}

static void run_on_threads(const char *kernel, uint32_t groups,
                           void *const *arguments)
{
    pthread_t threads[4];
    quarter quarters[4];

    for (unsigned i = 0; i < 4; ++i) {
        quarters[i] = (quarter){kernel, groups / 4 * i, groups / 4 * (i + 1),
                                groups, arguments};
        if (pthread_create(&threads[i], NULL, run_quarter, &quarters[i]) != 0) {
            abort();
        }
    }
    for (unsigned i = 0; i < 4; ++i) {
        pthread_join(threads[i], NULL);
    }
}

static void test_atomics_hold_between_threads(void)
{
    enum {
        N = 64 * 400
    };
    float *ones = zeroed(N, sizeof *ones);
    float sum = 0.0f;
    uint32_t count = 0;
    uint32_t n = N;

    for (int i = 0; i < N; ++i) {
        ones[i] = 1.0f;
    }
    run_on_threads("once", 40000, (void *[]){&(uint32_t *){&count}});
    CU_ASSERT_EQUAL(count, 40000);
    run_on_threads("atomic_sum", 400, (void *[]){&ones, &(float *){&sum}, &n});
    CU_ASSERT_EQUAL(sum, (float)N);
    free(ones);
}

int main(void)
{
    CU_TestInfo tests[] = {
#define TEST(name) {#name, test_##name}
        TEST(range_visits_each_index_once),
        TEST(range2_visits_each_index_once),
        TEST(range3_visits_each_index_once),
        TEST(an_empty_dimension_runs_nothing),
        TEST(items_know_their_place),
        TEST(a_range_runs_its_groups_alone),
        TEST(an_empty_range_runs_nothing),
        TEST(continue_ends_the_item_and_break_a_loop_of_its_own),
        TEST(local_range_is_the_first_items),
        TEST(wide_items_visit_each_index_once),
        TEST(rows_of_wide_items_run_all_indices),
        TEST(a_range_runs_its_wide_groups_alone),
        TEST(wide_items_may_have_loops),
        TEST(wide_items_are_right_up_to_the_largest_index),
        TEST(range_is_right_up_to_the_largest_index),
        TEST(range_ends_at_the_largest_index_for_any_n),
        TEST(an_index_never_wraps_around),
        TEST(shared_memory_is_seen_behind_a_barrier),
        TEST(dynamic_blocks_lie_at_their_offsets),
        TEST(once_runs_once_a_group),
        TEST(private_values_live_over_item_loops),
        TEST(private_values_live_over_barriers),
        TEST(private_arrays_belong_to_their_item),
        TEST(a_group_beyond_the_limit_runs_no_private_kernel),
        TEST(values_of_every_type_arrive),
        TEST(thirty_two_parameters_keep_their_order),
        TEST(tables_and_functions_work),
        TEST(a_histogram_counts_all),
        TEST(atomics_of_u32),
        TEST(atomics_of_i32),
        TEST(atomics_of_u64),
        TEST(atomics_hold_between_threads),
        CU_TEST_INFO_NULL};

    return dialect_main(tests);
}
