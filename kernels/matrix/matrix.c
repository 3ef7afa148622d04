/* SPDX-License-Identifier: MIT */
/*
 * Matrices, row by row: element (r, c) of an m x n matrix is a[r * n + c]. No
 * matrix has more than 2^31 - 1 elements.
 */
#include <tenon/kernel.h>

#include "../activation.h"

/*
 * b = a transposed; a is m x n, b is n x m.
 *
 * A group turns a tile of 32 x 32 in group memory, so that both sides are read
 * and written along rows; launch n x ceil(m / 4) items. Tiles that lie in the
 * matrix as a whole need no guard, without which compilers do better.
 */
#define LOAD_TILE(guard)                                                       \
    for (tn_i32 j = 0; j < 32; j += 8) {                                       \
        TN_ITEMS {                                                             \
            tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1) + j;                 \
                                                                               \
            if (guard) {                                                       \
                tile[y][x] = a[(row + y) * n + column + x];                    \
            }                                                                  \
        }                                                                      \
    }
#define STORE_TILE(guard)                                                      \
    for (tn_i32 j = 0; j < 32; j += 8) {                                       \
        TN_ITEMS {                                                             \
            tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1) + j;                 \
                                                                               \
            if (guard) {                                                       \
                b[(column + y) * m + row + x] = tile[x][y];                    \
            }                                                                  \
        }                                                                      \
    }
TN_KERNEL_SIZED(transpose, 32, 8, 1, TN_IN(float, a, (m * n)),
                TN_OUT(float, b, (m * n)), TN_VALUE(tn_i32, m),
                TN_VALUE(tn_i32, n))
{
    TN_SHARED float tile[32][33]; /* 33: columns lie in different banks */
    const tn_i32 row = TN_GROUP_ID(1) * 32;
    const tn_i32 column = TN_GROUP_ID(0) * 32;

    if (row + 32 <= m && column + 32 <= n) {
        LOAD_TILE(1)
        TN_BARRIER;
        STORE_TILE(1)
    } else {
        LOAD_TILE(row + y < m && column + x < n)
        TN_BARRIER;
        STORE_TILE(column + y < n && row + x < m)
    }
}

/*
 * y = a x; a is m x n, x has n elements, y has m.
 *
 * A group of 64 computes one row; launch 64 m items.
 */
TN_KERNEL_SIZED(gemv, 64, 1, 1, TN_IN(float, a, (m * n)), TN_IN(float, x, n),
                TN_OUT(float, y, m), TN_VALUE(tn_i32, m), TN_VALUE(tn_i32, n))
{
    TN_SHARED float tile[64];
    TN_PRIVATE(float, sum);
    const tn_i32 row = TN_GROUP_ID(0);

    if (row >= m) {
        return;
    }
    TN_ITEMS {
        TN_MY(sum) = 0.0f;
    }
    for (tn_i32 c = 0; c < n; c += 64) {
        TN_LOCAL_RANGE(l, n - c) {
            TN_MY(sum) += a[row * n + c + l] * x[c + l];
        }
    }
    TN_ITEMS {
        tile[TN_LOCAL_ID(0)] = TN_MY(sum);
    }
    TN_BARRIER;
    TN_UNROLL
    for (tn_i32 step = 32; step > 0; step /= 2) {
        TN_LOCAL_RANGE(l, step) {
            tile[l] += tile[l + step];
        }
        TN_BARRIER;
    }
    TN_ONCE {
        y[row] = tile[0];
    }
}

/*
 * y = a transposed x; a is m x n, x has m elements, y has n.
 *
 * An item computes one element; launch n items.
 */
TN_KERNEL(gemv_t, TN_IN(float, a, (m * n)), TN_IN(float, x, m),
          TN_OUT(float, y, n), TN_VALUE(tn_i32, m), TN_VALUE(tn_i32, n))
{
    TN_PRIVATE(float, sum);

    TN_RANGE(c, n) {
        TN_MY(sum) = 0.0f;
    }
    for (tn_i32 r = 0; r < m; ++r) {
        TN_RANGE(c, n) {
            TN_MY(sum) += a[r * n + c] * x[r];
        }
    }
    TN_RANGE(c, n) {
        y[c] = TN_MY(sum);
    }
}

