/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/stream.h"

#include "plugins/cuda/call.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/event.h"
#include "plugins/cuda/reap.h"

/* ---- the device's list ---- */

static void enlist(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;

    pthread_mutex_lock(&device->lock);
    stream->next = device->streams;
    if (stream->next != NULL) {
        stream->next->previous = stream;
    }
    device->streams = stream;
    pthread_mutex_unlock(&device->lock);
}

static void delist_locked(tn_plugin_stream *stream)
{
    tn_plugin_stream *next = stream->next;
    tn_plugin_stream *previous = stream->previous;

    *(previous != NULL ? &previous->next : &stream->device->streams) = next;
    if (next != NULL) {
        next->previous = previous;
    }
}

/* ---- making ---- */

static tn_status create_queue(tn_plugin_stream *stream, int32_t priority)
{
    tn_plugin_device *device = stream->device;
    const tn_plugin_instance *instance = device->instance;
    int32_t least = device->priority_least;
    int32_t most = device->priority_most; /* the smaller number */

    return cuda_check(
        device,
        instance->driver.cuStreamCreateWithPriority(
            &stream->queue,
            instance->wait_for_legacy ? 0 : TN_CU_STREAM_NON_BLOCKING,
            priority > least  ? least
            : priority < most ? most
                              : priority),
        "creating a stream");
}

/*
 * 0 means the legacy stream, as in the driver's own calls. The stream of each
 * thread is none that other threads could wait for.
 */
static tn_status wrap_queue(tn_plugin_stream *stream, uint64_t handle)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;
    cuda_context context = device->context;

    if (handle == CUDA_THREAD_QUEUE) {
        return cuda_fail(device->instance, TN_ERROR_UNSUPPORTED,
                         "CU_STREAM_PER_THREAD is another stream on each "
                         "thread; wrap one that cuStreamCreate() made");
    }
    stream->wrapped = true;
    atomic_init(&stream->odd, handle <= CUDA_LEGACY_QUEUE ? UINT64_MAX : 0);
    stream->queue =
        (cuda_queue)(uintptr_t)(handle == 0 ? CUDA_LEGACY_QUEUE : handle);
    if (handle <= CUDA_LEGACY_QUEUE || driver->cuStreamGetCtx == NULL) {
        return TN_OK;
    }
    tn_status status =
        cuda_check(device, driver->cuStreamGetCtx(stream->queue, &context),
                   "wrapping a stream");

    if (status == TN_OK && context != device->context) {
        return cuda_fail(device->instance, TN_ERROR_INVALID,
                         "the stream to wrap is of another context than %s's "
                         "primary one",
                         device->info.name);
    }
    return status;
}

static tn_status create_parts(tn_plugin_stream *stream,
                              const tn_plugin_stream_desc *desc)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;
    tn_status status = desc->handle_kind == TN_HANDLE_NATIVE
                           ? wrap_queue(stream, desc->handle)
                           : create_queue(stream, desc->priority);

    if (status != TN_OK) {
        return status;
    }
    status = cuda_check(
        device,
        driver->cuEventCreate(&stream->tail, TN_CU_EVENT_DISABLE_TIMING),
        "creating a stream");
    if (status != TN_OK && !stream->wrapped) {
        (void)driver->cuStreamDestroy_v2(stream->queue);
    }
    return status;
}

void cuda_stream_init(tn_plugin_stream *stream, tn_plugin_device *device)
{
    stream->device = device;
    stream->launch = device->instance->driver.cuLaunchKernel;
    for (int i = 0; i < CUDA_PLAIN_ARGUMENTS; ++i) {
        stream->pointers[i] = &stream->words[i];
    }
}

