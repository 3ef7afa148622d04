/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint32_t sizes[] = {0, 1, 2, 255, 256, 257, 4099, 20000};

/* ---- element by element ---- */

static void test_add(void)
{
    tn_kernel *kernel = library_begin("vector", "add", 6e-8, "|c|");

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        uint32_t n = sizes[s];

        library_case("%u", (unsigned)n);
        float *a = library_floats(n, -9, 9);
        float *b = library_floats(n, -9, 9);
        double *expected = LIBRARY_ZEROS(n, double);
        tn_buffer *c = library_out_floats(n);

        if (n > 255) {
            a[7] = INFINITY;
            a[8] = NAN;
        }
        for (size_t i = 0; i < n; ++i) {
            expected[i] = (double)a[i] + (double)b[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items(n), library_in_floats(a, n),
                       library_in_floats(b, n), c, n);
        library_compare(c, expected, NULL, n);
    }
    library_end();
}

static void test_add_i32(void)
{
    tn_kernel *kernel = library_begin("vector", "add_i32", 0, "");

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        uint32_t n = sizes[s];
        size_t bytes = n * sizeof(uint32_t);

        library_case("%u", (unsigned)n);
        uint32_t *a = LIBRARY_ZEROS(n, uint32_t);
        uint32_t *b = LIBRARY_ZEROS(n, uint32_t);
        uint32_t *expected = LIBRARY_ZEROS(n, uint32_t);
        tn_buffer *c = library_out(bytes);

        for (size_t i = 0; i < n; ++i) {
            a[i] = library_word();
            b[i] = library_word();
            expected[i] = a[i] + b[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items(n), library_in(a, bytes),
                       library_in(b, bytes), c, n);
        library_compare_bytes(c, expected, bytes);
    }
    library_end();
}

static void test_add_f64(void)
{
    tn_kernel *kernel = library_begin("vector", "add_f64", 0, "");

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        uint32_t n = sizes[s];
        size_t bytes = n * sizeof(double);

        library_case("%u", (unsigned)n);
        double *a = LIBRARY_ZEROS(n, double);
        double *b = LIBRARY_ZEROS(n, double);
        double *expected = LIBRARY_ZEROS(n, double);
        tn_buffer *c = library_out(bytes);

        for (size_t i = 0; i < n; ++i) {
            a[i] = library_word() * 1e-3;
            b[i] = library_word() * 1e-5;
            expected[i] = a[i] + b[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items(n), library_in(a, bytes),
                       library_in(b, bytes), c, n);
        library_compare_bytes(c, expected, bytes);
    }
    library_end();
}

static void test_scale(void)
{
    tn_kernel *kernel = library_begin("vector", "scale", 6e-8, "|b|");

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        uint32_t n = sizes[s];
        const float k = 1.7f;

        library_case("%u", (unsigned)n);
        float *a = library_floats(n, -9, 9);
        double *expected = LIBRARY_ZEROS(n, double);
        tn_buffer *b = library_out_floats(n);

        for (size_t i = 0; i < n; ++i) {
            expected[i] = (double)k * (double)a[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items(n), library_in_floats(a, n), b, k, n);
        library_compare(b, expected, NULL, n);
    }
    library_end();
}

static void test_saxpy(void)
{
    tn_kernel *kernel = library_begin("vector", "saxpy", 1.2e-7, "|k x| + |y|");

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        uint32_t n = sizes[s];
        const float k = -1.7f;

        library_case("%u", (unsigned)n);
        float *x = library_floats(n, -9, 9);
        float *y = library_floats(n, -9, 9);
        double *expected = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        tn_buffer *result = library_in_floats(y, n);

        for (size_t i = 0; i < n; ++i) {
            double product = (double)k * (double)x[i];

            expected[i] = product + (double)y[i];
            scale[i] = fabs(product) + fabs((double)y[i]);
        }
        LIBRARY_LAUNCH(kernel, tn_items(n), k, library_in_floats(x, n), result,
                       n);
        library_compare(result, expected, scale, n);
    }
    library_end();
}

/* ---- one of all ---- */

/* How many groups reduce n elements at first: all kinds are tried. */
static uint32_t groups_for(uint32_t n, size_t turn)
{
    uint32_t most = (n + 255) / 256;

    return most == 0       ? 1
           : turn % 3 == 0 ? most
           : turn % 3 == 1 ? 1
                           : (most + 2) / 3;
}

