/* SPDX-License-Identifier: MIT */
/**
 * @file
 * tn_launch(): arguments of a launch from plain values, by their types. In C
 * they are found with _Generic, in C++ by overloads.
 */
#ifndef TENON_API_VALUES_H
#define TENON_API_VALUES_H

#include "launch.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline tn_argument tn_argument_signed(tn_type type, uint32_t bytes,
                                             int64_t value)
{
    tn_argument a = {type, bytes, {NULL}, 0, 0, 0};
    a.value.i = value;
    return a;
}
static inline tn_argument tn_argument_self(tn_argument value)
{
    return value;
}
static inline tn_argument tn_argument_buffer(tn_buffer *value)
{
    return tn_at(value, 0);
}
static inline tn_argument tn_argument_f32(float value)
{
    tn_argument a = {TN_TYPE_F32, 4, {NULL}, 0, 0, 0};
    a.value.f32 = value;
    return a;
}
static inline tn_argument tn_argument_f64(double value)
{
    tn_argument a = {TN_TYPE_F64, 8, {NULL}, 0, 0, 0};
    a.value.f64 = value;
    return a;
}

/* X(suffix, C type, type of the argument, how): the integers of C */
#define TN_INTEGER_ARGUMENTS(X)                                                \
    X(char, signed char, TN_TYPE_I8, signed)                                   \
    X(uchar, unsigned char, TN_TYPE_U8, unsigned)                              \
    X(short, short, TN_TYPE_I16, signed)                                       \
    X(ushort, unsigned short, TN_TYPE_U16, unsigned)                           \
    X(int, int, TN_TYPE_I32, signed)                                           \
    X(uint, unsigned int, TN_TYPE_U32, unsigned)                               \
    X(long, long, sizeof(long) == 8 ? TN_TYPE_I64 : TN_TYPE_I32, signed)       \
    X(ulong, unsigned long, sizeof(long) == 8 ? TN_TYPE_U64 : TN_TYPE_U32,     \
      unsigned)                                                                \
    X(llong, long long, TN_TYPE_I64, signed)                                   \
    X(ullong, unsigned long long, TN_TYPE_U64, unsigned)

#define TN_INTEGER_ARGUMENT(name, c_type, type, how)                           \
    static inline tn_argument tn_argument_##name(c_type value)                 \
    {                                                                          \
        return tn_argument_##how(type, sizeof(value), value);                  \
    }
TN_INTEGER_ARGUMENTS(TN_INTEGER_ARGUMENT)
#undef TN_INTEGER_ARGUMENT

#ifdef __cplusplus
} /* extern "C" */

/* In C++ overloads and a template do what _Generic does in C. */
inline tn_argument tn_argument_of(tn_argument value)
{
    return value;
}
inline tn_argument tn_argument_of(tn_buffer *value)
{
    return tn_argument_buffer(value);
}
inline tn_argument tn_argument_of(float value)
{
    return tn_argument_f32(value);
}
inline tn_argument tn_argument_of(double value)
{
    return tn_argument_f64(value);
}
#define TN_INTEGER_ARGUMENT(name, c_type, type, how)                           \
    inline tn_argument tn_argument_of(c_type value)                            \
    {                                                                          \
        return tn_argument_##name(value);                                      \
    }
TN_INTEGER_ARGUMENTS(TN_INTEGER_ARGUMENT)
#undef TN_INTEGER_ARGUMENT

/*
 * For what is no argument, since anything else is preferred. It converts, so
 * that the assertion is all that a compiler says.
 */
struct tn_no_argument {
    operator tn_argument() const;
};
tn_no_argument tn_argument_of(...);

template <class Value> inline tn_argument tn_argument_checked(Value value)
{
    static_assert(sizeof(tn_argument_of(value)) == sizeof(tn_argument),
                  "tn_launch() cannot pass a value of this type; write "
                  "tn_struct(&s, sizeof s) for a struct s, else pass a "
                  "tn_buffer *, a number, tn_at(), tn_local() or tn_half()");
    return tn_argument_of(value);
}

/** As the macro in C. */
template <class... Values>
inline tn_status tn_launch(tn_stream *stream, tn_kernel *kernel, tn_grid grid,
                           Values... values)
{
    const tn_argument arguments[sizeof...(values) + 1] = {
        tn_argument_checked(values)..., tn_argument()};
    return tn_launch_arguments(stream, kernel, grid, arguments,
                               sizeof...(values));
}

#else

