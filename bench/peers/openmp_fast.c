/* SPDX-License-Identifier: MIT */
/* A loop as one writes it for -ffast-math, which this file is compiled with. */
#include <math.h>

#include "bench/cpu.h"

void openmp_bodies(const float *const *bodies, float *const *pulls,
                   float softening, int n)
{
    const float *x = bodies[0], *y = bodies[1], *z = bodies[2];
    const float *mass = bodies[3];
    float *ax = pulls[0], *ay = pulls[1], *az = pulls[2];

#pragma omp parallel for
    for (int i = 0; i < n; ++i) {
        float sum_x = 0.0f, sum_y = 0.0f, sum_z = 0.0f;

        for (int j = 0; j < n; ++j) {
            float dx = x[j] - x[i];
            float dy = y[j] - y[i];
            float dz = z[j] - z[i];
            float r = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz +
                                   softening * softening);
            float pull = mass[j] * r * r * r;

            sum_x += pull * dx;
            sum_y += pull * dy;
            sum_z += pull * dz;
        }
        ax[i] = sum_x;
        ay[i] = sum_y;
        az[i] = sum_z;
    }
}
