/* SPDX-License-Identifier: MIT */
/*
 * The cpu backend's table. Each object's operations are in a file of its own.
 */
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/device.h"
#include "plugins/cpu/event.h"
#include "plugins/cpu/graph.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/module.h"
#include "plugins/cpu/stream.h"

TN_PLUGIN_NOTE("cpu", "so", "threads pin", "");

static const tn_plugin table = {
    .size = sizeof table,
    .abi = TN_PLUGIN_ABI,
    .name = "cpu",
    .version = CPU_VERSION,
    .vendor = "Tenon",

    .instance_create = cpu_instance_create,
    .instance_destroy = cpu_instance_destroy,

    .device_count = cpu_device_count,
    .device_info = cpu_device_info,
    .device_open = cpu_device_open,
    .device_close = cpu_device_close,
    .device_status = cpu_device_status,
    .device_memory_free = cpu_device_memory_free,
    .module_rank = cpu_module_rank,

    .memory_create = cpu_memory_create,
    .memory_import = cpu_memory_import,
    .memory_destroy = cpu_memory_destroy,
    .memory_map = cpu_memory_map,
    .memory_unmap = cpu_memory_unmap,

    .stream_create = cpu_stream_create,
    .stream_destroy = cpu_stream_destroy,
    .stream_sync = cpu_stream_sync,
    .stream_status = cpu_stream_status,
    .stream_wait = cpu_stream_wait,
    .stream_call = cpu_stream_call,

    .event_create = cpu_event_create,
    .event_destroy = cpu_event_destroy,
    .event_record = cpu_event_record,
    .event_status = cpu_event_status,
    .event_sync = cpu_event_sync,
    .event_elapsed = cpu_event_elapsed,

    .module_create = cpu_module_create,
    .module_destroy = cpu_module_destroy,
    .module_kernels = cpu_module_kernels,
    .kernel_get = cpu_kernel_get,
    .kernel_info = cpu_kernel_info,
    .kernel_parameter = cpu_kernel_parameter,

    .launch = cpu_launch,
    .copy_to = cpu_copy_to,
    .copy_from = cpu_copy_from,
    .copy_to_async = cpu_copy_to_async,
    .copy_from_async = cpu_copy_from_async,
    .copy = cpu_copy,
    .fill = cpu_fill,

    .graph_create = cpu_graph_create,
    .graph_destroy = cpu_graph_destroy,
    .graph_launch = cpu_graph_launch,

    .memory_native = cpu_memory_native,
};

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    if (host_abi >> 16 != TN_PLUGIN_ABI_MAJOR) {
        return TN_ERROR_UNSUPPORTED;
    }
    *plugin = &table;
    return TN_OK;
}
