/* SPDX-License-Identifier: MIT */
/* Maths and half floats of the dialect, against the C library in double. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/kernel_tests.h"

enum {
    SWEEP = 1 << 20
};

static float *x, *y, *z; /* SWEEP values each */

static float from_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* How far a value is from the exact one, in units in the last place. */
static double ulps(float value, double exact)
{
    if (isnan(exact) || isnan(value)) {
        return isnan(exact) && isnan(value) ? 0.0 : (double)INFINITY;
    }
    if (isinf(value) || fabs(exact) > (double)FLT_MAX) {
        bool same = (double)value == exact || value == (float)exact;
        /* at the edge of overflow, the largest number is one ulp away */
        bool next = fabsf(value) == FLT_MAX && fabs(exact) < 0x1.000002p128;

        return same ? 0.0 : next ? 1.0 : (double)INFINITY;
    }
    int exponent = exact == 0.0 ? -126 : ilogb(exact);

    exponent = exponent < -126 ? -126 : exponent;
    return fabs((double)value - exact) / ldexp(1.0, exponent - 23);
}

static void fill_all_magnitudes(float *values)
{
    for (uint32_t i = 0; i < SWEEP; ++i) {
        values[i] = from_bits(i * 4096u + i * 7u);
    }
}

static void fill_between(float *values, double low, double high)
{
    for (uint32_t i = 0; i < SWEEP; ++i) {
        values[i] = (float)(low + (high - low) * i / (SWEEP - 1));
    }
}

/* The largest error of y = f(x), and where it is. */
static double worst(const char *name, double (*exact)(double), float *where)
{
    uint32_t n = SWEEP;
    void *arguments[] = {&x, &y, &n};
    double most = 0.0;

    dialect_run_items(name, n, arguments);
    for (uint32_t i = 0; i < n; ++i) {
        double error = ulps(y[i], exact((double)x[i]));

        if (error > most) {
            most = error;
            *where = x[i];
        }
    }
    return most;
}

static void check_worst(const char *name, double (*exact)(double), double limit)
{
    float where = 0.0f;
    double most = worst(name, exact, &where);

    if (getenv("TN_TEST_ULPS") != NULL || most > limit) {
        printf("\n    %s: %.3f ulp at %a ", name, most, (double)where);
    }
    CU_ASSERT(most <= limit);
}

/* Over all magnitudes, and densely where the function does something. */
static void check_function(const char *name, double (*exact)(double),
                           double limit, double low, double high)
{
    fill_all_magnitudes(x);
    check_worst(name, exact, limit);
    fill_between(x, low, high);
    check_worst(name, exact, limit);
}

static double exact_rsqrt(double value)
{
    return 1.0 / sqrt(value);
}

static void test_exp_is_accurate(void)
{
    check_function("exp", exp, dialect_ulps(1.0, 3.0), -105.0, 90.0);
    fill_between(x, -1.0, 1.0);
    check_worst("exp", exp, dialect_ulps(1.0, 3.0));
}

static void test_log_is_accurate(void)
{
    check_function("log", log, dialect_ulps(1.0, 3.0), 0.0, 4.0);
    fill_between(x, 0.99, 1.01);
    check_worst("log", log, dialect_ulps(1.0, 3.0));
}

static void test_tanh_is_accurate(void)
{
    check_function("tanh", tanh, dialect_ulps(2.0, 5.0), -10.0, 10.0);
}

static void test_erf_is_accurate(void)
{
    check_function("erf", erf, dialect_ulps(2.0, 16.0), -4.5, 4.5);
}

static void test_roots_are_accurate(void)
{
    check_function("sqrt", sqrt, dialect_ulps(0.5, 3.0), 0.0, 1e4);
    check_function("rsqrt", exact_rsqrt, dialect_ulps(1.5, 2.0), 0.0, 1e4);
}

static void test_sin_and_cos_are_accurate(void)
{
    static const double limits[] = {3.2, 100.0, 1e5, 2147483648.0};

    for (size_t i = 0; i < COUNT(limits); ++i) {
        fill_between(x, -limits[i], limits[i]);
        check_worst("sin", sin, dialect_ulps(2.0, 4.0));
        check_worst("cos", cos, dialect_ulps(2.0, 4.0));
    }
    fill_all_magnitudes(x);
    for (uint32_t i = 0; i < SWEEP; ++i) {
        x[i] = fabsf(x[i]) <= 0x1p31f ? x[i] : 0.0f;
    }
    check_worst("sin", sin, dialect_ulps(2.0, 4.0));
    check_worst("cos", cos, dialect_ulps(2.0, 4.0));
}

