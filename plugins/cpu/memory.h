/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Buffers: host memory, whatever their kind.
 */
#ifndef TENON_CPU_MEMORY_H
#define TENON_CPU_MEMORY_H

#include <tenon/plugin.h>

#include "plugins/cpu/object.h"

struct tn_plugin_memory {
    cpu_object object;
    tn_plugin_instance *instance;
    unsigned char *bytes;
    uint64_t size;
    void (*release)(void *data); /* of imported memory */
    void *data;
    void *block; /* of the host's allocator; NULL when imported */
};

tn_status cpu_memory_create(tn_plugin_device *device,
                            const tn_plugin_memory_desc *desc,
                            tn_plugin_memory **memory);
tn_status cpu_memory_import(tn_plugin_device *device,
                            const tn_plugin_import_desc *desc,
                            tn_plugin_memory **memory);
void cpu_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream);
tn_status cpu_memory_map(tn_plugin_memory *memory, uint64_t offset,
                         uint64_t bytes, tn_access access, void **pointer);
tn_status cpu_memory_unmap(tn_plugin_memory *memory, void *pointer);
tn_status cpu_memory_native(tn_plugin_memory *memory, uint64_t *handle);

#endif
