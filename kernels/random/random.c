/* SPDX-License-Identifier: MIT */
/*
 * Random numbers by Philox 4x32-10, which has no state: block b of a seed is
 * four words that depend on nothing else, so any part of the sequence is made
 * anywhere, and the same on all backends. Number i of out comes from word i % 4
 * of block first + i / 4. Launch ceil(n / 4) items.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * 2011.
 */
#include <tenon/kernel.h>

typedef struct words {
    tn_u32 x, y, z, w;
} words;

TN_FUNCTION words philox(tn_u64 block, tn_u64 seed)
{
    words c = {(tn_u32)block, (tn_u32)(block >> 32), 0, 0};
    tn_u32 key_x = (tn_u32)seed, key_y = (tn_u32)(seed >> 32);

    for (tn_i32 round = 0; round < 10; ++round) {
        tn_u64 p = (tn_u64)c.x * 0xd2511f53u;
        tn_u64 q = (tn_u64)c.z * 0xcd9e8d57u;

        c.x = (tn_u32)(q >> 32) ^ c.y ^ key_x;
        c.y = (tn_u32)q;
        c.z = (tn_u32)(p >> 32) ^ c.w ^ key_y;
        c.w = (tn_u32)p;
        key_x += 0x9e3779b9u;
        key_y += 0xbb67ae85u;
    }
    return c;
}

/*
 * The group's 1024 numbers: four an item into group memory, then out in rows.
 * `statements` sets four values of the words w.
 */
#define RANDOM(name, type, statements)                                         \
    TN_KERNEL_SIZED(name, 256, 1, 1, TN_OUT(type, out, n),                     \
                    TN_VALUE(tn_u64, seed), TN_VALUE(tn_u64, first),           \
                    TN_VALUE(tn_i32, n))                                       \
    {                                                                          \
        TN_SHARED type tile[1024];                                             \
        const tn_i32 from = TN_GROUP_ID(0) * 1024;                             \
                                                                               \
        TN_ITEMS {                                                             \
            words w = philox(first + (tn_u64)TN_GLOBAL_ID(0), seed);           \
            type a, b, c, d;                                                   \
                                                                               \
            statements;                                                        \
            tile[4 * TN_LOCAL_ID(0)] = a;                                      \
            tile[4 * TN_LOCAL_ID(0) + 1] = b;                                  \
            tile[4 * TN_LOCAL_ID(0) + 2] = c;                                  \
            tile[4 * TN_LOCAL_ID(0) + 3] = d;                                  \
        }                                                                      \
        TN_BARRIER;                                                            \
        for (tn_i32 j = 0; j < 1024; j += 256) {                               \
            TN_LOCAL_RANGE(l, n - from - j) {                                  \
                out[from + j + l] = tile[j + l];                               \
            }                                                                  \
        }                                                                      \
    }

/* The words themselves. */
#define WORDS (a = w.x, b = w.y, c = w.z, d = w.w)
RANDOM(words, tn_u32, WORDS)

/* Uniform in [0, 1), multiples of 2^-24. */
#define UNIT(word) ((float)((word) >> 8) * 0x1p-24f)
#define UNIFORM (a = UNIT(w.x), b = UNIT(w.y), c = UNIT(w.z), d = UNIT(w.w))
RANDOM(uniform, float, UNIFORM)

/*
 * Normal with mean 0 and variance 1: of two uniform u in (0, 1] and v,
 * sqrt(-2 log u) times the cosine and the sine of 2 pi v. No magnitude is above
 * 5.77. Box and Muller, 1958.
 */
#define NORMAL                                                                 \
    float r = tn_sqrt(-2.0f * tn_log(UNIT(w.x) + 0x1p-24f));                   \
    float s = tn_sqrt(-2.0f * tn_log(UNIT(w.z) + 0x1p-24f));                   \
    float t = UNIT(w.y) * 0x1.921fb6p2f;                                       \
    float u = UNIT(w.w) * 0x1.921fb6p2f;                                       \
                                                                               \
    a = r * tn_cos(t);                                                         \
    b = r * tn_sin(t);                                                         \
    c = s * tn_cos(u);                                                         \
    d = s * tn_sin(u)
RANDOM(normal, float, NORMAL)