/* The same as words of tn_launch_words(). */
static inline uint64_t tn_word_signed(int64_t value)
{
    return (uint64_t)value;
}
static inline uint64_t tn_word_unsigned(uint64_t value)
{
    return value;
}
static inline uint64_t tn_word_buffer(tn_buffer *value)
{
    return (uint64_t)(uintptr_t)value;
}
static inline uint64_t tn_word_f32(float value)
{
    union {
        float f32;
        uint32_t bits;
    } word;
    word.f32 = value;
    return word.bits;
}
static inline uint64_t tn_word_f64(double value)
{
    union {
        double f64;
        uint64_t bits;
    } word;
    word.f64 = value;
    return word.bits;
}
/* For what is none, and is not used. */
static inline uint64_t tn_word_none(tn_argument value)
{
    (void)value;
    return 0;
}

/* For a value that tn_launch() refuses: no compiler has more to say of it. */
#if __STDC_VERSION__ >= 202311L
tn_argument tn_argument_wrong(...);
uint64_t tn_word_wrong(...);
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
tn_argument tn_argument_wrong();
uint64_t tn_word_wrong();
#pragma GCC diagnostic pop
#endif

/* clang-format off */
#define TN_ARGUMENT(value)                                                     \
    _Generic((value),                                                          \
        tn_argument: tn_argument_self,                                         \
        tn_buffer *: tn_argument_buffer,                                       \
        float: tn_argument_f32,                                                \
        double: tn_argument_f64,                                               \
        signed char: tn_argument_char,                                         \
        unsigned char: tn_argument_uchar,                                      \
        short: tn_argument_short,                                              \
        unsigned short: tn_argument_ushort,                                    \
        int: tn_argument_int,                                                  \
        unsigned int: tn_argument_uint,                                        \
        long: tn_argument_long,                                                \
        unsigned long: tn_argument_ulong,                                      \
        long long: tn_argument_llong,                                          \
        unsigned long long: tn_argument_ullong,                                \
        default: tn_argument_wrong)(value)
/* clang-format on */

/* TN_COUNT_(a, b) is 2; the grid and up to 32 arguments. */
#define TN_COUNT_(...)                                                         \
    TN_COUNT_AT_(__VA_ARGS__, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22,  \
                 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6,   \
                 5, 4, 3, 2, 1, 0)
#define TN_COUNT_AT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13,   \
                     a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24,    \
                     a25, a26, a27, a28, a29, a30, a31, a32, a33, count, ...)  \
    count
#define TN_JOIN_(a, b) TN_JOIN_AT_(a, b)
#define TN_JOIN_AT_(a, b) a##b
#define TN_FIRST_(...) TN_FIRST_AT_(__VA_ARGS__, 0)
#define TN_FIRST_AT_(first, ...) first

/*
 * TN_EACH_k(m, s, grid, a, b ...): m(k, a) s() m(k - 1, b) ...; the last value
 * has the number 2. Nothing of it is there for m where there is none.
 */
#define TN_EACH_1(m, s, g) m(1, 0)
#define TN_EACH_2(m, s, g, a) m(2, a)
#define TN_EACH_3(m, s, g, a, ...) m(3, a) s() TN_EACH_2(m, s, g, __VA_ARGS__)
#define TN_EACH_4(m, s, g, a, ...) m(4, a) s() TN_EACH_3(m, s, g, __VA_ARGS__)
#define TN_EACH_5(m, s, g, a, ...) m(5, a) s() TN_EACH_4(m, s, g, __VA_ARGS__)
#define TN_EACH_6(m, s, g, a, ...) m(6, a) s() TN_EACH_5(m, s, g, __VA_ARGS__)
#define TN_EACH_7(m, s, g, a, ...) m(7, a) s() TN_EACH_6(m, s, g, __VA_ARGS__)
#define TN_EACH_8(m, s, g, a, ...) m(8, a) s() TN_EACH_7(m, s, g, __VA_ARGS__)
#define TN_EACH_9(m, s, g, a, ...) m(9, a) s() TN_EACH_8(m, s, g, __VA_ARGS__)
#define TN_EACH_10(m, s, g, a, ...) m(10, a) s() TN_EACH_9(m, s, g, __VA_ARGS__)
#define TN_EACH_11(m, s, g, a, ...)                                            \
    m(11, a) s() TN_EACH_10(m, s, g, __VA_ARGS__)
#define TN_EACH_12(m, s, g, a, ...)                                            \
    m(12, a) s() TN_EACH_11(m, s, g, __VA_ARGS__)
#define TN_EACH_13(m, s, g, a, ...)                                            \
    m(13, a) s() TN_EACH_12(m, s, g, __VA_ARGS__)
