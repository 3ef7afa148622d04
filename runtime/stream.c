/* SPDX-License-Identifier: MIT */
#include "runtime/error.h"
#include "runtime/objects.h"
#include "runtime/plain.h"
#include "runtime/recording.h"

static tn_status create(tn_device *device, const tn_plugin_stream_desc *desc,
                        tn_stream **stream)
{
    tn_plugin_stream *handle = NULL;
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    status = device->plugin->stream_create(device->handle, desc, &handle);
    if (status != TN_OK) {
        return tn_device_failed(device, status, "creating a stream");
    }
    tn_timeline *timeline = tn_timeline_open(device);
    tn_stream *made =
        timeline != NULL
            ? tn_object_create(device, TN_OBJECT_STREAM, sizeof *made)
            : NULL;

    if (made == NULL) {
        device->plugin->stream_destroy(handle);
        tn_timeline_abandon(device, timeline);
        return tn_fail_memory("a stream");
    }
    made->handle = handle;
    made->timeline = timeline;
    made->native = desc->handle_kind != 0;
    tn_plain_init(made);
    *stream = made;
    return TN_OK;
}

tn_status tn_stream_create_priority(tn_device *device, int32_t priority,
                                    tn_stream **stream)
{
    const tn_plugin_stream_desc desc = {.size = sizeof desc,
                                        .priority = priority};

    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(stream);
    return create(device, &desc, stream);
}

tn_status tn_stream_create(tn_device *device, tn_stream **stream)
{
    return tn_stream_create_priority(device, 0, stream);
}

tn_status tn_stream_wrap(tn_device *device, uint64_t native, tn_stream **stream)
{
    const tn_plugin_stream_desc desc = {
        .size = sizeof desc, .handle_kind = TN_HANDLE_NATIVE, .handle = native};

    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(stream);
    return create(device, &desc, stream);
}

void tn_stream_destroy(tn_stream *stream)
{
    if (stream == NULL || tn_device_is_forked(stream->object.device)) {
        return;
    }
    tn_recording_drop(stream->object.device, &stream->recording);
    tn_timeline_close(stream);
    stream->object.device->plugin->stream_destroy(stream->handle);
    tn_object_destroy(&stream->object);
}

tn_device *tn_stream_device(const tn_stream *stream)
{
    return stream != NULL ? stream->object.device : NULL;
}

tn_status tn_stream_native(tn_stream *stream, uint64_t *handle)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE(handle);
    const tn_device *device = stream->object.device;

    stream->native = true;
    return tn_device_answer(
        device, device->plugin->stream_native(stream->handle, handle),
        "giving a stream's native handle");
}

tn_status tn_stream_settle(tn_stream *stream, uint64_t count, tn_status status,
                           const char *action)
{
    tn_timeline *timeline = stream->timeline;

    if (status == TN_OK) {
        tn_timeline_finish(timeline, count);
        atomic_store_explicit(&timeline->failed, false, memory_order_relaxed);
    } else if (status != TN_NOT_READY && status != TN_TIMEOUT) {
        atomic_store_explicit(&timeline->failed, true, memory_order_relaxed);
    }
    return tn_device_answer(stream->object.device, status, action);
}

tn_status tn_stream_sync_for(tn_stream *stream, uint64_t timeout)
{
    TN_REQUIRE_OBJECT(stream);
    const tn_device *device = stream->object.device;
    tn_status status = tn_check_not_recording(stream, "a wait");

    if (status != TN_OK) {
        return status;
    }
    uint64_t count = tn_timeline_submitted(stream->timeline);

    status = device->plugin->stream_sync(stream->handle, timeout);
    stream->overdue = status == TN_TIMEOUT;
    return tn_stream_settle(stream, count, status, "waiting for a stream");
}

tn_status tn_stream_sync(tn_stream *stream)
{
    return tn_stream_sync_for(stream, TN_FOREVER);
}

tn_status tn_stream_status(tn_stream *stream)
{
    TN_REQUIRE_OBJECT(stream);
    uint64_t count = tn_timeline_submitted(stream->timeline);

    return tn_stream_settle(
        stream, count,
        stream->object.device->plugin->stream_status(stream->handle),
        "asking for a stream's status");
}

tn_status tn_stream_wait(tn_stream *stream, tn_event *event)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(event);
    const tn_device *device = stream->object.device;
    tn_status status = tn_check_not_recording(stream, "a wait for an event");

    if (status != TN_OK) {
        return status;
    }
    if (event->object.device->backend != device->backend) {
        return tn_event_sync(event); /* no driver knows both */
    }
    return tn_stream_answer(
        stream, device->plugin->stream_wait(stream->handle, event->handle),
        "waiting for an event");
}

tn_status tn_stream_call(tn_stream *stream,
                         void (*function)(void *data, tn_status status),
                         void *data)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE(function);
    const tn_device *device = stream->object.device;
    tn_status status = tn_check_not_recording(stream, "a host function");

    if (status != TN_OK) {
        return status;
    }
    return tn_stream_answer(
        stream, device->plugin->stream_call(stream->handle, function, data),
        "queueing a host function");
}
