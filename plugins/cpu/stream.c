/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/stream.h"

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/event.h"

void cpu_stream_reference(tn_plugin_stream *stream)
{
    atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
}

/* ---- the device's list ---- */

static void enlist(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;

    cpu_lock_take(&device->lock);
    stream->others.next = device->streams;
    if (device->streams != NULL) {
        device->streams->others.previous = stream;
    }
    device->streams = stream;
    cpu_lock_release(&device->lock);
}

static void delist_locked(tn_plugin_stream *stream)
{
    tn_plugin_stream *next = stream->others.next;
    tn_plugin_stream *previous = stream->others.previous;

    *(previous != NULL ? &previous->others.next : &stream->device->streams) =
        next;
    if (next != NULL) {
        next->others.previous = previous;
    }
}

static void free_commands(tn_plugin_instance *instance, cpu_command *command)
{
    while (command != NULL) {
        cpu_command *next = command->next;

        cpu_release(instance, command);
        command = next;
    }
}

/*
 * The last reference ends under the device's lock, so that who finds a stream
 * in its list can have another.
 */
void cpu_stream_unreference(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;
    unsigned count =
        atomic_load_explicit(&stream->references, memory_order_relaxed);

    while (count > 1) {
        if (atomic_compare_exchange_weak_explicit(
                &stream->references, &count, count - 1, memory_order_acq_rel,
                memory_order_relaxed)) {
            return;
        }
    }
    cpu_lock_take(&device->lock);
    bool last = atomic_fetch_sub_explicit(&stream->references, 1,
                                          memory_order_acq_rel) == 1;

    if (last) {
        delist_locked(stream);
    }
    cpu_lock_release(&device->lock);
    if (last) {
        free_commands(stream->instance, stream->spare);
        free_commands(stream->instance, stream->returned);
        cpu_release(stream->instance, stream);
    }
}

bool cpu_stream_is_idle(const tn_plugin_stream *stream)
{
    return atomic_load_explicit(&stream->done, memory_order_acquire) ==
           atomic_load_explicit(&stream->queued, memory_order_relaxed);
}

tn_plugin_stream *cpu_stream_any_busy(tn_plugin_device *device)
{
    cpu_lock_take(&device->lock);
    tn_plugin_stream *stream = device->streams;

    while (stream != NULL && cpu_stream_is_idle(stream)) {
        stream = stream->others.next;
    }
    if (stream != NULL) {
        cpu_stream_reference(stream);
    }
    cpu_lock_release(&device->lock);
    return stream;
}

void cpu_stream_urge(tn_plugin_stream *stream)
{
    cpu_pool *pool = &stream->instance->pool;

    if (cpu_pool_is_empty(pool)) {
        cpu_pool_help(pool); /* else who only asks would ask for ever */
    } else {
        cpu_stream_nudge(stream);
    }
}

/* ---- operations ---- */

tn_status cpu_stream_create(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            tn_plugin_stream **stream)
{
    tn_plugin_instance *instance = device->instance;

    if (desc->handle_kind != 0) {
        return cpu_fail(instance, TN_ERROR_UNSUPPORTED,
                        "the cpu backend has no native streams to wrap");
    }
    tn_plugin_stream *created = cpu_allocate(instance, sizeof *created);

    if (created == NULL) {
        return cpu_fail_memory(instance, "a stream");
    }
    created->instance = instance;
    created->device = device;
    atomic_init(&created->references, 1);
    enlist(created);
    *stream = created;
    return TN_OK;
}

/* The host's reference goes to the queue, if that is not empty. */
void cpu_stream_destroy(tn_plugin_stream *stream)
{
    cpu_pool *pool = &stream->instance->pool;

    cpu_lock_take(&stream->lock);
    bool busy = stream->head != NULL;
    bool call = cpu_stream_nudge_locked(stream);

    stream->orphan = true;
    cpu_lock_release(&stream->lock);
    if (call) {
        cpu_pool_call(pool, 1);
    }
    if (busy) {
        return;
    }
    if (cpu_pool_unlist(pool, stream)) {
        cpu_stream_unreference(stream);
    }
    cpu_stream_unreference(stream);
}

tn_status cpu_stream_sync(tn_plugin_stream *stream, uint64_t timeout)
{
    tn_status waited = cpu_stream_await(stream, UINT64_MAX, timeout);
    tn_status status = cpu_stream_report(stream);

    return status != TN_OK ? status : waited;
}

tn_status cpu_stream_status(tn_plugin_stream *stream)
{
    if (!cpu_stream_is_idle(stream)) {
        cpu_stream_urge(stream);
    }
    bool idle = cpu_stream_is_idle(stream);
    tn_status status = cpu_stream_report(stream);

    return status != TN_OK ? status : idle ? TN_OK : TN_NOT_READY;
}

tn_status cpu_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event)
{
    cpu_command *point = cpu_event_point(event);

    if (point == NULL) {
        return cpu_stream_report(stream);
    }
    cpu_command *command = cpu_command_create(stream, CPU_WAIT, 0);

    if (command == NULL) {
        cpu_command_unreference(point);
        return TN_ERROR_NO_MEMORY;
    }
    command->as.wait.point = point;
    return cpu_stream_enqueue(stream, command);
}

tn_status cpu_stream_call(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data)
{
    cpu_command *command = cpu_command_create(stream, CPU_CALL, 0);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    atomic_init(&command->units, 1);
    command->as.call.function = function;
    command->as.call.data = data;
    (void)cpu_stream_enqueue(stream, command); /* the function is told */
    return TN_OK;
}
