/* SPDX-License-Identifier: MIT */
/* Images: planes of height x width pixels, row by row. */
#include <tenon/kernel.h>

TN_FUNCTION tn_i32 nearest_within(tn_i32 i, tn_i32 n)
{
    i = i < n ? i : n - 1;
    return i > 0 ? i : 0;
}

/* A pixel of a plane, or what stands for it outside. */
TN_FUNCTION float pixel_at(TN_GLOBAL const float *plane, tn_i32 c, tn_i32 r,
                           tn_i32 width, tn_i32 height, tn_i32 border)
{
    tn_i32 near_c = nearest_within(c, width);
    tn_i32 near_r = nearest_within(r, height);
    tn_i32 inside = (near_c == c) & (near_r == r);
    float pixel = plane[near_r * width + near_c];

    return (inside | border) != 0 ? pixel : 0.0f;
}

#define LOAD_TILE(pixel)                                                       \
    for (tn_i32 v = 0; v < tile_height; v += 8) {                              \
        for (tn_i32 u = 0; u < tile_width; u += 32) {                          \
            TN_ITEMS {                                                         \
                tn_i32 at_x = u + TN_LOCAL_ID(0), at_y = v + TN_LOCAL_ID(1);   \
                                                                               \
                if (at_x < tile_width && at_y < tile_height) {                 \
                    tile[at_y * tile_width + at_x] = pixel;                    \
                }                                                              \
            }                                                                  \
        }                                                                      \
    }

/*
 * y(r, c) = sum over i, j of weights(i, j) x(r + i - rows / 2, c + j -
 * columns / 2), where weights has rows x columns elements: what is called a
 * convolution in image processing (mathematics turns the weights around). What
 * lies outside of the image is 0, or with border = 1 the pixel nearest to it.
 * y is another buffer than x.
 *
 * A group of 32 x 8 reads its part of the image with the border around it into
 * `tile`, of (32 + columns - 1) (8 + rows - 1) floats. Launch width x height x
 * planes items.
 */
TN_KERNEL_SIZED(convolve, 32, 8, 1, TN_IN(float, x),
                TN_IN(float, weights, (rows * columns)), TN_OUT(float, y),
                TN_DYNAMIC(float, tile, (31 + columns) * (7 + rows)),
                TN_VALUE(tn_i32, width), TN_VALUE(tn_i32, height),
                TN_VALUE(tn_i32, columns), TN_VALUE(tn_i32, rows),
                TN_VALUE(tn_i32, border))
{
    TN_PRIVATE(float, sum);
    const tn_i32 tile_width = 32 + columns - 1;
    const tn_i32 tile_height = 8 + rows - 1;
    const tn_i32 left = TN_GROUP_ID(0) * 32 - columns / 2;
    const tn_i32 top = TN_GROUP_ID(1) * 8 - rows / 2;
    const tn_i32 plane = TN_GROUP_ID(2) * height * width;

    if (left >= 0 && left + tile_width <= width && top >= 0 &&
        top + tile_height <= height) {
        LOAD_TILE(x[plane + (top + at_y) * width + left + at_x])
    } else {
        LOAD_TILE(
            pixel_at(x + plane, left + at_x, top + at_y, width, height, border))
    }
    TN_ITEMS {
        TN_MY(sum) = 0.0f;
    }
    TN_BARRIER;
    for (tn_i32 i = 0; i < rows; ++i) {
        for (tn_i32 j = 0; j < columns; ++j) {
            TN_ITEMS {
                tn_i32 at = (TN_LOCAL_ID(1) + i) * tile_width + j;

                TN_MY(sum) +=
                    weights[i * columns + j] * tile[at + TN_LOCAL_ID(0)];
            }
        }
    }
    TN_RANGE2(c, width, r, height) {
        y[plane + r * width + c] = TN_MY(sum);
    }
}

/*
 * bins[v] += how often v stands in x, for v = 0 to 255. The 256 bins are set
 * to 0, or to what shall be added to, before.
 *
 * Any number of groups of 256: each counts in group memory first, so fewer,
 * with many pixels each, have less to add up.
 */
TN_KERNEL_SIZED(histogram, 256, 1, 1, TN_IN(tn_u8, x, n),
                TN_INOUT(tn_u32, bins, 256), TN_VALUE(tn_i32, n))
{
    TN_SHARED tn_u32 own[256];
    const tn_i32 stride = TN_GROUPS(0) * 256;

    TN_ITEMS {
        own[TN_LOCAL_ID(0)] = 0;
    }
    TN_BARRIER;
    for (tn_i32 left = n; left > 0; left -= stride) {
        TN_RANGE(i, left) {
            tn_atomic_add_u32(&own[x[n - left + i]], 1u);
        }
    }
    TN_BARRIER;
    TN_ITEMS {
        tn_atomic_add_u32(&bins[TN_LOCAL_ID(0)], own[TN_LOCAL_ID(0)]);
    }
}
