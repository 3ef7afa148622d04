/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The one device: this machine's processors.
 */
#ifndef TENON_CPU_DEVICE_H
#define TENON_CPU_DEVICE_H

#include <tenon/plugin.h>

#include "plugins/cpu/lock.h"

struct tn_plugin_device {
    tn_plugin_instance *instance;
    uint64_t memory_bytes; /* as of opening */
    cpu_lock lock;
    tn_plugin_stream *streams; /* all that exist, linked by their `others` */
};

void cpu_device_init(tn_plugin_device *device, tn_plugin_instance *instance);

tn_status cpu_device_count(tn_plugin_instance *instance, uint32_t *count);
tn_status cpu_device_info(tn_plugin_instance *instance, uint32_t index,
                          tn_device_info *info);
tn_status cpu_device_open(tn_plugin_instance *instance, uint32_t index,
                          tn_plugin_device **device);
void cpu_device_close(tn_plugin_device *device);
tn_status cpu_device_status(tn_plugin_device *device);
tn_status cpu_device_memory_free(tn_plugin_device *device, uint64_t *bytes);
tn_status cpu_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank);

#endif
