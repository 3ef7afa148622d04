/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- rows ---- */

typedef struct shape {
    int32_t rows, columns;
} shape;

static const shape shapes[] = {{0, 5},   {1, 1},   {3, 2},     {5, 255},
                               {4, 256}, {3, 257}, {17, 1000}, {2, 4099}};

static size_t elements(shape s)
{
    return (size_t)s.rows * (size_t)s.columns;
}

static tn_grid grid_of(shape s)
{
    return tn_items((uint64_t)s.rows * 256);
}

/* y = softmax(scale x) of a row, over the elements whose mask is not 0 */
static void softmax(const float *x, const uint8_t *mask, double scale,
                    int32_t columns, double *y)
{
    double most = -INFINITY, sum = 0.0;

    for (int32_t i = 0; i < columns; ++i) {
        y[i] = mask == NULL || mask[i] != 0 ? scale * (double)x[i] : -INFINITY;
        most = y[i] > most ? y[i] : most;
    }
    for (int32_t i = 0; i < columns; ++i) {
        y[i] = most > -INFINITY || isnan(y[i]) ? exp(y[i] - most) : 0.0;
        sum += y[i];
    }
    for (int32_t i = 0; i < columns; ++i) {
        y[i] = sum == 0.0 ? 0.0 : y[i] / sum;
    }
}

/* In rows 0 to 3: infinities of both signs, NaN, all of it minus infinity. */
static void make_odd(float *x, shape s)
{
    for (int32_t c = 0; s.rows > 3 && c < s.columns; ++c) {
        x[c] = c % 3 == 0 ? -INFINITY : x[c];
        x[s.columns + c] = c == 1 ? NAN : x[s.columns + c];
        x[2 * s.columns + c] = c == 1 ? INFINITY : x[2 * s.columns + c];
        x[3 * s.columns + c] = -INFINITY;
    }
}

static void test_softmax(void)
{
    tn_kernel *kernel = library_begin("nn", "softmax", 4e-6, "y");

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        shape size = shapes[s];
        size_t count = elements(size);
        const float scale = s % 2 == 0 ? 1.0f : 0.125f;

        library_case("%dx%d", (int)size.rows, (int)size.columns);
        float *x = library_floats(count, -9, 9);
        double *expected = LIBRARY_ZEROS(count, double);

        make_odd(x, size);
        tn_buffer *y = library_in_floats(x, count); /* in place */

        for (size_t r = 0; r < (size_t)size.rows; ++r) {
            size_t from = r * (size_t)size.columns;

            softmax(x + from, NULL, (double)scale, size.columns,
                    expected + from);
        }
        LIBRARY_LAUNCH(kernel, grid_of(size), y, y, scale, size.rows,
                       size.columns);
        library_compare(y, expected, NULL, count);
    }
    library_end();
}

static void test_softmax_masked(void)
{
    tn_kernel *kernel = library_begin("nn", "softmax_masked", 4e-6, "y");

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        shape size = shapes[s];
        size_t count = elements(size), columns = (size_t)size.columns;
        int32_t mask_rows = size.rows > 2 ? 2 : 1;
        size_t mask_count = (size_t)mask_rows * columns;

        library_case("%dx%d/%d", (int)size.rows, (int)size.columns,
                     (int)mask_rows);
        float *x = library_floats(count, -9, 9);
        uint8_t *mask = LIBRARY_ZEROS(mask_count, uint8_t);
        double *expected = LIBRARY_ZEROS(count, double);
        tn_buffer *y = library_out_floats(count);

        for (size_t i = 0; i < mask_count; ++i) {
            /* nothing is left of the second row of one of the masks */
            mask[i] =
                (uint8_t)(s == 4 && i >= columns ? 0 : library_word() & 2);
        }
        for (size_t r = 0; r < (size_t)size.rows; ++r) {
            softmax(x + r * columns, mask + r % (size_t)mask_rows * columns,
                    0.5, size.columns, expected + r * columns);
        }
        LIBRARY_LAUNCH(kernel, grid_of(size), library_in_floats(x, count),
                       library_in(mask, mask_count), y, 0.5f, size.rows,
                       size.columns, mask_rows);
        library_compare(y, expected, NULL, count);
    }
    library_end();
}

/* Of a row: y = (x - mean) / sqrt(variance + epsilon) gamma + beta */
static void layer_norm(const float *x, const float *gamma, const float *beta,
                       double epsilon, size_t columns, double *y, double *scale)
{
    double mean = 0.0, variance = 0.0;

    for (size_t c = 0; c < columns; ++c) {
        mean += (double)x[c] / (double)columns;
    }
    for (size_t c = 0; c < columns; ++c) {
        variance += ((double)x[c] - mean) * ((double)x[c] - mean);
    }
    double deviation = sqrt(variance / (double)columns + epsilon);

    for (size_t c = 0; c < columns; ++c) {
        double one = ((double)x[c] - mean) / deviation;

        y[c] = one * (double)gamma[c] + (double)beta[c];
        scale[c] = (1.0 + fabs(one) + fabs(mean) / deviation) *
                       fabs((double)gamma[c]) +
                   fabs((double)beta[c]);
    }
}

