/* SPDX-License-Identifier: MIT */
/*
 * Prefix sums. A group of 256 scans a block of 1024 elements; of more than one
 * block, the blocks' totals are scanned, exclusively, and added:
 *
 *     scan a -> b, totals;   scan totals, exclusive;   add_offsets totals -> b
 *
 * and totals of more than 1024 blocks by the same three steps. Launch
 * ceil(n / 4) items. Hillis and Steele, 1986.
 */
#include <tenon/kernel.h>

/*
 * b[i] = a[0] + ... + a[i] of each block, or without a[i] if `exclusive` is not
 * 0; totals, one element a block, are the sums of the blocks. b may be a. `sum`
 * adds what is in sum_type.
 */
#define SCAN(name, type, sum_type)                                             \
    TN_KERNEL_SIZED(name, 256, 1, 1, TN_IN(type, a, n), TN_OUT(type, b, n),    \
                    TN_OUT(type, totals, (n + 1023) / 1024),                   \
                    TN_VALUE(tn_i32, n), TN_VALUE(tn_i32, exclusive))          \
    {                                                                          \
        TN_SHARED sum_type tile[1024];                                         \
        TN_SHARED sum_type sums[2][512]; /* the first half stays 0 */          \
        const tn_i32 from = TN_GROUP_ID(0) * 1024;                             \
        tn_i32 now = 0;                                                        \
                                                                               \
        for (tn_i32 j = 0; j < 1024; j += 256) {                               \
            TN_ITEMS {                                                         \
                tn_i32 i = from + j + TN_LOCAL_ID(0);                          \
                                                                               \
                tile[j + TN_LOCAL_ID(0)] = i < n ? (sum_type)a[i] : 0;         \
            }                                                                  \
        }                                                                      \
        TN_BARRIER;                                                            \
        TN_ITEMS {                                                             \
            tn_i32 l = TN_LOCAL_ID(0);                                         \
                                                                               \
            sums[0][l] = 0;                                                    \
            sums[1][l] = 0;                                                    \
            sums[0][256 + l] = (tile[4 * l] + tile[4 * l + 1]) +               \
                               (tile[4 * l + 2] + tile[4 * l + 3]);            \
        }                                                                      \
        TN_BARRIER;                                                            \
        TN_UNROLL                                                              \
        for (tn_i32 step = 1; step < 256; step *= 2) {                         \
            TN_ITEMS {                                                         \
                tn_i32 l = 256 + TN_LOCAL_ID(0);                               \
                                                                               \
                sums[1 - now][l] = sums[now][l] + sums[now][l - step];         \
            }                                                                  \
            TN_BARRIER;                                                        \
            now = 1 - now;                                                     \
        }                                                                      \
        TN_ITEMS {                                                             \
            tn_i32 l = TN_LOCAL_ID(0);                                         \
            sum_type sum = sums[now][255 + l];                                 \
                                                                               \
            for (tn_i32 j = 4 * l; j < 4 * l + 4; ++j) {                       \
                sum_type next = sum + tile[j];                                 \
                                                                               \
                tile[j] = exclusive != 0 ? sum : next;                         \
                sum = next;                                                    \
            }                                                                  \
        }                                                                      \
        TN_BARRIER;                                                            \
        for (tn_i32 j = 0; j < 1024; j += 256) {                               \
            TN_LOCAL_RANGE(l, n - from - j) {                                  \
                b[from + j + l] = (type)tile[j + l];                           \
            }                                                                  \
        }                                                                      \
        TN_ONCE {                                                              \
            totals[TN_GROUP_ID(0)] = (type)sums[now][511];                     \
        }                                                                      \
    }
/* Sums beyond the range of i32 wrap around. */
SCAN(scan_i32, tn_i32, tn_u32)
SCAN(scan_f32, float, float)

/* b[i] += offsets[block of i] */
#define ADD_OFFSETS(name, type, sum_type)                                      \
    TN_KERNEL_SIZED(name, 256, 1, 1, TN_IN(type, offsets, (n + 1023) / 1024),  \
                    TN_INOUT(type, b, n), TN_VALUE(tn_i32, n))                 \
    {                                                                          \
        const tn_i32 from = TN_GROUP_ID(0) * 1024;                             \
        const sum_type offset = (sum_type)offsets[TN_GROUP_ID(0)];             \
                                                                               \
        for (tn_i32 j = 0; j < 1024; j += 256) {                               \
            TN_LOCAL_RANGE(l, n - from - j) {                                  \
                tn_i32 i = from + j + l;                                       \
                                                                               \
                b[i] = (type)((sum_type)b[i] + offset);                        \
            }                                                                  \
        }                                                                      \
    }
ADD_OFFSETS(add_offsets_i32, tn_i32, tn_u32)
ADD_OFFSETS(add_offsets_f32, float, float)
