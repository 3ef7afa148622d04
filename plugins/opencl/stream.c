/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/stream.h"

#include <time.h>

#include "common/clock.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/event.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/names.h"

/* Nanoseconds that a driver has for work whose wait has failed. */
#define GIVEN_UP_AFTER UINT64_C(10000000000)

/* ---- events of OpenCL ---- */

cl_int ocl_event_state(const ocl_symbols *cl, cl_event event)
{
    cl_int state = CL_QUEUED;
    cl_int code = cl->GetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                   sizeof state, &state, NULL);

    return code == CL_SUCCESS ? state : code;
}

/* OpenCL waits for ever or not at all; between them one has to ask. */
static tn_status poll_event(const ocl_symbols *cl, cl_event event,
                            uint64_t deadline, cl_int *code)
{
    struct timespec pause = {0, 20000};

    while ((*code = ocl_event_state(cl, event)) > CL_COMPLETE) {
        uint64_t now = tn_clock_now();

        if (now >= deadline) {
            return TN_TIMEOUT;
        }
        if (deadline - now < (uint64_t)pause.tv_nsec) {
            pause.tv_nsec = (long)(deadline - now);
        }
        nanosleep(&pause, NULL);
        pause.tv_nsec = pause.tv_nsec < 500000 ? pause.tv_nsec * 2 : 1000000;
    }
    return TN_OK;
}

tn_status ocl_event_await(const ocl_symbols *cl, cl_event event,
                          uint64_t deadline, cl_int *code)
{
    if (deadline != TN_FOREVER) {
        return poll_event(cl, event, deadline, code);
    }
    cl_int waited = cl->WaitForEvents(1, &event);

    /* The wait itself may fail; the work then still uses what it was given. */
    if (poll_event(cl, event, ocl_deadline(GIVEN_UP_AFTER), code) != TN_OK) {
        *code = waited != CL_SUCCESS ? waited : CL_INVALID_EVENT;
    }
    return TN_OK;
}

/* ---- what went wrong ---- */

void ocl_stream_fail(tn_plugin_stream *stream, cl_int code)
{
    const ocl_code *known = ocl_code_find(code);

    if (stream->status == TN_OK) {
        stream->status = TN_ERROR_DEVICE;
        tn_sentence_set(
            &stream->sentence, "work of this stream failed on %s: %s (%s, %d)",
            stream->device->info.name, known->meaning, known->name, (int)code);
    }
}

tn_status ocl_stream_report(tn_plugin_stream *stream)
{
    int failure = atomic_load(&stream->worker.failure);

    if (failure != 0) {
        ocl_stream_fail(stream, failure);
    }
    return stream->status == TN_OK ? TN_OK
                                   : ocl_fail(stream->instance, stream->status,
                                              "%s", stream->sentence.text);
}

/* ---- queueing ---- */

tn_status ocl_stream_queued(tn_plugin_stream *stream, cl_int code,
                            cl_event event, const char *what)
{
    if (code != CL_SUCCESS) {
        return ocl_fail_code(stream->instance, code, "%s", what);
    }
    ocl_stream_advance(stream, event);
    /* the command is queued for good: what this fails for, a wait tells */
    (void)stream->instance->cl.Flush(stream->queue);
    return TN_OK;
}

tn_status ocl_stream_hold(tn_plugin_stream *stream, cl_event event)
{
    cl_event barrier = NULL;
    cl_int code = stream->instance->cl.EnqueueBarrierWithWaitList(
        stream->queue, 1, &event, &barrier);

    return ocl_stream_queued(stream, code, barrier,
                             "holding a stream back until an event");
}

/* ---- coming and going ---- */

static void enlist_locked(tn_plugin_stream **list, tn_plugin_stream *stream)
{
    stream->others.previous = NULL;
    stream->others.next = *list;
    if (*list != NULL) {
        (*list)->others.previous = stream;
    }
    *list = stream;
}

