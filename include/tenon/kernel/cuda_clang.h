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

/*
 * libclc's sin and cos are wrong from 2^6 on, so these are our own. x is k
 * quarters of a turn and a rest: pi/2 in three floats as far as these are exact
 * enough, in two doubles beyond, up to 2^31.
 */
static __device__ __forceinline__ float tn_rest(float x, int *turn)
{
    if (fabsf(x) <= 32768.0f) {
        float k = __builtin_rintf(x * 0x1.45f306p-1f);
        float rest = fmaf(k, -0x1.921fb0p0f, x);

        *turn = (int)k;
        rest = fmaf(k, -0x1.5110b4p-22f, rest);
        return fmaf(k, -0x1.84698ap-48f, rest);
    }
    double k = __builtin_rint((double)x * 0x1.45f306dc9c883p-1);
    double rest = __nvvm_fma_rn_d(k, -0x1.921fb54442d18p0, (double)x);

    *turn = (int)(long long)k;
    rest = __nvvm_fma_rn_d(k, -0x1.1a62633145c07p-54, rest);
    /* An x too large for that gives nothing useful, but no large number. */
    return __builtin_fabs(rest) > 0.8 ? 0.0f * x : (float)rest;
}

/* As in cpu_math.h. */
static __device__ __forceinline__ float tn_sin_of(float r, int turn)
{
    float square = r * r;
    float p = fmaf(-0x1.994b40p-13f, square, 0x1.110756p-7f);
    float q = fmaf(0x1.99ff42p-16f, square, -0x1.6c0c82p-10f);

    p = fmaf(p, square, -0x1.555546p-3f);
    q = fmaf(q, square, 0x1.55554ap-5f);
    float sine = __builtin_copysignf(fmaf(p * square, r, r), r);
    float cosine = fmaf(square, fmaf(q, square, -0.5f), 1.0f);
    float y = turn & 1 ? cosine : sine;

    return turn & 2 ? -y : y;
}

static __device__ __forceinline__ float sinf(float x)
{
    int turn;
    float rest = tn_rest(x, &turn);

    return x == 0.0f ? x : tn_sin_of(rest, turn); /* of -0 too */
}

static __device__ __forceinline__ float cosf(float x)
{
    int turn;
    float rest = tn_rest(x, &turn);

    return tn_sin_of(rest, turn + 1);
}

#define TN_ATOMIC_ADD(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_MIN(p, v) __atomic_fetch_min((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_MAX(p, v) __atomic_fetch_max((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_EXCHANGE(p, v) __atomic_exchange_n((p), (v), __ATOMIC_RELAXED)
#define TN_ATOMIC_CAS(p, expected, desired)                                    \
    __sync_val_compare_and_swap((p), (expected), (desired))
#define TN_ATOMIC_ADD_F32(p, v) __nvvm_atom_add_gen_f((p), (v))

#endif
