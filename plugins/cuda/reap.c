/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/reap.h"

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/stream.h"

/* How long an allocation waits for memory whose users have not finished. */
#define AWAIT_NANOSECONDS 10000000000u

/*
 * An answer that says no is for who queues or waits next: what destroys has
 * nobody to tell.
 */

void cuda_reap_after_locked(tn_plugin_device *device, tn_plugin_stream *stream)
{
    const cuda_driver *driver = &device->instance->driver;

    if (!atomic_exchange(&stream->dirty, false) && !stream->wrapped) {
        return;
    }
    if (driver->cuEventRecord(stream->tail, stream->queue) == TN_CUDA_SUCCESS) {
        (void)driver->cuStreamWaitEvent(device->reaper, stream->tail, 0);
    }
}

static void order_locked(tn_plugin_device *device)
{
    for (tn_plugin_stream *s = device->streams; s != NULL; s = s->next) {
        cuda_reap_after_locked(device, s);
    }
}

void cuda_reap_order(tn_plugin_device *device)
{
    pthread_mutex_lock(&device->lock);
    order_locked(device);
    pthread_mutex_unlock(&device->lock);
}

void cuda_reap_await(tn_plugin_device *device)
{
    (void)cuda_queue_poll(&device->instance->driver, device->reaper,
                          AWAIT_NANOSECONDS);
    cuda_garbage_collect(device);
}

/* ---- garbage ---- */

static bool is_idle_locked(const tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;
    bool idle = driver->cuStreamQuery(device->reaper) == TN_CUDA_SUCCESS;

    for (tn_plugin_stream *s = device->streams; s != NULL && idle;
         s = s->next) {
        idle = driver->cuStreamQuery(s->queue) == TN_CUDA_SUCCESS;
    }
    return idle;
}

/* Sets the mark behind the last work that may use it. */
static void mark_locked(tn_plugin_device *device, cuda_garbage *garbage,
                        tn_plugin_stream *stream)
{
    const cuda_driver *driver = &device->instance->driver;

    if (stream == NULL) {
        order_locked(device);
    }
    if (driver->cuEventCreate(&garbage->mark, TN_CU_EVENT_DISABLE_TIMING) !=
        TN_CUDA_SUCCESS) {
        garbage->mark = NULL;
    } else if (driver->cuEventRecord(garbage->mark, stream != NULL
                                                        ? stream->queue
                                                        : device->reaper) !=
               TN_CUDA_SUCCESS) {
        (void)driver->cuEventDestroy_v2(garbage->mark);
        garbage->mark = NULL;
    }
}

void cuda_garbage_put(tn_plugin_device *device, cuda_garbage *garbage,
                      tn_plugin_stream *stream)
{
    pthread_mutex_lock(&device->lock);
    bool at_once = atomic_load(&device->lost) || is_idle_locked(device);

    garbage->mark = NULL;
    if (!at_once) {
        mark_locked(device, garbage, stream);
        garbage->next = device->garbage;
        device->garbage = garbage;
        atomic_fetch_add(&device->garbage_count, 1);
    }
    pthread_mutex_unlock(&device->lock);
    if (at_once) {
        garbage->destroy(garbage);
    } else {
        cuda_garbage_collect(device);
    }
}

static bool is_unused(const tn_plugin_device *device,
                      const cuda_garbage *garbage, bool idle)
{
    if (idle) {
        return true;
    }
    return !garbage->blocks && garbage->mark != NULL &&
           device->instance->driver.cuEventQuery(garbage->mark) ==
               TN_CUDA_SUCCESS;
}

/* Takes what is unused (or all) off the device's list. */
static cuda_garbage *take(tn_plugin_device *device, bool all)
{
    cuda_garbage *taken = NULL;

    pthread_mutex_lock(&device->lock);
    bool idle = all || is_idle_locked(device);

    for (cuda_garbage **at = &device->garbage; *at != NULL;) {
        cuda_garbage *garbage = *at;

        if (is_unused(device, garbage, idle)) {
            *at = garbage->next;
            garbage->next = taken;
            taken = garbage;
            atomic_fetch_sub(&device->garbage_count, 1);
        } else {
            at = &garbage->next;
        }
    }
    pthread_mutex_unlock(&device->lock);
    return taken;
}

static void destroy_all(tn_plugin_device *device, cuda_garbage *garbage)
{
    while (garbage != NULL) {
        cuda_garbage *next = garbage->next;

        if (garbage->mark != NULL) {
            (void)device->instance->driver.cuEventDestroy_v2(garbage->mark);
        }
        garbage->destroy(garbage);
        garbage = next;
    }
}

void cuda_garbage_collect(tn_plugin_device *device)
{
    if (atomic_load_explicit(&device->garbage_count, memory_order_relaxed) >
        0) {
        destroy_all(device, take(device, false));
    }
}

void cuda_garbage_empty(tn_plugin_device *device)
{
    destroy_all(device, take(device, true));
}

void cuda_garbage_abandon(tn_plugin_device *device)
{
    pthread_mutex_lock(&device->lock);
    device->garbage = NULL;
    atomic_store(&device->garbage_count, 0);
    pthread_mutex_unlock(&device->lock);
}
