/* SPDX-License-Identifier: MIT */
/* Parameters, tables, functions and atomics of the dialect. */
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/kernel_tests.h"

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

CU_TestInfo kernel_values_tests[] = {
    KERNEL_TEST(values_of_every_type_arrive),
    KERNEL_TEST(thirty_two_parameters_keep_their_order),
    KERNEL_TEST(tables_and_functions_work),
    KERNEL_TEST(a_histogram_counts_all),
    KERNEL_TEST(atomics_of_u32),
    KERNEL_TEST(atomics_of_i32),
    KERNEL_TEST(atomics_of_u64),
    KERNEL_TEST(atomics_hold_between_threads),
    CU_TEST_INFO_NULL};
