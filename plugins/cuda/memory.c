/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/memory.h"

#include "common/size.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/stream.h"

enum {
    /* What the driver aligns its memory to, by its documentation. */
    DRIVER_ALIGNMENT = 256
};

/* ---- allocating ---- */

static cuda_result allocate_pooled(tn_plugin_memory *memory, size_t bytes,
                                   tn_plugin_stream *stream)
{
    tn_plugin_device *device = memory->device;
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result = driver->cuMemAllocFromPoolAsync(
        &memory->block, bytes, device->pool,
        stream != NULL ? stream->queue : device->maker);

    if (result == TN_CUDA_SUCCESS && stream == NULL) {
        /* usable at once on every stream; nothing else is in this one */
        result = driver->cuStreamSynchronize(device->maker);
        if (result != TN_CUDA_SUCCESS) {
            (void)driver->cuMemFreeAsync(memory->block, device->maker);
        }
    } else if (result == TN_CUDA_SUCCESS) {
        cuda_stream_queued(stream);
    }
    return result;
}

static cuda_result allocate_pinned(tn_plugin_memory *memory, size_t bytes)
{
    const cuda_driver *driver = &memory->device->instance->driver;
    void *host = NULL;
    cuda_result result = driver->cuMemHostAlloc(
        &host, bytes,
        TN_CU_MEMHOSTALLOC_PORTABLE | TN_CU_MEMHOSTALLOC_DEVICEMAP);

    if (result != TN_CUDA_SUCCESS) {
        return result;
    }
    memory->host = host;
    result = driver->cuMemHostGetDevicePointer_v2(&memory->block, host, 0);
    if (result != TN_CUDA_SUCCESS) {
        (void)driver->cuMemFreeHost(host);
    }
    return result;
}

static cuda_result allocate(tn_plugin_memory *memory, size_t bytes,
                            tn_plugin_stream *stream)
{
    const cuda_driver *driver = &memory->device->instance->driver;

    switch (memory->source) {
    case CUDA_MEMORY_POOLED:
        return allocate_pooled(memory, bytes, stream);
    case CUDA_MEMORY_PINNED:
        return allocate_pinned(memory, bytes);
    default:
        return driver->cuMemAlloc_v2(&memory->block, bytes);
    }
}

/* Once more after what was freed has come back, and what the pool keeps. */
static cuda_result allocate_twice(tn_plugin_memory *memory, size_t bytes,
                                  tn_plugin_stream *stream)
{
    tn_plugin_device *device = memory->device;
    cuda_result result = allocate(memory, bytes, stream);

    if (result == TN_CUDA_ERROR_OUT_OF_MEMORY) {
        cuda_reap_order(device);
        cuda_reap_await(device);
        if (device->pool != NULL) {
            (void)device->instance->driver.cuMemPoolTrimTo(device->pool, 0);
        }
        result = allocate(memory, bytes, stream);
    }
    return result;
}

static tn_status fail_out_of_memory(tn_plugin_device *device,
                                    const tn_plugin_memory_desc *desc)
{
    const cuda_driver *driver = &device->instance->driver;
    size_t available = 0;
    size_t total = 0;

    if (desc->kind == TN_MEMORY_PINNED) {
        return cuda_fail(device->instance, TN_ERROR_NO_MEMORY,
                         "no page-locked memory of the host for a buffer of "
                         "%llu bytes",
                         (unsigned long long)desc->bytes);
    }
    (void)driver->cuMemGetInfo_v2(&available, &total);
    return cuda_fail(device->instance, TN_ERROR_NO_MEMORY,
                     "no memory for a buffer of %llu bytes: %s has %llu, of "
                     "which %llu are free",
                     (unsigned long long)desc->bytes, device->info.name,
                     (unsigned long long)device->memory_bytes,
                     (unsigned long long)available);
}

