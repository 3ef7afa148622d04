/* SPDX-License-Identifier: MIT */
/* Vectors: element by element, and the sum. n elements, n items. */
#include <tenon/kernel.h>

/* c = a + b */
TN_KERNEL(add, TN_IN(float, a), TN_IN(float, b), TN_OUT(float, c),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = a[i] + b[i];
    }
}

/* Sums beyond the range of i32 wrap around. */
TN_KERNEL(add_i32, TN_IN(tn_i32, a), TN_IN(tn_i32, b), TN_OUT(tn_i32, c),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = (tn_i32)((tn_u32)a[i] + (tn_u32)b[i]);
    }
}

TN_KERNEL(add_f64, TN_IN(double, a), TN_IN(double, b), TN_OUT(double, c),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = a[i] + b[i];
    }
}

/* b = k a */
TN_KERNEL(scale, TN_IN(float, a), TN_OUT(float, b), TN_VALUE(float, k),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        b[i] = k * a[i];
    }
}

/* y = k x + y */
TN_KERNEL(saxpy, TN_VALUE(float, k), TN_IN(float, x), TN_INOUT(float, y),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        y[i] = k * x[i] + y[i];
    }
}

/*
 * The sum of each group's 256 elements, by a tree: partial has one element a
 * group. Run it again over those until one is left.
 */
TN_KERNEL_SIZED(sum, 256, 1, 1, TN_IN(float, a), TN_OUT(float, partial),
                TN_VALUE(tn_u32, n))
{
    TN_SHARED float tile[256];

    TN_ITEMS {
        tile[TN_LOCAL_ID(0)] = 0.0f;
    }
    TN_RANGE(i, n) {
        tile[TN_LOCAL_ID(0)] = a[i];
    }
    TN_BARRIER;
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
