/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events. What an event stands for is the OpenCL event of the last command that
 * its stream had queued when it was recorded; who waits holds that one, so that
 * the event may be recorded again or destroyed meanwhile.
 */
#ifndef TENON_OPENCL_EVENT_H
#define TENON_OPENCL_EVENT_H

#include <pthread.h>

#include <tenon/plugin.h>

#include "plugins/opencl/opencl.h"

struct tn_plugin_event {
    tn_plugin_device *device;
    bool timed;
    pthread_mutex_t lock;
    cl_event point; /* NULL: passed */
};

/** The event's point, retained, or NULL where there is nothing to wait for. */
cl_event ocl_event_point(tn_plugin_event *event);

tn_status ocl_event_create(tn_plugin_device *device,
                           const tn_plugin_event_desc *desc,
                           tn_plugin_event **event);
void ocl_event_destroy(tn_plugin_event *event);
tn_status ocl_event_record(tn_plugin_event *event, tn_plugin_stream *stream);
tn_status ocl_event_status(tn_plugin_event *event);
tn_status ocl_event_sync(tn_plugin_event *event, uint64_t timeout);
tn_status ocl_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                            uint64_t *nanoseconds);
tn_status ocl_event_native(tn_plugin_event *event, uint64_t *handle);

#endif
