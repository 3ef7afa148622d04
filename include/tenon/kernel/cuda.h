/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The CUDA side of <tenon/kernel.h>, which documents what is defined here: for
 * clang without a CUDA toolkit, and for nvcc and NVRTC.
 *
 * A kernel NAME becomes its body, an inline function, and its entry tn_k_NAME,
 * whose parameters are those of the kernel in their order: a buffer as an
 * address, a value and a struct as itself, and a TN_DYNAMIC block as an
 * unsigned integer of 64 bits, its offset in the dynamic shared memory of the
 * launch. An address would depend on the device: some reserve the beginning of
 * shared memory. Who launches lays the blocks out one after the other, in the
 * order of the parameters, each aligned to 64 bytes, behind what the launch
 * asks for besides.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_TARGET_CUDA) && !defined(TENON_KERNEL_CUDA_H)
#define TENON_KERNEL_CUDA_H

#if defined(__clang__) && !defined(__CLANG_CUDA_RUNTIME_WRAPPER_H__)
#include "cuda_clang.h"
#else
#include "cuda_nvcc.h"
#endif

/* ---- types and functions ---- */

typedef signed char tn_i8;
typedef unsigned char tn_u8;
typedef short tn_i16;
typedef unsigned short tn_u16;
typedef int tn_i32;
typedef unsigned int tn_u32;
typedef long long tn_i64;
typedef unsigned long long tn_u64;
typedef float tn_f32;
typedef double tn_f64;
/* A struct, so that nobody calculates with the bits. */
typedef struct tn_f16 {
    tn_u16 bits;
} tn_f16;

#define TN_GLOBAL
#define TN_LOCAL
#define TN_CONSTANT static __constant__ const
#define TN_FUNCTION static __device__ __forceinline__

/* ---- kernels ---- */

/* Of a launch; it has no size here. */
extern __shared__ __align__(64) unsigned char tn_dynamic[];

/* clang-format off */
#define TN_KERNEL(name, ...) TN_KERNEL_DEFINE(name, , __VA_ARGS__)
/* kernels/ptx.awk makes .reqntid x, y, z of the bounds. */
#define TN_KERNEL_SIZED(name, x, y, z, ...)                                    \
    TN_KERNEL_DEFINE(name, __launch_bounds__((x) * (y) * (z)), __VA_ARGS__)
#define TN_KERNEL_DEFINE(name, bounds, ...)                                    \
    TN_FUNCTION void tn_body_##name(                                           \
        TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__));                         \
    extern "C" __global__ void bounds tn_k_##name(                             \
        TN_LIST(TN_ENTRY_PARAMETER, TN_COMMA, __VA_ARGS__))                    \
    {                                                                          \
        tn_body_##name(TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));               \
    }                                                                          \
    TN_FUNCTION void tn_body_##name(                                           \
        TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
/* The body knows the number of elements. */
#define TN_KERNEL_WIDE(name, elements, ...)                                    \
    template <int tn_elements>                                                 \
    TN_FUNCTION void tn_body_##name(                                           \
        TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__));                         \
    extern "C" __global__ void tn_k_##name(                                    \
        TN_LIST(TN_ENTRY_PARAMETER, TN_COMMA, __VA_ARGS__))                    \
    {                                                                          \
        tn_body_##name<elements>(TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));     \
    }                                                                          \
    template <int tn_elements>                                                 \
    TN_FUNCTION void tn_body_##name(                                           \
        TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
/* clang-format on */

/* A parameter of the body. */
#define TN_PARAMETER(number, x) TN_BARE(TN_PARAMETER_, x)
#define TN_PARAMETER_TN_IN(type, name) const type *const name
#define TN_PARAMETER_TN_OUT(type, name) type *const name
#define TN_PARAMETER_TN_INOUT(type, name) type *const name
#define TN_PARAMETER_TN_VALUE(type, name) const type name
#define TN_PARAMETER_TN_STRUCT(type, bytes, name) const type &name
#define TN_PARAMETER_TN_DYNAMIC(type, name) type *const name

/* The same of the entry. */
#define TN_ENTRY_PARAMETER(number, x) TN_BARE(TN_ENTRY_PARAMETER_, x)
#define TN_ENTRY_PARAMETER_TN_IN(type, name) const type *name
#define TN_ENTRY_PARAMETER_TN_OUT(type, name) type *name
#define TN_ENTRY_PARAMETER_TN_INOUT(type, name) type *name
#define TN_ENTRY_PARAMETER_TN_VALUE(type, name) type name
#define TN_ENTRY_PARAMETER_TN_STRUCT(type, bytes, name) const type name
#define TN_ENTRY_PARAMETER_TN_DYNAMIC(type, name) tn_u64 name

#define TN_PASS(number, x) TN_BARE(TN_PASS_, x)
#define TN_PASS_TN_IN(type, name) name
#define TN_PASS_TN_OUT(type, name) name
#define TN_PASS_TN_INOUT(type, name) name
#define TN_PASS_TN_VALUE(type, name) name
#define TN_PASS_TN_STRUCT(type, bytes, name) name
#define TN_PASS_TN_DYNAMIC(type, name) (type *)(void *)(tn_dynamic + (name))

/* ---- group level and item loops ---- */