#define TN_EACH_14(m, s, g, a, ...)                                            \
    m(14, a) s() TN_EACH_13(m, s, g, __VA_ARGS__)
#define TN_EACH_15(m, s, g, a, ...)                                            \
    m(15, a) s() TN_EACH_14(m, s, g, __VA_ARGS__)
#define TN_EACH_16(m, s, g, a, ...)                                            \
    m(16, a) s() TN_EACH_15(m, s, g, __VA_ARGS__)
#define TN_EACH_17(m, s, g, a, ...)                                            \
    m(17, a) s() TN_EACH_16(m, s, g, __VA_ARGS__)
#define TN_EACH_18(m, s, g, a, ...)                                            \
    m(18, a) s() TN_EACH_17(m, s, g, __VA_ARGS__)
#define TN_EACH_19(m, s, g, a, ...)                                            \
    m(19, a) s() TN_EACH_18(m, s, g, __VA_ARGS__)
#define TN_EACH_20(m, s, g, a, ...)                                            \
    m(20, a) s() TN_EACH_19(m, s, g, __VA_ARGS__)
#define TN_EACH_21(m, s, g, a, ...)                                            \
    m(21, a) s() TN_EACH_20(m, s, g, __VA_ARGS__)
#define TN_EACH_22(m, s, g, a, ...)                                            \
    m(22, a) s() TN_EACH_21(m, s, g, __VA_ARGS__)
#define TN_EACH_23(m, s, g, a, ...)                                            \
    m(23, a) s() TN_EACH_22(m, s, g, __VA_ARGS__)
#define TN_EACH_24(m, s, g, a, ...)                                            \
    m(24, a) s() TN_EACH_23(m, s, g, __VA_ARGS__)
#define TN_EACH_25(m, s, g, a, ...)                                            \
    m(25, a) s() TN_EACH_24(m, s, g, __VA_ARGS__)
#define TN_EACH_26(m, s, g, a, ...)                                            \
    m(26, a) s() TN_EACH_25(m, s, g, __VA_ARGS__)
#define TN_EACH_27(m, s, g, a, ...)                                            \
    m(27, a) s() TN_EACH_26(m, s, g, __VA_ARGS__)
#define TN_EACH_28(m, s, g, a, ...)                                            \
    m(28, a) s() TN_EACH_27(m, s, g, __VA_ARGS__)
#define TN_EACH_29(m, s, g, a, ...)                                            \
    m(29, a) s() TN_EACH_28(m, s, g, __VA_ARGS__)
#define TN_EACH_30(m, s, g, a, ...)                                            \
    m(30, a) s() TN_EACH_29(m, s, g, __VA_ARGS__)
#define TN_EACH_31(m, s, g, a, ...)                                            \
    m(31, a) s() TN_EACH_30(m, s, g, __VA_ARGS__)
#define TN_EACH_32(m, s, g, a, ...)                                            \
    m(32, a) s() TN_EACH_31(m, s, g, __VA_ARGS__)
#define TN_EACH_33(m, s, g, a, ...)                                            \
    m(33, a) s() TN_EACH_32(m, s, g, __VA_ARGS__)

#define TN_COMMA_() ,
#define TN_OR_() |
#define TN_LIST_(m, s, ...)                                                    \
    TN_JOIN_(TN_EACH_, TN_COUNT_(__VA_ARGS__))(m, s, __VA_ARGS__)

#define TN_ARGUMENT_AT_(k, a) TN_ARGUMENT(a)
#define TN_WORD_AT_(k, a) TN_WORD_(a)
/* All bits where a value is none for tn_launch_words(), or there are many. */
#define TN_KIND_AT_(k, a)                                                      \
    ((k) > 17 || (k) < 2 || TN_KIND_(a) == 0                                   \
         ? UINT64_MAX                                                          \
         : (uint64_t)TN_KIND_(a) << (4 * (unsigned)(k)-8) % 64)

/* clang-format off */
#define TN_KIND_(value)                                                        \
    _Generic((value),                                                          \
        tn_argument: 0,                                                        \
        tn_buffer *: TN_TYPE_BUFFER,                                           \
        float: TN_TYPE_F32,                                                    \
        double: TN_TYPE_F64,                                                   \
        signed char: TN_TYPE_I8,                                               \
        unsigned char: TN_TYPE_U8,                                             \
        short: TN_TYPE_I16,                                                    \
        unsigned short: TN_TYPE_U16,                                           \
        int: TN_TYPE_I32,                                                      \
        unsigned int: TN_TYPE_U32,                                             \
        long: sizeof(long) == 8 ? TN_TYPE_I64 : TN_TYPE_I32,                   \
        unsigned long: sizeof(long) == 8 ? TN_TYPE_U64 : TN_TYPE_U32,          \
        long long: TN_TYPE_I64,                                                \
        unsigned long long: TN_TYPE_U64,                                       \
        default: 0)
