// SPDX-License-Identifier: MIT
//
// What one writes by hand in CUDA C++ for the work of bench/cuda_library.c; the
// product of matrices is that of textbooks, with the tiles of kernels/matrix.
//
//     nvcc -O3 -arch=native -cubin -o kernels.cubin kernels.cu

// y = k x + y
extern "C" __global__ void saxpy(float k, const float *x, float *y, unsigned n)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;

    if (i < n) {
        y[i] = k * x[i] + y[i];
    }
}

// b = a transposed, by tiles of 32 x 32; a is m x n. Blocks of 32 x 8.
extern "C" __global__ void transpose(const float *a, float *b, int m, int n)
{
    __shared__ float tile[32][33];
    int column = blockIdx.x * 32 + threadIdx.x;
    int row = blockIdx.y * 32 + threadIdx.y;

    for (int j = 0; j < 32; j += 8) {
        if (column < n && row + j < m) {
            tile[threadIdx.y + j][threadIdx.x] = a[(row + j) * n + column];
        }
    }
    __syncthreads();
    column = blockIdx.y * 32 + threadIdx.x;
    row = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) {
        if (column < m && row + j < n) {
            b[(row + j) * m + column] = tile[threadIdx.x][threadIdx.y + j];
        }
    }
}

// c = a b; a is m x k, b is k x n. Blocks of 16 x 16 threads compute tiles of
// 64 x 64, each thread 4 x 4 elements, over tiles of 16 along k.
extern "C" __global__ void gemm(const float *a, const float *b, float *c, int m,
                                int n, int k)
{
    __shared__ float a_tile[64][17];
    __shared__ float b_tile[16][65];
    float sum[4][4] = {};
    int row = blockIdx.y * 64, column = blockIdx.x * 64;
    int x = threadIdx.x, y = threadIdx.y;

    for (int t = 0; t < k; t += 16) {
        for (int i = 0; i < 64; i += 16) {
            a_tile[y + i][x] = row + y + i < m && t + x < k
                                   ? a[(row + y + i) * k + t + x]
                                   : 0.0f;
            b_tile[y][x + i] = t + y < k && column + x + i < n
                                   ? b[(t + y) * n + column + x + i]
                                   : 0.0f;
        }
        __syncthreads();
        for (int p = 0; p < 16; ++p) {
            for (int i = 0; i < 4; ++i) {
                for (int j = 0; j < 4; ++j) {
                    sum[i][j] += a_tile[y + 16 * i][p] * b_tile[p][x + 16 * j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            if (row + y + 16 * i < m && column + x + 16 * j < n) {
                c[(row + y + 16 * i) * n + column + x + 16 * j] = sum[i][j];
            }
        }
    }
}
