/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What in the text of a kernel would have a compiler read files.
 *
 * The text may be anybody's, and compilers read it in different ways: with and
 * without trigraphs, with comments that begin in one and not in the other. So
 * nothing here follows comments and strings through the text. What looks like
 * such a directive in any reading is one, even where all readings take it for
 * a part of a comment.
 */
#ifndef TENON_OPENCL_SOURCE_H
#define TENON_OPENCL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <tenon/status.h>

#include "common/sentence.h"

/** A directive, wherever a line may begin with one. */
typedef struct ocl_directive {
    size_t begin;  /**< of its '#', in the text */
    size_t rest;   /**< behind its name */
    unsigned line; /**< of its '#', from 1 */
    char name[32]; /**< without what splices lines; cut where longer */
} ocl_directive;

/**
 * The next directive from a place on.
 *
 * @param at         where to look, 0 at first; behind the directive's name on
 *                   return
 * @param line       the line of that place, 1 at first; likewise
 * @return false where there is none
 */
bool ocl_source_next(const char *text, size_t bytes, size_t *at, unsigned *line,
                     ocl_directive *directive);

/** Whether a directive reads a file: include and its like. */
bool ocl_source_includes(const ocl_directive *directive);

/**
 * The file that an include names, where it names one plainly.
 *
 * @param name  without its quotes or brackets
 * @param end   behind the directive, at the end of its line
 * @param line  of that end
 */
bool ocl_source_included(const char *text, size_t bytes,
                         const ocl_directive *directive, char *name,
                         size_t room, size_t *end, unsigned *line);

/**
 * Looks for all that would read a file.
 *
 * @param why  the line and what stands there
 * @return TN_OK; TN_ERROR_DENIED
 */
tn_status ocl_source_check(const char *text, size_t bytes, tn_sentence *why);

/** Room for ocl_source_guards(). */
#define OCL_GUARDS_BYTES 256

/**
 * The macros that keep a compiler from what a text can put together without
 * writing it: names pasted of parts. Options for a compiler, each with a blank
 * before it.
 *
 * @param native  the code is for this machine's processor, whose assembler
 *                reads files too
 */
void ocl_source_guards(const char *text, size_t bytes, bool native,
                       char guards[OCL_GUARDS_BYTES]);

#endif
