/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events. What an event stands for is a point of a stream: the CPU_RECORD
 * command of its last record. Who waits holds the point, so that the event may
 * be recorded again or destroyed meanwhile.
 */
#ifndef TENON_CPU_EVENT_H
#define TENON_CPU_EVENT_H

#include <tenon/plugin.h>

#include "plugins/cpu/command.h"
#include "plugins/cpu/lock.h"

struct tn_plugin_event {
    tn_plugin_instance *instance;
    bool timed;
    cpu_lock lock;
    cpu_command *point; /* NULL: never recorded */
};

/** The event's point, referenced, or NULL. */
cpu_command *cpu_event_point(tn_plugin_event *event);

tn_status cpu_event_create(tn_plugin_device *device,
                           const tn_plugin_event_desc *desc,
                           tn_plugin_event **event);
void cpu_event_destroy(tn_plugin_event *event);
tn_status cpu_event_record(tn_plugin_event *event, tn_plugin_stream *stream);
tn_status cpu_event_status(tn_plugin_event *event);
tn_status cpu_event_sync(tn_plugin_event *event, uint64_t timeout);
tn_status cpu_event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                            uint64_t *nanoseconds);

#endif
