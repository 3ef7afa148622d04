/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/size.h"
#include "runtime/error.h"
#include "runtime/objects.h"

/* How long closing waits for a stream that did not finish in time. */
#define DRAIN_NANOSECONDS 1000000000u

/* ---- what devices and their objects share ---- */

tn_status tn_device_failed(const tn_device *device, tn_status status,
                           const char *action)
{
    if (status == TN_NOT_READY || status == TN_TIMEOUT) {
        tn_error_withdraw(); /* a question's answers are no failures */
        return status;
    }
    return tn_error_adopt(status, device->name, action);
}

tn_status tn_check_same_device(const char *what, const tn_device *of,
                               const tn_device *stream_device)
{
    return of == stream_device
               ? TN_OK
               : tn_fail(TN_ERROR_INVALID, "%s is on %s, the stream on %s",
                         what, of->name, stream_device->name);
}

tn_status tn_check_range(const char *what, const tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes)
{
    return tn_range_within(offset, bytes, buffer->bytes)
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "%s: %llu bytes from offset %llu lie outside the "
                         "buffer of %llu bytes",
                         what, (unsigned long long)bytes,
                         (unsigned long long)offset,
                         (unsigned long long)buffer->bytes);
}

tn_status tn_fail_forked(const char *function, const char *device)
{
    return tn_fail(TN_ERROR_FORKED,
                   "%s: %s was opened before this process was forked; open a "
                   "runtime here, or fork before the first use",
                   function, device);
}

static tn_status open_locked(tn_device *device)
{
    tn_plugin_device *handle = NULL;

    if (device->opened) {
        return TN_OK;
    }
    tn_status status = device->plugin->device_open(device->backend->instance,
                                                   device->index, &handle);

    if (status != TN_OK) {
        return tn_device_answer(device, status, "opening the device");
    }
    device->handle = handle;
    atomic_store_explicit(&device->opened, true, memory_order_release);
    return TN_OK;
}

tn_status tn_device_ready(tn_device *device)
{
    if (atomic_load_explicit(&device->opened, memory_order_acquire)) {
        return TN_OK;
    }
    pthread_mutex_lock(&device->lock);
    tn_status status = open_locked(device);

    pthread_mutex_unlock(&device->lock);
    return status;
}

void *tn_object_create(tn_device *device, tn_object_kind kind, size_t size)
{
    tn_object *object = calloc(1, size);

    if (object == NULL) {
        return NULL;
    }
    object->device = device;
    object->kind = kind;
    pthread_mutex_lock(&device->lock);
    tn_object_link_locked(object);
    pthread_mutex_unlock(&device->lock);
    return object;
}

void tn_object_destroy(tn_object *object)
{
    tn_device *device = object->device;

    pthread_mutex_lock(&device->lock);
    tn_object_unlink_locked(object);
    pthread_mutex_unlock(&device->lock);
    free(object);
}

void tn_object_link_locked(tn_object *object)
{
    tn_device *device = object->device;

    object->previous = NULL;
    object->next = device->objects;
    if (object->next != NULL) {
        object->next->previous = object;
    }
    device->objects = object;
}

void tn_object_unlink_locked(tn_object *object)
{
    if (object->next != NULL) {
        object->next->previous = object->previous;
    }
    if (object->previous != NULL) {
        object->previous->next = object->next;
    } else {
        object->device->objects = object->next;
    }
}

/* ---- closing ---- */

static tn_object *first_of(tn_device *device, tn_object_kind kind)
{
    pthread_mutex_lock(&device->lock);
    tn_object *object = device->objects;

    while (object != NULL && object->kind != kind) {
        object = object->next;
    }
    pthread_mutex_unlock(&device->lock);
    return object;
}

static void destroy_any(tn_object *object)
{
    switch (object->kind) {
    case TN_OBJECT_GRAPH:
        tn_graph_destroy((tn_graph *)object);
        break;
    case TN_OBJECT_EVENT:
        tn_event_destroy((tn_event *)object);
        break;
    case TN_OBJECT_STREAM:
        tn_stream_destroy((tn_stream *)object);
        break;
    case TN_OBJECT_MODULE:
        tn_module_destroy((tn_module *)object);
        break;
    default:
        tn_buffer_destroy((tn_buffer *)object);
        break;
    }
}

/* Work that a wait has not seen the end of may have none. */
static uint64_t drain_limit(const tn_stream *stream)
{
    return stream->overdue ? DRAIN_NANOSECONDS : TN_FOREVER;
}

void tn_device_drain(tn_device *device)
{
    pthread_mutex_lock(&device->lock);
    for (tn_object *at = device->objects; at != NULL; at = at->next) {
        if (at->kind == TN_OBJECT_STREAM) {
            /* what went wrong in it, nobody will ask any more */
            const tn_stream *stream = (const tn_stream *)at;

            (void)device->plugin->stream_sync(stream->handle,
                                              drain_limit(stream));
        }
    }
    pthread_mutex_unlock(&device->lock);
    tn_error_withdraw();
}

void tn_device_close(tn_device *device)
{
    for (int kind = 0; kind < TN_OBJECT_KINDS; ++kind) {
        tn_object *object;

        while ((object = first_of(device, (tn_object_kind)kind)) != NULL) {
            destroy_any(object);
        }
    }
    tn_pool_finish(device);
    if (device->handle != NULL) {
        device->plugin->device_close(device->handle);
    }
}

/* ---- questions to a device ---- */

const char *tn_device_name(const tn_device *device)
{
    return device != NULL ? device->name : "";
}

tn_status tn_device_info_get(const tn_device *device, tn_device_info *info)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(info);
    if (info->size < offsetof(tn_device_info, vendor)) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_device_info.size is %u; set it to "
                       "sizeof(tn_device_info)",
                       info->size);
    }
    tn_copy_sized(info, &device->info, sizeof *info);
    return TN_OK;
}

tn_status tn_device_memory_free(tn_device *device, uint64_t *bytes)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(bytes);
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    return tn_device_answer(
        device, device->plugin->device_memory_free(device->handle, bytes),
        "asking for free memory");
}

tn_status tn_device_memory_trim(tn_device *device)
{
    TN_REQUIRE_DEVICE(device);
    (void)tn_pool_trim(device);
    return TN_OK;
}

tn_status tn_device_memory_stats(tn_device *device, tn_memory_stats *stats)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(stats);
    if (stats->size < offsetof(tn_memory_stats, peak_bytes)) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_memory_stats.size is %u; set it to "
                       "sizeof(tn_memory_stats)",
                       stats->size);
    }
    tn_pool_stats(device, stats);
    return TN_OK;
}

tn_status tn_device_status(tn_device *device)
{
    TN_REQUIRE_DEVICE(device);
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    return tn_device_answer(device,
                            device->plugin->device_status(device->handle),
                            "asking for its status");
}

tn_status tn_device_native(tn_device *device, uint64_t *handle)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(handle);
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    return tn_device_answer(
        device, device->plugin->device_native(device->handle, handle),
        "giving its native handle");
}

tn_status tn_device_extension(tn_device *device, const char *name,
                              const void **table)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(name);
    TN_REQUIRE(table);
    return tn_device_answer(
        device,
        device->plugin->get_extension(device->backend->instance, name, table),
        "an extension");
}
