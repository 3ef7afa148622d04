/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/event.h"

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/reap.h"
#include "plugins/cuda/stream.h"

tn_status cuda_event_create(tn_plugin_device *device,
                            const tn_plugin_event_desc *desc,
                            tn_plugin_event **event)
{
    tn_plugin_instance *instance = device->instance;
    tn_plugin_event *created = cuda_allocate(instance, sizeof *created);

    if (created == NULL) {
        return cuda_fail_memory(instance, "an event");
    }
    created->device = device;
    created->timed = desc->timed != 0;
    tn_status status = cuda_enter(device);

    if (status == TN_OK) {
        status =
            cuda_check(device,
                       instance->driver.cuEventCreate(
                           &created->mark,
                           created->timed ? 0 : TN_CU_EVENT_DISABLE_TIMING),
                       "creating an event");
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_release(instance, created);
        return status;
    }
    *event = created;
    return TN_OK;
}

void cuda_event_destroy(tn_plugin_event *event)
{
    tn_plugin_device *device = event->device;
    const cuda_driver *driver = &device->instance->driver;

    if (driver->cuCtxPushCurrent_v2(device->context) == TN_CUDA_SUCCESS) {
        (void)driver->cuEventDestroy_v2(event->mark);
        cuda_leave(device);
    }
    cuda_release(device->instance, event);
}

tn_status cuda_event_record(tn_plugin_event *event, tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status = cuda_check(
        device,
        device->instance->driver.cuEventRecord(event->mark, stream->queue),
        "recording an event");
    if (status == TN_OK) {
        atomic_store_explicit(&event->recorded, true, memory_order_release);
    }
    cuda_leave(device);
    return status;
}

/* ---- waiting ---- */

static cuda_result poll(const tn_plugin_event *event, uint64_t timeout)
{
    const cuda_driver *driver = &event->device->instance->driver;
    cuda_wait wait = cuda_wait_begin(timeout);
    cuda_result result;

    do {
        result = driver->cuEventQuery(event->mark);
    } while (result == TN_CUDA_ERROR_NOT_READY && cuda_wait_more(&wait));
    return result;
}

tn_status cuda_event_sync(tn_plugin_event *event, uint64_t timeout)
{
    tn_plugin_device *device = event->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    cuda_result result =
        timeout == TN_FOREVER
            ? device->instance->driver.cuEventSynchronize(event->mark)
            : poll(event, timeout);

    status = result == TN_CUDA_ERROR_NOT_READY
                 ? TN_TIMEOUT
                 : cuda_check(device, result, "waiting for an event");
    if (status == TN_OK) {
        cuda_garbage_collect(device);
    }
    cuda_leave(device);
    return status;
}

tn_status cuda_event_status(tn_plugin_event *event)
{
    tn_plugin_device *device = event->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    cuda_result result = device->instance->driver.cuEventQuery(event->mark);

    status = result == TN_CUDA_ERROR_NOT_READY
                 ? TN_NOT_READY
                 : cuda_check(device, result, "asking an event");
    cuda_leave(device);
    return status;
}

/* ---- times ---- */

static tn_status check_timed(const tn_plugin_event *event, const char *which)
{
    bool recorded =
        atomic_load_explicit(&event->recorded, memory_order_acquire);

    if (recorded && event->timed) {
        return TN_OK;
    }
    return cuda_fail(event->device->instance, TN_ERROR_INVALID,
                     "the %s event was %s", which,
                     recorded ? "created without times" : "never recorded");
}

static tn_status elapsed(tn_plugin_event *start, const tn_plugin_event *end,
                         uint64_t *nanoseconds)
{
    tn_plugin_device *device = start->device;
    const cuda_driver *driver = &device->instance->driver;
    float milliseconds = 0.0f;
    cuda_result result =
        driver->cuEventElapsedTime(&milliseconds, start->mark, end->mark);

    if (result == TN_CUDA_ERROR_NOT_READY) {
        return TN_NOT_READY;
    }
    tn_status status =
        cuda_check(device, result, "asking for the time between events");

    if (status == TN_OK && milliseconds < 0.0f) {
        return cuda_fail(device->instance, TN_ERROR_INVALID,
                         "the second event passed before the first");
    }
    if (status == TN_OK) {
        *nanoseconds = (uint64_t)((double)milliseconds * 1e6);
    }
    return status;
}

tn_status cuda_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                             uint64_t *nanoseconds)
{
    tn_status status = check_timed(start, "first");

    if (status == TN_OK) {
        status = check_timed(end, "second");
    }
    if (status == TN_OK && start->device != end->device) {
        status = cuda_fail(start->device->instance, TN_ERROR_INVALID,
                           "the two events are of different devices");
    }
    if (status == TN_OK) {
        status = cuda_enter(start->device);
    }
    if (status == TN_OK) {
        status = elapsed(start, end, nanoseconds);
        cuda_leave(start->device);
    }
    return status;
}

tn_status cuda_event_native(tn_plugin_event *event, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)event->mark;
    return TN_OK;
}
