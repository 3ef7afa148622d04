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

/* By tiles: a row that is written stays in the cache until it is full. */
void openmp_transpose(const float *a, float *b, int m, int n)
{
    enum {
        TILE = 32
    };
#pragma omp parallel for collapse(2)
    for (int row = 0; row < m; row += TILE) {
        for (int column = 0; column < n; column += TILE) {
            int rows = row + TILE < m ? row + TILE : m;
            int columns = column + TILE < n ? column + TILE : n;

            for (int c = column; c < columns; ++c) {
                for (int r = row; r < rows; ++r) {
                    b[(size_t)c * (size_t)m + (size_t)r] =
                        a[(size_t)r * (size_t)n + (size_t)c];
                }
            }
        }
    }
}

void openmp_triad(float *a, const float *b, const float *c, float k, int n)
{
#pragma omp parallel for simd
    for (int i = 0; i < n; ++i) {
        a[i] = b[i] + k * c[i];
    }
}