/* ---- products ----
 *
 * c = a b; a is m x k, c is m x n, b is k x n, or with _nt at the end of the
 * name n x k, that is, c = a b transposed.
 *
 * A group of 16 x 16 computes 64 x 64 elements of c, by tiles of 16 over k in
 * group memory; item (x, y) computes 4 x 4 of them, 16 apart, so that its
 * neighbours are in its row. Launch ceil(n / 4) x ceil(m / 4) items.
 */

/* Group memory, and sums of 0. */
#define PRODUCT_BEGIN                                                          \
    TN_SHARED float a_tile[64][17];                                            \
    TN_SHARED float b_tile[16][65];                                            \
    TN_PRIVATE_ARRAY(float, sum, [4][4]);                                      \
    const tn_i32 row = TN_GROUP_ID(1) * 64;                                    \
    const tn_i32 column = TN_GROUP_ID(0) * 64;                                 \
                                                                               \
    TN_ITEMS {                                                                 \
        for (tn_i32 i = 0; i < 4; ++i) {                                       \
            for (tn_i32 j = 0; j < 4; ++j) {                                   \
                TN_MY_AT(sum, [i][j]) = 0.0f;                                  \
            }                                                                  \
        }                                                                      \
    }

/* Tiles at t of k; what lies outside of a matrix is 0. */
#define LOAD_A(from)                                                           \
    TN_ITEMS {                                                                 \
        tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1);                         \
                                                                               \
        for (tn_i32 i = 0; i < 64; i += 16) {                                  \
            tn_i32 to = row + y + i;                                           \
                                                                               \
            a_tile[y + i][x] =                                                 \
                to < m && t + x < k ? (from)[to * k + t + x] : 0.0f;           \
        }                                                                      \
    }

#define LOAD_B(from)                                                           \
    TN_ITEMS {                                                                 \
        tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1);                         \
                                                                               \
        for (tn_i32 j = 0; j < 64; j += 16) {                                  \
            tn_i32 to = column + x + j;                                        \
                                                                               \
            b_tile[y][x + j] =                                                 \
                t + y < k && to < n ? (from)[(t + y) * n + to] : 0.0f;         \
        }                                                                      \
    }

#define LOAD_B_NT(from)                                                        \
    TN_ITEMS {                                                                 \
        tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1);                         \
                                                                               \
        for (tn_i32 j = 0; j < 64; j += 16) {                                  \
            tn_i32 to = column + y + j;                                        \
                                                                               \
            b_tile[x][y + j] =                                                 \
                t + x < k && to < n ? (from)[to * k + t + x] : 0.0f;           \
        }                                                                      \
    }

#define MULTIPLY(load_a, load_b)                                               \
    for (tn_i32 t = 0; t < k; t += 16) {                                       \
        load_a;                                                                \
        load_b;                                                                \
        TN_BARRIER;                                                            \
        TN_ITEMS {                                                             \
            tn_i32 x = TN_LOCAL_ID(0), y = TN_LOCAL_ID(1);                     \
                                                                               \
            for (tn_i32 p = 0; p < 16; ++p) {                                  \
                for (tn_i32 i = 0; i < 4; ++i) {                               \
                    for (tn_i32 j = 0; j < 4; ++j) {                           \
                        TN_MY_AT(sum, [i][j]) +=                               \
                            a_tile[y + 16 * i][p] * b_tile[p][x + 16 * j];     \
                    }                                                          \
                }                                                              \
            }                                                                  \
        }                                                                      \
        TN_BARRIER;                                                            \
    }

/* For each SUM whose place (to_row, to_column) lies in c. */
#define EACH_SUM(statement)                                                    \
    TN_ITEMS {                                                                 \
        for (tn_i32 i = 0; i < 4; ++i) {                                       \
            for (tn_i32 j = 0; j < 4; ++j) {                                   \
                tn_i32 to_row = row + TN_LOCAL_ID(1) + 16 * i;                 \
                tn_i32 to_column = column + TN_LOCAL_ID(0) + 16 * j;           \
                                                                               \
                if (to_row < m && to_column < n) {                             \
                    statement;                                                 \
                }                                                              \
            }                                                                  \
        }                                                                      \
    }
#define SUM TN_MY_AT(sum, [i][j])

/*
 * For each element of c that an item has written, by its address `to`. The loops
 * stand outside, so that long statements are there once: in EACH_SUM compilers
 * write them 16 times, or leave it, and then GPUs have no registers for sums
 * that are counted through.
 */
