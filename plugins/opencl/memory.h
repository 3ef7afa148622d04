/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Buffers: shared virtual memory where the device has it, so that an argument
 * may begin anywhere; else, and where the host's pages are asked for, buffer
 * objects, of which an argument with an offset is a sub-buffer.
 */
#ifndef TENON_OPENCL_MEMORY_H
#define TENON_OPENCL_MEMORY_H

#include <pthread.h>
#include <stdatomic.h>

#include <tenon/plugin.h>

#include "plugins/opencl/opencl.h"

enum {
    OCL_SUB_BUFFERS = 16 /* that a buffer keeps */
};

typedef struct ocl_sub_buffer {
    uint64_t offset;
    cl_mem buffer; /* NULL: a free place */
} ocl_sub_buffer;

struct tn_plugin_memory {
    tn_plugin_device *device;
    uint64_t bytes;
    /* differs from that of every other memory, and when sub-buffers go */
    atomic_uint_fast64_t serial;

    unsigned char *pointer; /* shared virtual memory; NULL: a buffer object */
    void *block;            /* what was allocated for it; NULL: imported */

    cl_mem buffer;
    pthread_mutex_t lock; /* for the sub-buffers */
    ocl_sub_buffer parts[OCL_SUB_BUFFERS];
    uint32_t next_part; /* whose place the next one takes */

    void (*release)(void *data); /* of imported memory */
    void *data;
};

/**
 * The object that stands for a buffer from an offset on, for an argument.
 *
 * @return TN_OK; TN_ERROR_RANGE for an offset that is not aligned
 */
tn_status ocl_memory_part(tn_plugin_memory *memory, uint64_t offset,
                          cl_mem *part);

tn_status ocl_memory_create(tn_plugin_device *device,
                            const tn_plugin_memory_desc *desc,
                            tn_plugin_memory **memory);
tn_status ocl_memory_import(tn_plugin_device *device,
                            const tn_plugin_import_desc *desc,
                            tn_plugin_memory **memory);
void ocl_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream);
tn_status ocl_memory_map(tn_plugin_memory *memory, uint64_t offset,
                         uint64_t bytes, tn_access access, void **pointer);
tn_status ocl_memory_unmap(tn_plugin_memory *memory, void *pointer);
tn_status ocl_memory_native(tn_plugin_memory *memory, uint64_t *handle);

#endif
