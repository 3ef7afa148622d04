/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "runtime/error.h"
#include "runtime/graph.h"
#include "runtime/objects.h"

/* Takes `handle` over: without memory for the struct it is destroyed. */
static tn_status wrap(tn_device *device, tn_plugin_memory *handle,
                      uint64_t bytes, bool borrowed, tn_buffer **buffer)
{
    tn_buffer *made = tn_object_create(device, TN_OBJECT_BUFFER, sizeof *made);

    if (made == NULL) {
        if (!borrowed) {
            device->plugin->memory_destroy(handle, NULL);
        }
        return tn_fail_memory("a buffer");
    }
    made->handle = handle;
    made->bytes = bytes;
    made->borrowed = borrowed;
    *buffer = made;
    return TN_OK;
}

static tn_status check_bytes(const tn_device *device, uint64_t bytes)
{
    uint64_t limit = device->info.allocation_bytes;

    if (bytes == 0) {
        return tn_fail(TN_ERROR_INVALID,
                       "a buffer of 0 bytes on %s; ask for at least 1",
                       device->name);
    }
    return limit == 0 || bytes <= limit
               ? TN_OK
               : tn_fail(TN_ERROR_NO_MEMORY,
                         "a buffer of %llu bytes on %s, which gives at most "
                         "%llu",
                         (unsigned long long)bytes, device->name,
                         (unsigned long long)limit);
}

static tn_status check_options(const tn_device *device,
                               const tn_buffer_options *options)
{
    uint64_t alignment = options->alignment;

    if (options->size < sizeof *options) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_buffer_options.size is %u; set it to "
                       "sizeof(tn_buffer_options)",
                       options->size);
    }
    if ((alignment & (alignment - 1)) != 0) {
        return tn_fail(TN_ERROR_INVALID,
                       "an alignment of %llu bytes is no power of two",
                       (unsigned long long)alignment);
    }
    return options->stream == NULL
               ? TN_OK
               : tn_check_same_device("the buffer", device,
                                      options->stream->object.device);
}

/*
 * Asks the plugin. Where it has no memory for a size that others can have later
 * what is cached is given back, and the very size asked for.
 */
static tn_status ask_plugin(tn_device *device, tn_plugin_memory_desc *desc,
                            tn_plugin_memory **handle)
{
    const tn_plugin *plugin = device->plugin;
    uint64_t bytes = desc->bytes;
    uint64_t capacity = tn_pool_capacity(device, desc);

    desc->bytes = capacity != 0 ? capacity : bytes;
    tn_status status = plugin->memory_create(device->handle, desc, handle);

    if (status == TN_ERROR_NO_MEMORY &&
        (tn_pool_trim(device) > 0 || desc->bytes > bytes)) {
        desc->bytes = bytes;
        status = plugin->memory_create(device->handle, desc, handle);
    }
    if (status == TN_OK) {
        tn_error_withdraw();
        return TN_OK;
    }
    status = tn_device_failed(device, status, "allocating a buffer");
    return status == TN_ERROR_NO_MEMORY ? tn_pool_fail(device, status) : status;
}

static tn_status allocate(tn_device *device, tn_plugin_memory_desc *desc,
                          tn_stream *stream, tn_buffer **buffer)
{
    uint64_t bytes = desc->bytes;
    tn_plugin_memory *handle = NULL;
    tn_buffer *taken = tn_pool_take(device, desc, stream);

    if (taken != NULL) {
        *buffer = taken;
        return TN_OK;
    }
    tn_status status = ask_plugin(device, desc, &handle);

    if (status == TN_OK) {
        status = wrap(device, handle, bytes, false, buffer);
    }
    if (status != TN_OK) {
        return status;
    }
    tn_pool_count(*buffer, desc, stream);
    return stream != NULL ? tn_stream_answer(stream, TN_OK, "") : TN_OK;
}

tn_status tn_buffer_create_with(tn_device *device, uint64_t bytes,
                                const tn_buffer_options *options,
                                tn_buffer **buffer)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = bytes};
    tn_stream *stream = NULL;

    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(buffer);
    tn_status status = check_bytes(device, bytes);

    if (status == TN_OK) {
        status = tn_device_ready(device);
    }
    if (status == TN_OK && options != NULL) {
        status = check_options(device, options);
        if (status == TN_OK) {
            stream = options->stream;
            desc.kind = options->kind;
            desc.alignment = options->alignment;
            desc.stream = stream != NULL ? stream->handle : NULL;
        }
    }
    return status == TN_OK ? allocate(device, &desc, stream, buffer) : status;
}

