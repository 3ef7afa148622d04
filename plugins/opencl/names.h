/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the codes of OpenCL are called and what they mean.
 */
#ifndef TENON_OPENCL_NAMES_H
#define TENON_OPENCL_NAMES_H

#include <tenon/status.h>

#include "plugins/opencl/symbols.h"

typedef struct ocl_code {
    cl_int number;
    tn_status status; /* what a call answers that met it */
    const char *name;
    const char *meaning;
} ocl_code;

/** What is known of a code; of an unknown one, that it is unknown. */
const ocl_code *ocl_code_find(cl_int number);

#endif
