/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/event.h"

#include "plugins/opencl/device.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/stream.h"

static const ocl_symbols *functions_of(const tn_plugin_event *event)
{
    return &event->device->instance->cl;
}

cl_event ocl_event_point(tn_plugin_event *event)
{
    pthread_mutex_lock(&event->lock);
    cl_event point = event->point;

    if (point != NULL) {
        (void)functions_of(event)->RetainEvent(point);
    }
    pthread_mutex_unlock(&event->lock);
    return point;
}

static void set_point(tn_plugin_event *event, cl_event point)
{
    pthread_mutex_lock(&event->lock);
    cl_event before = event->point;

    event->point = point;
    pthread_mutex_unlock(&event->lock);
    if (before != NULL) {
        (void)functions_of(event)->ReleaseEvent(before);
    }
}

tn_status ocl_event_create(tn_plugin_device *device,
                           const tn_plugin_event_desc *desc,
                           tn_plugin_event **event)
{
    tn_plugin_event *created = ocl_allocate(device->instance, sizeof *created);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "an event");
    }
    created->device = device;
    created->timed = desc->timed != 0;
    pthread_mutex_init(&created->lock, NULL);
    *event = created;
    return TN_OK;
}

void ocl_event_destroy(tn_plugin_event *event)
{
    set_point(event, NULL);
    pthread_mutex_destroy(&event->lock);
    ocl_release(event->device->instance, event);
}

/* ---- recording ---- */

/*
 * Times cost each command something: only a queue of its own has them. In it
 * stand small fills, since NVIDIA's driver gives markers no true times.
 */
static tn_status need_timer(tn_plugin_stream *stream)
{
    const ocl_symbols *cl = &stream->instance->cl;
    tn_plugin_device *device = stream->device;
    cl_int code = CL_SUCCESS;

    if (stream->timed == NULL) {
        stream->timed = cl->CreateBuffer(device->context, CL_MEM_READ_WRITE,
                                         sizeof(cl_uint), NULL, &code);
    }
    if (stream->timed != NULL && stream->timer == NULL) {
        stream->timer = cl->CreateCommandQueue(
            device->context, device->id, CL_QUEUE_PROFILING_ENABLE, &code);
    }
    return stream->timed != NULL && stream->timer != NULL
               ? TN_OK
               : ocl_fail_code(stream->instance, code,
                               "%s gives no queue with times",
                               device->info.name);
}

static tn_status record_timed(tn_plugin_stream *stream, cl_event *point)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event last = atomic_load_explicit(&stream->last, memory_order_relaxed);
    tn_status status = need_timer(stream);
    const cl_uint zero = 0;
    cl_event marker = NULL;

    if (status != TN_OK) {
        return status;
    }
    cl_int code = cl->EnqueueFillBuffer(
        stream->timer, stream->timed, &zero, sizeof zero, 0, sizeof zero,
        last != NULL ? 1 : 0, last != NULL ? &last : NULL, &marker);

    if (code == CL_SUCCESS) {
        code = cl->Flush(stream->timer);
    }
    if (code != CL_SUCCESS) {
        return ocl_fail_code(stream->instance, code,
                             "recording an event with times");
    }
    status = ocl_stream_hold(stream, marker);
    if (status != TN_OK) {
        (void)cl->ReleaseEvent(marker);
        return status;
    }
    *point = marker;
    return TN_OK;
}

tn_status ocl_event_record(tn_plugin_event *event, tn_plugin_stream *stream)
{
    cl_event point = NULL;
    tn_status status = TN_OK;

    if (event->timed) {
        status = record_timed(stream, &point);
    } else {
        point = atomic_load_explicit(&stream->last, memory_order_relaxed);
        if (point != NULL) {
            (void)stream->instance->cl.RetainEvent(point);
        }
    }
    if (status == TN_OK) {
        set_point(event, point);
    }
    return status;
}

/* ---- asking ---- */

static tn_status report(tn_plugin_event *event, cl_int code)
{
    const ocl_code *known = ocl_code_find(code);

    return code >= CL_COMPLETE
               ? TN_OK
               : ocl_fail(event->device->instance, TN_ERROR_DEVICE,
                          "work before the event failed on %s: %s (%s, %d)",
                          event->device->info.name, known->meaning, known->name,
                          (int)code);
}

tn_status ocl_event_sync(tn_plugin_event *event, uint64_t timeout)
{
    cl_event point = ocl_event_point(event);
    cl_int code = CL_COMPLETE;

    if (point == NULL) {
        return TN_OK;
    }
    tn_status status = ocl_event_await(functions_of(event), point,
                                       ocl_deadline(timeout), &code);

    (void)functions_of(event)->ReleaseEvent(point);
    return status == TN_OK ? report(event, code) : status;
}

tn_status ocl_event_status(tn_plugin_event *event)
{
    tn_status status = ocl_event_sync(event, 0);

    return status == TN_TIMEOUT ? TN_NOT_READY : status;
}

/* The time of an event that is timed, recorded and passed. */
static tn_status time_of(tn_plugin_event *event, const char *which,
                         cl_ulong *time)
{
    tn_plugin_instance *instance = event->device->instance;
    cl_event point = ocl_event_point(event);
    tn_status status = TN_OK;

    if (point == NULL || !event->timed) {
        status = ocl_fail(
            instance, TN_ERROR_INVALID, "the %s event was %s", which,
            !event->timed ? "created without times" : "never recorded");
    }
    if (status == TN_OK) {
        status = ocl_event_status(event);
    }
    if (status == TN_OK) {
        cl_int code = instance->cl.GetEventProfilingInfo(
            point, CL_PROFILING_COMMAND_END, sizeof *time, time, NULL);

        status =
            code == CL_SUCCESS
                ? TN_OK
                : ocl_fail_code(instance, code,
                                "asking for the time of the %s event", which);
    }
    if (point != NULL) {
        (void)instance->cl.ReleaseEvent(point);
    }
    return status;
}

tn_status ocl_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                            uint64_t *nanoseconds)
{
    cl_ulong from = 0;
    cl_ulong to = 0;
    tn_status status = time_of(start, "first", &from);

    if (status == TN_OK) {
        status = time_of(end, "second", &to);
    }
    if (status == TN_OK && start->device != end->device) {
        status = ocl_fail(start->device->instance, TN_ERROR_INVALID,
                          "the events are of two devices, whose clocks differ");
    }
    if (status == TN_OK && to < from) {
        status = ocl_fail(start->device->instance, TN_ERROR_INVALID,
                          "the second event passed before the first");
    }
    if (status == TN_OK) {
        *nanoseconds = to - from;
    }
    return status;
}

tn_status ocl_event_native(tn_plugin_event *event, uint64_t *handle)
{
    if (event->point == NULL) {
        return ocl_fail(event->device->instance, TN_ERROR_INVALID,
                        "the event stands for no command, so there is no "
                        "cl_event");
    }
    *handle = (uint64_t)(uintptr_t)event->point;
    return TN_OK;
}
