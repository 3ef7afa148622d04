/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Includes from the one folder that the configuration allows: the files take
 * the place of the directives, so that a driver's compiler opens none.
 */
#ifndef TENON_OPENCL_INCLUDE_H
#define TENON_OPENCL_INCLUDE_H

#include <stddef.h>

#include <tenon/status.h>

#include "common/sentence.h"

/**
 * Puts files in the place of `#include "name"` and `#include <name>`.
 *
 * A name is a path in the folder, or beside the file that names it, and never
 * leads out of the folder. What is not there becomes an #error, so that it
 * matters only where it is not left out by a condition. A file that is being
 * included is not included again within itself, which is what its guard would
 * have said.
 *
 * @param name      what #line calls the text
 * @param folder    absolute
 * @param expanded  malloc()ed, NUL-terminated
 *
 * @return TN_OK; TN_ERROR_NO_MEMORY; TN_ERROR_DENIED for more than 16 MiB
 */
tn_status ocl_include_expand(const char *text, size_t bytes, const char *name,
                             const char *folder, char **expanded,
                             size_t *expanded_bytes, tn_sentence *why);

#endif
