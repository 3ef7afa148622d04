/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Options for a driver's compiler that come with a kernel.
 */
#ifndef TENON_OPENCL_OPTIONS_H
#define TENON_OPENCL_OPTIONS_H

#include <tenon/status.h>

#include "common/sentence.h"

/**
 * Whether options that anybody may have written are harmless: those of OpenCL's
 * own list, without -I and whatever else reads or writes files. What the
 * configuration says is not asked this.
 *
 * @return TN_OK; TN_ERROR_DENIED, the option in the sentence
 */
tn_status ocl_options_check(const char *options, tn_sentence *why);

#endif
