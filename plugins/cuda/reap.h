/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Destroying what queued work still uses, without waiting for it: the reaper, a
 * stream of the device, waits for the work of all others.
 */
#ifndef TENON_CUDA_REAP_H
#define TENON_CUDA_REAP_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cuda/device.h"

/**
 * A thing that cannot be destroyed in a stream's order; part of the thing.
 */
struct cuda_garbage {
    cuda_garbage *next;
    cuda_mark mark; /* passed when nobody uses it; NULL: when all are idle */
    bool blocks;    /* destroying it waits for all work, so none may be left */
    void (*destroy)(cuda_garbage *garbage);
};

/* The device's context is current in all of these. */

/** The reaper waits for what is queued in the stream now. */
void cuda_reap_after_locked(tn_plugin_device *device, tn_plugin_stream *stream);

/** The reaper waits for what is queued in all streams now. */
void cuda_reap_order(tn_plugin_device *device);

/** Waits until what was destroyed is free, but not for ever. */
void cuda_reap_await(tn_plugin_device *device);

/**
 * Has a thing destroyed when nobody uses it: after the stream's work, or, with
 * NULL, after that of all streams.
 */
void cuda_garbage_put(tn_plugin_device *device, cuda_garbage *garbage,
                      tn_plugin_stream *stream);

/** Destroys what nobody uses any more. */
void cuda_garbage_collect(tn_plugin_device *device);

/** Destroys all; no work is left, or the device is lost. */
void cuda_garbage_empty(tn_plugin_device *device);

/** Forgets all: work that does not end may use it. */
void cuda_garbage_abandon(tn_plugin_device *device);

#endif
