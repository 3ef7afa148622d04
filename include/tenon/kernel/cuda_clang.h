/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What kernel/cuda.h needs of clang where no CUDA toolkit is: the keywords, by
 * clang's attributes; the special registers; and maths, by instructions and
 * otherwise by libclc's functions, whose names are those of OpenCL C.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_TARGET_CUDA) && !defined(TENON_KERNEL_CUDA_CLANG_H)
#define TENON_KERNEL_CUDA_CLANG_H

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ inline __attribute__((always_inline, unused))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

#define TN_REGISTER(name, axis) TN_REGISTER_(name, axis)
#define TN_REGISTER_(name, axis)                                               \
    ((unsigned)__nvvm_read_ptx_sreg_##name##_##axis())

#define TN_BITS_OF_FLOAT(x) __builtin_bit_cast(unsigned, x)
#define TN_FLOAT_OF_BITS(u) __builtin_bit_cast(float, u)

/* OpenCL C's exp(float) and so on. */
extern "C" {
__device__ float tn_libclc_exp(float) __asm__("_Z3expf");
__device__ float logf(float) __asm__("_Z3logf");
__device__ float sinf(float) __asm__("_Z3sinf");
__device__ float cosf(float) __asm__("_Z3cosf");
__device__ float tanhf(float) __asm__("_Z4tanhf");
__device__ float erff(float) __asm__("_Z3erff");
__device__ float powf(float, float) __asm__("_Z3powff");
}

/* libclc's gives 0 for what is less than 2^-126: 2^-58 more, and back. */
static __device__ __forceinline__ float expf(float x)
{
    return x < -64.0f ? tn_libclc_exp(x + 40.0f) * 0x1.397924p-58f
                      : tn_libclc_exp(x);
}

#define sqrtf __nvvm_sqrt_rn_f
#define rsqrtf __nvvm_rsqrt_approx_f
#define fabsf __nvvm_fabs_f
#define floorf __nvvm_floor_f
#define ceilf __nvvm_ceil_f
#define fminf __nvvm_fmin_f
#define fmaxf __nvvm_fmax_f
#define fmaf __nvvm_fma_rn_f

#define TN_ATOMIC_ADD(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_MIN(p, v) __atomic_fetch_min((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_MAX(p, v) __atomic_fetch_max((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_EXCHANGE(p, v) __atomic_exchange_n((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_CAS(p, expected, desired)                                    \
    __sync_val_compare_and_swap((p), (expected), (desired))
#define TN_ATOMIC_ADD_F32(p, v) __nvvm_atom_add_gen_f((p), (v))

#endif
