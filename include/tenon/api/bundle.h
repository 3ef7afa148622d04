/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Bundles, without loading their code.
 */
#ifndef TENON_API_BUNDLE_H
#define TENON_API_BUNDLE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What bundle.ini tells of the whole. Texts belong to the bundle. */
typedef struct tn_bundle_info {
    uint32_t size; /**< bytes of this struct; set by the caller */
    uint32_t kernel_count;
    uint32_t variant_count;
    uint32_t reserved;
    const char *name;
    const char *folder;
} tn_bundle_info;

/** One of its kernels. */
typedef struct tn_signature_info {
    uint32_t size; /**< bytes of this struct; set by the caller */
    uint32_t parameter_count;
    uint32_t required_items[3]; /**< the only group size it takes; 0: any */
    uint32_t elements;          /**< of an item in x, by bundle.ini */
    const char *name;
    const char *origin;  /**< file and line */
    uint32_t dimensions; /**< that a grid of it has at least; 0: not told */
    uint32_t reserved;
} tn_signature_info;

/** One of its variants. */
typedef struct tn_variant_info {
    uint32_t size;    /**< bytes of this struct; set by the caller */
    uint32_t present; /**< whether its file is there, inside of the folder */
    uint64_t bytes;   /**< of the file */
    const char *name;
    const char *format;
    const char *file;         /**< by its path from the folder */
    const char *requirements; /**< what a device needs; "" for nothing */
    const char *options;      /**< for the device's compiler; "" for none */
    const char *origin;       /**< file and line */
} tn_variant_info;

/**
 * Reads a bundle's description, bundle.ini and the drop-ins of bundle.d.
 *
 * @param runtime  whose kernel path a name is looked for on; it stays open. NULL:
 *                 name is a path
 * @param name     as for tn_module_load()
 * @param bundle   owned by the caller
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND; TN_ERROR_BUNDLE with file and line;
 *         TN_ERROR_IO
 */
TN_API tn_status tn_bundle_open(tn_runtime *runtime, const char *name,
                                tn_bundle **bundle);
TN_API void tn_bundle_close(tn_bundle *bundle);
TN_API tn_status tn_bundle_info_get(const tn_bundle *bundle,
                                    tn_bundle_info *info);

/** In the order of the file; TN_ERROR_RANGE behind the last one. */
TN_API tn_status tn_bundle_kernel_get(const tn_bundle *bundle, uint32_t index,
                                      tn_signature_info *info);

/** @param parameter parameter->size is set by the caller */
TN_API tn_status tn_bundle_parameter_get(const tn_bundle *bundle,
                                         uint32_t kernel, uint32_t index,
                                         tn_parameter *parameter);

/** The same as for kernels. */
TN_API tn_status tn_bundle_variant_get(const tn_bundle *bundle, uint32_t index,
                                       tn_variant_info *info);

/**
 * How well a variant suits a device: tn_module_load() takes the highest, the
 * first of equals.
 *
 * @param rank  0: the device cannot take it
 */
TN_API tn_status tn_bundle_variant_rank(const tn_bundle *bundle, uint32_t index,
                                        tn_device *device, uint32_t *rank);

#ifdef __cplusplus
}
#endif

#endif