#define TN_AXIS_0 x
#define TN_AXIS_1 y
#define TN_AXIS_2 z
#define TN_LOCAL_ID(d) ((tn_i32)TN_REGISTER(tid, TN_AXIS_##d))
#define TN_GROUP_ID(d) ((tn_i32)TN_REGISTER(ctaid, TN_AXIS_##d))
#define TN_GROUPS(d) ((tn_i32)TN_REGISTER(nctaid, TN_AXIS_##d))
#define TN_GROUP_SIZE(d) ((tn_i32)TN_REGISTER(ntid, TN_AXIS_##d))
#define TN_LONG_BASE(d)                                                        \
    ((tn_u64)TN_REGISTER(ctaid, TN_AXIS_##d) * TN_REGISTER(ntid, TN_AXIS_##d))
#define TN_LONG_ID(d) (TN_LONG_BASE(d) + TN_REGISTER(tid, TN_AXIS_##d))
#define TN_GLOBAL_ID(d) ((tn_i32)TN_LONG_ID(d))
/* The elements of an item at once, by turns of the loop that are interleaved. */
#if defined(__clang__)
#define TN_SIDE_BY_SIDE                                                        \
    TN_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(1)           \
                  interleave_count(tn_elements))
/* A loop that cannot be is nothing to warn of. */
#pragma clang diagnostic ignored "-Wpass-failed"
#else
#define TN_SIDE_BY_SIDE TN_PRAGMA(unroll)
#endif
#define TN_PRAGMA(text) _Pragma(#text)
#define TN_UNROLL TN_PRAGMA(unroll)
/*
 * Without a guard around each element, since a load behind one waits for the
 * store before it.
 */
#define TN_ELEMENT_COUNT(end)                                                  \
    (tn_elements > 1                                                           \
         ? tn_elements_below(TN_ELEMENT(0), (tn_u32)TN_GROUP_SIZE(0),          \
                             tn_elements, (tn_u64)(end))                       \
         : 1)
#define TN_GROUP_IS_WHOLE(end) 0
#define TN_ELEMENT_IS_RUN(number, end)                                         \
    (tn_elements > 1 || TN_ELEMENT(number) < (tn_u64)(end))
#include "gpu.h"

/* How many of an item's elements lie below the end. */
TN_FUNCTION tn_i32 tn_elements_below(tn_u64 first, tn_u32 step, tn_i32 most,
                                     tn_u64 end)
{
    tn_i32 count = 0;

    for (tn_i32 k = 0; k < most; ++k) {
        count += first + (tn_u64)step * (tn_u32)k < end;
    }
    return count;
}

#define TN_BARRIER __syncthreads()
#define TN_SHARED __shared__

/* ---- bits, halves and maths ---- */

TN_FUNCTION tn_u32 tn_as_u32(float x)
{
    return TN_BITS_OF_FLOAT(x);
}

TN_FUNCTION float tn_as_f32(tn_u32 u)
{
    return TN_FLOAT_OF_BITS(u);
}

TN_FUNCTION float tn_load_f16(const tn_f16 *p, tn_i64 i)
{
    float value;

    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(p[i].bits));
    return value;
}

TN_FUNCTION void tn_store_f16(tn_f16 *p, tn_i64 i, float value)
{
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(p[i].bits) : "f"(value));
}

#define TN_INFINITY tn_as_f32(0x7f800000u)
#define TN_NAN tn_as_f32(0x7fc00000u)

#define TN_MATHS(name, function)                                               \
    TN_FUNCTION float tn_##name(float x)                                       \
    {                                                                          \
        return function(x);                                                    \
    }
TN_MATHS(exp, expf)
TN_MATHS(log, logf)
TN_MATHS(sin, sinf)
TN_MATHS(cos, cosf)
TN_MATHS(tanh, tanhf)
TN_MATHS(erf, erff)
TN_MATHS(sqrt, sqrtf)
TN_MATHS(rsqrt, rsqrtf)
TN_MATHS(abs, fabsf)
TN_MATHS(floor, floorf)
TN_MATHS(ceil, ceilf)
#undef TN_MATHS

#define TN_MATHS(name, function)                                               \
    TN_FUNCTION float tn_##name(float x, float y)                              \
    {                                                                          \
        return function(x, y);                                                 \
    }
TN_MATHS(pow, powf)
TN_MATHS(min, fminf)
TN_MATHS(max, fmaxf)
#undef TN_MATHS

TN_FUNCTION float tn_fma(float x, float y, float z)
{
    return fmaf(x, y, z);
}

/* ---- atomics ---- */

/* clang-format off */
#define TN_ATOMICS(T)                                                          \
    TN_FUNCTION tn_##T tn_atomic_add_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        return TN_ATOMIC_ADD(p, v);                                            \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_min_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        return TN_ATOMIC_MIN(p, v);                                            \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_max_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        return TN_ATOMIC_MAX(p, v);                                            \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_exchange_##T(tn_##T *p, tn_##T v)             \
    {                                                                          \
        return TN_ATOMIC_EXCHANGE(p, v);                                       \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_cas_##T(tn_##T *p, tn_##T expected,           \
                                         tn_##T desired)                       \
    {                                                                          \
        return TN_ATOMIC_CAS(p, expected, desired);                            \
    }
/* clang-format on */
TN_ATOMICS(u32)
TN_ATOMICS(i32)
TN_ATOMICS(u64)
#undef TN_ATOMICS

TN_FUNCTION float tn_atomic_add_f32(float *p, float v)
{
    return TN_ATOMIC_ADD_F32(p, v);
}

#endif
