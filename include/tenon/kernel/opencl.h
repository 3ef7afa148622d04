/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The OpenCL C side of <tenon/kernel.h>, which documents what is defined here:
 * OpenCL C 1.2 without extensions, but for double and integers of 64 bits in
 * atomics, which a device may lack.
 *
 * Drivers get this expanded (kernels/clc.awk), so names of types are macros
 * and what needs an extension is one too: a text has in it what it uses.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_TARGET_OPENCL) && !defined(TENON_KERNEL_OPENCL_H)
#define TENON_KERNEL_OPENCL_H

/* ---- types and functions ---- */

#define tn_i8 char
#define tn_u8 uchar
#define tn_i16 short
#define tn_u16 ushort
#define tn_i32 int
#define tn_u32 uint
#define tn_i64 long
#define tn_u64 ulong
#define tn_f32 float
#define tn_f64 double
/* No half, of which there may be no arrays in group memory. */
typedef struct tn_f16 {
    ushort bits;
} tn_f16;

#define TN_GLOBAL __global
/* The same as __local, which clc.awk takes for a variable of TN_SHARED. */
#define TN_LOCAL local
#define TN_CONSTANT __constant
#define TN_FUNCTION static inline __attribute__((always_inline, unused))

/* ---- kernels ---- */

/* clang-format off */
#define TN_KERNEL(name, ...)                                                   \
    __kernel void tn_k_##name(TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
#define TN_KERNEL_SIZED(name, x, y, z, ...)                                    \
    __kernel __attribute__((reqd_work_group_size(x, y, z)))                    \
    void tn_k_##name(TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
/* The kernel's body as a function, which knows the number of elements. */
#define TN_KERNEL_WIDE(name, elements, ...)                                    \
    TN_FUNCTION void tn_body_##name(                                           \
        const int tn_elements, TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__));  \
    __kernel void tn_k_##name(TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))    \
    {                                                                          \
        tn_body_##name(elements, TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));     \
    }                                                                          \
    TN_FUNCTION void tn_body_##name(                                           \
        const int tn_elements, TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
/* clang-format on */

#define TN_PARAMETER(number, x) TN_BARE(TN_PARAMETER_, x)
#define TN_PARAMETER_TN_IN(type, name) __global const type *name
#define TN_PARAMETER_TN_OUT(type, name) __global type *name
#define TN_PARAMETER_TN_INOUT(type, name) __global type *name
#define TN_PARAMETER_TN_VALUE(type, name) const type name
#define TN_PARAMETER_TN_STRUCT(type, bytes, name) const type name
#define TN_PARAMETER_TN_DYNAMIC(type, name) local type *name

#define TN_PASS(number, x) TN_BARE(TN_PASS_, x)
#define TN_PASS_TN_IN(type, name) name
#define TN_PASS_TN_OUT(type, name) name
#define TN_PASS_TN_INOUT(type, name) name
#define TN_PASS_TN_VALUE(type, name) name
#define TN_PASS_TN_STRUCT(type, bytes, name) name
#define TN_PASS_TN_DYNAMIC(type, name) name

/* ---- group level and item loops ---- */

#define TN_LOCAL_ID(d) ((int)get_local_id(d))
#define TN_GROUP_ID(d) ((int)get_group_id(d))
#define TN_GROUPS(d) ((int)get_num_groups(d))
#define TN_GROUP_SIZE(d) ((int)get_local_size(d))
#define TN_LONG_ID(d) get_global_id(d)
#define TN_LONG_BASE(d) ((tn_u64)(get_global_id(d) - get_local_id(d)))
#define TN_GLOBAL_ID(d) ((int)get_global_id(d))
/*
 * A known number of turns, and in a group whose elements all lie below the end
 * no guard: CPUs make vectors of that (PoCL: saxpy in half of the time of one
 * element an item), and without being asked they do not unroll it.
 */
#define TN_SIDE_BY_SIDE _Pragma("unroll")
#define TN_UNROLL
#define TN_ELEMENT_COUNT(end) tn_elements
#define TN_ELEMENT_IS_RUN(number, end)                                         \
    (tn_whole || TN_ELEMENT(number) < (tn_u64)(end))
#define TN_GROUP_IS_WHOLE(end)                                                 \
    (tn_elements > 1 &&                                                        \
     (TN_LONG_BASE(0) + (tn_u32)TN_GROUP_SIZE(0)) * tn_elements <=             \
         (tn_u64)(end))
