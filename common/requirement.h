/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a variant of a bundle requires: a list with commas.
 */
#ifndef TENON_COMMON_REQUIREMENT_H
#define TENON_COMMON_REQUIREMENT_H

#include <stddef.h>

/**
 * The next requirement of a list, without the spaces around it, and the list
 * behind it; NULL: there is no more. Empty ones are passed over.
 */
const char *tn_requirement_next(const char **list, size_t *bytes);

#endif
