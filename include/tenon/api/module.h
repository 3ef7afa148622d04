/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Modules, which are code on a device, and their kernels.
 */
#ifndef TENON_API_MODULE_H
#define TENON_API_MODULE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Loads code on a device.
 *
 * @param name    a bundle's name, looked for on the kernel path; or, when it
 *                holds a '/', the path of a bundle's folder or of one file
 *                whose format is found from its content, or from an end in .cl
 * @param module  owned by the caller
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND with the folders searched and the nearest
 *         name; TN_ERROR_BUNDLE with file and line; TN_ERROR_FORMAT with the
 *         formats there are and those that the device takes; TN_ERROR_BUILD
 *         with the compiler's log in tn_error_log(); TN_ERROR_IO
 */
TN_API tn_status tn_module_load(tn_device *device, const char *name,
                                tn_module **module);

/**
 * The same with options for the device's compiler, "" for none. They are for
 * one file of source; what no compiler sees and a bundle, whose bundle.ini has
 * the options, are TN_ERROR_INVALID then.
 */
TN_API tn_status tn_module_load_with(tn_device *device, const char *name,
                                     const char *options, tn_module **module);

/**
 * Loads code from memory; its format is found from the content.
 *
 * @param options  for the device's compiler, NULL or "" for none
 * @param image    may be freed on return; text needs no NUL
 */
TN_API tn_status tn_module_load_data(tn_device *device, const void *image,
                                     size_t bytes, const char *options,
                                     tn_module **module);

/**
 * Unloads it after queued work that uses its kernels. Its kernels are gone with
 * it.
 */
TN_API void tn_module_destroy(tn_module *module);

/**
 * What was loaded: "vector, variant v3 (so):
 * /usr/lib/tenon/kernels/vector/vector.x86-64-v3.so".
 */
TN_API const char *tn_module_description(const tn_module *module);

/**
 * Names of its kernels, as far as the backend or the bundle can tell. They
 * belong to the module.
 */
TN_API tn_status tn_module_kernels(tn_module *module, const char *const **names,
                                   size_t *count);

/**
 * A variable of the module (constant memory) as a buffer, owned by the caller.
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_module_symbol(tn_module *module, const char *name,
                                  tn_buffer **buffer);

/**
 * A kernel by name. It belongs to the module. TN_ERROR_NOT_FOUND with the
 * nearest name, or those there are.
 */
TN_API tn_status tn_kernel_get(tn_module *module, const char *name,
                               tn_kernel **kernel);
TN_API const char *tn_kernel_name(const tn_kernel *kernel);

/** @param info info->size is set by the caller */
TN_API tn_status tn_kernel_info_get(tn_kernel *kernel, tn_kernel_info *info);

/**
 * @param index less than info.parameter_count. @param parameter parameter->size
 *              is set by the caller
 */
TN_API tn_status tn_kernel_parameter(tn_kernel *kernel, uint32_t index,
                                     tn_parameter *parameter);

#ifdef __cplusplus
}
#endif

#endif
