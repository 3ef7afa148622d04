/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The CPU side of <tenon/kernel.h>, which documents what is defined here:
 * native kernels as tenon/kernel/entry.h describes them.
 *
 * A kernel NAME becomes its body, an inline function that runs one group; its
 * entry tn_k_NAME, which calls the body for each group of a range, or for many
 * at once where items have several elements; and its note, which tells the
 * signature.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif !defined(TENON_KERNEL_CPU_H)
#define TENON_KERNEL_CPU_H

#include <stdint.h>

#include "../note.h"
#include "entry.h"

/* ---- types and functions ---- */

typedef int8_t tn_i8;
typedef uint8_t tn_u8;
typedef int16_t tn_i16;
typedef uint16_t tn_u16;
typedef int32_t tn_i32;
typedef uint32_t tn_u32;
typedef int64_t tn_i64;
typedef uint64_t tn_u64;
typedef float tn_f32;
typedef double tn_f64;
/* A struct, so that nobody calculates with the bits. */
typedef struct tn_f16 {
    tn_u16 bits;
} tn_f16;

#define TN_GLOBAL
#define TN_LOCAL
#define TN_CONSTANT static __attribute__((unused)) const
#define TN_FUNCTION static inline __attribute__((always_inline, unused))

/* ---- the group that runs ---- */

/* Indices are 31 bits and a sign. */
#define TN_INDEX_MAX INT32_MAX

typedef struct tn_group {
    tn_u32 id[3];
    tn_u32 groups[3];
    tn_u32 full[3];  /* items of a group, as launched */
    tn_i32 items[3]; /* of this group */
    tn_i32 base[3];  /* global index of its first item */
#if defined(TN_REFERENCE)
    tn_i32 size[3];  /* of the group in which this is one item */
    tn_i32 local[3]; /* its place there */
    tn_i32 elements; /* of the item, which lie size[0] apart */
#endif
} tn_group;

/* Goes to the first group of a range. Returns how many groups there are. */
TN_FUNCTION tn_u64 tn_group_first(tn_group *group, const tn_group_range *range)
{
    if (range->begin >= range->end) {
        return 0;
    }
    for (int d = 0; d < 3; ++d) {
        group->id[d] = 0;
        group->groups[d] = range->groups[d];
        group->full[d] = range->items[d];
    }
    if (range->begin < range->groups[0]) {
        group->id[0] = (tn_u32)range->begin;
    } else {
        tn_u64 row = range->begin / range->groups[0];

        group->id[0] = (tn_u32)(range->begin % range->groups[0]);
        group->id[1] = (tn_u32)(row % range->groups[1]);
        group->id[2] = (tn_u32)(row / range->groups[1]);
    }
    return range->end - range->begin;
}

/* To the next one, without a division. */
TN_FUNCTION void tn_group_next(tn_group *group)
{
    if (++group->id[0] == group->groups[0]) {
        group->id[0] = 0;
        if (++group->id[1] == group->groups[1]) {
            group->id[1] = 0;
            ++group->id[2];
        }
    }
}

/*
 * Where the group lies in one dimension; 0 where it is not to be run. Of a
 * group that reaches beyond the last index only the items before it run, and
 * where the kernel counts on a size, none: an index that wrapped around would
 * pass for one within the data.
 */
TN_FUNCTION int tn_group_place(tn_group *group, int d, tn_u32 sized)
{
    const tn_u64 end = (tn_u64)TN_INDEX_MAX + 1;
    tn_u64 items = sized != 0 ? sized : group->full[d];
    tn_u64 base = group->id[d] * items;

    if (base + items > end) {
        if (sized != 0 || base >= end) {
            return 0;
        }
        items = end - base;
    }
    group->items[d] = (tn_i32)items;
    group->base[d] = (tn_i32)base;
    return 1;
}

/*
 * Makes one group of the next ones of a row, up to `left` of them, of a kernel
 * whose items have several elements: its items are their elements. Gives how
 * many there are.
 */
