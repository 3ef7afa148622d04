/* SPDX-License-Identifier: MIT */
/*
 * Vectors of n elements: element by element, for which launch n items, and what
 * makes one of all.
 */
#include <tenon/kernel.h>

/* c = a + b */
TN_KERNEL_WIDE(add, 4, TN_IN(float, a, n), TN_IN(float, b, n),
               TN_OUT(float, c, n), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = a[i] + b[i];
    }
}

/* Sums beyond the range of i32 wrap around. */
TN_KERNEL_WIDE(add_i32, 4, TN_IN(tn_i32, a, n), TN_IN(tn_i32, b, n),
               TN_OUT(tn_i32, c, n), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = (tn_i32)((tn_u32)a[i] + (tn_u32)b[i]);
    }
}

TN_KERNEL_WIDE(add_f64, 4, TN_IN(double, a, n), TN_IN(double, b, n),
               TN_OUT(double, c, n), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        c[i] = a[i] + b[i];
    }
}

/* b = k a */
TN_KERNEL_WIDE(scale, 4, TN_IN(float, a, n), TN_OUT(float, b, n),
               TN_VALUE(float, k), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        b[i] = k * a[i];
    }
}

/* y = k x + y */
TN_KERNEL_WIDE(saxpy, 4, TN_VALUE(float, k), TN_IN(float, x, n),
               TN_INOUT(float, y, n), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        y[i] = k * x[i] + y[i];
    }
}

/* ---- one of all ----
 *
 * Each group of 256 makes one element of `partial`, of every 256 * groups-th
 * item's elements, by a tree. Run the kernel again over those until one is
 * left. Any number of groups does: n items give each item one element, fewer
 * give it several, so that 256 groups and then one are two launches for any n.
 */
#define REDUCE(neutral, term, combine)                                         \
    TN_SHARED float tile[256];                                                 \
    TN_PRIVATE(float, own);                                                    \
    const tn_i32 count = (tn_i32)n, stride = TN_GROUPS(0) * 256;               \
                                                                               \
    TN_ITEMS {                                                                 \
        TN_MY(own) = neutral;                                                  \
    }                                                                          \
    for (tn_i32 left = count; left > 0; left -= stride) {                      \
        TN_RANGE(at, left) {                                                   \
            tn_i32 i = count - left + at;                                      \
            float x = TN_MY(own), y = term;                                    \
                                                                               \
            TN_MY(own) = combine;                                              \
        }                                                                      \
    }                                                                          \
    TN_ITEMS {                                                                 \
        tile[TN_LOCAL_ID(0)] = TN_MY(own);                                     \
    }                                                                          \
    TN_BARRIER;                                                                \
    TN_UNROLL                                                                  \
    for (tn_i32 step = 128; step > 0; step /= 2) {                             \
        TN_LOCAL_RANGE(l, step) {                                              \
            float x = tile[l], y = tile[l + step];                             \
                                                                               \
            tile[l] = combine;                                                 \
        }                                                                      \
        TN_BARRIER;                                                            \
    }                                                                          \
    TN_ONCE {                                                                  \
        partial[TN_GROUP_ID(0)] = tile[0];                                     \
    }

/* The sum of a; of none it is 0. */
TN_KERNEL_SIZED(sum, 256, 1, 1, TN_IN(float, a, n), TN_OUT(float, partial),
                TN_VALUE(tn_u32, n)){REDUCE(0.0f, a[i], x + y)}

/* The sum of the products a b; its partial sums are added by sum. */
TN_KERNEL_SIZED(dot, 256, 1, 1, TN_IN(float, a, n), TN_IN(float, b, n),
                TN_OUT(float, partial),
                TN_VALUE(tn_u32, n)){REDUCE(0.0f, a[i] * b[i], x + y)}

/* The largest element but NaN; of none it is minus infinity. */
TN_KERNEL_SIZED(max, 256, 1, 1, TN_IN(float, a, n), TN_OUT(float, partial),
                TN_VALUE(tn_u32, n)){REDUCE(-TN_INFINITY, a[i], tn_max(x, y))}

/*
 * The largest element but NaN, and the first index that has it; of none it is
 * minus infinity, at the index 2^31 - 1. argmax takes the elements and makes
 * partial pairs, argmax_pairs takes pairs.
 */
#define ARGMAX(index_of)                                                       \
    TN_SHARED float tile[256];                                                 \
    TN_SHARED tn_i32 places[256];                                              \
    TN_PRIVATE(float, most);                                                   \
    TN_PRIVATE(tn_i32, place);                                                 \
    const tn_i32 count = (tn_i32)n, stride = TN_GROUPS(0) * 256;               \
                                                                               \
    TN_ITEMS {                                                                 \
        TN_MY(most) = -TN_INFINITY;                                            \
        TN_MY(place) = 0x7fffffff;                                             \
    }                                                                          \
    for (tn_i32 left = count; left > 0; left -= stride) {                      \
        TN_RANGE(at, left) {                                                   \
            tn_i32 i = count - left + at;                                      \
            float x = a[i];                                                    \
            tn_i32 index = index_of;                                           \
            int better = (x > TN_MY(most)) |                                   \
                         ((x == TN_MY(most)) & (index < TN_MY(place)));        \
                                                                               \
            TN_MY(most) = better ? x : TN_MY(most);                            \
            TN_MY(place) = better ? index : TN_MY(place);                      \
        }                                                                      \
    }                                                                          \
    TN_ITEMS {                                                                 \
        tile[TN_LOCAL_ID(0)] = TN_MY(most);                                    \
        places[TN_LOCAL_ID(0)] = TN_MY(place);                                 \
    }                                                                          \
    TN_BARRIER;                                                                \
    TN_UNROLL                                                                  \
    for (tn_i32 step = 128; step > 0; step /= 2) {                             \
        TN_LOCAL_RANGE(l, step) {                                              \
            float x = tile[l + step];                                          \
            tn_i32 index = places[l + step];                                   \
            int better =                                                       \
                (x > tile[l]) | ((x == tile[l]) & (index < places[l]));        \
                                                                               \
            tile[l] = better ? x : tile[l];                                    \
            places[l] = better ? index : places[l];                            \
        }                                                                      \
        TN_BARRIER;                                                            \
    }                                                                          \
    TN_ONCE {                                                                  \
        partial[TN_GROUP_ID(0)] = tile[0];                                     \
        partial_indices[TN_GROUP_ID(0)] = places[0];                           \
    }
TN_KERNEL_SIZED(argmax, 256, 1, 1, TN_IN(float, a, n), TN_OUT(float, partial),
                TN_OUT(tn_i32, partial_indices), TN_VALUE(tn_u32, n))
{
    ARGMAX(i);
}

TN_KERNEL_SIZED(argmax_pairs, 256, 1, 1, TN_IN(float, a, n),
                TN_IN(tn_i32, indices, n), TN_OUT(float, partial),
                TN_OUT(tn_i32, partial_indices), TN_VALUE(tn_u32, n))
{
    ARGMAX(indices[i]);
}
