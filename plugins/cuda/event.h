/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events: those of the driver.
 */
#ifndef TENON_CUDA_EVENT_H
#define TENON_CUDA_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"

struct tn_plugin_event {
    cuda_mark mark;
    tn_plugin_device *device;
    bool timed;
    atomic_bool recorded; /* once at least */
};

tn_status cuda_event_create(tn_plugin_device *device,
                            const tn_plugin_event_desc *desc,
                            tn_plugin_event **event);
void cuda_event_destroy(tn_plugin_event *event);
tn_status cuda_event_record(tn_plugin_event *event, tn_plugin_stream *stream);
tn_status cuda_event_status(tn_plugin_event *event);
tn_status cuda_event_sync(tn_plugin_event *event, uint64_t timeout);
tn_status cuda_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                             uint64_t *nanoseconds);
tn_status cuda_event_native(tn_plugin_event *event, uint64_t *handle);

#endif
