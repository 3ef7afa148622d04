/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Maths of <tenon/kernel.h> on the CPU.
 *
 * Calls of the C library do not vectorise, so these are polynomials without
 * branches: what would be a branch computes both sides and chooses. All
 * coefficients are minimax fits (Remez) of the functions named beside them;
 * the accuracy that kernel.h states is tested over all magnitudes.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TENON_KERNEL_CPU_H) && !defined(TENON_KERNEL_CPU_MATH_H)
#define TENON_KERNEL_CPU_MATH_H

#define TN_INFINITY __builtin_inff()
#define TN_NAN __builtin_nanf("")

/* ---- exact ---- */

TN_FUNCTION float tn_abs(float x)
{
    return __builtin_fabsf(x);
}

TN_FUNCTION float tn_sqrt(float x)
{
    return __builtin_sqrtf(x);
}

TN_FUNCTION float tn_rsqrt(float x)
{
    return 1.0f / __builtin_sqrtf(x);
}

TN_FUNCTION float tn_fma(float x, float y, float z)
{
    return __builtin_fmaf(x, y, z);
}

TN_FUNCTION float tn_min(float x, float y)
{
    return x < y || y != y ? x : y;
}

TN_FUNCTION float tn_max(float x, float y)
{
    return x > y || y != y ? x : y;
}

#if defined(__SSE2__) && !defined(__SSE4_1__)
/* No instruction: by way of an integer, where there is a fraction at all. */
TN_FUNCTION float tn_truncate(float x)
{
    float fits = __builtin_fabsf(x) < 0x1p23f ? x : 0.0f;

    return (float)(tn_i32)fits;
}

TN_FUNCTION float tn_floor(float x)
{
    float t = tn_truncate(x);
    float floor = t > x ? t - 1.0f : t;

    return __builtin_fabsf(x) < 0x1p23f ? __builtin_copysignf(floor, x) : x;
}

TN_FUNCTION float tn_ceil(float x)
{
    float t = tn_truncate(x);
    float ceil = t < x ? t + 1.0f : t;

    return __builtin_fabsf(x) < 0x1p23f ? __builtin_copysignf(ceil, x) : x;
}
#else
TN_FUNCTION float tn_floor(float x)
{
    return __builtin_floorf(x);
}

TN_FUNCTION float tn_ceil(float x)
{
    return __builtin_ceilf(x);
}
#endif

/* ---- exp, log, tanh, erf ---- */

/* x * 2^e for -252 <= e <= 254, in two steps so that neither overflows. */
TN_FUNCTION float tn_scale(float x, tn_i32 e)
{
    tn_i32 half = e >> 1;

    x *= tn_as_f32((tn_u32)(half + 127) << 23);
    return x * tn_as_f32((tn_u32)(e - half + 127) << 23);
}

/* exp(x) = 2^k exp(r), |r| <= log(2) / 2 */
TN_FUNCTION float tn_exp(float x)
{
    const float round = 0x1.8p23f; /* its last bit is worth 1 */

    x = x > 89.0f ? 89.0f : x; /* beyond are 0 and infinity; NaN stays */
    x = x < -104.0f ? -104.0f : x;
    float shifted = x * 0x1.715476p0f + round;
    float k = shifted - round;
    tn_i32 e = (tn_i32)(tn_as_u32(shifted) - tn_as_u32(round));
    /* log(2) in two parts; the first is so short that k * it is exact */
    float r = x - k * 0x1.62ep-1f;

    r = r - k * 0x1.0bfbe8p-15f;
    /* (exp(r) - 1 - r) / r^2, to 2^-34 of exp(r) */
    float p = 0x1.a1b8b6p-13f;

    p = p * r + 0x1.6d9736p-10f;
    p = p * r + 0x1.11107cp-7f;
    p = p * r + 0x1.555480p-5f;
    p = p * r + 0x1.555556p-3f;
    p = p * r + 0.5f;
    return tn_scale(1.0f + (r + r * r * p), e);
}

/* log(x) = e log(2) + log(1 + f), 1 + f in [sqrt(1/2), sqrt(2)) */
TN_FUNCTION float tn_log(float x)
{
    const tn_u32 root = 0x3f3504f3u; /* sqrt(1/2) */
    int tiny = x < 0x1p-126f;
    tn_u32 bits = tn_as_u32(tiny ? x * 0x1p23f : x) - root;
    float e = (float)((tn_i32)bits >> 23) - (tiny ? 23.0f : 0.0f);
    float f = tn_as_f32((bits & 0x007fffffu) + root) - 1.0f;
    /* (log(1 + f) - f + f^2 / 2) / f^3, to 2^-30 of log(1 + f) */
    float p = 0x1.1457a0p-4f;

    p = p * f - 0x1.de3c12p-4f;
    p = p * f + 0x1.e6f06cp-4f;
    p = p * f - 0x1.fc220ap-4f;
    p = p * f + 0x1.23376cp-3f;
    p = p * f - 0x1.555c4ep-3f;
    p = p * f + 0x1.99a4b6p-3f;
    p = p * f - 0x1.000006p-2f;
    p = p * f + 0x1.555548p-2f;
    float square = f * f;
    float low = e * 0x1.7f7d1cp-20f + (square * f * p - 0.5f * square);
    float y = e * 0x1.62e4p-1f + (f + low);

    y = x > 0.0f ? y : TN_NAN;
    y = x == 0.0f ? -TN_INFINITY : y;
    return x < TN_INFINITY ? y : x; /* infinity and NaN */
}