static void test_layer_norm(void)
{
    tn_kernel *kernel = library_begin(
        "nn", "layer_norm", 1e-6, "(1 + |z| + |mean| / s) |gamma| + |beta|");
    const float epsilon = 1e-5f;

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        shape size = shapes[s];
        size_t count = elements(size), columns = (size_t)size.columns;

        library_case("%dx%d", (int)size.rows, (int)size.columns);
        float *x = library_floats(count, -2, 6);
        float *gamma = library_floats(columns, -2, 2);
        float *beta = library_floats(columns, -2, 2);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *y = library_out_floats(count);

        if (s == 3) {
            x[1] = NAN; /* all of the row becomes NaN, and no other row */
        }
        for (size_t r = 0; r < (size_t)size.rows; ++r) {
            layer_norm(x + r * columns, gamma, beta, (double)epsilon, columns,
                       expected + r * columns, scale + r * columns);
        }
        LIBRARY_LAUNCH(kernel, grid_of(size), library_in_floats(x, count),
                       library_in_floats(gamma, columns),
                       library_in_floats(beta, columns), y, epsilon, size.rows,
                       size.columns);
        library_compare(y, expected, scale, count);
    }
    library_end();
}

static void test_rms_norm(void)
{
    tn_kernel *kernel = library_begin("nn", "rms_norm", 1e-6, "|y|");
    const float epsilon = 1e-6f;

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        shape size = shapes[s];
        size_t count = elements(size), columns = (size_t)size.columns;

        library_case("%dx%d", (int)size.rows, (int)size.columns);
        float *x = library_floats(count, -2, 6);
        float *gamma = library_floats(columns, -2, 2);
        double *expected = LIBRARY_ZEROS(count, double);
        tn_buffer *y = library_in_floats(x, count); /* in place */

        for (size_t r = 0; r < (size_t)size.rows; ++r) {
            double squares = 0.0;

            for (size_t c = 0; c < columns; ++c) {
                double value = (double)x[r * columns + c];

                squares += value * value;
            }
            for (size_t c = 0; c < columns; ++c) {
                expected[r * columns + c] =
                    (double)x[r * columns + c] * (double)gamma[c] /
                    sqrt(squares / (double)columns + (double)epsilon);
            }
        }
        LIBRARY_LAUNCH(kernel, grid_of(size), y,
                       library_in_floats(gamma, columns), y, epsilon, size.rows,
                       size.columns);
        library_compare(y, expected, NULL, count);
    }
    library_end();
}

static void test_embedding(void)
{
    enum {
        TABLE_ROWS = 37
    };
    tn_kernel *kernel = library_begin("nn", "embedding", 0, "");

    for (size_t s = 0; s < COUNT(shapes); ++s) {
        shape size = shapes[s];
        size_t count = elements(size), columns = (size_t)size.columns;

        library_case("%dx%d", (int)size.rows, (int)size.columns);
        float *table = library_floats(TABLE_ROWS * columns, -9, 9);
        int32_t *ids = LIBRARY_ZEROS(size.rows, int32_t);
        float *expected = LIBRARY_ZEROS(count, float);
        tn_buffer *y = library_out_floats(count);

        for (size_t i = 0; i < count; ++i) {
            size_t row = i / columns;

            if (i % columns == 0) { /* now and then outside of the table */
                ids[row] = (int32_t)(library_word() % (TABLE_ROWS + 9)) - 4;
            }
            expected[i] = ids[row] >= 0 && ids[row] < TABLE_ROWS
                              ? table[(size_t)ids[row] * columns + i % columns]
                              : 0.0f;
        }
        LIBRARY_LAUNCH(kernel, grid_of(size),
                       library_in_floats(table, TABLE_ROWS * columns),
                       library_in(ids, (size_t)size.rows * sizeof *ids), y,
                       (int32_t)TABLE_ROWS, size.rows, size.columns);
        library_compare_bytes(y, expected, count * sizeof(float));
    }
    library_end();
}

/* ---- single elements ---- */

static const int32_t lengths[] = {0, 1, 255, 256, 4099, 20000};

static double gelu(double x)
{
    return x == -INFINITY ? 0.0 : 0.5 * x * erfc(-x * M_SQRT1_2);
}

static double silu(double x)
{
    return x == -INFINITY ? 0.0 : x / (1.0 + exp(-x));
}

/* Values around 0, and in longer cases of all sizes. */
static float *values_for(size_t n)
{
    static const float odd[] = {INFINITY, -INFINITY, NAN,    0.0f,
                                -0.0f,    1e30f,     -1e30f, 88.5f,
                                -88.5f,   -104.5f,   -14.5f, 1e-40f};
    float *x = library_floats(n, -12, 12);

    for (size_t i = 0; n > 1000 && i < COUNT(odd); ++i) {
        x[100 + i] = odd[i];
    }
    return x;
}