static tn_status create(tn_plugin_memory *memory,
                        const tn_plugin_memory_desc *desc)
{
    tn_plugin_device *device = memory->device;
    uint64_t alignment = desc->alignment;
    uint64_t bytes = desc->bytes;

    if (alignment > DRIVER_ALIGNMENT &&
        !tn_size_add(bytes, alignment - DRIVER_ALIGNMENT, &bytes)) {
        return fail_out_of_memory(device, desc);
    }
    if (bytes > SIZE_MAX ||
        (desc->kind == TN_MEMORY_DEVICE && bytes > device->memory_bytes)) {
        return fail_out_of_memory(device, desc);
    }
    cuda_result result = allocate_twice(memory, (size_t)bytes, desc->stream);

    if (result == TN_CUDA_ERROR_OUT_OF_MEMORY) {
        return fail_out_of_memory(device, desc);
    }
    memory->address = memory->block;
    if (alignment > DRIVER_ALIGNMENT) {
        memory->address = (memory->block + alignment - 1) & ~(alignment - 1);
    }
    if (memory->host != NULL) {
        memory->host += memory->address - memory->block;
    }
    return cuda_check(device, result, "allocating a buffer");
}

static tn_status check_desc(tn_plugin_instance *instance,
                            const tn_plugin_memory_desc *desc)
{
    if (desc->kind == TN_MEMORY_SHARED) {
        return cuda_fail(instance, TN_ERROR_UNSUPPORTED,
                         "the cuda backend has no shared memory; use pinned "
                         "memory, which kernels reach too");
    }
    if (desc->kind != TN_MEMORY_DEVICE && desc->kind != TN_MEMORY_PINNED) {
        return cuda_fail(instance, TN_ERROR_UNSUPPORTED,
                         "the cuda backend has no memory of kind %u",
                         (unsigned)desc->kind);
    }
    if (desc->bytes == 0 || (desc->alignment & (desc->alignment - 1)) != 0) {
        return cuda_fail(instance, TN_ERROR_INVALID,
                         "a buffer of %llu bytes aligned to %llu: at least one "
                         "byte and a power of two are needed",
                         (unsigned long long)desc->bytes,
                         (unsigned long long)desc->alignment);
    }
    return TN_OK;
}

static tn_plugin_memory *new_memory(tn_plugin_device *device, uint64_t bytes,
                                    cuda_memory_source source)
{
    tn_plugin_memory *memory = cuda_allocate(device->instance, sizeof *memory);

    if (memory != NULL) {
        memory->device = device;
        memory->bytes = bytes;
        memory->source = source;
    }
    return memory;
}

tn_status cuda_memory_create(tn_plugin_device *device,
                             const tn_plugin_memory_desc *desc,
                             tn_plugin_memory **memory)
{
    tn_plugin_instance *instance = device->instance;
    tn_status status = check_desc(instance, desc);

    if (status != TN_OK) {
        return status;
    }
    tn_plugin_memory *created =
        new_memory(device, desc->bytes,
                   desc->kind == TN_MEMORY_PINNED ? CUDA_MEMORY_PINNED
                   : device->pool != NULL         ? CUDA_MEMORY_POOLED
                                                  : CUDA_MEMORY_PLAIN);

    if (created == NULL) {
        return cuda_fail_memory(instance, "a buffer");
    }
    status = cuda_enter(device);
    if (status == TN_OK) {
        cuda_garbage_collect(device);
        status = create(created, desc);
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_release(instance, created);
        return status;
    }
    *memory = created;
    return TN_OK;
}

/* ---- importing ---- */

/* Whether the driver knows the address, and of which device it is. */
static tn_status check_address(tn_plugin_device *device, cuda_address address)
{
    int ordinal = -1;
    cuda_result result = device->instance->driver.cuPointerGetAttribute(
        &ordinal, TN_CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, address);

    if (result == TN_CUDA_ERROR_INVALID_VALUE) {
        return cuda_fail(device->instance, TN_ERROR_INVALID,
                         "%#llx is no address that CUDA knows; import memory "
                         "of the device, or page-lock it first",
                         address);
    }
    return cuda_check(device, result, "importing memory");
}

