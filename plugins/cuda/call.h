/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Functions of the host that a stream calls when its earlier work is done.
 */
#ifndef TENON_CUDA_CALL_H
#define TENON_CUDA_CALL_H

#include <stdbool.h>

#include <tenon/plugin.h>

/** Queues one. The device's context is current. */
tn_status cuda_call_queue(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data);

/** The device is lost: those that wait are called now, and told so. */
void cuda_calls_give_up(tn_plugin_device *device);

/** Closing does not wait: those that wait will not be called. */
void cuda_calls_abandon(tn_plugin_device *device);

/** Whether one of them runs now. */
bool cuda_calls_running(tn_plugin_device *device);

/** Frees what is left of them; none runs, and none will. */
void cuda_calls_free(tn_plugin_device *device);

#endif
