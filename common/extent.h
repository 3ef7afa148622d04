/* SPDX-License-Identifier: MIT */
/**
 * @file
 * How many elements a buffer has at least, as an expression over a kernel's
 * integers: the [rows * columns] of a signature.
 *
 *     sum     = product { ("+" | "-") product }
 *     product = atom { ("*" | "/") atom }
 *     atom    = NAME | NUMBER | "(" sum ")"
 *
 * A NAME is a parameter of type i8 to u64, a NUMBER decimal digits that do not
 * begin with 0. It is calculated in 64 bits with a sign; / rounds towards 0, as
 * in C. What is negative in the end counts as 0. There are at most
 * TN_EXTENT_OPERANDS_MAX names and numbers.
 */
#ifndef TENON_COMMON_EXTENT_H
#define TENON_COMMON_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/status.h>
#include <tenon/types.h>

#include "common/sentence.h"

enum {
    TN_EXTENT_OPERANDS_MAX = 16
};

/** Steps of a stack machine, each of them pushes an operand or joins two. */
typedef struct tn_extent {
    uint8_t step_count; /**< 0: nothing is known */
    uint8_t operand_count;
    uint8_t
        steps[2 * TN_EXTENT_OPERANDS_MAX - 1]; /**< 'n' 'p' '+' '-' '*' '/' */
    int64_t operands[TN_EXTENT_OPERANDS_MAX];  /**< number, or index */
} tn_extent;

/** Whether an extent may name values of this type. */
bool tn_extent_takes(tn_type type);

/**
 * Reads an extent.
 *
 * @param text        the expression without brackets, bytes long
 * @param parameters  of the kernel; NULL: any name will do
 * @param why         what is wrong with it, quoting the text
 *
 * @return TN_OK; TN_ERROR_INVALID
 */
tn_status tn_extent_parse(const char *text, size_t bytes,
                          const tn_parameter *parameters, uint32_t count,
                          tn_extent *extent, tn_sentence *why);

/** Reads the extents of all parameters of a kernel, those that have one. */
tn_status tn_extents_check(const tn_parameter *parameters, uint32_t count,
                           tn_sentence *why);

/** The value of a parameter; false where it is beyond 64 bits with a sign. */
typedef bool (*tn_extent_value)(void *data, uint32_t parameter, int64_t *value);

/**
 * Calculates an extent.
 *
 * @param elements  0 where it is negative
 *
 * @return NULL; else why it has no value, as in "needs n / k elements, which
 *         ..."
 */
const char *tn_extent_count(const tn_extent *extent, tn_extent_value value,
                            void *data, uint64_t *elements);

#endif
