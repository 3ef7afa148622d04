/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The ABI between the cpu backend and native kernels.
 *
 * A native kernel NAME is a function `tn_k_NAME` of type tn_kernel_entry in a
 * shared object, beside a note (tenon/note.h, TN_NOTE_KERNEL) with the lines
 *
 *     abi=1
 *     name=NAME
 *     target=x86-64-v3     what machine it needs; empty or no line: any
 *     items=X Y Z          the only group size it takes, 0 0 0 for any
 *     elements=E           that an item runs over in x, 1 to 16; no line: 1
 *     arg=in f32* a        one line a parameter, as in bundle.ini
 *
 * <tenon/kernel.h> writes both; a kernel may also be written by hand, in any
 * language.
 */
#ifndef TENON_KERNEL_ENTRY_H
#define TENON_KERNEL_ENTRY_H

#include <stdint.h>

/**
 * Raised when this file changes in a way that older kernels or backends do not
 * survive.
 */
#define TN_KERNEL_ABI 1

/** Prefix of a kernel's symbol. */
#define TN_KERNEL_SYMBOL_PREFIX "tn_k_"

/**
 * The groups that one call of a kernel runs: begin <= number < end, where the
 * group (x, y, z) has the number x + groups[0] * (y + groups[1] * z). Constant
 * for the call, and the caller's.
 */
typedef struct tn_group_range {
    uint32_t size;      /**< bytes of this struct in the backend's build */
    uint32_t groups[3]; /**< of the whole grid */
    uint32_t items[3];  /**< of one group */
    uint32_t reserved;
    uint64_t begin;
    uint64_t end;
    /**
     * the calling thread's dynamic block, aligned to 64 bytes; reused by each
     * group
     */
    void *dynamic;
    uint64_t dynamic_bytes;
} tn_group_range;

/**
 * Runs a kernel over a range of groups.
 *
 * @param range      which groups
 * @param arguments  arguments[i] points at the i-th value: for a buffer at a
 *                   pointer to its first byte, for a scalar or struct at the
 *                   value, for a dynamic block at its uint64_t offset from
 *                   range->dynamic
 */
typedef void (*tn_kernel_entry)(const tn_group_range *range,
                                void *const *arguments);

#endif