TN_FUNCTION float tn_tanh(float x)
{
    float t = __builtin_fabsf(x);
    float square = x * x;
    /* (tanh(x) - x) / x^3 below 0.625, to 2^-28 of tanh(x) */
    float p = -0x1.76ac12p-8f;

    p = p * square + 0x1.5256d6p-6f;
    p = p * square - 0x1.b84448p-5f;
    p = p * square + 0x1.110768p-3f;
    p = p * square - 0x1.555534p-2f;
    float small = p * square * x + x;
    float large = 1.0f - 2.0f / (tn_exp(2.0f * t) + 1.0f);

    return __builtin_copysignf(t < 0.625f ? small : large, x); /* of -0 too */
}

TN_FUNCTION float tn_erf(float x)
{
    float t = __builtin_fabsf(x);
    float square = x * x;
    /* erf(x) / x - 1 below 0.92, to 2^-31 of erf(x) */
    float p = 0x1.60bca8p-14f;

    p = p * square - 0x1.ab6ea8p-11f;
    p = p * square + 0x1.54ea68p-8f;
    p = p * square - 0x1.b81228p-6f;
    p = p * square + 0x1.ce2e34p-4f;
    p = p * square - 0x1.812744p-2f;
    p = p * square + 0x1.06eba8p-3f;
    float small = x + x * p;
    /* -log(1 - erf(t)) from 0.9 to 3.95, to 2^-34 of erf(t) */
    float c = t < 3.95f ? t : 3.95f;
    float q = 0x1.5d71acp-16f;

    q = q * c - 0x1.c458eep-12f;
    q = q * c + 0x1.106244p-8f;
    q = q * c - 0x1.9aeba8p-6f;
    q = q * c + 0x1.bb4544p-4f;
    q = q * c + 0x1.444d1ep-1f;
    q = q * c + 0x1.212626p0f;
    q = q * c - 0x1.62d81cp-13f;
    float large = __builtin_copysignf(1.0f - tn_exp(-q), x);

    large = t > 3.95f ? __builtin_copysignf(1.0f, x) : large;
    return t >= 0.92f ? large : small; /* NaN is in small */
}

/* ---- sin and cos ---- */

typedef struct tn_angle {
    float rest;  /* in [-pi/4, pi/4] */
    tn_u32 turn; /* quarters, modulo 4 */
} tn_angle;

/* x = turn * pi/2 + rest. pi/2 in three parts: k * the first two is exact. */
TN_FUNCTION tn_angle tn_quarter(float x)
{
    union {
        tn_f64 f;
        tn_u64 u;
    } shifted = {.f = (tn_f64)x * 0x1.45f306dc9c883p-1 + 0x1.8p52};
    tn_f64 k = shifted.f - 0x1.8p52;
    tn_f64 rest = (tn_f64)x - k * 0x1.921fbp0;

    rest = rest - k * 0x1.5110bp-22;
    rest = rest - k * 0x1.18469898cc517p-44;
    /* An x too large for that gives nothing useful, but no large number. */
    rest = __builtin_fabs(rest) > 0.8 ? 0.0 : rest;
    return (tn_angle){(float)rest, (tn_u32)shifted.u};
}

TN_FUNCTION float tn_sin_of(tn_angle angle)
{
    float r = angle.rest;
    float square = r * r;
    /* (sin(r) - r) / r^3, to 2^-28 of sin(r) */
    float p = -0x1.994b40p-13f;

    p = p * square + 0x1.110756p-7f;
    p = p * square - 0x1.555546p-3f;
    float sine = __builtin_copysignf(p * square * r + r, r); /* of -0 too */
    /* (cos(r) - 1 + r^2 / 2) / r^4, to 2^-33 */
    float q = 0x1.99ff42p-16f;

    q = q * square - 0x1.6c0c82p-10f;
    q = q * square + 0x1.55554ap-5f;
    float cosine = 1.0f - (0.5f * square - q * square * square);
    float y = angle.turn & 1u ? cosine : sine;

    return tn_as_f32(tn_as_u32(y) ^ (angle.turn & 2u) << 30);
}