static void test_sin_and_cos_stay_bounded(void)
{
    static const char *const names[] = {"sin", "cos"};
    uint32_t n = SWEEP;
    void *arguments[] = {&x, &y, &n};
    unsigned wrong = 0;

    fill_all_magnitudes(x);
    for (size_t f = 0; f < COUNT(names); ++f) {
        dialect_run_items(names[f], n, arguments);
        for (uint32_t i = 0; i < n; ++i) {
            wrong += isfinite(x[i]) ? !(fabsf(y[i]) <= 1.0f) : !isnan(y[i]);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_floor_and_ceil_are_exact(void)
{
    check_function("floor", floor, 0.0, -100.0, 100.0);
    check_function("ceil", ceil, 0.0, -100.0, 100.0);
    check_function("abs", fabs, 0.0, -100.0, 100.0);
}

static void test_signs_of_zero_are_kept(void)
{
    static const char *const names[] = {"floor", "ceil", "sin",
                                        "tanh",  "erf",  "sqrt"};
    uint32_t n = 2;
    void *arguments[] = {&x, &y, &n};

    for (size_t i = 0; i < COUNT(names); ++i) {
        x[0] = 0.0f;
        x[1] = -0.0f;
        dialect_run_items(names[i], n, arguments);
        CU_ASSERT(y[0] == 0.0f && !signbit(y[0]));
        CU_ASSERT(y[1] == 0.0f && signbit(y[1]));
    }
}

/* ---- two arguments ---- */

static double exact_fma(double a, double b)
{
    return (double)fmaf((float)a, (float)b, -1.0f);
}

static void check_pairs(const char *name, double (*exact)(double, double),
                        double limit)
{
    uint32_t n = SWEEP;
    void *arguments[] = {&x, &y, &z, &n};
    double most = 0.0;
    uint32_t where = 0;

    dialect_run_items(name, n, arguments);
    for (uint32_t i = 0; i < n; ++i) {
        double error = ulps(z[i], exact((double)x[i], (double)y[i]));

        if (error > most) {
            most = error;
            where = i;
        }
    }
    if (getenv("TN_TEST_ULPS") != NULL || most > limit) {
        printf("\n    %s: %.3f ulp at %a, %a: %a ", name, most,
               (double)x[where], (double)y[where], (double)z[where]);
    }
    CU_ASSERT(most <= limit);
}

/* Every pair of these, then random ones of all magnitudes. */
static void fill_pairs(void)
{
    static const float special[] = {
        0.0f,    0.5f,      1.0f,     1.5f,       2.0f,       3.0f,
        1e-45f,  1.17e-38f, 0x1p23f,  0x1.8p23f,  0x1p24f,    16777215.0f,
        3.4e38f, INFINITY,  0.99999f, 1.0000001f, 4194304.5f, NAN};
    const uint32_t count = COUNT(special);
    uint64_t seed = 1;

    for (uint32_t i = 0; i < SWEEP; ++i) {
        x[i] = from_bits(next_random(&seed));
        y[i] = from_bits(next_random(&seed));
    }
    for (uint32_t i = 0; i < 4 * count * count; ++i) {
        x[i] = special[i / 4 % count] * (i & 1 ? -1.0f : 1.0f);
        y[i] = special[i / 4 / count] * (i & 2 ? -1.0f : 1.0f);
    }
}

static void test_pow_is_accurate(void)
{
    uint64_t seed = 2;

    fill_pairs();
    check_pairs("pow", pow, dialect_ulps(1.0, 16.0));
    for (uint32_t i = 0; i < SWEEP; ++i) {
        x[i] = from_bits(next_random(&seed) & 0x7fffffffu);
        y[i] = (float)((int32_t)next_random(&seed)) * 0x1p-31f *
               (float)(1 << (i % 8));
    }
    check_pairs("pow", pow, dialect_ulps(1.0, 16.0));
    for (uint32_t i = 0; i < SWEEP; ++i) {
        x[i] = -(float)(next_random(&seed) % 4000) / 256.0f;
        y[i] = (float)((int32_t)(next_random(&seed) % 61) - 30);
    }
    check_pairs("pow", pow, dialect_ulps(1.0, 16.0));
}

static void test_min_max_and_fma_are_exact(void)
{
    fill_pairs();
    check_pairs("min", fmin, 0.0);
    check_pairs("max", fmax, 0.0);
    check_pairs("fma", exact_fma, 0.0);
}

/* ---- half floats ---- */

static double exact_half(uint32_t bits)
{
    double sign = bits & 0x8000u ? -1.0 : 1.0;
    int exponent = (int)(bits >> 10 & 31u);
    int fraction = (int)(bits & 1023u);

    if (exponent == 31) {
        return fraction == 0 ? sign * (double)INFINITY : (double)NAN;
    }
    return sign * (exponent == 0 ? ldexp(fraction, -24)
                                 : ldexp(1024 + fraction, exponent - 25));
}

static void test_every_half_loads(void)
{
    uint16_t *halves = calloc(65536, sizeof *halves);
    uint32_t n = 65536;
    void *arguments[] = {&halves, &y, &n};
    unsigned wrong = 0;

    for (uint32_t i = 0; i < n; ++i) {
        halves[i] = (uint16_t)i;
    }
    dialect_run_items("from_f16", n, arguments);
    for (uint32_t i = 0; i < n; ++i) {
        double exact = exact_half(i);

        wrong += isnan(exact) ? !isnan(y[i])
                              : (double)y[i] != exact ||
                                    !signbit(y[i]) != !signbit(exact);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(halves);
}

/* The nearest half, ties to even, by the rounding of double. */
static uint32_t nearest_half(float value)
{
    uint32_t sign = signbit(value) ? 0x8000u : 0;
    double size = fabs((double)value);
    int exponent = size < 0x1p-14 ? -14 : ilogb(size);

    if (isnan(value)) {
        return sign | 0x7e00u;
    }
    if (size >= 65520.0) {
        return sign | 0x7c00u;
    }
    double steps = nearbyint(ldexp(size, 10 - exponent));

    return sign | ((uint32_t)(exponent + 14) * 1024u + (uint32_t)steps);
}

/* Which NaN it is nobody promises. */
static bool same_half(uint32_t a, uint32_t b)
{
    return a == b || ((a & 0x7fffu) > 0x7c00u && (b & 0x7fffu) > 0x7c00u);
}

static unsigned count_wrong_stores(uint16_t *halves)
{
    uint32_t n = SWEEP;
    void *arguments[] = {&x, &halves, &n};
    unsigned wrong = 0;

    dialect_run_items("to_f16", n, arguments);
    for (uint32_t i = 0; i < n; ++i) {
        wrong += !same_half(halves[i], nearest_half(x[i]));
    }
    return wrong;
}

static void test_halves_store_rounded_to_nearest_even(void)
{
    uint16_t *halves = calloc(SWEEP, sizeof *halves);

    fill_all_magnitudes(x);
    CU_ASSERT_EQUAL(count_wrong_stores(halves), 0);
    /* each half, each middle between two, and their neighbours */
    for (uint32_t i = 0; i < SWEEP; ++i) {
        uint32_t bits = i / 16 % 65536;
        uint32_t next = (bits & 0x7fffu) < 0x7bffu ? bits + 1 : bits;
        double low = exact_half(bits), high = exact_half(next);
        double steps = (double)(i % 16) / 8.0;
        float at = (float)(low + (high - low) * (steps > 1.0 ? 0.5 : steps));

        x[i] = i % 16 == 14   ? nextafterf(at, INFINITY)
               : i % 16 == 15 ? nextafterf(at, -INFINITY)
                              : at;
    }
    CU_ASSERT_EQUAL(count_wrong_stores(halves), 0);
    free(halves);
}

int main(void)
{
    CU_TestInfo tests[] = {
#define TEST(name) {#name, test_##name}
        TEST(exp_is_accurate),
        TEST(log_is_accurate),
        TEST(tanh_is_accurate),
        TEST(erf_is_accurate),
        TEST(roots_are_accurate),
        TEST(sin_and_cos_are_accurate),
        TEST(sin_and_cos_stay_bounded),
        TEST(floor_and_ceil_are_exact),
        TEST(signs_of_zero_are_kept),
        TEST(pow_is_accurate),
        TEST(min_max_and_fma_are_exact),
        TEST(every_half_loads),
        TEST(halves_store_rounded_to_nearest_even),
        CU_TEST_INFO_NULL};

    x = calloc(SWEEP, sizeof *x);
    y = calloc(SWEEP, sizeof *y);
    z = calloc(SWEEP, sizeof *z);
    if (x == NULL || y == NULL || z == NULL) {
        return EXIT_FAILURE;
    }
    int status = dialect_main(tests);

    free(x);
    free(y);
    free(z);
    return status;
}
