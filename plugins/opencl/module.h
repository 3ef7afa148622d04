/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Modules: programs that are built, and what is known of their kernels.
 */
#ifndef TENON_OPENCL_MODULE_H
#define TENON_OPENCL_MODULE_H

#include <tenon/plugin.h>

#include "plugins/opencl/binary.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/opencl.h"

struct tn_plugin_module {
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    cl_program program;
    tn_plugin_kernel *kernels;
    uint32_t kernel_count;
    const char **names; /* of the kernels */
    char *functions;    /* their functions' names, one text each */
    char *kept;         /* their parameters, of a program from the cache */
    size_t kept_bytes;
};

/**
 * Builds a program from source, or takes it from the cache.
 *
 * @param module  its program is set on success
 * @param key     by which the program is to be kept; empty where it is not
 * @return TN_OK; TN_ERROR_FORMAT; TN_ERROR_BUILD; TN_ERROR_DENIED for what
 *         would read files; TN_ERROR_NO_MEMORY
 */
tn_status ocl_program_build(tn_plugin_module *module,
                            const tn_plugin_module_desc *desc,
                            ocl_binary_key *key);

tn_status ocl_module_create(tn_plugin_device *device,
                            const tn_plugin_module_desc *desc,
                            tn_plugin_module **module);
void ocl_module_destroy(tn_plugin_module *module);
tn_status ocl_module_kernels(tn_plugin_module *module,
                             const char *const **names, uint32_t *count);

#endif