static void test_sum(const char *name)
{
    tn_kernel *sum = library_begin("vector", "sum", 1e-6, "sum |a|");
    tn_kernel *first = sum;

    if (name[0] == 'd') {
        first = library_begin("vector", "dot", 1e-6, "sum |a b|");
    }
    for (size_t s = 0; s < 3 * COUNT(sizes); ++s) {
        uint32_t n = sizes[s / 3];
        uint32_t groups = groups_for(n, s);

        library_case("%u/%u", (unsigned)n, (unsigned)groups);
        float *a = library_floats(n, -9, 9);
        float *b = library_floats(n, -9, 9);
        double expected = 0.0, scale = 0.0;
        tn_buffer *partial = library_out_floats(groups);
        tn_buffer *total = library_out_floats(1);

        for (size_t i = 0; i < n; ++i) {
            double term = (double)a[i] * (first == sum ? 1.0 : (double)b[i]);

            expected += term;
            scale += fabs(term);
        }
        if (first == sum) {
            LIBRARY_LAUNCH(sum, tn_items(groups * 256), library_in_floats(a, n),
                           partial, n);
        } else {
            LIBRARY_LAUNCH(first, tn_items(groups * 256),
                           library_in_floats(a, n), library_in_floats(b, n),
                           partial, n);
        }
        LIBRARY_LAUNCH(sum, tn_items(256), partial, total, groups);
        library_compare(total, &expected, &scale, 1);
    }
    library_end();
}

/* Elements with NaN, equal ones, and infinities, by the number of the case. */
static float *odd_floats(uint32_t n, size_t turn)
{
    float *a = library_floats(n, -9, 9);

    for (uint32_t i = 0; i < n; ++i) {
        if (turn % 3 == 1) {
            a[i] = i % 2 == 1 ? NAN : (float)(int)a[i];
        } else if (turn % 3 == 2) {
            a[i] = i % 2 == 1 ? NAN : -INFINITY;
        }
    }
    return a;
}

static void test_max(void)
{
    tn_kernel *kernel = library_begin("vector", "max", 0, "");

    for (size_t s = 0; s < 3 * COUNT(sizes); ++s) {
        uint32_t n = sizes[s / 3];
        uint32_t groups = groups_for(n, s + s / 3);

        library_case("%u/%u", (unsigned)n, (unsigned)groups);
        float *a = odd_floats(n, s);
        float expected = -INFINITY;
        tn_buffer *partial = library_out_floats(groups);
        tn_buffer *most = library_out_floats(1);

        for (size_t i = 0; i < n; ++i) {
            expected = a[i] > expected ? a[i] : expected;
        }
        LIBRARY_LAUNCH(kernel, tn_items(groups * 256), library_in_floats(a, n),
                       partial, n);
        LIBRARY_LAUNCH(kernel, tn_items(256), partial, most, groups);
        library_compare_bytes(most, &expected, sizeof expected);
    }
    library_end();
}

/* The first launch is argmax, the second argmax_pairs: both are needed. */
static void test_argmax(const char *name)
{
    tn_kernel *pairs = library_begin("vector", "argmax_pairs", 0, "");
    tn_kernel *kernel = library_begin("vector", "argmax", 0, "");

    library_begin("vector", name, 0, "");
    for (size_t s = 0; s < 3 * COUNT(sizes); ++s) {
        uint32_t n = sizes[s / 3];
        uint32_t groups = groups_for(n, s + s / 3);

        library_case("%u/%u", (unsigned)n, (unsigned)groups);
        float *a = odd_floats(n, s);
        float value = -INFINITY;
        int32_t place = INT32_MAX;
        tn_buffer *values = library_out_floats(groups);
        tn_buffer *places = library_out(groups * sizeof place);
        tn_buffer *most = library_out_floats(1);
        tn_buffer *index = library_out(sizeof place);

        for (uint32_t i = 0; i < n; ++i) {
            if (a[i] > value || (a[i] == value && place == INT32_MAX)) {
                value = a[i];
                place = (int32_t)i;
            }
        }
        LIBRARY_LAUNCH(kernel, tn_items(groups * 256), library_in_floats(a, n),
                       values, places, n);
        LIBRARY_LAUNCH(pairs, tn_items(256), values, places, most, index,
                       groups);
        library_compare_bytes(most, &value, sizeof value);
        library_compare_bytes(index, &place, sizeof place);
    }
    library_end();
}

void library_test_vector(void)
{
    test_add();
    test_add_i32();
    test_add_f64();
    test_scale();
    test_saxpy();
    test_sum("sum");
    test_sum("dot");
    test_max();
    test_argmax("argmax");
    test_argmax("argmax_pairs");
}