#define EACH_ELEMENT(statement)                                                \
    for (tn_i32 i = 0; i < 4; ++i) {                                           \
        for (tn_i32 j = 0; j < 4; ++j) {                                       \
            TN_ITEMS {                                                         \
                tn_i32 to_row = row + TN_LOCAL_ID(1) + 16 * i;                 \
                tn_i32 to_column = column + TN_LOCAL_ID(0) + 16 * j;           \
                                                                               \
                if (to_row < m && to_column < n) {                             \
                    TN_GLOBAL float *to = &c[to_row * n + to_column];          \
                                                                               \
                    statement;                                                 \
                }                                                              \
            }                                                                  \
        }                                                                      \
    }

/* c = a b */
#define GEMM(name, load_b)                                                     \
    TN_KERNEL_SIZED(name, 16, 16, 1, TN_IN(float, a, (m * k)),                 \
                    TN_IN(float, b, (k * n)), TN_OUT(float, c, (m * n)),       \
                    TN_VALUE(tn_i32, m), TN_VALUE(tn_i32, n),                  \
                    TN_VALUE(tn_i32, k))                                       \
    {                                                                          \
        PRODUCT_BEGIN                                                          \
        MULTIPLY(LOAD_A(a), load_b(b))                                         \
        EACH_SUM(c[to_row * n + to_column] = SUM)                              \
    }
GEMM(gemm, LOAD_B)
GEMM(gemm_nt, LOAD_B_NT)

/*
 * c = activation(a b + bias), where bias, of n elements, is added to each row:
 * with gemm_bias_nt, a linear layer. activation is 0 for none, 1 relu, 2 gelu,
 * 3 silu, 4 tanh.
 */
#define GEMM_BIAS(name, load_b)                                                \
    TN_KERNEL_SIZED(name, 16, 16, 1, TN_IN(float, a, (m * k)),                 \
                    TN_IN(float, b, (k * n)), TN_IN(float, bias, n),           \
                    TN_OUT(float, c, (m * n)), TN_VALUE(tn_i32, m),            \
                    TN_VALUE(tn_i32, n), TN_VALUE(tn_i32, k),                  \
                    TN_VALUE(tn_i32, activation))                              \
    {                                                                          \
        PRODUCT_BEGIN                                                          \
        MULTIPLY(LOAD_A(a), load_b(b))                                         \
        EACH_SUM(c[to_row * n + to_column] = SUM + bias[to_column])            \
        if (activation == ACTIVATION_RELU) {                                   \
            EACH_ELEMENT(*to = relu(*to))                                      \
        }                                                                      \
        if (activation == ACTIVATION_GELU) {                                   \
            EACH_ELEMENT(*to = gelu(*to))                                      \
        }                                                                      \
        if (activation == ACTIVATION_SILU) {                                   \
            EACH_ELEMENT(*to = silu(*to))                                      \
        }                                                                      \
        if (activation == ACTIVATION_TANH) {                                   \
            EACH_ELEMENT(*to = tn_tanh(*to))                                   \
        }                                                                      \
    }
GEMM_BIAS(gemm_bias, LOAD_B)
GEMM_BIAS(gemm_bias_nt, LOAD_B_NT)

/*
 * c[z] = a[z] b[z] for z below the grid's third dimension. step_a, step_b and
 * step_c are the elements from one matrix to the next; 0 takes the same one
 * for all.
 */
#define GEMM_BATCHED(name, load_b)                                             \
    TN_KERNEL_SIZED(name, 16, 16, 1, TN_IN(float, a), TN_IN(float, b),         \
                    TN_OUT(float, c), TN_VALUE(tn_i32, m),                     \
                    TN_VALUE(tn_i32, n), TN_VALUE(tn_i32, k),                  \
                    TN_VALUE(tn_i32, step_a), TN_VALUE(tn_i32, step_b),        \
                    TN_VALUE(tn_i32, step_c))                                  \
    {                                                                          \
        TN_GLOBAL const float *a_of = a + (tn_i64)step_a * TN_GROUP_ID(2);     \
        TN_GLOBAL const float *b_of = b + (tn_i64)step_b * TN_GROUP_ID(2);     \
        TN_GLOBAL float *c_of = c + (tn_i64)step_c * TN_GROUP_ID(2);           \
                                                                               \
        PRODUCT_BEGIN                                                          \
        MULTIPLY(LOAD_A(a_of), load_b(b_of))                                   \
        EACH_SUM(c_of[to_row * n + to_column] = SUM)                           \
    }
GEMM_BATCHED(gemm_batched, LOAD_B)
GEMM_BATCHED(gemm_batched_nt, LOAD_B_NT)
