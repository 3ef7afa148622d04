/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Bits, halves and atomics of <tenon/kernel.h> on the CPU.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TENON_KERNEL_CPU_H) && !defined(TENON_KERNEL_CPU_BITS_H)
#define TENON_KERNEL_CPU_BITS_H

TN_FUNCTION tn_u32 tn_as_u32(float x)
{
    union {
        float f;
        tn_u32 u;
    } bits = {.f = x};

    return bits.u;
}

TN_FUNCTION float tn_as_f32(tn_u32 u)
{
    union {
        tn_u32 u;
        float f;
    } bits = {.u = u};

    return bits.f;
}

/* By integers, so that it vectorises at every level. */
TN_FUNCTION float tn_load_f16(const tn_f16 *p, tn_i64 i)
{
    tn_u32 half = p[i].bits;
    tn_u32 magnitude = (half & 0x7fffu) << 13; /* as an f32, 2^112 too small */
    tn_u32 exponent = magnitude & 0x0f800000u;
    tn_u32 normal = magnitude + (112u << 23);
    tn_u32 special = magnitude + (224u << 23); /* infinity, NaN */
    /* 2^-14 + half / 2^24 - 2^-14 */
    tn_u32 tiny =
        tn_as_u32(tn_as_f32(normal + (1u << 23)) - tn_as_f32(113u << 23));
    tn_u32 bits = exponent == 0x0f800000u ? special
                  : exponent == 0         ? tiny
                                          : normal;

    return tn_as_f32(bits | (half & 0x8000u) << 16);
}

TN_FUNCTION void tn_store_f16(tn_f16 *p, tn_i64 i, float value)
{
    tn_u32 bits = tn_as_u32(value);
    tn_u32 magnitude = bits & 0x7fffffffu;
    /* The exponent moved, and rounded: half of an ulp less one, one if odd. */
    tn_u32 normal =
        (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    /* An addition to 0.5 rounds to multiples of 2^-24. */
    tn_u32 tiny = tn_as_u32(tn_as_f32(magnitude) + 0.5f) - tn_as_u32(0.5f);
    tn_u32 special = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
    tn_u32 half = magnitude >= (143u << 23)  ? special
                  : magnitude < (113u << 23) ? tiny
                                             : normal;

    p[i].bits = (tn_u16)(half | (bits >> 16 & 0x8000u));
}

/* clang-format off */
#define TN_ATOMICS(T)                                                          \
    TN_FUNCTION tn_##T tn_atomic_add_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        return __atomic_fetch_add(p, v, __ATOMIC_RELAXED);                     \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_exchange_##T(tn_##T *p, tn_##T v)             \
    {                                                                          \
        return __atomic_exchange_n(p, v, __ATOMIC_RELAXED);                    \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_cas_##T(tn_##T *p, tn_##T expected,           \
                                         tn_##T desired)                       \
    {                                                                          \
        __atomic_compare_exchange_n(p, &expected, desired, 0,                  \
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);       \
        return expected;                                                       \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_min_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        tn_##T old = __atomic_load_n(p, __ATOMIC_RELAXED);                     \
                                                                               \
        while (v < old && !__atomic_compare_exchange_n(p, &old, v, 1,          \
                              __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {           \
        }                                                                      \
        return old;                                                            \
    }                                                                          \
    TN_FUNCTION tn_##T tn_atomic_max_##T(tn_##T *p, tn_##T v)                  \
    {                                                                          \
        tn_##T old = __atomic_load_n(p, __ATOMIC_RELAXED);                     \
                                                                               \
        while (v > old && !__atomic_compare_exchange_n(p, &old, v, 1,          \
                              __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {           \
        }                                                                      \
        return old;                                                            \
    }
/* clang-format on */
TN_ATOMICS(u32)
TN_ATOMICS(i32)
TN_ATOMICS(u64)
#undef TN_ATOMICS

TN_FUNCTION float tn_atomic_add_f32(float *p, float v)
{
    float old;
    float sum;

    __atomic_load(p, &old, __ATOMIC_RELAXED);
    do {
        sum = old + v;
    } while (!__atomic_compare_exchange(p, &old, &sum, 1, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
    return old;
}

#endif
