/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What code is built for: --arch, or what is usual.
 */
#ifndef TENON_TOOLS_CC_ARCH_H
#define TENON_TOOLS_CC_ARCH_H

#include <stdbool.h>

#include "tools/cc/words.h"
#include "tools/problem.h"

typedef struct cc_arches {
    cc_words levels; /**< of CPUs, the best first: "x86-64-v3", "native" */
    cc_words gpus;   /**< "sm_70" */
} cc_arches;

/**
 * Sorts the words of --arch into both; where there is none for one of them it
 * gets what is usual, and gpus stays empty.
 *
 * @param machine  what the compiler makes code for: "x86_64"
 */
bool cc_arches_choose(cc_arches *arches, const cc_words *told,
                      const char *machine, tool_problem *problem);
void cc_arches_finish(cc_arches *arches);

/** The oldest version of PTX, as "63", that knows a GPU. */
unsigned cc_arch_ptx_version(const char *gpu);

#endif
