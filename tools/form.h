/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a kernel's parameters are in words of the command line.
 */
#ifndef TENON_TOOLS_FORM_H
#define TENON_TOOLS_FORM_H

#include <stdio.h>

#include <tenon/tenon.h>

#include "common/extent.h"

/** What an example has for each number, */
#define FORM_NUMBER 16
/** and for a length that is unknown: enough for three dimensions. */
#define FORM_LENGTH 4096

typedef struct tool_signature {
    uint32_t count;
    uint32_t dimensions; /**< that a grid has at least */
    tn_parameter *parameters;
    tn_extent *extents; /**< step_count is 0 where none is known */
} tool_signature;

/**
 * Asks a kernel. False where nobody knows its parameters, or without memory.
 *
 * @param signature  signature_free() it
 */
bool signature_read(tn_kernel *kernel, tool_signature *signature);
void signature_free(tool_signature *signature);

/** "an array of f32 that is read", "u32", "a struct of 24 bytes". */
void form_describe(FILE *out, const tn_parameter *parameter);

/**
 * An ARG for a parameter: "out:f32:16=c.npy".
 *
 * @param value  of the parameters that extents name; NULL: each is FORM_NUMBER
 */
void form_write(FILE *out, const tool_signature *signature, uint32_t index,
                tn_extent_value value, void *data);

/** A whole command for a kernel that needs nothing but the files it reads. */
void form_command(FILE *out, const tool_signature *signature,
                  const char *module, const char *kernel);

#endif