static void test_activation(const char *name, double (*function)(double))
{
    tn_kernel *kernel = library_begin("nn", name, 1e-6, "|x|");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];

        library_case("%d", (int)n);
        float *x = values_for((size_t)n);
        double *expected = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        tn_buffer *y = library_out_floats((size_t)n);

        for (int32_t i = 0; i < n; ++i) {
            expected[i] = function((double)x[i]);
            scale[i] = fabs((double)x[i]);
        }
        LIBRARY_LAUNCH(kernel, tn_items((uint64_t)n),
                       library_in_floats(x, (size_t)n), y, n);
        library_compare(y, expected, scale, (size_t)n);
    }
    library_end();
}

static void test_swiglu(void)
{
    tn_kernel *kernel = library_begin("nn", "swiglu", 1e-6, "|a b|");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];

        library_case("%d", (int)n);
        float *a = library_floats((size_t)n, -12, 12);
        float *b = library_floats((size_t)n, -12, 12);
        double *expected = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        tn_buffer *y = library_out_floats((size_t)n);

        for (int32_t i = 0; i < n; ++i) {
            expected[i] = silu((double)a[i]) * (double)b[i];
            scale[i] = fabs((double)a[i] * (double)b[i]);
        }
        LIBRARY_LAUNCH(kernel, tn_items((uint64_t)n),
                       library_in_floats(a, (size_t)n),
                       library_in_floats(b, (size_t)n), y, n);
        library_compare(y, expected, scale, (size_t)n);
    }
    library_end();
}

static void test_residual_add(void)
{
    tn_kernel *kernel = library_begin("nn", "residual_add", 6e-8, "|y|");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];

        library_case("%d", (int)n);
        float *x = library_floats((size_t)n, -9, 9);
        float *y = library_floats((size_t)n, -9, 9);
        double *expected = LIBRARY_ZEROS(n, double);
        tn_buffer *result = library_in_floats(y, (size_t)n);

        for (int32_t i = 0; i < n; ++i) {
            expected[i] = (double)x[i] + (double)y[i];
        }
        LIBRARY_LAUNCH(kernel, tn_items((uint64_t)n),
                       library_in_floats(x, (size_t)n), result, n);
        library_compare(result, expected, NULL, (size_t)n);
    }
    library_end();
}

/* ---- rotary position embedding ---- */

enum {
    POSITIONS = 50
};

static const struct {
    int32_t half, heads, tokens;
} heads_of[] = {{1, 1, 1}, {32, 8, 3}, {33, 9, 5}, {5, 1, 17}, {64, 12, 2}};

/* Cosines and sines of q / 10000^(p / half). */
static void fill_tables(int32_t half, float *cosines, float *sines)
{
    for (int32_t i = 0; i < POSITIONS * half; ++i) {
        double angle = i / half * pow(10000.0, -(double)(i % half) / half);

        cosines[i] = (float)cos(angle);
        sines[i] = (float)sin(angle);
    }
}

static void test_rotary(const char *name, int pairs)
{
    tn_kernel *kernel = library_begin("nn", name, 1.5e-7, "|a| + |b|");

    for (size_t s = 0; s < COUNT(heads_of); ++s) {
        const int32_t half = heads_of[s].half, heads = heads_of[s].heads;
        const int32_t tokens = heads_of[s].tokens;
        const int32_t count = 2 * half * heads * tokens;

        library_case("%dx%dx%d", (int)tokens, (int)heads, (int)(2 * half));
        float *x = library_floats((size_t)count, -9, 9);
        float *cosines = LIBRARY_ZEROS(POSITIONS * half, float);
        float *sines = LIBRARY_ZEROS(POSITIONS * half, float);
        int32_t *positions = LIBRARY_ZEROS(tokens, int32_t);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *result = library_in_floats(x, (size_t)count);

        fill_tables(half, cosines, sines);
        for (int32_t i = 0; i < tokens; ++i) {
            positions[i] = (int32_t)(library_word() % POSITIONS);
        }
        for (int32_t i = 0; i < count / 2; ++i) {
            int32_t p = i % half, from = i / half * 2 * half;
            int32_t angle = positions[i / half / heads] * half + p;
            int32_t first = from + (pairs ? 2 * p : p);
            int32_t second = from + (pairs ? 2 * p + 1 : half + p);
            double a = (double)x[first], b = (double)x[second];
            double c = (double)cosines[angle], d = (double)sines[angle];

            expected[first] = a * c - b * d;
            expected[second] = b * c + a * d;
            scale[first] = scale[second] = fabs(a) + fabs(b);
        }
        LIBRARY_LAUNCH(
            kernel,
            tn_items3((uint64_t)half, (uint64_t)heads, (uint64_t)tokens),
            result, library_in(positions, (size_t)tokens * sizeof *positions),
            library_in_floats(cosines, (size_t)(POSITIONS * half)),
            library_in_floats(sines, (size_t)(POSITIONS * half)), half, heads,
            tokens);
        library_compare(result, expected, scale, (size_t)count);
    }
    library_end();
}

void library_test_nn(void)
{
    test_softmax();
    test_softmax_masked();
    test_layer_norm();
    test_rms_norm();
    test_embedding();
    test_activation("gelu", gelu);
    test_activation("silu", silu);
    test_swiglu();
    test_residual_add();
    test_rotary("rotary", 0);
    test_rotary("rotary_pairs", 1);
}