TN_FUNCTION float tn_sin(float x)
{
    return tn_sin_of(tn_quarter(x));
}

TN_FUNCTION float tn_cos(float x)
{
    tn_angle angle = tn_quarter(x);

    ++angle.turn;
    return tn_sin_of(angle);
}

/* ---- pow: 2^(y log2(x)), in double ---- */

#if defined(__SSE2__) && !defined(__AVX2__)
/* Two doubles at a time, and no comparison of 64 bits: a call is faster. */
TN_FUNCTION float tn_pow(float x, float y)
{
    return __builtin_powf(x, y);
}
#else

/* log2(x) of x > 0, which need not be normal: as a double it is. */
TN_FUNCTION tn_f64 tn_log2_f64(float x)
{
    union {
        tn_f64 f;
        tn_u64 u;
    } bits = {.f = (tn_f64)x};
    const tn_u64 root = 0x3fe6a09e667f3bcdu; /* sqrt(1/2) */
    tn_u64 moved = bits.u - root;
    /* The exponent has few bits: as an i32 it converts with vectors. */
    tn_i32 e = (tn_i32)(moved >> 32) >> 20;

    bits.u = (moved & 0x000fffffffffffffu) + root;
    /* 2 atanh(s) = log(m), by its series */
    tn_f64 s = (bits.f - 1.0) / (bits.f + 1.0);
    tn_f64 square = s * s;
    tn_f64 p = 1.0 / 13.0;

    p = p * square + 1.0 / 11.0;
    p = p * square + 1.0 / 9.0;
    p = p * square + 1.0 / 7.0;
    p = p * square + 1.0 / 5.0;
    p = p * square + 1.0 / 3.0;
    p = p * square + 1.0;
    return e + s * p * (2.0 * 0x1.71547652b82fep0);
}

/* 2^y, which beyond 2^200 is 2^200 or 2^-200 */
TN_FUNCTION tn_f64 tn_exp2_f64(tn_f64 y)
{
    union {
        tn_f64 f;
        tn_u64 u;
    } bits = {.f = y};
    const tn_u64 most = 0x4069000000000000u; /* 200 */
    tn_u64 beyond = 0u - (tn_u64)(__builtin_fabs(y) > 200.0);

    bits.u =
        (bits.u & ~beyond) | (bits.u & beyond & 1ull << 63) | (most & beyond);
    y = bits.f;
    bits.f = y + 0x1.8p52;
    tn_f64 r = (y - (bits.f - 0x1.8p52)) * 0x1.62e42fefa39efp-1;
    /* exp(r), |r| <= log(2) / 2, by its series */
    tn_f64 p = 1.0 / 40320;

    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    bits.u = (bits.u + 1023u) << 52;
    return p * bits.f;
}

/*
 * condition ? x : y for a condition of 1 or 0. gcc follows a choice of
 * constants as far as it can, by a branch; of a mask it knows nothing.
 */
TN_FUNCTION float tn_choose(tn_i32 condition, float x, float y)
{
    tn_u32 mask = 0u - (tn_u32)condition;

    return tn_as_f32((tn_as_u32(x) & mask) | (tn_as_u32(y) & ~mask));
}

/* As C's pow, special cases and all. */
TN_FUNCTION float tn_pow(float x, float y)
{
    float t = __builtin_fabsf(x);
    float size = __builtin_fabsf(y);
    /* Is y an integer, an odd one? From 2^24 on all are even. */
    float clipped = tn_choose(size < 0x1p24f, size, 0x1p24f);
    tn_i32 integer = (tn_i32)clipped;
    tn_i32 is_integer = (float)integer == clipped;
    tn_u32 odd = (tn_u32)(is_integer & integer & 1);
    tn_i32 zero = t == 0.0f;
    tn_i32 end = zero | (t == TN_INFINITY);
    /* Out of range become in range, to be replaced below. */
    tn_f64 exponent = (tn_f64)y * tn_log2_f64(tn_choose(end, 1.0f, t));

    float z = (float)tn_exp2_f64(exponent);

    z = tn_choose(end, tn_choose(zero ^ (y < 0.0f), 0.0f, TN_INFINITY), z);
    z = tn_choose((x < 0.0f) & (end ^ 1) & (is_integer ^ 1), TN_NAN, z);
    z = tn_as_f32(tn_as_u32(z) ^ (odd << 31 & tn_as_u32(x)));
    z = tn_choose((x != x) | (y != y), TN_NAN, z);
    z = tn_choose((t == 1.0f) & (size == TN_INFINITY), 1.0f, z);
    return tn_choose((x == 1.0f) | (y == 0.0f), 1.0f, z);
}
#endif

#endif
