/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The environment that loader and drivers read.
 */
#ifndef TENON_OPENCL_ENVIRONMENT_H
#define TENON_OPENCL_ENVIRONMENT_H

#include <stdbool.h>

/** Whether the process has rights that who started it has not (AT_SECURE). */
bool ocl_environment_is_secure(void);

/**
 * In such a process: removes the variables that choose what loader and drivers
 * open (OCL_ICD_VENDORS and its like), which they obey even then, and the
 * folders that drivers cache code in. Elsewhere it does nothing.
 */
void ocl_environment_secure(void);

/** Whether a variable NAME=VALUE is one of those. */
bool ocl_environment_is_risky(const char *variable);

#endif
