/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Compiled kernels beside the signatures of a bundle.
 */
#ifndef TENON_TOOLS_CC_COMPARE_H
#define TENON_TOOLS_CC_COMPARE_H

#include <stdbool.h>

#include <tenon/tenon.h>

#include "tools/cc/code.h"

/**
 * Reports what does not fit, each with file, line, kernel and argument.
 *
 * @param path  of the code, for these
 * @return whether all kernels of the bundle are in the code as it has them
 */
bool cc_compare(const tn_bundle *bundle, const cc_code *code, const char *path);

/** The same for all that drop-ins have added to a bundle. */
bool cc_compare_added(const tn_bundle *bundle);

#endif
