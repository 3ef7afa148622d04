/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/device.h"

#include <stdio.h>

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/machine.h"
#include "plugins/cpu/stream.h"

void cpu_device_init(tn_plugin_device *device, tn_plugin_instance *instance)
{
    device->instance = instance;
    device->memory_bytes = cpu_machine_memory();
    device->streams = NULL;
}

tn_status cpu_device_count(tn_plugin_instance *instance, uint32_t *count)
{
    (void)instance;
    *count = 1;
    return TN_OK;
}

static tn_status check_index(tn_plugin_instance *instance, uint32_t index)
{
    if (index != 0) {
        return cpu_fail(instance, TN_ERROR_NOT_FOUND,
                        "the cpu backend has one device, 0, and no device %u",
                        (unsigned)index);
    }
    return TN_OK;
}

static void describe(const tn_plugin_instance *instance, tn_device_info *info)
{
    *info = (tn_device_info){
        .size = sizeof *info,
        .kind = TN_DEVICE_CPU,
        .driver = "tenon cpu " CPU_VERSION,
        .dlpack_type = 1,
        .numa_node = instance->places.node,
        .compute_units = instance->places.threads,
        .subgroup_items = 1,
        .offset_alignment = 1,
        .memory_bytes = instance->device.memory_bytes,
        .allocation_bytes = instance->device.memory_bytes,
        .local_bytes = CPU_LOCAL_BYTES,
        .argument_bytes = CPU_ARGUMENT_BYTES,
        .max_items = CPU_ITEMS_MAX,
        .max_items_dim = {CPU_ITEMS_MAX, CPU_ITEMS_MAX, CPU_ITEMS_MAX},
        .max_groups_dim = {CPU_GROUPS_X, CPU_GROUPS_YZ, CPU_GROUPS_YZ},
        .features = TN_FEATURE_PINNED | TN_FEATURE_SHARED | TN_FEATURE_MAP |
                    TN_FEATURE_IMPORT | TN_FEATURE_F64 |
                    TN_FEATURE_HOST_MEMORY | TN_FEATURE_GRAPH};
    cpu_machine_caches(info->cache_bytes);
    cpu_machine_name(info->name, sizeof info->name, info->vendor,
                     sizeof info->vendor);
    snprintf(info->target, sizeof info->target, "%s", cpu_machine_target());
}

tn_status cpu_device_info(tn_plugin_instance *instance, uint32_t index,
                          tn_device_info *info)
{
    tn_device_info own;
    tn_status status = check_index(instance, index);

    if (status == TN_OK) {
        describe(instance, &own);
        cpu_answer(info, &own, sizeof own);
    }
    return status;
}

tn_status cpu_device_open(tn_plugin_instance *instance, uint32_t index,
                          tn_plugin_device **device)
{
    tn_status status = check_index(instance, index);

    if (status == TN_OK) {
        *device = &instance->device;
    }
    return status;
}

/* A destroyed stream lives on until its queue is empty. */
void cpu_device_close(tn_plugin_device *device)
{
    tn_plugin_stream *stream;

    if (cpu_pool_is_foreign(&device->instance->pool)) {
        return;
    }
    while ((stream = cpu_stream_any_busy(device)) != NULL) {
        cpu_stream_await(stream, UINT64_MAX, TN_FOREVER);
        cpu_stream_unreference(stream);
    }
}

tn_status cpu_device_status(tn_plugin_device *device)
{
    (void)device;
    return TN_OK;
}

tn_status cpu_device_memory_free(tn_plugin_device *device, uint64_t *bytes)
{
    (void)device;
    *bytes = cpu_machine_memory_free();
    return TN_OK;
}
