/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Buffers: memory of the device, page-locked memory of the host, or somebody
 * else's.
 */
#ifndef TENON_CUDA_MEMORY_H
#define TENON_CUDA_MEMORY_H

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"
#include "plugins/cuda/reap.h"

/** Where it comes from, which is how it is freed. */
typedef enum cuda_memory_source {
    CUDA_MEMORY_POOLED,
    CUDA_MEMORY_PLAIN,
    CUDA_MEMORY_PINNED,
    CUDA_MEMORY_IMPORTED,
    CUDA_MEMORY_SYMBOL /* a module's: never destroyed by itself */
} cuda_memory_source;

typedef struct cuda_mapping cuda_mapping;

struct tn_plugin_memory {
    cuda_address address; /* where kernels find it */
    tn_plugin_device *device;
    uint64_t bytes;
    cuda_memory_source source;
    cuda_address block;   /* what was allocated; address lies in it */
    unsigned char *host;  /* the same memory for the host; NULL: none */
    cuda_mapping *mapped; /* copies that the host holds; the device's lock */
    void (*release)(void *data);
    void *data;
    cuda_garbage garbage;
};

/** Frees the copies that the host never unmapped. */
void cuda_memory_forget_mapped(tn_plugin_memory *memory);

tn_status cuda_memory_create(tn_plugin_device *device,
                             const tn_plugin_memory_desc *desc,
                             tn_plugin_memory **memory);
tn_status cuda_memory_import(tn_plugin_device *device,
                             const tn_plugin_import_desc *desc,
                             tn_plugin_memory **memory);
void cuda_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream);
tn_status cuda_memory_map(tn_plugin_memory *memory, uint64_t offset,
                          uint64_t bytes, tn_access access, void **pointer);
tn_status cuda_memory_unmap(tn_plugin_memory *memory, void *pointer);
tn_status cuda_memory_native(tn_plugin_memory *memory, uint64_t *handle);

#endif
