/* SPDX-License-Identifier: MIT */
/* Kernels of the benchmarks; bench/peers/opencl.c has the same in OpenCL C. */
#include <tenon/kernel.h>

TN_KERNEL(empty, TN_VALUE(tn_i32, n))
{
    (void)n;
}

/* a = b + k c */
TN_KERNEL_WIDE(triad, 4, TN_OUT(float, a), TN_IN(float, b), TN_IN(float, c),
               TN_VALUE(float, k), TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        a[i] = b[i] + k * c[i];
    }
}

TN_KERNEL_WIDE(add, 4, TN_IN(float, a), TN_IN(float, b), TN_OUT(float, c),
               TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        c[i] = a[i] + b[i];
    }
}

/* A tree in each group of 256, with a barrier after each step. */
TN_KERNEL_SIZED(reduce, 256, 1, 1, TN_IN(float, a), TN_OUT(float, partial),
                TN_VALUE(tn_i32, n))
{
    TN_SHARED float tile[256];

    if (n - 256 * TN_GROUP_ID(0) < 256) {
        TN_ITEMS {
            tile[TN_LOCAL_ID(0)] = 0.0f;
        }
    }
    TN_RANGE(i, n) {
        tile[TN_LOCAL_ID(0)] = a[i];
    }
    TN_BARRIER;
    TN_UNROLL
    for (tn_i32 step = 128; step > 0; step /= 2) {
        TN_LOCAL_RANGE(l, step) {
            tile[l] += tile[l + step];
        }
        TN_BARRIER;
    }
    TN_ONCE {
        partial[TN_GROUP_ID(0)] = tile[0];
    }
}

/* The accelerations of n bodies; each sums over the others in their order. */
TN_KERNEL(nbody, TN_IN(float, x), TN_IN(float, y), TN_IN(float, z),
          TN_IN(float, mass), TN_OUT(float, ax), TN_OUT(float, ay),
          TN_OUT(float, az), TN_VALUE(tn_i32, n))
{
    TN_PRIVATE(float, sum_x);
    TN_PRIVATE(float, sum_y);
    TN_PRIVATE(float, sum_z);

    TN_RANGE(i, n) {
        TN_MY(sum_x) = 0.0f;
        TN_MY(sum_y) = 0.0f;
        TN_MY(sum_z) = 0.0f;
    }
    for (tn_i32 j = 0; j < n; ++j) {
        TN_RANGE(i, n) {
            float dx = x[j] - x[i];
            float dy = y[j] - y[i];
            float dz = z[j] - z[i];
            float inverse = 1.0f / tn_sqrt(dx * dx + dy * dy + dz * dz + 1e-3f);
            float pull = mass[j] * inverse * inverse * inverse;

            TN_MY(sum_x) += pull * dx;
            TN_MY(sum_y) += pull * dy;
            TN_MY(sum_z) += pull * dz;
        }
    }
    TN_RANGE(i, n) {
        ax[i] = TN_MY(sum_x);
        ay[i] = TN_MY(sum_y);
        az[i] = TN_MY(sum_z);
    }
}

/* c = a b for square matrices, without tiles; k is the outer loop. */
TN_KERNEL(gemm, TN_IN(float, a), TN_IN(float, b), TN_OUT(float, c),
          TN_VALUE(tn_i32, n))
{
    TN_PRIVATE(float, sum);

    TN_RANGE2(column, n, row, n) {
        TN_MY(sum) = 0.0f;
    }
    for (tn_i32 k = 0; k < n; ++k) {
        TN_RANGE2(column, n, row, n) {
            TN_MY(sum) += a[row * n + k] * b[k * n + column];
        }
    }
    TN_RANGE2(column, n, row, n) {
        c[row * n + column] = TN_MY(sum);
    }
}
