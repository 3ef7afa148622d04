/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A kernel's parameter as text, the same in bundle.ini and in the note of a
 * native kernel:
 *
 *     in f32* a [n]      a buffer that is read; out is written, inout both
 *     local f32* tile    a block of group memory, sized at launch
 *     u32 n              a scalar
 *     struct:24 params   a struct of 24 bytes
 *
 * In brackets stands how many elements there are at least, where somebody knows
 * it: common/extent.h.
 */
#ifndef TENON_COMMON_SIGNATURE_H
#define TENON_COMMON_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include <tenon/status.h>
#include <tenon/types.h>

#include "common/sentence.h"

/**
 * Reads one parameter. Names in its extent are those of other parameters, for
 * tn_extents_check() to look up when all are known.
 *
 * @param text       bytes long; no terminating NUL needed
 * @param parameter  filled whole, its size too
 * @param why        what is wrong with it, quoting the text
 *
 * @return TN_OK; TN_ERROR_INVALID, for which the caller answers with what fits
 *         the file that it reads
 */
tn_status tn_signature_parse(const char *text, size_t bytes,
                             tn_parameter *parameter, tn_sentence *why);

/**
 * Whether compiled code, which may know less, and a signature can both be right
 * about a parameter.
 */
bool tn_signature_agrees(const tn_parameter *code, const tn_parameter *told);

/** What a signature has as text at most, with its NUL. */
#define TN_SIGNATURE_BYTES 256

/** "in f32* a [n]", "u32 n", as in bundle.ini. @return text */
const char *tn_signature_show(const tn_parameter *parameter,
                              char text[TN_SIGNATURE_BYTES]);

/** What code tells of a parameter: "8 bytes", "f32". @return text */
const char *tn_signature_show_code(const tn_parameter *parameter,
                                   char text[TN_SIGNATURE_BYTES]);

#endif
