/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t elements(int32_t a, int32_t b)
{
    return (size_t)a * (size_t)b;
}

static const struct {
    int32_t m, n;
} shapes[] = {{0, 0},   {1, 1},   {1, 300}, {300, 1},   {31, 33},
              {32, 32}, {64, 96}, {65, 64}, {100, 257}, {257, 100}};

static void test_transpose(void)
{
    tn_kernel *kernel = library_begin("matrix", "transpose", 0, "");

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        int32_t m = shapes[s].m, n = shapes[s].n;
        size_t count = elements(m, n);

        library_case("%dx%d", (int)m, (int)n);
        float *a = library_floats(count, -9, 9);
        float *expected = LIBRARY_ZEROS(count, float);
        tn_buffer *b = library_out_floats(count);

        for (size_t i = 0; i < count; ++i) {
            expected[i % (size_t)n * (size_t)m + i / (size_t)n] = a[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items2((uint64_t)n, (uint64_t)(m + 3) / 4),
                       library_in_floats(a, count), b, m, n);
        library_compare_bytes(b, expected, count * sizeof(float));
    }
    library_end();
}

/* y = a x, or with a transposed */
static void test_gemv(const char *name, int transposed)
{
    tn_kernel *kernel = library_begin("matrix", name, 1e-6, "sum |a x|");

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        int32_t m = shapes[s].m, n = shapes[s].n;
        size_t from = (size_t)(transposed ? m : n);
        size_t to = (size_t)(transposed ? n : m);

        library_case("%dx%d", (int)m, (int)n);
        float *a = library_floats(elements(m, n), -9, 9);
        float *x = library_floats(from, -9, 9);
        double *expected = LIBRARY_ZEROS(to, double);
        double *scale = LIBRARY_ZEROS(to, double);
        tn_buffer *y = library_out_floats(to);

        for (size_t i = 0; i < elements(m, n); ++i) {
            size_t r = i / (size_t)n, c = i % (size_t)n;
            double term = (double)a[i] * (double)x[transposed ? r : c];

            expected[transposed ? c : r] += term;
            scale[transposed ? c : r] += fabs(term);
        }
        LIBRARY_LAUNCH(kernel, tn_items(transposed ? to : 64 * to),
                       library_in_floats(a, elements(m, n)),
                       library_in_floats(x, from), y, m, n);
        library_compare(y, expected, scale, to);
    }
    library_end();
}

/* ---- products ---- */

typedef struct product {
    int32_t m, n, k;
} product;

static const product products[] = {{1, 1, 1},    {1, 1, 0},     {5, 7, 3},
                                   {16, 16, 16}, {64, 64, 64},  {65, 64, 17},
                                   {1, 300, 40}, {130, 70, 33}, {63, 129, 200}};

static tn_grid grid_of(product p, int32_t batches)
{
    return tn_items3((uint64_t)(p.n + 3) / 4, (uint64_t)(p.m + 3) / 4,
                     (uint64_t)batches);
}

/* expected += a b, and scale the same of magnitudes */
static void multiply(product p, const float *a, const float *b, int transposed,
                     double *expected, double *scale)
{
    for (int32_t r = 0; r < p.m; ++r) {
        for (int32_t c = 0; c < p.n; ++c) {
            size_t to = elements(r, p.n) + (size_t)c;

            for (int32_t i = 0; i < p.k; ++i) {
                size_t from = transposed ? elements(c, p.k) + (size_t)i
                                         : elements(i, p.n) + (size_t)c;
                double term =
                    (double)a[elements(r, p.k) + (size_t)i] * (double)b[from];

                expected[to] += term;
                scale[to] += fabs(term);
            }
        }
    }
}

static void test_gemm(const char *name, int transposed)
{
    tn_kernel *kernel = library_begin("matrix", name, 1e-6, "sum |a b|");

    for (size_t s = 0; s < COUNT(products); ++s) {
        product p = products[s];
        size_t count = elements(p.m, p.n);

        library_case("%dx%dx%d", (int)p.m, (int)p.n, (int)p.k);
        float *a = library_floats(elements(p.m, p.k), -3, 3);
        float *b = library_floats(elements(p.k, p.n), -3, 3);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *c = library_out_floats(count);

        multiply(p, a, b, transposed, expected, scale);
        LIBRARY_LAUNCH(
            kernel, grid_of(p, 1), library_in_floats(a, elements(p.m, p.k)),
            library_in_floats(b, elements(p.k, p.n)), c, p.m, p.n, p.k);
        library_compare(c, expected, scale, count);
    }
    library_end();
}