TN_FUNCTION tn_u64 tn_group_merge(tn_group *group, tn_u64 left, tn_u32 elements)
{
    const tn_u64 end = TN_INDEX_MAX;
    tn_u64 row = group->groups[0] - group->id[0];
    tn_u64 count = left < row ? left : row;
    tn_u64 width = (tn_u64)group->full[0] * elements;

    width = width < end ? width : end; /* so that no product overflows */
    tn_u64 base = group->id[0] * width;
    tn_u64 behind = base + count * width;

    base = base < end ? base : end;
    behind = behind < end ? behind : end;
    group->base[0] = (tn_i32)base;
    group->items[0] = (tn_i32)(behind - base);
    return count;
}

/* Goes on to the group behind so many of the row. */
TN_FUNCTION void tn_group_skip(tn_group *group, tn_u64 count)
{
    group->id[0] += (tn_u32)count - 1;
    tn_group_next(group);
}

/* n of a loop, of whatever type: what no index reaches counts as the limit. */
/* clang-format off */
#define TN_EXTENT(n)                                                           \
    _Generic((n),                                                              \
        unsigned long: tn_extent_unsigned,                                     \
        unsigned long long: tn_extent_unsigned,                                \
        default: tn_extent)(n)
/* clang-format on */

TN_FUNCTION tn_i32 tn_extent(tn_i64 n)
{
    n = n < TN_INDEX_MAX ? n : TN_INDEX_MAX;
    return n > 0 ? (tn_i32)n : 0;
}

TN_FUNCTION tn_i32 tn_extent_unsigned(tn_u64 n)
{
    return n < TN_INDEX_MAX ? (tn_i32)n : TN_INDEX_MAX;
}

/* The index behind the group's last item below n. */
TN_FUNCTION tn_i32 tn_group_end(const tn_group *group, int d, tn_i32 n)
{
    tn_i64 end = (tn_i64)group->base[d] + group->items[d];

    return end < n ? (tn_i32)end : n;
}

/* ---- kernels ---- */

/* What instructions the compiler may use: a level of x86-64 that has them. */
#if defined(__AVX512F__)
#define TN_NOTE_TARGET "x86-64-v4"
#elif defined(__AVX2__)
#define TN_NOTE_TARGET "x86-64-v3"
#elif defined(__SSE4_2__)
#define TN_NOTE_TARGET "x86-64-v2"
#else
#define TN_NOTE_TARGET ""
#endif

#define TN_KERNEL(name, ...)                                                   \
    TN_DECLARE(name, tn_narrow, "0 0 0", __VA_ARGS__)                          \
    TN_ENTRY(name, 0, 0, 0, __VA_ARGS__)                                       \
    TN_BODY(name, tn_narrow, __VA_ARGS__)

#define TN_KERNEL_SIZED(name, x, y, z, ...)                                    \
    TN_CHECK_SIZE(x);                                                          \
    TN_CHECK_SIZE(y);                                                          \
    TN_CHECK_SIZE(z);                                                          \
    _Static_assert((x) * (y) * (z) <= TN_MAX_ITEMS,                            \
                   "a group has at most 1024 items");                          \
    TN_DECLARE(name, tn_narrow,                                                \
               TN_NOTE_TEXT(x) " " TN_NOTE_TEXT(y) " " TN_NOTE_TEXT(z),        \
               __VA_ARGS__)                                                    \
    TN_ENTRY(name, x, y, z, __VA_ARGS__)                                       \
    TN_BODY(name, tn_narrow, __VA_ARGS__)

#define TN_KERNEL_WIDE(name, elements, ...)                                    \
    TN_CHECK_ELEMENTS(elements);                                               \
    TN_DECLARE(name, tn_wide, "0 0 0\nelements=" TN_NOTE_TEXT(elements),       \
               __VA_ARGS__)                                                    \
    TN_ENTRY_WIDE(name, elements, __VA_ARGS__)                                 \
    TN_BODY(name, tn_wide, __VA_ARGS__)

/*
 * Whether items have one element each, or several. Told apart by size, as
 * tn_width in a kernel's body.
 */
typedef struct tn_narrow {
    char tn_bytes[1];
} tn_narrow;
typedef struct tn_wide {
    char tn_bytes[2];
} tn_wide;

