/* SPDX-License-Identifier: MIT */
/*
 * Layers of neural networks. What works on rows takes rows x columns elements,
 * row by row; a group of 256 computes one row: launch 256 items a row. The
 * result may replace the input.
 */
#include <tenon/kernel.h>

#include "../activation.h"

/* ---- rows ---- */

#define ROW_BEGIN                                                              \
    TN_SHARED float tile[256];                                                 \
    TN_PRIVATE(float, own);                                                    \
    const tn_i32 row = TN_GROUP_ID(0);                                         \
                                                                               \
    if (row >= rows) {                                                         \
        return;                                                                \
    }

/*
 * Declares name: what `combine` makes of the terms of all elements i of the
 * row, a and b being two of them.
 */
#define ROW_REDUCE(name, neutral, term, combine)                               \
    TN_ITEMS {                                                                 \
        TN_MY(own) = neutral;                                                  \
    }                                                                          \
    for (tn_i32 from = 0; from < columns; from += 256) {                       \
        TN_LOCAL_RANGE(l, columns - from) {                                    \
            tn_i32 i = row * columns + from + l;                               \
            float a = TN_MY(own);                                              \
            float b = term;                                                    \
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
            float a = tile[l];                                                 \
            float b = tile[l + step];                                          \
                                                                               \
            tile[l] = combine;                                                 \
        }                                                                      \
        TN_BARRIER;                                                            \
    }                                                                          \
    const float name = tile[0];                                                \
    TN_BARRIER;

/* For each element i of the row, in column c. */
#define ROW_EACH(statement)                                                    \
    for (tn_i32 from = 0; from < columns; from += 256) {                       \
        TN_LOCAL_RANGE(l, columns - from) {                                    \
            tn_i32 c = from + l;                                               \
            tn_i32 i = row * columns + c;                                      \
                                                                               \
            statement;                                                         \
        }                                                                      \
    }

/*
 * y = exp(s x) / sum(exp(s x)) over each row, where s is `scale`, less the
 * row's maximum so that nothing overflows. A row of minus infinities is 0.
 */
TN_KERNEL_SIZED(softmax, 256, 1, 1, TN_IN(float, x, (rows * columns)),
                TN_OUT(float, y, (rows * columns)), TN_VALUE(float, scale),
                TN_VALUE(tn_i32, rows), TN_VALUE(tn_i32, columns))
{
    ROW_BEGIN
    ROW_REDUCE(most, -TN_INFINITY, scale * x[i], tn_max(a, b))
    const float top = most > -TN_INFINITY ? most : 0.0f;

    ROW_EACH(y[i] = tn_exp(scale * x[i] - top))
    ROW_REDUCE(sum, 0.0f, y[i], a + b)
    const float factor = sum == 0.0f ? 0.0f : 1.0f / sum;

    ROW_EACH(y[i] *= factor)
}

/*
 * The same over the elements whose mask is not 0; the others become 0, as does
 * all of a row without any. mask is mask_rows x columns, and row r uses its row
 * r % mask_rows: one mask serves all heads of an attention. The result may
 * replace x.
 */
/* x or minus infinity; by bits, since gcc makes a branch of a choice. */
TN_FUNCTION float masked(tn_u8 mask, float x)
{
    tn_u32 keep = 0u - (tn_u32)(mask != 0);

    return tn_as_f32((tn_as_u32(x) & keep) | (0xff800000u & ~keep));
}
#define MASKED masked(mask[mask_row * columns + from + l], (scale) * (x[i]))
TN_KERNEL_SIZED(softmax_masked, 256, 1, 1, TN_IN(float, x, (rows * columns)),
                TN_IN(tn_u8, mask, (mask_rows * columns)),
                TN_OUT(float, y, (rows * columns)), TN_VALUE(float, scale),
                TN_VALUE(tn_i32, rows), TN_VALUE(tn_i32, columns),
                TN_VALUE(tn_i32, mask_rows))
{
    ROW_BEGIN
    const tn_i32 mask_row = row % mask_rows;

    ROW_REDUCE(most, -TN_INFINITY, MASKED, tn_max(a, b))
    const float top = most > -TN_INFINITY ? most : 0.0f;

    ROW_EACH(y[i] = tn_exp(MASKED - top))
    ROW_REDUCE(sum, 0.0f, y[i], a + b)
    const float factor = sum == 0.0f ? 0.0f : 1.0f / sum;

    ROW_EACH(y[i] *= factor)
}

/*
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and
 * variance (of the whole row, not of a sample) of each row; gamma and beta have
 * an element a column. Ba, Kiros and Hinton, 2016.
 */
