/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What `-E -DTN_EMIT_SIGNATURE` makes of <tenon/kernel.h>: each kernel's head
 * becomes a line of its own form, from which bundle.ini is written:
 *
 *     tn_kernel sum 256 1 1 1; in f32* a [n]; out f32* partial; u32 n; tn_end
 *
 * with its name, the size of its groups (0 0 0: any) and an item's elements.
 * The bodies follow, expanded as far as no macro is missing; nobody reads
 * them.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_TARGET_SIGNATURE) && !defined(TENON_KERNEL_SIGNATURE_H)
#define TENON_KERNEL_SIGNATURE_H

#define TN_KERNEL(name, ...) TN_KERNEL_HEAD(name, 0, 0, 0, 1, __VA_ARGS__)
#define TN_KERNEL_SIZED(name, x, y, z, ...)                                    \
    TN_KERNEL_HEAD(name, x, y, z, 1, __VA_ARGS__)
#define TN_KERNEL_WIDE(name, elements, ...)                                    \
    TN_KERNEL_HEAD(name, 0, 0, 0, elements, __VA_ARGS__)
#define TN_KERNEL_HEAD(name, x, y, z, elements, ...)                           \
    tn_kernel name x y z elements;                                             \
    TN_LIST(TN_SIGNATURE, TN_SEMICOLON, __VA_ARGS__);                          \
    tn_end
#define TN_SEMICOLON() ;

#endif