tn_status cuda_memory_import(tn_plugin_device *device,
                             const tn_plugin_import_desc *desc,
                             tn_plugin_memory **memory)
{
    tn_plugin_instance *instance = device->instance;

    /* A CUdeviceptr is an address, so both kinds mean the same. */
    if (desc->handle_kind != TN_HANDLE_POINTER &&
        desc->handle_kind != TN_HANDLE_NATIVE) {
        return cuda_fail(instance, TN_ERROR_UNSUPPORTED,
                         "the cuda backend imports addresses (CUdeviceptr), "
                         "not handles of kind %u",
                         (unsigned)desc->handle_kind);
    }
    if (desc->handle == 0 || desc->bytes == 0 ||
        desc->bytes > UINT64_MAX - desc->handle) {
        return cuda_fail(instance, TN_ERROR_INVALID,
                         "%llu bytes at the address %#llx are no memory",
                         (unsigned long long)desc->bytes,
                         (unsigned long long)desc->handle);
    }
    tn_plugin_memory *created =
        new_memory(device, desc->bytes, CUDA_MEMORY_IMPORTED);

    if (created == NULL) {
        return cuda_fail_memory(instance, "an imported buffer");
    }
    tn_status status = cuda_enter(device);

    if (status == TN_OK) {
        status = check_address(device, desc->handle);
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_release(instance, created);
        return status;
    }
    created->address = desc->handle;
    created->release = desc->release;
    created->data = desc->data;
    *memory = created;
    return TN_OK;
}

/* ---- destroying ---- */

static tn_plugin_memory *memory_of(cuda_garbage *garbage)
{
    return (tn_plugin_memory *)(void *)((char *)garbage -
                                        offsetof(tn_plugin_memory, garbage));
}

static void destroy_now(cuda_garbage *garbage)
{
    tn_plugin_memory *memory = memory_of(garbage);
    tn_plugin_instance *instance = memory->device->instance;
    const cuda_driver *driver = &instance->driver;

    switch (memory->source) {
    case CUDA_MEMORY_PLAIN:
        (void)driver->cuMemFree_v2(memory->block);
        break;
    case CUDA_MEMORY_PINNED:
        (void)driver->cuMemFreeHost(memory->host -
                                    (memory->address - memory->block));
        break;
    default:
        if (memory->release != NULL) {
            memory->release(memory->data);
        }
        break;
    }
    cuda_release(instance, memory);
}

static void free_pooled(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    tn_plugin_device *device = memory->device;
    const cuda_driver *driver = &device->instance->driver;

    if (stream != NULL) {
        (void)driver->cuMemFreeAsync(memory->block, stream->queue);
        cuda_stream_queued(stream);
    } else {
        cuda_reap_order(device);
        (void)driver->cuMemFreeAsync(memory->block, device->reaper);
    }
    cuda_release(device->instance, memory);
}

void cuda_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    tn_plugin_device *device = memory->device;
    const cuda_driver *driver = &device->instance->driver;
    bool entered =
        driver->cuCtxPushCurrent_v2(device->context) == TN_CUDA_SUCCESS;

    cuda_memory_forget_mapped(memory);
    if (stream != NULL && stream->device != device) {
        stream = NULL; /* its own streams have waited for the other's copies */
    }
    if (memory->source == CUDA_MEMORY_POOLED) {
        free_pooled(memory, stream);
    } else {
        memory->garbage.blocks = memory->source != CUDA_MEMORY_IMPORTED;
        memory->garbage.destroy = destroy_now;
        cuda_garbage_put(device, &memory->garbage, stream);
    }
    if (entered) {
        cuda_leave(device);
    }
}

tn_status cuda_memory_native(tn_plugin_memory *memory, uint64_t *handle)
{
    *handle = memory->address;
    return TN_OK;
}
