/* SPDX-License-Identifier: MIT */
/*
 * The driver calls functions on a thread of its own, but not when the context
 * is broken: then the thread that finds it broken calls them. Whoever changes
 * `waits` to false calls.
 */
#include "plugins/cuda/call.h"

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/signals.h"
#include "plugins/cuda/stream.h"

struct cuda_call {
    tn_plugin_device *device;
    cuda_call *next; /* of the device; its lock */
    cuda_call *previous;
    void (*function)(void *data, tn_status status);
    void *data;
    bool waits; /* the device's lock */
};

static void link_locked(cuda_call *call)
{
    tn_plugin_device *device = call->device;

    call->next = device->calls;
    if (call->next != NULL) {
        call->next->previous = call;
    }
    device->calls = call;
}

static void unlink_locked(cuda_call *call)
{
    *(call->previous != NULL ? &call->previous->next : &call->device->calls) =
        call->next;
    if (call->next != NULL) {
        call->next->previous = call->previous;
    }
}

static void remove_call(cuda_call *call)
{
    tn_plugin_device *device = call->device;

    pthread_mutex_lock(&device->lock);
    if (!device->abandoned) { /* else the host's allocator is gone */
        unlink_locked(call);
        cuda_release(device->instance, call);
    }
    pthread_mutex_unlock(&device->lock);
}

/* On the driver's thread. */
static void turn_came(void *data)
{
    cuda_call *call = data;

    pthread_mutex_lock(&call->device->lock);
    bool waits = call->waits;

    call->waits = false;
    pthread_mutex_unlock(&call->device->lock);
    if (waits) {
        call->function(call->data, TN_OK);
        remove_call(call);
    }
}

tn_status cuda_call_queue(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data)
{
    tn_plugin_device *device = stream->device;
    cuda_call *call = cuda_allocate(device->instance, sizeof *call);
    cuda_signals signals;

    if (call == NULL) {
        return cuda_fail_memory(device->instance, "a call of a function");
    }
    *call = (cuda_call){
        .device = device, .function = function, .data = data, .waits = true};
    pthread_mutex_lock(&device->lock);
    link_locked(call);
    pthread_mutex_unlock(&device->lock);
    cuda_signals_block(&signals); /* the first call starts a thread */
    cuda_result result = device->instance->driver.cuLaunchHostFunc(
        stream->queue, turn_came, call);

    cuda_signals_restore(&signals);
    if (result != TN_CUDA_SUCCESS) {
        remove_call(call);
        return cuda_check(device, result, "queueing a call of a function");
    }
    return TN_OK;
}

/* ---- when their turn will not come ---- */

static cuda_call *next_waiting(tn_plugin_device *device)
{
    pthread_mutex_lock(&device->lock);
    cuda_call *call = device->calls;

    while (call != NULL && !call->waits) {
        call = call->next;
    }
    if (call != NULL) {
        call->waits = false;
        unlink_locked(call); /* kept: the driver knows its address */
        call->previous = NULL;
        call->next = device->given_up;
        device->given_up = call;
    }
    pthread_mutex_unlock(&device->lock);
    return call;
}

void cuda_calls_give_up(tn_plugin_device *device)
{
    cuda_call *call;

    while ((call = next_waiting(device)) != NULL) {
        call->function(call->data, TN_ERROR_DEVICE_LOST);
    }
}

void cuda_calls_abandon(tn_plugin_device *device)
{
    pthread_mutex_lock(&device->lock);
    device->abandoned = true;
    for (cuda_call *call = device->calls; call != NULL; call = call->next) {
        call->waits = false;
    }
    pthread_mutex_unlock(&device->lock);
}

bool cuda_calls_running(tn_plugin_device *device)
{
    pthread_mutex_lock(&device->lock);
    bool running = device->calls != NULL;

    pthread_mutex_unlock(&device->lock);
    return running;
}

void cuda_calls_free(tn_plugin_device *device)
{
    while (device->given_up != NULL) {
        cuda_call *call = device->given_up;

        device->given_up = call->next;
        cuda_release(device->instance, call);
    }
}