static void delist_locked(tn_plugin_stream **list, tn_plugin_stream *stream)
{
    tn_plugin_stream *next = stream->others.next;
    tn_plugin_stream *previous = stream->others.previous;

    *(previous != NULL ? &previous->others.next : list) = next;
    if (next != NULL) {
        next->others.previous = previous;
    }
}

/* In no list any more, and without work. */
static void stream_free(tn_plugin_stream *stream)
{
    const ocl_symbols *cl = &stream->instance->cl;

    ocl_worker_finish(&stream->worker);
    ocl_bounds_release(stream);
    ocl_stream_advance(stream, NULL);
    if (stream->timer != NULL) {
        (void)cl->ReleaseCommandQueue(stream->timer);
    }
    if (stream->timed != NULL) {
        (void)cl->ReleaseMemObject(stream->timed);
    }
    (void)cl->ReleaseCommandQueue(stream->queue);
    ocl_release(stream->instance, stream);
}

static bool has_work(tn_plugin_stream *stream)
{
    cl_event last = atomic_load_explicit(&stream->last, memory_order_relaxed);

    return (last != NULL &&
            ocl_event_state(&stream->instance->cl, last) > CL_COMPLETE) ||
           !ocl_worker_is_idle(&stream->worker);
}

/* Frees destroyed streams whose work has ended meanwhile. */
static void sweep(tn_plugin_device *device)
{
    tn_plugin_stream *ended = NULL;
    tn_plugin_stream *next;

    pthread_mutex_lock(&device->lock);
    for (tn_plugin_stream *at = device->leaving; at != NULL; at = next) {
        next = at->others.next;
        if (!has_work(at)) {
            delist_locked(&device->leaving, at);
            enlist_locked(&ended, at);
        }
    }
    pthread_mutex_unlock(&device->lock);
    for (; ended != NULL; ended = next) {
        next = ended->others.next;
        stream_free(ended);
    }
}

void ocl_streams_finish(tn_plugin_device *device)
{
    tn_plugin_stream *stream;

    while ((stream = device->leaving) != NULL) {
        (void)ocl_stream_sync(stream, TN_FOREVER);
        delist_locked(&device->leaving, stream);
        stream_free(stream);
    }
}

/* A queue of the caller's: it is in order and of the device's context. */
static tn_status wrap_queue(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            cl_command_queue *queue)
{
    const ocl_symbols *cl = &device->instance->cl;
    cl_command_queue given = (cl_command_queue)(uintptr_t)desc->handle;
    cl_context context = NULL;
    cl_command_queue_properties properties = 0;

    if (desc->handle_kind != TN_HANDLE_NATIVE || given == NULL) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "a stream wraps a cl_command_queue, no handle of kind "
                        "%u",
                        (unsigned)desc->handle_kind);
    }
    if (cl->GetCommandQueueInfo(given, CL_QUEUE_CONTEXT, sizeof context,
                                &context, NULL) != CL_SUCCESS ||
        cl->GetCommandQueueInfo(given, CL_QUEUE_PROPERTIES, sizeof properties,
                                &properties, NULL) != CL_SUCCESS ||
        context != device->context ||
        (properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) != 0) {
        return ocl_fail(device->instance, TN_ERROR_INVALID,
                        "the cl_command_queue is not an in-order queue of the "
                        "context that Tenon uses (CL_QUEUE_CONTEXT of a "
                        "stream's native handle)");
    }
    (void)cl->RetainCommandQueue(given);
    *queue = given;
    return TN_OK;
}

static tn_status make_queue(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            cl_command_queue *queue)
{
    const ocl_symbols *cl = &device->instance->cl;
    cl_int code = CL_SUCCESS;

    if (desc->handle_kind != 0) {
        return wrap_queue(device, desc, queue);
    }
    /* without an extension queues have no priorities: all are clamped to one */
    *queue = cl->CreateCommandQueue(device->context, device->id, 0, &code);
    return *queue != NULL ? TN_OK
                          : ocl_fail_code(device->instance, code,
                                          "%s gives no queue for a stream",
                                          device->info.name);
}