tn_status tn_buffer_create(tn_device *device, uint64_t bytes,
                           tn_buffer **buffer)
{
    return tn_buffer_create_with(device, bytes, NULL, buffer);
}

tn_status tn_buffer_import(tn_device *device, void *pointer, uint64_t bytes,
                           void (*release)(void *data), void *data,
                           tn_buffer **buffer)
{
    tn_plugin_import_desc desc = {.size = sizeof desc,
                                  .handle_kind = TN_HANDLE_POINTER,
                                  .handle = (uintptr_t)pointer,
                                  .bytes = bytes};
    tn_plugin_memory *handle = NULL;

    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(pointer);
    TN_REQUIRE(buffer);
    desc.release = release;
    desc.data = data;
    if (bytes == 0) { /* what the device could allocate is no limit here */
        return tn_fail(TN_ERROR_INVALID, "foreign memory of 0 bytes");
    }
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    status = device->plugin->memory_import(device->handle, &desc, &handle);
    if (status != TN_OK) {
        return tn_device_failed(device, status, "wrapping foreign memory");
    }
    return wrap(device, handle, bytes, false, buffer);
}

tn_status tn_module_symbol(tn_module *module, const char *name,
                           tn_buffer **buffer)
{
    tn_plugin_memory *handle = NULL;
    uint64_t bytes = 0;

    TN_REQUIRE_OBJECT(module);
    TN_REQUIRE(name);
    TN_REQUIRE(buffer);
    tn_device *device = module->object.device;
    tn_status status =
        device->plugin->module_symbol(module->handle, name, &handle, &bytes);

    if (status != TN_OK) {
        return tn_device_failed(device, status, "looking up a variable");
    }
    return wrap(device, handle, bytes, true, buffer);
}

void tn_buffer_destroy_on(tn_buffer *buffer, tn_stream *stream)
{
    if (buffer == NULL || tn_device_is_forked(buffer->object.device)) {
        return;
    }
    const tn_device *device = buffer->object.device;

    if (stream != NULL && stream->object.device != device) {
        stream = NULL; /* it orders nothing here */
    }
    tn_graphs_lose(&buffer->object);
    if (tn_pool_give(buffer, stream)) {
        return;
    }
    if (!buffer->borrowed) {
        device->plugin->memory_destroy(buffer->handle,
                                       stream != NULL ? stream->handle : NULL);
    }
    free(buffer);
}

void tn_buffer_destroy(tn_buffer *buffer)
{
    tn_buffer_destroy_on(buffer, NULL);
}

uint64_t tn_buffer_size(const tn_buffer *buffer)
{
    return buffer != NULL ? buffer->bytes : 0;
}

tn_device *tn_buffer_device(const tn_buffer *buffer)
{
    return buffer != NULL ? buffer->object.device : NULL;
}

tn_status tn_buffer_map(tn_buffer *buffer, uint64_t offset, uint64_t bytes,
                        tn_access access, void **pointer)
{
    TN_REQUIRE_OBJECT(buffer);
    TN_REQUIRE(pointer);
    const tn_device *device = buffer->object.device;
    tn_status status = tn_check_range("map", buffer, offset, bytes);

    if (status != TN_OK) {
        return status;
    }
    if (access == 0 || access > TN_ACCESS_READ_WRITE) {
        return tn_fail(TN_ERROR_INVALID,
                       "map: say TN_ACCESS_READ, TN_ACCESS_WRITE or both");
    }
    status = device->plugin->memory_map(buffer->handle, offset, bytes, access,
                                        pointer);
    if (status == TN_OK) {
        atomic_fetch_add(&buffer->block.maps, 1);
    }
    return tn_device_answer(device, status, "mapping a buffer");
}

tn_status tn_buffer_unmap(tn_buffer *buffer, void *pointer)
{
    TN_REQUIRE_OBJECT(buffer);
    TN_REQUIRE(pointer);
    const tn_device *device = buffer->object.device;
    tn_status status = device->plugin->memory_unmap(buffer->handle, pointer);

    if (status == TN_OK) {
        atomic_fetch_sub(&buffer->block.maps, 1);
    }
    return tn_device_answer(device, status, "unmapping a buffer");
}

tn_status tn_buffer_native(tn_buffer *buffer, uint64_t *handle)
{
    TN_REQUIRE_OBJECT(buffer);
    TN_REQUIRE(handle);
    const tn_device *device = buffer->object.device;

    tn_buffer_expose(buffer);
    return tn_device_answer(
        device, device->plugin->memory_native(buffer->handle, handle),
        "giving a buffer's native handle");
}
