/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Whether the ARGs of `tenon run` are what the kernel takes.
 */
#ifndef TENON_TOOLS_FIT_H
#define TENON_TOOLS_FIT_H

#include "tools/run.h"

/**
 * Compares them with the kernel's signature, as a launch would, and says in
 * words of the command line what to write instead. The arrays have been read.
 * Returns an exit code.
 */
int fit_check(tool_run *run);

#endif
