/* SPDX-License-Identifier: MIT */
/*
 * The opencl backend's table. Each object's operations are in a file of its
 * own.
 */
#include "plugins/opencl/copy.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/event.h"
#include "plugins/opencl/graph.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/memory.h"
#include "plugins/opencl/module.h"
#include "plugins/opencl/opencl.h"
#include "plugins/opencl/stream.h"

TN_PLUGIN_NOTE("opencl", "clc",
               "library options cache cache_size command_buffers include",
               OCL_LIBRARY);

static const tn_plugin table = {
    .size = sizeof table,
    .abi = TN_PLUGIN_ABI,
    .name = "opencl",
    .version = OCL_VERSION,
    .vendor = "Tenon",

    .instance_create = ocl_instance_create,
    .instance_destroy = ocl_instance_destroy,

    .device_count = ocl_device_count,
    .device_info = ocl_device_info,
    .device_open = ocl_device_open,
    .device_close = ocl_device_close,
    .device_status = ocl_device_status,
    .module_rank = ocl_module_rank,

    .memory_create = ocl_memory_create,
    .memory_import = ocl_memory_import,
    .memory_destroy = ocl_memory_destroy,
    .memory_map = ocl_memory_map,
    .memory_unmap = ocl_memory_unmap,

    .stream_create = ocl_stream_create,
    .stream_destroy = ocl_stream_destroy,
    .stream_sync = ocl_stream_sync,
    .stream_status = ocl_stream_status,
    .stream_wait = ocl_stream_wait,
    .stream_call = ocl_stream_call,

    .event_create = ocl_event_create,
    .event_destroy = ocl_event_destroy,
    .event_record = ocl_event_record,
    .event_status = ocl_event_status,
    .event_sync = ocl_event_sync,
    .event_elapsed = ocl_event_elapsed,

    .module_create = ocl_module_create,
    .module_destroy = ocl_module_destroy,
    .module_kernels = ocl_module_kernels,
    .kernel_get = ocl_kernel_get,
    .kernel_info = ocl_kernel_info,
    .kernel_parameter = ocl_kernel_parameter,

    .launch = ocl_launch,
    .copy_to = ocl_copy_to,
    .copy_from = ocl_copy_from,
    .copy_to_async = ocl_copy_to_async,
    .copy_from_async = ocl_copy_from_async,
    .copy = ocl_copy,
    .fill = ocl_fill,

    .graph_create = ocl_graph_create,
    .graph_destroy = ocl_graph_destroy,
    .graph_launch = ocl_graph_launch,

    .device_native = ocl_device_native,
    .memory_native = ocl_memory_native,
    .stream_native = ocl_stream_native,
    .event_native = ocl_event_native,
};

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    if (host_abi >> 16 != TN_PLUGIN_ABI_MAJOR) {
        return TN_ERROR_UNSUPPORTED;
    }
    *plugin = &table;
    return TN_OK;
}
