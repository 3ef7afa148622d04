/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/event.h"

#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/stream.h"

cpu_command *cpu_event_point(tn_plugin_event *event)
{
    cpu_lock_take(&event->lock);
    cpu_command *point = event->point;

    if (point != NULL) {
        cpu_command_reference(point);
    }
    cpu_lock_release(&event->lock);
    return point;
}

static void set_point(tn_plugin_event *event, cpu_command *point)
{
    cpu_lock_take(&event->lock);
    cpu_command *before = event->point;

    event->point = point;
    cpu_lock_release(&event->lock);
    if (before != NULL) {
        cpu_command_unreference(before);
    }
}

tn_status cpu_event_create(tn_plugin_device *device,
                           const tn_plugin_event_desc *desc,
                           tn_plugin_event **event)
{
    tn_plugin_event *created = cpu_allocate(device->instance, sizeof *created);

    if (created == NULL) {
        return cpu_fail_memory(device->instance, "an event");
    }
    created->instance = device->instance;
    created->timed = desc->timed != 0;
    *event = created;
    return TN_OK;
}

void cpu_event_destroy(tn_plugin_event *event)
{
    set_point(event, NULL);
    cpu_release(event->instance, event);
}

tn_status cpu_event_record(tn_plugin_event *event, tn_plugin_stream *stream)
{
    cpu_command *point = cpu_command_create(stream, CPU_RECORD, 0);

    if (point == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    point->as.record.timed = event->timed;
    atomic_init(&point->as.record.waiting, NULL);
    cpu_command_reference(point); /* the event's; the other is the queue's */
    (void)cpu_stream_enqueue(stream, point); /* the event is told */
    set_point(event, point);
    return TN_OK;
}

/* What went wrong before a point that is passed, told to the host. */
static tn_status report(const cpu_command *point)
{
    if (point->as.record.status != TN_OK) {
        return cpu_stream_report(point->stream);
    }
    return TN_OK;
}

tn_status cpu_event_status(tn_plugin_event *event)
{
    cpu_command *point = cpu_event_point(event);
    tn_status status = TN_OK;

    if (point == NULL) {
        return TN_OK;
    }
    if (!cpu_point_is_passed(point)) {
        cpu_stream_urge(point->stream);
    }
    status = cpu_point_is_passed(point) ? report(point) : TN_NOT_READY;
    cpu_command_unreference(point);
    return status;
}

tn_status cpu_event_sync(tn_plugin_event *event, uint64_t timeout)
{
    cpu_command *point = cpu_event_point(event);
    tn_status status = TN_OK;

    if (point == NULL) {
        return TN_OK;
    }
    if (!cpu_point_is_passed(point)) {
        status = cpu_stream_await(point->stream, point->sequence, timeout);
    }
    if (status == TN_OK) {
        status = report(point);
    }
    cpu_command_unreference(point);
    return status;
}

/* The time of an event that is timed, recorded and passed. */
static tn_status time_of(tn_plugin_event *event, const char *which,
                         uint64_t *time)
{
    tn_status status = TN_NOT_READY;
    cpu_command *point = cpu_event_point(event);

    if (point == NULL || !event->timed) {
        status = cpu_fail(
            event->instance, TN_ERROR_INVALID, "the %s event was %s", which,
            point == NULL ? "never recorded" : "created without times");
    } else if (cpu_point_is_passed(point)) {
        *time = point->as.record.time;
        status = report(point);
    }
    if (point != NULL) {
        cpu_command_unreference(point);
    }
    return status;
}

tn_status cpu_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                            uint64_t *nanoseconds)
{
    uint64_t from;
    uint64_t to;
    tn_status status = time_of(start, "first", &from);

    if (status == TN_OK) {
        status = time_of(end, "second", &to);
    }
    if (status == TN_OK && to < from) {
        status = cpu_fail(start->instance, TN_ERROR_INVALID,
                          "the second event passed before the first");
    }
    if (status == TN_OK) {
        *nanoseconds = to - from;
    }
    return status;
}