TN_KERNEL_SIZED(layer_norm, 256, 1, 1, TN_IN(float, x, (rows * columns)),
                TN_IN(float, gamma, columns), TN_IN(float, beta, columns),
                TN_OUT(float, y, (rows * columns)), TN_VALUE(float, epsilon),
                TN_VALUE(tn_i32, rows), TN_VALUE(tn_i32, columns))
{
    ROW_BEGIN
    const float count = (float)columns;

    ROW_REDUCE(sum, 0.0f, x[i], a + b)
    const float mean = sum / count;

    ROW_REDUCE(squares, 0.0f, (x[i] - mean) * (x[i] - mean), a + b)
    const float factor = 1.0f / tn_sqrt(squares / count + epsilon);

    ROW_EACH(y[i] = (x[i] - mean) * factor * gamma[c] + beta[c])
}

/*
 * y = x / sqrt(mean(x^2) + epsilon) * gamma, with the mean of each row; gamma
 * has an element a column. Zhang and Sennrich, 2019.
 */
TN_KERNEL_SIZED(rms_norm, 256, 1, 1, TN_IN(float, x, (rows * columns)),
                TN_IN(float, gamma, columns),
                TN_OUT(float, y, (rows * columns)), TN_VALUE(float, epsilon),
                TN_VALUE(tn_i32, rows), TN_VALUE(tn_i32, columns))
{
    ROW_BEGIN
    ROW_REDUCE(squares, 0.0f, x[i] * x[i], a + b)
    const float factor = 1.0f / tn_sqrt(squares / (float)columns + epsilon);

    ROW_EACH(y[i] = x[i] * factor * gamma[c])
}

/*
 * Row r of y is row ids[r] of table, which has table_rows x columns elements;
 * an id outside of it gives zeros.
 */
TN_KERNEL_SIZED(embedding, 256, 1, 1,
                TN_IN(float, table, (table_rows * columns)),
                TN_IN(tn_i32, ids, rows), TN_OUT(float, y, (rows * columns)),
                TN_VALUE(tn_i32, table_rows), TN_VALUE(tn_i32, rows),
                TN_VALUE(tn_i32, columns))
{
    const tn_i32 row = TN_GROUP_ID(0);

    if (row >= rows) {
        return;
    }
    const tn_i32 id = ids[row];

    if (id >= 0 && id < table_rows) {
        ROW_EACH(y[i] = table[id * columns + c])
    } else {
        ROW_EACH(y[i] = 0.0f)
    }
}

/* ---- single elements: n elements, n items ---- */

/* y = x P(X <= x) for a normal X, by erf */
TN_KERNEL(gelu, TN_IN(float, x, n), TN_OUT(float, y, n), TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        y[i] = gelu(x[i]);
    }
}

/* y = x / (1 + exp(-x)) */
TN_KERNEL(silu, TN_IN(float, x, n), TN_OUT(float, y, n), TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        y[i] = silu(x[i]);
    }
}

/* y = silu(a) b, the gate of a SwiGLU layer. Shazeer, 2020. */
TN_KERNEL(swiglu, TN_IN(float, a, n), TN_IN(float, b, n), TN_OUT(float, y, n),
          TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        y[i] = silu(a[i]) * b[i];
    }
}

/* y += x */
TN_KERNEL_WIDE(residual_add, 4, TN_IN(float, x, n), TN_INOUT(float, y, n),
               TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        y[i] += x[i];
    }
}

/* ---- rotary position embedding ----
 *
 * Turns pairs of each head of each token by angles that grow with its
 * position; x is tokens x heads x 2 pairs elements. Pair p at a position q is
 * turned by q / base^(p / pairs), whose cosine and sine stand in tables of
 * positions x pairs elements, at row positions[t] for token t: so they are as
 * exact as who fills the tables wants. The positions are rows of the tables.
 * Launch pairs x heads x tokens items. Su et al., 2021.
 */
#define ROTARY(name, first, second)                                            \
    TN_KERNEL_SIZED(name, 32, 8, 1,                                            \
                    TN_INOUT(float, x, 2 * pairs * heads * tokens),            \
                    TN_IN(tn_i32, positions, tokens), TN_IN(float, cosines),   \
                    TN_IN(float, sines), TN_VALUE(tn_i32, pairs),              \
                    TN_VALUE(tn_i32, heads), TN_VALUE(tn_i32, tokens))         \
    {                                                                          \
        TN_RANGE3(p, pairs, head, heads, t, tokens) {                          \
            tn_i32 from = (t * heads + head) * 2 * pairs;                      \
            tn_i32 angle = positions[t] * pairs + p;                           \
            float a = x[from + (first)];                                       \
            float b = x[from + (second)];                                      \
                                                                               \
            x[from + (first)] = a * cosines[angle] - b * sines[angle];         \
            x[from + (second)] = b * cosines[angle] + a * sines[angle];        \
        }                                                                      \
    }
/* A pair is elements p and pairs + p of a head. */
ROTARY(rotary, p, pairs + p)
/* A pair is elements 2 p and 2 p + 1 of a head. */
ROTARY(rotary_pairs, 2 * p, 2 * p + 1)