#include "gpu.h"

#define TN_BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define TN_SHARED __local

/* ---- bits, halves and maths ---- */

#define tn_as_u32(x) as_uint((float)(x))
#define tn_as_f32(u) as_float((uint)(u))

#define TN_INFINITY INFINITY
#define TN_NAN NAN

#define tn_exp(x) exp((float)(x))
#define tn_log(x) log((float)(x))
#define tn_sin(x) sin((float)(x))
#define tn_cos(x) cos((float)(x))
#define tn_tanh(x) tanh((float)(x))
#define tn_erf(x) erf((float)(x))
#define tn_pow(x, y) pow((float)(x), (float)(y))
#define tn_sqrt(x) sqrt((float)(x))
#define tn_rsqrt(x) rsqrt((float)(x))
#define tn_fma(x, y, z) fma((float)(x), (float)(y), (float)(z))
#define tn_abs(x) fabs((float)(x))
#define tn_floor(x) floor((float)(x))
#define tn_ceil(x) ceil((float)(x))
#define tn_min(x, y) fmin((float)(x), (float)(y))
#define tn_max(x, y) fmax((float)(x), (float)(y))

/*
 * A function of each kind of pointer. OpenCL C 1.2 has no pointer to anywhere,
 * and no overloading; that attribute is clang's, which every driver builds on.
 */
#define TN_OVERLOADED TN_FUNCTION __attribute__((overloadable))
#define TN_HALVES(space)                                                       \
    TN_OVERLOADED float tn_load_f16(space const tn_f16 *p, long i)             \
    {                                                                          \
        return vload_half((size_t)i, (space const half *)p);                   \
    }                                                                          \
    TN_OVERLOADED void tn_store_f16(space tn_f16 *p, long i, float value)      \
    {                                                                          \
        vstore_half_rte(value, (size_t)i, (space half *)p);                    \
    }
TN_HALVES(__global)
TN_HALVES(local)
TN_HALVES(__private)
#undef TN_HALVES

/* ---- atomics ---- */

#define tn_atomic_add_u32(p, v) atomic_add((p), (uint)(v))
#define tn_atomic_min_u32(p, v) atomic_min((p), (uint)(v))
#define tn_atomic_max_u32(p, v) atomic_max((p), (uint)(v))
#define tn_atomic_exchange_u32(p, v) atomic_xchg((p), (uint)(v))
#define tn_atomic_cas_u32(p, expected, desired)                                \
    atomic_cmpxchg((p), (uint)(expected), (uint)(desired))

#define tn_atomic_add_i32(p, v) atomic_add((p), (int)(v))
#define tn_atomic_min_i32(p, v) atomic_min((p), (int)(v))
#define tn_atomic_max_i32(p, v) atomic_max((p), (int)(v))
#define tn_atomic_exchange_i32(p, v) atomic_xchg((p), (int)(v))
#define tn_atomic_cas_i32(p, expected, desired)                                \
    atomic_cmpxchg((p), (int)(expected), (int)(desired))

/* cl_khr_int64_base_atomics; min and max: cl_khr_int64_extended_atomics */
#define tn_atomic_add_u64(p, v) atom_add((p), (ulong)(v))
#define tn_atomic_min_u64(p, v) atom_min((p), (ulong)(v))
#define tn_atomic_max_u64(p, v) atom_max((p), (ulong)(v))
#define tn_atomic_exchange_u64(p, v) atom_xchg((p), (ulong)(v))
#define tn_atomic_cas_u64(p, expected, desired)                                \
    atom_cmpxchg((p), (ulong)(expected), (ulong)(desired))

#define TN_FLOAT_ADD(space)                                                    \
    TN_OVERLOADED float tn_atomic_add_f32(volatile space float *p, float v)    \
    {                                                                          \
        volatile space uint *bits = (volatile space uint *)p;                  \
        uint old = *bits;                                                      \
        uint seen = ~old;                                                      \
                                                                               \
        while (seen != old) {                                                  \
            seen = old;                                                        \
            old = atomic_cmpxchg(bits, seen, as_uint(as_float(seen) + v));     \
        }                                                                      \
        return as_float(old);                                                  \
    }
TN_FLOAT_ADD(__global)
TN_FLOAT_ADD(local)
#undef TN_FLOAT_ADD

#endif