/* clang-format off */
#define TN_DECLARE(name, width, items_text, ...)                               \
    TN_LIST(TN_CHECK, TN_NOTHING, __VA_ARGS__)                                 \
    TN_ELF_NOTE(tn_note_##name, TN_NOTE_SECTION, TN_NOTE_OWNER,                \
                TN_NOTE_KERNEL,                                                \
                "abi=" TN_NOTE_TEXT(TN_KERNEL_ABI) "\n"                        \
                "name=" #name "\n"                                             \
                "target=" TN_NOTE_TARGET "\n"                                  \
                "items=" items_text "\n"                                       \
                TN_LIST(TN_NOTE_LINE, TN_NOTHING, __VA_ARGS__));               \
    TN_BODY(name, width, __VA_ARGS__);                                         \
    __attribute__((visibility("default"))) void tn_k_##name(                   \
        const tn_group_range *tn_range, void *const *tn_arguments);
#define TN_BODY(name, width, ...)                                              \
    TN_FUNCTION void tn_body_##name(                                           \
        __attribute__((unused)) const tn_group tn_g,                           \
        __attribute__((unused)) const width tn_width,                          \
        TN_LIST(TN_PARAMETER, TN_COMMA, __VA_ARGS__))
/* clang-format on */

#if !defined(TN_REFERENCE)
/* clang-format off */
#define TN_ENTRY(name, x, y, z, ...)                                           \
    void tn_k_##name(const tn_group_range *tn_range,                           \
                     void *const *tn_arguments)                                \
    {                                                                          \
        enum { tn_length = TN_LENGTH(__VA_ARGS__) };                           \
        TN_LIST(TN_LOAD, TN_NOTHING, __VA_ARGS__)                              \
        TN_LIST(TN_CHECK_EXTENT, TN_NOTHING, __VA_ARGS__)                      \
        tn_group tn_g;                                                         \
        tn_u64 tn_left = tn_group_first(&tn_g, tn_range);                      \
                                                                               \
        for (; tn_left > 0; --tn_left, tn_group_next(&tn_g)) {                 \
            if (tn_group_place(&tn_g, 0, x) &&                                 \
                tn_group_place(&tn_g, 1, y) &&                                 \
                tn_group_place(&tn_g, 2, z)) {                                 \
                tn_body_##name(tn_g, (tn_narrow){{0}},                         \
                               TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));       \
            }                                                                  \
        }                                                                      \
    }
#define TN_ENTRY_WIDE(name, elements, ...)                                     \
    void tn_k_##name(const tn_group_range *tn_range,                           \
                     void *const *tn_arguments)                                \
    {                                                                          \
        enum { tn_length = TN_LENGTH(__VA_ARGS__) };                           \
        TN_LIST(TN_LOAD, TN_NOTHING, __VA_ARGS__)                              \
        TN_LIST(TN_CHECK_EXTENT, TN_NOTHING, __VA_ARGS__)                      \
        tn_group tn_g;                                                         \
        tn_u64 tn_left = tn_group_first(&tn_g, tn_range);                      \
                                                                               \
        while (tn_left > 0) {                                                  \
            tn_u64 tn_merged = tn_group_merge(&tn_g, tn_left, elements);       \
                                                                               \
            tn_body_##name(tn_g, (tn_wide){{0}},                               \
                           TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));           \
            tn_left -= tn_merged;                                              \
            tn_group_skip(&tn_g, tn_merged);                                   \
        }                                                                      \
    }
/* clang-format on */
#endif

/* A line of the note. */
#define TN_NOTE_LINE(number, x)                                                \
    "arg=" TN_NOTE_TEXT(TN_SIGNATURE(number, x)) "\n"

/* A parameter of the body. */
#define TN_PARAMETER(number, x) TN_BARE(TN_PARAMETER_, x)
#define TN_PARAMETER_TN_IN(type, name) const type *const name
#define TN_PARAMETER_TN_OUT(type, name) type *const name
#define TN_PARAMETER_TN_INOUT(type, name) type *const name
#define TN_PARAMETER_TN_VALUE(type, name) const type name
#define TN_PARAMETER_TN_STRUCT(type, bytes, name) const type name
#define TN_PARAMETER_TN_DYNAMIC(type, name) type *const name

/* The same variable in the entry, read from its argument, which follows. */
#define TN_LOAD(number, x)                                                     \
    TN_BARE(TN_LOAD_, x)(tn_arguments[tn_length - (number)]);
