/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the OpenCL C and the CUDA side of <tenon/kernel.h> have in common: each
 * item is a work-item or thread of its own, so an item loop makes one turn or
 * none, or one for each element of a wide item. It is a `for` all the same, so
 * that `continue` ends the item.
 *
 * The rules of kernel.h are not checked here: the CPU side, which every source
 * is built for, has done that.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif !defined(TN_TARGET_CPU) && !defined(TENON_KERNEL_GPU_H)
#define TENON_KERNEL_GPU_H

/* Indices are 31 bits and a sign. */
#define TN_INDEX_MAX 0x7fffffff

/*
 * Whether an index lies below n, which may be of any integer type: what no
 * index reaches counts as the limit, and what is negative as 0.
 */
TN_FUNCTION int tn_within(tn_u64 index, tn_u64 n, int n_is_signed)
{
    return index < n && index < TN_INDEX_MAX && !(n_is_signed && (tn_i64)n < 0);
}
#define TN_IS_SIGNED(n) ((1 ? 0 : (n)) - 1 < 0)
#define TN_WITHIN(index, n) tn_within((index), (tn_u64)(n), TN_IS_SIGNED(n))

/* The first index that is not run. */
TN_FUNCTION tn_i32 tn_limit(tn_u64 n, int n_is_signed)
{
    return n_is_signed && (tn_i64)n < 0 ? 0
           : n < TN_INDEX_MAX           ? (tn_i32)n
                                        : TN_INDEX_MAX;
}
#define TN_LIMIT(n) tn_limit((tn_u64)(n), TN_IS_SIGNED(n))

/*
 * How many elements an item has; in a TN_KERNEL_WIDE another name hides this
 * one. They lie the size of a group apart, so that items side by side work on
 * what lies side by side.
 */
enum {
    tn_elements = 1
};
#define TN_ELEMENT(number)                                                     \
    (TN_LONG_BASE(0) * tn_elements + (tn_u32)TN_LOCAL_ID(0) +                  \
     (tn_u64)(number) * (tn_u32)TN_GROUP_SIZE(0))
/* The same where it is run: 31 bits are enough. */
#define TN_ELEMENT_INDEX(number)                                               \
    ((tn_i32)TN_ELEMENT(0) + (number)*TN_GROUP_SIZE(0))

/* clang-format off */
#define TN_ITEMS for (tn_i32 tn_turn = 1; tn_turn; tn_turn = 0)

#define TN_RANGE(i, n)                                                         \
    TN_SIDE_BY_SIDE                                                            \
    for (tn_i32 tn_element = 0, tn_end = TN_LIMIT(n),                          \
                tn_count = TN_ELEMENT_COUNT(tn_end),                           \
                tn_whole = TN_GROUP_IS_WHOLE(tn_end);                          \
         tn_element < tn_count; ++tn_element, (void)tn_end, (void)tn_whole)    \
        for (tn_i32 i = TN_ELEMENT_INDEX(tn_element),                        \
                    tn_turn = TN_ELEMENT_IS_RUN(tn_element, tn_end);           \
             tn_turn; tn_turn = 0, (void)i)

#define TN_RANGE2(x, nx, y, ny)                                                \
    for (tn_i32 x = TN_GLOBAL_ID(0), y = TN_GLOBAL_ID(1),                      \
                tn_turn = TN_WITHIN(TN_LONG_ID(0), nx) &&                      \
                          TN_WITHIN(TN_LONG_ID(1), ny);                        \
         tn_turn; tn_turn = 0, (void)x, (void)y)

#define TN_RANGE3(x, nx, y, ny, z, nz)                                         \
    for (tn_i32 x = TN_GLOBAL_ID(0), y = TN_GLOBAL_ID(1), z = TN_GLOBAL_ID(2), \
                tn_turn = TN_WITHIN(TN_LONG_ID(0), nx) &&                      \
                          TN_WITHIN(TN_LONG_ID(1), ny) &&                      \
                          TN_WITHIN(TN_LONG_ID(2), nz);                        \
         tn_turn; tn_turn = 0, (void)x, (void)y, (void)z)

#define TN_LOCAL_RANGE(l, n)                                                   \
    for (tn_i32 l = TN_LOCAL_ID(0),                                            \
                tn_turn = TN_WITHIN((tn_u64)TN_LOCAL_ID(0), n);                \
         tn_turn; tn_turn = 0, (void)l)

#define TN_ONCE                                                                \
    for (tn_i32 tn_turn =                                                      \
             (TN_LOCAL_ID(0) | TN_LOCAL_ID(1) | TN_LOCAL_ID(2)) == 0;          \
         tn_turn; tn_turn = 0)
/* clang-format on */

#define TN_PRIVATE(type, name) type name
#define TN_PRIVATE_ARRAY(type, name, extents) type name extents
#define TN_MY(name) name
#define TN_MY_AT(name, indices) name indices

#endif