#define TN_WORD_(value)                                                        \
    _Generic((value),                                                          \
        tn_argument: tn_word_none,                                             \
        tn_buffer *: tn_word_buffer,                                           \
        float: tn_word_f32,                                                    \
        double: tn_word_f64,                                                   \
        signed char: tn_word_signed,                                           \
        unsigned char: tn_word_unsigned,                                       \
        short: tn_word_signed,                                                 \
        unsigned short: tn_word_unsigned,                                      \
        int: tn_word_signed,                                                   \
        unsigned int: tn_word_unsigned,                                        \
        long: tn_word_signed,                                                  \
        unsigned long: tn_word_unsigned,                                       \
        long long: tn_word_signed,                                             \
        unsigned long long: tn_word_unsigned,                                  \
        default: tn_word_wrong)(value)

/*
 * One sentence for a value that is none of these, instead of one for each of
 * the macros above. All values are looked at on one level, since compilers tell
 * each level of macros with a note.
 */
#define TN_CHECK_(value)                                                       \
    {                                                                          \
        enum { tn_can_be_passed_ =                                             \
            _Generic((value), tn_argument: 1, default: TN_KIND_(value) != 0)   \
        };                                                                     \
        _Static_assert(tn_can_be_passed_,                                      \
            "tn_launch() cannot pass " #value "; write tn_struct(&" #value     \
            ", sizeof " #value ") where that is a struct, else pass a "        \
            "tn_buffer *, a number, tn_at(), tn_local() or tn_half()");         \
    }
#define TN_CHECK_AT_(g, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12,     \
                     a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23,    \
                     a24, a25, a26, a27, a28, a29, a30, a31, a32, ...)         \
    TN_CHECK_(a1) TN_CHECK_(a2) TN_CHECK_(a3) TN_CHECK_(a4) TN_CHECK_(a5)      \
    TN_CHECK_(a6) TN_CHECK_(a7) TN_CHECK_(a8) TN_CHECK_(a9) TN_CHECK_(a10)     \
    TN_CHECK_(a11) TN_CHECK_(a12) TN_CHECK_(a13) TN_CHECK_(a14) TN_CHECK_(a15) \
    TN_CHECK_(a16) TN_CHECK_(a17) TN_CHECK_(a18) TN_CHECK_(a19) TN_CHECK_(a20) \
    TN_CHECK_(a21) TN_CHECK_(a22) TN_CHECK_(a23) TN_CHECK_(a24) TN_CHECK_(a25) \
    TN_CHECK_(a26) TN_CHECK_(a27) TN_CHECK_(a28) TN_CHECK_(a29) TN_CHECK_(a30) \
    TN_CHECK_(a31) TN_CHECK_(a32)
/* clang-format on */

/**
 * Launches a kernel with plain values: tn_launch(stream, kernel, grid, ...).
 * Each value must have the very type that the kernel declares: a tn_buffer *,
 * an integer, float or double, or what tn_at(), tn_local(), tn_struct(),
 * tn_half() and tn_slot() make. At most 32; tn_launch_arguments() takes more,
 * and says what is answered.
 *
 * Of up to 16 values none of which is made by one of these functions, the types
 * are packed when the program is compiled: the launch then is cheapest.
 */
#define tn_launch(stream, kernel, ...)                                         \
    ((void)__extension__({                                                     \
         TN_CHECK_AT_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   \
                      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) \
         0;                                                                    \
     }),                                                                       \
     (TN_LIST_(TN_KIND_AT_, TN_OR_, __VA_ARGS__)) != UINT64_MAX                \
         ? tn_launch_words(stream, kernel,                                     \
                           (const tn_grid[]){TN_FIRST_(__VA_ARGS__)},          \
                           TN_LIST_(TN_KIND_AT_, TN_OR_, __VA_ARGS__),         \
                           (const uint64_t[]){                                 \
                               TN_LIST_(TN_WORD_AT_, TN_COMMA_, __VA_ARGS__)}) \
         : tn_launch_arguments(stream, kernel, TN_FIRST_(__VA_ARGS__),         \
                               (const tn_argument[]){TN_LIST_(                 \
                                   TN_ARGUMENT_AT_, TN_COMMA_, __VA_ARGS__)},  \
                               TN_COUNT_(__VA_ARGS__) - 1))

#endif /* __cplusplus */

#endif