#define TN_LOAD_TN_IN(type, name)                                              \
    const type *const name = *(const type *const *)
#define TN_LOAD_TN_OUT(type, name) type *const name = *(type *const *)
#define TN_LOAD_TN_INOUT(type, name) type *const name = *(type *const *)
#define TN_LOAD_TN_VALUE(type, name) const type name = *(const type *)
#define TN_LOAD_TN_STRUCT(type, bytes, name) const type name = *(const type *)
#define TN_LOAD_TN_DYNAMIC(type, name) type *const name = TN_DYNAMIC_BLOCK
#define TN_DYNAMIC_BLOCK(argument)                                             \
    (void *)((uintptr_t)tn_range->dynamic +                                    \
             (uintptr_t)(*(const tn_u64 *)(argument)))

#define TN_PASS(number, x) TN_BARE(TN_PASS_, x)
#define TN_PASS_TN_IN(type, name) name
#define TN_PASS_TN_OUT(type, name) name
#define TN_PASS_TN_INOUT(type, name) name
#define TN_PASS_TN_VALUE(type, name) name
#define TN_PASS_TN_STRUCT(type, bytes, name) name
#define TN_PASS_TN_DYNAMIC(type, name) name

/* ---- what is wrong with a kernel's head, as a sentence ---- */

/* The second of two or more; a macro that gives `~, x` is told so. */
#define TN_SECOND_(first, second, ...) second
#define TN_SECOND(...) TN_SECOND_(__VA_ARGS__, 0, 0)

#define TN_CHECK(number, x) TN_CAT(TN_CHECK_, TN_SECOND(TN_KIND_##x, BAD))(x)
#define TN_CHECK_BAD(x)                                                        \
    _Static_assert(0, "a kernel has 1 to 32 parameters, each of them TN_IN, "  \
                      "TN_OUT, TN_INOUT, TN_VALUE, TN_STRUCT or TN_DYNAMIC");
#define TN_CHECK_GOOD(x) TN_BARE(TN_CHECK_, x);
#define TN_KIND_TN_IN(...) TN_CAT(TN_KIND_, TN_LENGTH(__VA_ARGS__))
#define TN_KIND_TN_OUT(...) TN_CAT(TN_KIND_, TN_LENGTH(__VA_ARGS__))
#define TN_KIND_TN_INOUT(...) TN_CAT(TN_KIND_, TN_LENGTH(__VA_ARGS__))
#define TN_KIND_2 ~, GOOD
#define TN_KIND_3 ~, GOOD
#define TN_KIND_TN_VALUE(type, name) ~, GOOD
#define TN_KIND_TN_STRUCT(type, bytes, name) ~, GOOD
#define TN_KIND_TN_DYNAMIC(...) TN_CAT(TN_KIND_, TN_LENGTH(__VA_ARGS__))

#define TN_CHECK_TN_IN(type, name) TN_CHECK_TYPE(type, name, 2)
#define TN_CHECK_TN_OUT(type, name) TN_CHECK_TYPE(type, name, 2)
#define TN_CHECK_TN_INOUT(type, name) TN_CHECK_TYPE(type, name, 2)
#define TN_CHECK_TN_VALUE(type, name) TN_CHECK_TYPE(type, name, 1)
#define TN_CHECK_TN_DYNAMIC(type, name) TN_CHECK_TYPE(type, name, 2)
#define TN_CHECK_TN_STRUCT(type, bytes, name)                                  \
    _Static_assert(TN_IS_PLAIN(bytes) && sizeof(type) == (bytes) &&            \
                       _Alignof(type) <= 8,                                    \
                   "TN_STRUCT " #name ": the size of " #type " is another, "   \
                   "or its alignment is over 8")

