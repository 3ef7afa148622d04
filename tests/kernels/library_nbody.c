/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int32_t lengths[] = {0, 1, 2, 255, 256, 257, 700};

enum {
    X,
    Y,
    Z,
    MASS
};

/* expected[d] of body i, and scale[d], the same of magnitudes */
static void pull(float *const of[4], double softening, int32_t n, int32_t i,
                 double *const expected[3], double *const scale[3])
{
    for (int32_t j = 0; j < n; ++j) {
        double d[3], square = softening * softening;

        for (int k = X; k <= Z; ++k) {
            d[k] = (double)of[k][j] - (double)of[k][i];
            square += d[k] * d[k];
        }
        for (int k = X; k <= Z; ++k) {
            double term = (double)of[MASS][j] * d[k] / (square * sqrt(square));

            expected[k][i] += term;
            scale[k][i] += fabs(term);
        }
    }
}

static void test_accelerate(void)
{
    tn_kernel *kernel =
        library_begin("nbody", "accelerate", 2e-6, "sum |terms|");
    const float softening = 0.05f;

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        const int32_t n = lengths[s];
        const size_t count = (size_t)n;
        float *of[4];
        double *expected[3], *scale[3];
        tn_buffer *in[4], *out[3];

        library_case("%d", (int)n);
        for (int k = X; k <= MASS; ++k) {
            of[k] = library_floats(count, k == MASS ? 0 : -1, 1);
            in[k] = library_in_floats(of[k], count);
        }
        for (int k = X; k <= Z; ++k) {
            expected[k] = LIBRARY_ZEROS(n, double);
            scale[k] = LIBRARY_ZEROS(n, double);
            out[k] = library_out_floats(count);
        }
        for (int32_t i = 0; i < n; ++i) {
            pull(of, (double)softening, n, i, expected, scale);
        }
        LIBRARY_LAUNCH(kernel, tn_items(count), in[X], in[Y], in[Z], in[MASS],
                       out[X], out[Y], out[Z], softening, n);
        for (int k = X; k <= Z; ++k) {
            library_compare(out[k], expected[k], scale[k], count);
        }
    }
    library_end();
}

static void test_advance(void)
{
    tn_kernel *kernel =
        library_begin("nbody", "advance", 2e-7, "|p| + |v| + |a|");
    const float dt = 0.125f;

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        const int32_t n = lengths[s];
        const size_t count = (size_t)n;

        library_case("%d", (int)n);
        float *p = library_floats(count, -9, 9);
        float *v = library_floats(count, -9, 9);
        float *a = library_floats(count, -9, 9);
        double *next_p = LIBRARY_ZEROS(n, double);
        double *next_v = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        tn_buffer *position = library_in_floats(p, count);
        tn_buffer *velocity = library_in_floats(v, count);

        for (int32_t i = 0; i < n; ++i) {
            next_v[i] = (double)v[i] + (double)a[i] * (double)dt;
            next_p[i] = (double)p[i] + next_v[i] * (double)dt;
            scale[i] =
                fabs((double)p[i]) + fabs((double)v[i]) + fabs((double)a[i]);
        }
        LIBRARY_LAUNCH(kernel, tn_items(count), position, velocity,
                       library_in_floats(a, count), dt, n);
        library_compare(position, next_p, scale, count);
        library_compare(velocity, next_v, scale, count);
    }
    library_end();
}

void library_test_nbody(void)
{
    test_accelerate();
    test_advance();
}
