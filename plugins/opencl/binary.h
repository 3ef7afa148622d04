/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Programs that were built before: their binaries in the user's cache, each
 * with the parameters of its kernels, which drivers tell for source alone.
 */
#ifndef TENON_OPENCL_BINARY_H
#define TENON_OPENCL_BINARY_H

#include <tenon/plugin.h>

#include "plugins/opencl/opencl.h"

/** What tells one program from another: source, options, device, driver. */
typedef struct ocl_binary_key {
    char *text; /* malloc()ed; NULL: nothing is kept */
    size_t bytes;
} ocl_binary_key;

/** The key of a source; an empty one where the configuration wants no cache. */
void ocl_binary_key_init(ocl_binary_key *key, const tn_plugin_device *device,
                         const char *options, const char *source,
                         size_t source_bytes);
void ocl_binary_key_finish(ocl_binary_key *key);

/**
 * Makes the module's program of what is kept.
 *
 * @return whether it was there and the driver took it; if not, it is removed
 */
bool ocl_binary_load(tn_plugin_module *module, const ocl_binary_key *key,
                     const char *options);

/** Keeps the module's program; where that fails, one line in the log says so. */
void ocl_binary_store(tn_plugin_module *module, const ocl_binary_key *key);

/**
 * What was kept of a kernel's parameters.
 *
 * @return whether there are as many
 */
bool ocl_binary_parameters(const tn_plugin_module *module, const char *function,
                           tn_parameter *parameters, uint32_t count);

#endif