/* Among the parameters: the compiler looks its names up. */
#define TN_CHECK_EXTENT(number, x) TN_CHECK_EXTENT_##x
#define TN_CHECK_EXTENT_TN_IN(...) TN_EXTENT_IS_WHOLE(__VA_ARGS__)
#define TN_CHECK_EXTENT_TN_OUT(...) TN_EXTENT_IS_WHOLE(__VA_ARGS__)
#define TN_CHECK_EXTENT_TN_INOUT(...) TN_EXTENT_IS_WHOLE(__VA_ARGS__)
#define TN_CHECK_EXTENT_TN_VALUE(type, name)
#define TN_CHECK_EXTENT_TN_STRUCT(type, bytes, name)
#define TN_CHECK_EXTENT_TN_DYNAMIC(...) TN_EXTENT_IS_WHOLE(__VA_ARGS__)
#define TN_EXTENT_IS_WHOLE(...)                                                \
    TN_CAT(TN_EXTENT_IS_WHOLE_, TN_LENGTH(__VA_ARGS__))(__VA_ARGS__)
#define TN_EXTENT_IS_WHOLE_2(type, name)
#define TN_EXTENT_IS_WHOLE_3(type, name, extent)                               \
    _Static_assert(_Generic(+(extent), float : 0, double : 0, default : 1),    \
                   "the extent of " #name " is no whole number");

/* Of a buffer, 1 or 2; of a value, 1. */
#define TN_CHECK_TYPE(type, name, most)                                        \
    _Static_assert(TN_RANK_OF(type) >= 1 && TN_RANK_OF(type) <= most,          \
                   "parameter " #name ": " #type " is none of tn_i8 to "       \
                   "tn_f64, int, float and double, or a tn_f16 by value")
#define TN_RANK_OF(type) TN_SECOND(TN_CAT(TN_RANK_, TN_TYPE_OF_##type), 0)
#define TN_RANK_i8 ~, 1
#define TN_RANK_u8 ~, 1
#define TN_RANK_i16 ~, 1
#define TN_RANK_u16 ~, 1
#define TN_RANK_i32 ~, 1
#define TN_RANK_u32 ~, 1
#define TN_RANK_i64 ~, 1
#define TN_RANK_u64 ~, 1
#define TN_RANK_f16 ~, 2
#define TN_RANK_f32 ~, 1
#define TN_RANK_f64 ~, 1

#define TN_CHECK_SIZE(n)                                                       \
    _Static_assert(TN_IS_PLAIN(n) && (n) >= 1,                                 \
                   "the size of a group is three plain numbers, such as "      \
                   "256, 1, 1")
#define TN_CHECK_ELEMENTS(n)                                                   \
    _Static_assert(TN_IS_PLAIN(n) && (n) >= 1 && (n) <= TN_MAX_ELEMENTS,       \
                   "an item has 1 to 16 elements, a plain number such as 4")
/* Whether n is up to four digits: a 1 in front of them adds a power of 10. */
#define TN_IS_PLAIN(n)                                                         \
    (TN_CAT(1, n) - (n) == (sizeof(TN_NOTE_TEXT(n)) == 2   ? 10                \
                            : sizeof(TN_NOTE_TEXT(n)) == 3 ? 100               \
                            : sizeof(TN_NOTE_TEXT(n)) == 4 ? 1000              \
                            : sizeof(TN_NOTE_TEXT(n)) == 5 ? 10000             \
                                                           : 0))

/* ---- group level and item loops ----
 *
 * struct tn_level has one byte here, and others within an item loop, where a
 * struct of the same name hides this one. So an item loop and a barrier know
 * where they stand, without a variable that shadows another.
 */

struct tn_level {
    char tn_bytes[1];
};
/* 0, or an error with this sentence. */
#define TN_ZERO_IF(condition, sentence)                                        \
    (0 * (tn_i32)sizeof(struct {                                               \
         _Static_assert(condition, sentence);                                  \
         char tn_byte;                                                         \
     }))
#define TN_AT_GROUP_LEVEL(sentence)                                            \
    TN_ZERO_IF(sizeof(struct tn_level) == 1, sentence)
#define TN_IN_NARROW(what)                                                     \
    TN_ZERO_IF(sizeof tn_width == sizeof(tn_narrow),                           \
               what " stands in a TN_KERNEL_WIDE, which has TN_RANGE loops "   \
                    "and nothing else of groups and items")
/* Behind the condition of a `for`: its block is item level. */
#define TN_ITEM_LEVEL &&sizeof(struct tn_level { char tn_bytes[2]; })

#define TN_NOT_NESTED                                                          \
    TN_AT_GROUP_LEVEL("an item loop or TN_ONCE stands inside another one")
#define TN_BEGIN_OF(loop) TN_NOT_NESTED + TN_IN_NARROW(loop)

/* The compiler may run turns of the loop side by side. */
#if defined(TN_OPENMP_SIMD) || defined(_OPENMP)
#define TN_SIDE_BY_SIDE _Pragma("omp simd")
#define TN_SIDE_BY_SIDE_INDEX _Pragma("omp simd private(tn_x)")
#elif defined(__clang__)
#define TN_SIDE_BY_SIDE _Pragma("clang loop vectorize(assume_safety)")
#define TN_SIDE_BY_SIDE_INDEX TN_SIDE_BY_SIDE
#else
#define TN_SIDE_BY_SIDE _Pragma("GCC ivdep")
#define TN_SIDE_BY_SIDE_INDEX TN_SIDE_BY_SIDE
#endif
#if defined(__clang__)
/* A loop that does not vectorise is nothing to warn of. */
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

#if defined(__clang__)
#define TN_UNROLL _Pragma("unroll")
#else
#define TN_UNROLL _Pragma("GCC unroll 16")
#endif

/* clang-format off */
#define TN_ITEMS                                                               \
    for (tn_i32 tn_z = TN_BEGIN_OF("TN_ITEMS");                                \
         tn_z < tn_g.items[2] TN_ITEM_LEVEL; ++tn_z)                           \
        for (tn_i32 tn_y = 0; tn_y < tn_g.items[1]; ++tn_y)                    \
            TN_SIDE_BY_SIDE                                                    \
            for (tn_i32 tn_x = 0; tn_x < tn_g.items[0]; ++tn_x)

#define TN_RANGE(i, n)                                                         \
    for (tn_i32 tn_z = TN_NOT_NESTED, tn_y = 0, tn_x = 0,                      \
                tn_end = tn_group_end(&tn_g, 0, TN_EXTENT(n));                 \
         tn_z < TN_RUNS TN_ITEM_LEVEL; ++tn_z, (void)tn_y, (void)tn_x)         \
        TN_SIDE_BY_SIDE_INDEX                                                  \
        for (tn_i32 i = TN_RUN_BEGIN(tn_z, tn_end);                            \
             i < TN_RUN_END(tn_z, tn_end); ++i)                                \
            if ((tn_x = i - tn_g.base[0]), 1)

#define TN_RANGE2(x, nx, y, ny)                                                \
    for (tn_i32 tn_z = TN_BEGIN_OF("TN_RANGE2"), tn_x = 0,                     \
                tn_end = tn_group_end(&tn_g, 0, TN_EXTENT(nx)),                \
                tn_end_y = tn_group_end(&tn_g, 1, TN_EXTENT(ny));              \
         tn_z < 1 TN_ITEM_LEVEL; ++tn_z, (void)tn_x)                           \
        for (tn_i32 y = tn_g.base[1], tn_y = 0; y < tn_end_y;                  \
             ++y, ++tn_y, (void)tn_y)                                          \
            TN_SIDE_BY_SIDE_INDEX                                              \
            for (tn_i32 x = tn_g.base[0]; x < tn_end; ++x)                     \
                if ((tn_x = x - tn_g.base[0]), 1)

#define TN_RANGE3(x, nx, y, ny, z, nz)                                         \
    for (tn_i32 tn_once = TN_BEGIN_OF("TN_RANGE3"), tn_x = 0,                  \
                tn_end = tn_group_end(&tn_g, 0, TN_EXTENT(nx)),                \
                tn_end_y = tn_group_end(&tn_g, 1, TN_EXTENT(ny)),              \
                tn_end_z = tn_group_end(&tn_g, 2, TN_EXTENT(nz));              \
         tn_once < 1 TN_ITEM_LEVEL; ++tn_once, (void)tn_x)                     \
        for (tn_i32 z = tn_g.base[2], tn_z = 0; z < tn_end_z;                  \
             ++z, ++tn_z, (void)tn_z)                                          \
            for (tn_i32 y = tn_g.base[1], tn_y = 0; y < tn_end_y;              \
                 ++y, ++tn_y, (void)tn_y)                                      \
                TN_SIDE_BY_SIDE_INDEX                                          \
                for (tn_i32 x = tn_g.base[0]; x < tn_end; ++x)                 \
                    if ((tn_x = x - tn_g.base[0]), 1)

#define TN_LOCAL_RANGE(l, n)                                                   \
    for (tn_i32 tn_z = TN_BEGIN_OF("TN_LOCAL_RANGE"), tn_y = 0, tn_x = 0,      \
                tn_most = TN_EXTENT(n),                                        \
                tn_last = TN_FIRST_LOCAL(0) + tn_g.items[0],                   \
                tn_end = tn_most < tn_last ? tn_most : tn_last;                \
         tn_z < 1 TN_ITEM_LEVEL; ++tn_z, (void)tn_y, (void)tn_x)               \
        TN_SIDE_BY_SIDE_INDEX                                                  \
        for (tn_i32 l = TN_FIRST_LOCAL(0); l < tn_end; ++l)                    \
            if ((tn_x = l - TN_FIRST_LOCAL(0)), 1)

/* One turn; the pragma refuses what may not leave it. */
#define TN_ONCE                                                                \
    for (tn_i32 tn_once = TN_BEGIN_OF("TN_ONCE"); tn_once < 1 TN_ITEM_LEVEL;   \
         ++tn_once)                                                            \
        TN_SIDE_BY_SIDE                                                        \
        for (tn_i32 tn_turn = 0; tn_turn < TN_ONCE_TURNS; ++tn_turn)
/* clang-format on */

#define TN_BARRIER                                                             \
    TN_WAIT(TN_AT_GROUP_LEVEL(                                                 \
                "TN_BARRIER stands inside an item loop or TN_ONCE") +          \
            TN_IN_NARROW("TN_BARRIER"))

#define TN_LOCAL_ID_0 tn_x
#define TN_LOCAL_ID_1 tn_y
#define TN_LOCAL_ID_2 tn_z
#define TN_LOCAL_ID(d)                                                         \
    (TN_FIRST_LOCAL(d) + TN_LOCAL_ID_##d + TN_IN_NARROW("TN_LOCAL_ID"))
#define TN_GLOBAL_ID(d)                                                        \
    (tn_g.base[d] + TN_LOCAL_ID_##d + TN_IN_NARROW("TN_GLOBAL_ID"))
#define TN_GROUP_ID(d) ((tn_i32)tn_g.id[d] + TN_IN_NARROW("TN_GROUP_ID"))
#define TN_GROUPS(d) ((tn_i32)tn_g.groups[d] + TN_IN_NARROW("TN_GROUPS"))
#define TN_GROUP_SIZE(d) (TN_ITEMS_OF(d) + TN_IN_NARROW("TN_GROUP_SIZE"))

#define TN_PRIVATE(type, name) TN_PRIVATE_ARRAY(type, name, )

#if defined(TN_REFERENCE)
#include "reference.h"
#else

#define TN_FIRST_LOCAL(d) 0
#define TN_ITEMS_OF(d) tn_g.items[d]
#define TN_ONCE_TURNS 1
#define TN_RUNS 1
#define TN_RUN_BEGIN(run, end) tn_g.base[0]
#define TN_RUN_END(run, end) (end)
#define TN_WAIT(at_group_level) ((void)(tn_g.items[0] + (at_group_level)))

/* ---- memory of a group and its items: the stack of the thread ---- */

#define TN_SHARED _Alignas(64 + TN_IN_NARROW("TN_SHARED"))

/* Who launches has seen to it that no group is larger; this is for who not. */
#define TN_PRIVATE_ARRAY(type, name, extents)                                  \
    _Alignas(64 + TN_IN_NARROW("TN_PRIVATE")) type name extents[TN_MAX_ITEMS]; \
    if ((tn_i64)tn_g.items[0] * tn_g.items[1] * tn_g.items[2] > TN_MAX_ITEMS)  \
    return
#define TN_MY_INDEX ((tn_z * tn_g.items[1] + tn_y) * tn_g.items[0] + tn_x)
#define TN_MY(name) name[TN_MY_INDEX]
#define TN_MY_AT(name, indices) name indices[TN_MY_INDEX]

#endif

#include "cpu_bits.h"
#include "cpu_math.h"

#endif
