/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a file of compiled kernels tells of itself, without running any.
 */
#ifndef TENON_TOOLS_CC_CODE_H
#define TENON_TOOLS_CC_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include <tenon/tenon.h>

#include "tools/problem.h"

/** A kernel as its code has it. */
typedef struct cc_kernel {
    char name[TN_NAME_BYTES]; /**< without what the dialect puts before it */
    uint32_t items[3];        /**< the only group size it takes; 0: any */
    uint32_t count;           /**< of parameters; TN_UNKNOWN: nobody knows */
    tn_parameter parameters[TN_ARGUMENT_LIMIT];
    unsigned line; /**< 0: the file has no lines */
    unsigned lines[TN_ARGUMENT_LIMIT];
} cc_kernel;

typedef struct cc_code {
    const char *format; /**< "ptx", "cubin", "fatbin", "clc", "so" */
    char target[64];    /**< what it was built for; "" where it does not tell */
    bool tells;         /**< which kernels it has */
    cc_kernel *kernels;
    size_t count;
} cc_code;

/** Reads a file. @param code cc_code_finish() it, after a failure too */
bool cc_code_read(cc_code *code, const char *path, tool_problem *problem);
void cc_code_finish(cc_code *code);

#endif