static double activate(double x, int32_t activation)
{
    switch (activation) {
    case 1:
        return x < 0.0 ? 0.0 : x;
    case 2:
        return 0.5 * x * erfc(-x * M_SQRT1_2);
    case 3:
        return x / (1.0 + exp(-x));
    case 4:
        return tanh(x);
    default:
        return x;
    }
}

static void test_gemm_bias(const char *name, int transposed)
{
    tn_kernel *kernel =
        library_begin("matrix", name, 2e-6, "1 + sum |a b| + |bias|");

    for (size_t s = 0; s < 5 * COUNT(products); ++s) {
        product p = products[s / 5];
        size_t count = elements(p.m, p.n);
        int32_t activation = (int32_t)(s % 5);

        library_case("%dx%dx%d", (int)p.m, (int)p.n, (int)p.k);
        float *a = library_floats(elements(p.m, p.k), -1, 1);
        float *b = library_floats(elements(p.k, p.n), -1, 1);
        float *bias = library_floats((size_t)p.n, -3, 3);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *c = library_out_floats(count);

        multiply(p, a, b, transposed, expected, scale);
        for (size_t i = 0; i < count; ++i) {
            double bias_of = (double)bias[i % (size_t)p.n];

            expected[i] = activate(expected[i] + bias_of, activation);
            scale[i] += 1.0 + fabs(bias_of);
        }
        LIBRARY_LAUNCH(
            kernel, grid_of(p, 1), library_in_floats(a, elements(p.m, p.k)),
            library_in_floats(b, elements(p.k, p.n)),
            library_in_floats(bias, (size_t)p.n), c, p.m, p.n, p.k, activation);
        library_compare(c, expected, scale, count);
    }
    library_end();
}

/* Matrices lie three elements apart, or all take the first b. */
static void test_gemm_batched(const char *name, int transposed)
{
    enum {
        BATCHES = 3
    };
    tn_kernel *kernel = library_begin("matrix", name, 1e-6, "sum |a b|");

    for (size_t s = 0; s < 2 * COUNT(products); ++s) {
        product p = products[s / 2];
        size_t step_a = elements(p.m, p.k) + 3;
        size_t step_b = s % 2 == 0 ? elements(p.k, p.n) + 3 : 0;
        size_t step_c = elements(p.m, p.n);
        size_t count = BATCHES * step_c;

        library_case("%dx(%dx%dx%d)", BATCHES, (int)p.m, (int)p.n, (int)p.k);
        float *a = library_floats(BATCHES * step_a, -3, 3);
        float *b = library_floats(BATCHES * (elements(p.k, p.n) + 3), -3, 3);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *c = library_out_floats(count);

        for (size_t z = 0; z < BATCHES; ++z) {
            multiply(p, a + z * step_a, b + z * step_b, transposed,
                     expected + z * step_c, scale + z * step_c);
        }
        LIBRARY_LAUNCH(
            kernel, grid_of(p, BATCHES), library_in_floats(a, BATCHES * step_a),
            library_in_floats(b, BATCHES * (elements(p.k, p.n) + 3)), c, p.m,
            p.n, p.k, (int32_t)step_a, (int32_t)step_b, (int32_t)step_c);
        library_compare(c, expected, scale, count);
    }
    library_end();
}

void library_test_matrix(void)
{
    test_transpose();
    test_gemv("gemv", 0);
    test_gemv("gemv_t", 1);
    test_gemm("gemm", 0);
    test_gemm("gemm_nt", 1);
    test_gemm_bias("gemm_bias", 0);
    test_gemm_bias("gemm_bias_nt", 1);
    test_gemm_batched("gemm_batched", 0);
    test_gemm_batched("gemm_batched_nt", 1);
}
