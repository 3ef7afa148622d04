/* SPDX-License-Identifier: MIT */
/*
 * Mapping. Pinned memory is the host's already; of the device's own the host
 * gets a copy, which is written back when it is unmapped.
 */
#include "common/size.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/stage.h"

struct cuda_mapping {
    cuda_mapping *next;
    uint64_t offset;
    uint64_t bytes;
    bool written;
    void *pointer; /* of the host's allocator */
};

enum {
    MAPPING_ALIGNMENT = 64
};

/* Copies on the stream that never waits, as all work has finished. */
static cuda_result transfer(const tn_plugin_memory *memory,
                            const cuda_mapping *mapping, bool out)
{
    const cuda_transfer wanted = {.device = memory->device,
                                  .queue = memory->device->maker,
                                  .address = memory->address + mapping->offset,
                                  .host = mapping->pointer,
                                  .bytes = mapping->bytes,
                                  .out = out,
                                  .wait = true};

    return cuda_transfer_do(&wanted);
}

static void free_mapping(tn_plugin_instance *instance, cuda_mapping *mapping)
{
    if (mapping != NULL) {
        cuda_release(instance, mapping->pointer);
        cuda_release(instance, mapping);
    }
}

static cuda_mapping *new_mapping(tn_plugin_instance *instance, uint64_t offset,
                                 uint64_t bytes, tn_access access)
{
    cuda_mapping *mapping = cuda_allocate(instance, sizeof *mapping);

    if (mapping == NULL) {
        return NULL;
    }
    mapping->offset = offset;
    mapping->bytes = bytes;
    mapping->written = (access & TN_ACCESS_WRITE) != 0;
    mapping->pointer = instance->host->allocate(
        instance->host_data, (size_t)bytes, MAPPING_ALIGNMENT);
    if (mapping->pointer == NULL) {
        cuda_release(instance, mapping);
        return NULL;
    }
    return mapping;
}

static tn_status map_copy(tn_plugin_memory *memory, cuda_mapping *mapping)
{
    tn_plugin_device *device = memory->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status =
        cuda_check(device, transfer(memory, mapping, true), "mapping a buffer");
    cuda_leave(device);
    if (status == TN_OK) {
        pthread_mutex_lock(&device->lock);
        mapping->next = memory->mapped;
        memory->mapped = mapping;
        pthread_mutex_unlock(&device->lock);
    }
    return status;
}

tn_status cuda_memory_map(tn_plugin_memory *memory, uint64_t offset,
                          uint64_t bytes, tn_access access, void **pointer)
{
    tn_plugin_instance *instance = memory->device->instance;

    if (!tn_range_within(offset, bytes, memory->bytes) || bytes == 0) {
        return cuda_fail(instance, TN_ERROR_RANGE,
                         "%llu bytes from %llu lie outside a buffer of %llu",
                         (unsigned long long)bytes, (unsigned long long)offset,
                         (unsigned long long)memory->bytes);
    }
    if (memory->host != NULL) {
        *pointer = memory->host + offset;
        return TN_OK;
    }
    cuda_mapping *mapping = new_mapping(instance, offset, bytes, access);

    if (mapping == NULL) {
        return cuda_fail_memory(instance, "a mapped buffer");
    }
    tn_status status = map_copy(memory, mapping);

    if (status != TN_OK) {
        free_mapping(instance, mapping);
        return status;
    }
    *pointer = mapping->pointer;
    return TN_OK;
}

static cuda_mapping *take_mapping(tn_plugin_memory *memory, const void *pointer)
{
    pthread_mutex_lock(&memory->device->lock);
    cuda_mapping **at = &memory->mapped;

    while (*at != NULL && (*at)->pointer != pointer) {
        at = &(*at)->next;
    }
    cuda_mapping *found = *at;

    if (found != NULL) {
        *at = found->next;
    }
    pthread_mutex_unlock(&memory->device->lock);
    return found;
}

tn_status cuda_memory_unmap(tn_plugin_memory *memory, void *pointer)
{
    tn_plugin_device *device = memory->device;

    if (memory->host != NULL) {
        return TN_OK;
    }
    cuda_mapping *mapping = take_mapping(memory, pointer);

    if (mapping == NULL) {
        return cuda_fail(device->instance, TN_ERROR_INVALID,
                         "%p is not where the buffer is mapped", pointer);
    }
    tn_status status = mapping->written ? cuda_enter(device) : TN_OK;

    if (status == TN_OK && mapping->written) {
        status = cuda_check(device, transfer(memory, mapping, false),
                            "unmapping a buffer");
        cuda_leave(device);
    }
    free_mapping(device->instance, mapping);
    return status;
}

void cuda_memory_forget_mapped(tn_plugin_memory *memory)
{
    while (memory->mapped != NULL) {
        cuda_mapping *mapping = memory->mapped;

        memory->mapped = mapping->next;
        free_mapping(memory->device->instance, mapping);
    }
}
