/* SPDX-License-Identifier: MIT */
/* Loops as one writes them with OpenMP, on libgomp. */
#include "bench/cpu.h"

/* A call that the compiler cannot see through, as that of a kernel. */
__attribute__((noinline)) static void nothing(int i)
{
    __asm__ volatile("" : : "r"(i) : "memory");
}

void openmp_empty(int count)
{
#pragma omp parallel for
    for (int i = 0; i < count; ++i) {
        nothing(i);
    }
}

void openmp_add(const float *a, const float *b, float *c, int n)
{
#pragma omp parallel for simd
    for (int i = 0; i < n; ++i) {
        c[i] = a[i] + b[i];
    }
}

void openmp_triad(float *a, const float *b, const float *c, float k, int n)
{
#pragma omp parallel for simd
    for (int i = 0; i < n; ++i) {
        a[i] = b[i] + k * c[i];
    }
}
