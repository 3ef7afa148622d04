/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The compilers that this machine has, and what is missing.
 */
#ifndef TENON_TOOLS_CC_COMPILERS_H
#define TENON_TOOLS_CC_COMPILERS_H

#include <stdbool.h>

#include "tools/cc/words.h"
#include "tools/problem.h"

typedef struct cc_compilers {
    cc_words cc;    /**< $CC, or the first of cc, gcc and clang */
    cc_words awk;   /**< $AWK, or awk */
    cc_words clang; /**< $KERNEL_CLANG, or clang; empty: there is none */
    cc_words nvcc;  /**< $NVCC, or nvcc; empty: there is none */
    char *libclc;   /**< $LIBCLC, or where packages have it; NULL: nowhere */
    char *scripts;  /**< the folder of the scripts that write a bundle */
    char *include;  /**< the folder that holds tenon/kernel.h */
    char *machine;  /**< what cc makes code for: "x86_64" */
    /** has cc name the author's line alone, "" where it knows no such flag */
    const char *terse;
} cc_compilers;

/**
 * Looks for all of them.
 *
 * @param compilers  cc_compilers_finish() it, after a failure too
 * @return false without what every bundle needs, with what to install
 */
bool cc_compilers_find(cc_compilers *compilers, tool_problem *problem);
void cc_compilers_finish(cc_compilers *compilers);

/** Why there can be no PTX, with what to install; NULL: there can. */
const char *cc_compilers_lack_ptx(const cc_compilers *compilers);

/** The oldest GPU that nvcc makes code for; free() it. */
char *cc_compilers_oldest_gpu(const cc_compilers *compilers);

/** Whether PTX is made by clang; else by nvcc. */
bool cc_compilers_use_clang(const cc_compilers *compilers);

#endif