tn_status cuda_stream_create(tn_plugin_device *device,
                             const tn_plugin_stream_desc *desc,
                             tn_plugin_stream **stream)
{
    tn_plugin_instance *instance = device->instance;

    if (desc->handle_kind != 0 && desc->handle_kind != TN_HANDLE_NATIVE) {
        return cuda_fail(instance, TN_ERROR_UNSUPPORTED,
                         "the cuda backend wraps native streams (CUstream), "
                         "not handles of kind %u",
                         (unsigned)desc->handle_kind);
    }
    tn_plugin_stream *created = cuda_allocate(instance, sizeof *created);

    if (created == NULL) {
        return cuda_fail_memory(instance, "a stream");
    }
    cuda_stream_init(created, device);
    tn_status status = cuda_enter(device);

    if (status == TN_OK) {
        status = create_parts(created, desc);
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_release(instance, created);
        return status;
    }
    enlist(created);
    *stream = created;
    return TN_OK;
}

/* The driver lets queued work run; the reaper remembers to wait for it. */
void cuda_stream_destroy(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;
    bool entered =
        driver->cuCtxPushCurrent_v2(device->context) == TN_CUDA_SUCCESS;

    pthread_mutex_lock(&device->lock);
    cuda_reap_after_locked(device, stream);
    delist_locked(stream);
    pthread_mutex_unlock(&device->lock);
    (void)driver->cuEventDestroy_v2(stream->tail);
    if (!stream->wrapped) {
        (void)driver->cuStreamDestroy_v2(stream->queue);
    }
    if (entered) {
        cuda_leave(device);
    }
    cuda_release(device->instance, stream);
}

/* ---- waiting ---- */

static void note_overdue(tn_plugin_stream *stream, bool overdue)
{
    if (stream->overdue != overdue) {
        stream->overdue = overdue;
        atomic_fetch_add(&stream->device->overdue, overdue ? 1u : -1u);
    }
}

cuda_result cuda_queue_poll(const cuda_driver *driver, cuda_queue queue,
                            uint64_t timeout)
{
    cuda_wait wait = cuda_wait_begin(timeout);
    cuda_result result;

    do {
        result = driver->cuStreamQuery(queue);
    } while (result == TN_CUDA_ERROR_NOT_READY && cuda_wait_more(&wait));
    return result;
}

tn_status cuda_stream_sync(tn_plugin_stream *stream, uint64_t timeout)
{
    tn_plugin_device *device = stream->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result = timeout == TN_FOREVER
                             ? driver->cuStreamSynchronize(stream->queue)
                             : cuda_queue_poll(driver, stream->queue, timeout);

    if (result == TN_CUDA_ERROR_NOT_READY) {
        status = TN_TIMEOUT;
    } else {
        status = cuda_check(device, result, "waiting for a stream");
    }
    if (status == TN_OK) {
        cuda_garbage_collect(device);
    }
    cuda_leave(device);
    note_overdue(stream, status == TN_TIMEOUT);
    return status;
}

tn_status cuda_stream_status(tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    cuda_result result = device->instance->driver.cuStreamQuery(stream->queue);

    status = result == TN_CUDA_ERROR_NOT_READY
                 ? TN_NOT_READY
                 : cuda_check(device, result, "asking a stream");
    cuda_leave(device);
    return status;
}

tn_status cuda_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event)
{
    tn_plugin_device *device = stream->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    if (atomic_load_explicit(&event->device->lost, memory_order_relaxed)) {
        cuda_leave(device); /* another one: the driver would blame this one */
        return cuda_report_loss(event->device);
    }
    status = cuda_check(device,
                        device->instance->driver.cuStreamWaitEvent(
                            stream->queue, event->mark, 0),
                        "having a stream wait for an event");
    cuda_stream_queued(stream);
    cuda_leave(device);
    return status;
}

tn_status cuda_stream_call(tn_plugin_stream *stream,
                           void (*function)(void *data, tn_status status),
                           void *data)
{
    tn_plugin_device *device = stream->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status = cuda_call_queue(stream, function, data);
    cuda_stream_queued(stream);
    cuda_leave(device);
    return status;
}

tn_status cuda_stream_native(tn_plugin_stream *stream, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)stream->queue;
    return TN_OK;
}
