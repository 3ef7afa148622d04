/* SPDX-License-Identifier: MIT */
/*
 * Bodies that attract each other. Each coordinate is an array of n elements;
 * launch n items. A step of time dt is accelerate, then advance.
 */
#include <tenon/kernel.h>

/*
 * a_i = sum over j of mass_j d / (|d|^2 + softening^2)^(3/2), d = position_j -
 * position_i; the gravitational constant is 1. softening is above 0, so that a
 * body does not attract itself. Aarseth, 1963; by tiles of 256 bodies in group
 * memory: Nyland, Harris and Prins, 2007.
 */
TN_KERNEL_SIZED(accelerate, 256, 1, 1, TN_IN(float, x, n), TN_IN(float, y, n),
                TN_IN(float, z, n), TN_IN(float, mass, n), TN_OUT(float, ax, n),
                TN_OUT(float, ay, n), TN_OUT(float, az, n),
                TN_VALUE(float, softening), TN_VALUE(tn_i32, n))
{
    TN_SHARED float tile[4][256];
    TN_PRIVATE_ARRAY(float, at, [3]);
    TN_PRIVATE_ARRAY(float, sum, [3]);
    TN_PRIVATE_ARRAY(float, tile_sum, [3]); /* apart, so that less is rounded */
    const float square = softening * softening;

    TN_ITEMS {
        const tn_i32 i = TN_GLOBAL_ID(0);

        TN_MY_AT(at, [0]) = i < n ? x[i] : 0.0f;
        TN_MY_AT(at, [1]) = i < n ? y[i] : 0.0f;
        TN_MY_AT(at, [2]) = i < n ? z[i] : 0.0f;
        for (tn_i32 d = 0; d < 3; ++d) {
            TN_MY_AT(sum, [d]) = 0.0f;
        }
    }
    for (tn_i32 from = 0; from < n; from += 256) {
        const tn_i32 count = n - from < 256 ? n - from : 256;

        TN_LOCAL_RANGE(l, count) {
            tile[0][l] = x[from + l];
            tile[1][l] = y[from + l];
            tile[2][l] = z[from + l];
            tile[3][l] = mass[from + l];
        }
        TN_ITEMS {
            for (tn_i32 d = 0; d < 3; ++d) {
                TN_MY_AT(tile_sum, [d]) = 0.0f;
            }
        }
        TN_BARRIER;
        for (tn_i32 j = 0; j < count; ++j) {
            TN_ITEMS {
                float dx = tile[0][j] - TN_MY_AT(at, [0]);
                float dy = tile[1][j] - TN_MY_AT(at, [1]);
                float dz = tile[2][j] - TN_MY_AT(at, [2]);
                float r = tn_rsqrt(dx * dx + dy * dy + dz * dz + square);
                float pull = tile[3][j] * r * r * r;

                TN_MY_AT(tile_sum, [0]) += dx * pull;
                TN_MY_AT(tile_sum, [1]) += dy * pull;
                TN_MY_AT(tile_sum, [2]) += dz * pull;
            }
        }
        TN_ITEMS {
            for (tn_i32 d = 0; d < 3; ++d) {
                TN_MY_AT(sum, [d]) += TN_MY_AT(tile_sum, [d]);
            }
        }
        TN_BARRIER;
    }
    TN_RANGE(i, n) {
        ax[i] = TN_MY_AT(sum, [0]);
        ay[i] = TN_MY_AT(sum, [1]);
        az[i] = TN_MY_AT(sum, [2]);
    }
}

/* v += a dt, then p += v dt: one coordinate. The semi-implicit Euler method. */
TN_KERNEL(advance, TN_INOUT(float, p, n), TN_INOUT(float, v, n),
          TN_IN(float, a, n), TN_VALUE(float, dt), TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        v[i] += a[i] * dt;
        p[i] += v[i] * dt;
    }
}
