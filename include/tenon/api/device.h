/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Devices: which there are, and what they have.
 */
#ifndef TENON_API_DEVICE_H
#define TENON_API_DEVICE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The device that the configuration chooses. Belongs to the runtime.
 *
 * @return TN_OK; with TN_OPEN_DEFERRED what tn_runtime_open() would have
 *         answered
 */
TN_API tn_status tn_device_default(tn_runtime *runtime, tn_device **device);

/**
 * A device by name.
 *
 * @param name    "BACKEND" or "BACKEND:DEVICE", where DEVICE is an index, a
 *                UUID, a PCI address or part of the device's name ("cpu",
 *                "cuda:1", "opencl:Intel"); the backend need not be listed
 * @param device  belongs to the runtime; the same one for the same device
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND with what there is; TN_ERROR_UNAVAILABLE or
 *         TN_ERROR_PLUGIN with the reason
 */
TN_API tn_status tn_device_find(tn_runtime *runtime, const char *name,
                                tn_device **device);

/**
 * Devices of all backends that are open, the default device's backend first.
 */
TN_API size_t tn_device_count(tn_runtime *runtime);
TN_API tn_status tn_device_get(tn_runtime *runtime, size_t index,
                               tn_device **device);

/** "cuda:0". Belongs to the device. */
TN_API const char *tn_device_name(const tn_device *device);

/** @param info info->size is set by the caller; no more than that is filled */
TN_API tn_status tn_device_info_get(const tn_device *device,
                                    tn_device_info *info);

/**
 * Bytes that are free on it now, without those that are cached for new buffers:
 * see tn_device_memory_stats(). TN_ERROR_UNSUPPORTED where the driver cannot
 * tell.
 */
TN_API tn_status tn_device_memory_free(tn_device *device, uint64_t *bytes);

/**
 * The memory of a device that this runtime's buffers hold, and what it keeps of
 * destroyed ones for the next. Sizes are bytes of the device's memory, in which
 * a buffer may take a little more than it was asked for.
 */
typedef struct tn_memory_stats {
    uint32_t size;          /**< sizeof(tn_memory_stats), set by the caller */
    uint32_t buffers;       /**< that are in use, without imported memory */
    uint64_t limit_bytes;   /**< that are cached at most: `cache_memory` */
    uint64_t used_bytes;    /**< that they hold */
    uint64_t asked_bytes;   /**< that they were asked for */
    uint64_t cached_bytes;  /**< kept for the next buffers */
    uint64_t waiting_bytes; /**< of these, what queued work may still use */
    uint64_t peak_bytes;    /**< most that was used and cached at once */
    uint64_t hits;          /**< buffers made of cached memory */
    uint64_t misses;        /**< buffers that the driver was asked for */
} tn_memory_stats;

/**
 * @param stats  stats->size is set by the caller; no more than that is filled
 */
TN_API tn_status tn_device_memory_stats(tn_device *device,
                                        tn_memory_stats *stats);

/**
 * Gives the driver back what is cached; what queued work may still use, after
 * that work.
 */
TN_API tn_status tn_device_memory_trim(tn_device *device);

/** TN_OK, or TN_ERROR_DEVICE_LOST with what happened. */
TN_API tn_status tn_device_status(tn_device *device);

/** The driver's own object: CUcontext, cl_device_id. TN_ERROR_UNSUPPORTED. */
TN_API tn_status tn_device_native(tn_device *device, uint64_t *handle);

/**
 * A backend's table of further operations by name ("tenon.blas/1").
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_device_extension(tn_device *device, const char *name,
                                     const void **table);

#ifdef __cplusplus
}
#endif

#endif