tn_status ocl_stream_create(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            tn_plugin_stream **stream)
{
    tn_plugin_stream *created = ocl_allocate(device->instance, sizeof *created);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "a stream");
    }
    tn_status status = make_queue(device, desc, &created->queue);

    if (status != TN_OK) {
        ocl_release(device->instance, created);
        return status;
    }
    created->instance = device->instance;
    created->device = device;
    atomic_init(&created->last, NULL);
    ocl_worker_init(&created->worker);
    sweep(device);
    pthread_mutex_lock(&device->lock);
    enlist_locked(&device->streams, created);
    pthread_mutex_unlock(&device->lock);
    *stream = created;
    return TN_OK;
}

void ocl_stream_destroy(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;

    pthread_mutex_lock(&device->lock);
    delist_locked(&device->streams, stream);
    enlist_locked(&device->leaving, stream);
    pthread_mutex_unlock(&device->lock);
    sweep(device);
}

/* ---- operations ---- */

tn_status ocl_stream_sync(tn_plugin_stream *stream, uint64_t timeout)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event last = atomic_load_explicit(&stream->last, memory_order_relaxed);
    uint64_t deadline = ocl_deadline(timeout);
    cl_int code = CL_COMPLETE;
    tn_status status = TN_OK;

    if (last != NULL) {
        status = ocl_event_await(cl, last, deadline, &code);
    }
    if (status == TN_OK && code != CL_COMPLETE) {
        ocl_stream_fail(stream, code);
    }
    if (status == TN_OK) {
        ocl_stream_advance(stream, NULL);
        status = ocl_worker_await(&stream->worker, deadline);
    }
    tn_status failure = ocl_stream_report(stream);

    return failure != TN_OK ? failure : status;
}

tn_status ocl_stream_status(tn_plugin_stream *stream)
{
    tn_status status = ocl_stream_sync(stream, 0);

    return status == TN_TIMEOUT ? TN_NOT_READY : status;
}

tn_status ocl_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event point = ocl_event_point(event);
    cl_int code = CL_SUCCESS;
    tn_status status;

    if (point == NULL) {
        return ocl_stream_report(stream);
    }
    if (event->device == stream->device) {
        status = ocl_stream_hold(stream, point);
        (void)cl->ReleaseEvent(point);
        return status;
    }
    /* an event of another context: a user event of ours stands for it */
    cl_event passed = cl->CreateUserEvent(stream->device->context, &code);

    if (passed == NULL) {
        (void)cl->ReleaseEvent(point);
        return ocl_fail_code(stream->instance, code,
                             "waiting for another device's event");
    }
    (void)cl->RetainEvent(passed);
    status = ocl_worker_add(stream, point, cl, NULL, NULL, passed);
    if (status == TN_OK) {
        status = ocl_stream_hold(stream, passed);
    } else {
        (void)cl->ReleaseEvent(point);
        (void)cl->ReleaseEvent(passed);
    }
    (void)cl->ReleaseEvent(passed);
    return status;
}

tn_status ocl_stream_call(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event after = atomic_load_explicit(&stream->last, memory_order_relaxed);
    cl_int code = CL_SUCCESS;
    cl_event done = cl->CreateUserEvent(stream->device->context, &code);

    if (done == NULL) {
        return ocl_fail_code(stream->instance, code,
                             "calling a function in a stream");
    }
    if (after != NULL) {
        (void)cl->RetainEvent(after);
    }
    (void)cl->RetainEvent(done);
    tn_status status = ocl_worker_add(stream, after, cl, function, data, done);

    if (status == TN_OK) {
        status = ocl_stream_hold(stream, done);
    } else {
        (void)cl->ReleaseEvent(done);
        if (after != NULL) {
            (void)cl->ReleaseEvent(after);
        }
    }
    (void)cl->ReleaseEvent(done);
    return status;
}

tn_status ocl_stream_native(tn_plugin_stream *stream, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)stream->queue;
    return TN_OK;
}
