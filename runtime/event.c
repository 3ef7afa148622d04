/* SPDX-License-Identifier: MIT */
#include "runtime/error.h"
#include "runtime/objects.h"
#include "runtime/recording.h"

static tn_status create(tn_device *device, bool timed, tn_event **event)
{
    const tn_plugin_event_desc desc = {.size = sizeof desc, .timed = timed};
    tn_plugin_event *handle = NULL;
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    status = device->plugin->event_create(device->handle, &desc, &handle);
    if (status != TN_OK) {
        return tn_device_failed(device, status, "creating an event");
    }
    tn_event *made = tn_object_create(device, TN_OBJECT_EVENT, sizeof *made);

    if (made == NULL) {
        device->plugin->event_destroy(handle);
        return tn_fail_memory("an event");
    }
    made->handle = handle;
    made->timed = timed;
    *event = made;
    return TN_OK;
}

tn_status tn_event_create(tn_device *device, tn_event **event)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(event);
    return create(device, false, event);
}

tn_status tn_event_create_timed(tn_device *device, tn_event **event)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(event);
    return create(device, true, event);
}

void tn_event_destroy(tn_event *event)
{
    if (event == NULL || tn_device_is_forked(event->object.device)) {
        return;
    }
    event->object.device->plugin->event_destroy(event->handle);
    tn_object_destroy(&event->object);
}

tn_status tn_event_record(tn_event *event, tn_stream *stream)
{
    TN_REQUIRE_OBJECT(event);
    TN_REQUIRE_OBJECT(stream);
    const tn_device *device = event->object.device;
    tn_status status =
        tn_check_same_device("the event", device, stream->object.device);

    if (status == TN_OK) {
        status = tn_check_not_recording(stream, "an event");
    }
    if (status != TN_OK) {
        return status;
    }
    return tn_device_answer(
        device, device->plugin->event_record(event->handle, stream->handle),
        "recording an event");
}

tn_status tn_event_status(tn_event *event)
{
    TN_REQUIRE_OBJECT(event);
    const tn_device *device = event->object.device;

    return tn_device_answer(device, device->plugin->event_status(event->handle),
                            "asking for an event's status");
}

tn_status tn_event_sync_for(tn_event *event, uint64_t timeout)
{
    TN_REQUIRE_OBJECT(event);
    const tn_device *device = event->object.device;

    return tn_device_answer(device,
                            device->plugin->event_sync(event->handle, timeout),
                            "waiting for an event");
}

tn_status tn_event_sync(tn_event *event)
{
    return tn_event_sync_for(event, TN_FOREVER);
}

tn_status tn_event_elapsed(tn_event *start, tn_event *end,
                           uint64_t *nanoseconds)
{
    TN_REQUIRE_OBJECT(start);
    TN_REQUIRE_OBJECT(end);
    TN_REQUIRE(nanoseconds);
    const tn_device *device = start->object.device;

    if (!start->timed || !end->timed) {
        return tn_fail(TN_ERROR_INVALID, "an event without time; make both "
                                         "with tn_event_create_timed()");
    }
    if (end->object.device != device) {
        return tn_fail(TN_ERROR_INVALID,
                       "the events are of different devices: %s and %s",
                       device->name, end->object.device->name);
    }
    return tn_device_answer(
        device,
        device->plugin->event_elapsed(start->handle, end->handle, nanoseconds),
        "reading an event's time");
}
