/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Streams: those of the driver, our own or wrapped.
 */
#ifndef TENON_CUDA_STREAM_H
#define TENON_CUDA_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"

enum {
    /* Arguments of a launch that takes the short way: with one less than what
     * a word of kinds holds, the kinds tell how many there are. */
    CUDA_PLAIN_ARGUMENTS = 15
};

struct tn_plugin_stream {
    cuda_queue queue;
    tn_plugin_device *device;
    /* for launches, which one thread at a time makes: launch.c */
    __typeof__(((cuda_driver *)0)->cuLaunchKernel) launch;
    uint64_t words[CUDA_PLAIN_ARGUMENTS];
    void *pointers[CUDA_PLAIN_ARGUMENTS]; /* to the words */
    bool wrapped; /* it stays the caller's, and others queue work on it */
    /* all bits where launches take the long way, so that no kinds are plain: it
     * is the legacy stream, which is one of each context, or the device is lost;
     * else none */
    _Atomic(uint64_t) odd;
    bool overdue;           /* a sync has not seen the end of its work */
    atomic_bool dirty;      /* has work that the reaper does not wait for */
    cuda_mark tail;         /* the device's lock; for the reaper */
    tn_plugin_stream *next; /* of the device; its lock */
    tn_plugin_stream *previous;
};

/** Said after work was queued: who destroys now destroys after it. */
static inline void cuda_stream_queued(tn_plugin_stream *stream)
{
    atomic_store_explicit(&stream->dirty, true, memory_order_relaxed);
}

/** Makes zeroed memory a stream to which work can be queued, but its queue. */
void cuda_stream_init(tn_plugin_stream *stream, tn_plugin_device *device);

tn_status cuda_stream_create(tn_plugin_device *device,
                             const tn_plugin_stream_desc *desc,
                             tn_plugin_stream **stream);
void cuda_stream_destroy(tn_plugin_stream *stream);

/**
 * Asks a queue until its work is done, or the time is over: then the answer is
 * TN_CUDA_ERROR_NOT_READY.
 */
cuda_result cuda_queue_poll(const cuda_driver *driver, cuda_queue queue,
                            uint64_t timeout);
tn_status cuda_stream_sync(tn_plugin_stream *stream, uint64_t timeout);
tn_status cuda_stream_status(tn_plugin_stream *stream);
tn_status cuda_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event);
tn_status cuda_stream_call(tn_plugin_stream *stream,
                           void (*function)(void *data, tn_status status),
                           void *data);
tn_status cuda_stream_native(tn_plugin_stream *stream, uint64_t *handle);

#endif
