/* SPDX-License-Identifier: MIT */
/*
 * The cuda backend's table. Each object's operations are in a file of its own.
 */
#include "plugins/cuda/copy.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/device.h"
#include "plugins/cuda/event.h"
#include "plugins/cuda/graph.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/module.h"
#include "plugins/cuda/stream.h"

TN_PLUGIN_NOTE("cuda", "ptx cubin fatbin",
               "cache cache_size library legacy_stream staging staging_threads",
               "libcuda.so.1");

static const tn_plugin table = {
    .size = sizeof table,
    .abi = TN_PLUGIN_ABI,
    .name = "cuda",
    .version = CUDA_VERSION_TEXT,
    .vendor = "Tenon",

    .instance_create = cuda_instance_create,
    .instance_destroy = cuda_instance_destroy,

    .device_count = cuda_device_count,
    .device_info = cuda_device_info,
    .device_open = cuda_device_open,
    .device_close = cuda_device_close,
    .device_status = cuda_device_status,
    .device_memory_free = cuda_device_memory_free,
    .module_rank = cuda_module_rank,

    .memory_create = cuda_memory_create,
    .memory_import = cuda_memory_import,
    .memory_destroy = cuda_memory_destroy,
    .memory_map = cuda_memory_map,
    .memory_unmap = cuda_memory_unmap,

    .stream_create = cuda_stream_create,
    .stream_destroy = cuda_stream_destroy,
    .stream_sync = cuda_stream_sync,
    .stream_status = cuda_stream_status,
    .stream_wait = cuda_stream_wait,
    .stream_call = cuda_stream_call,

    .event_create = cuda_event_create,
    .event_destroy = cuda_event_destroy,
    .event_record = cuda_event_record,
    .event_status = cuda_event_status,
    .event_sync = cuda_event_sync,
    .event_elapsed = cuda_event_elapsed,

    .module_create = cuda_module_create,
    .module_destroy = cuda_module_destroy,
    .module_kernels = cuda_module_kernels,
    .module_symbol = cuda_module_symbol,
    .kernel_get = cuda_kernel_get,
    .kernel_info = cuda_kernel_info,
    .kernel_parameter = cuda_kernel_parameter,

    .launch = cuda_launch,
    .copy_to = cuda_copy_to,
    .copy_from = cuda_copy_from,
    .copy_to_async = cuda_copy_to_async,
    .copy_from_async = cuda_copy_from_async,
    .copy = cuda_copy,
    .fill = cuda_fill,

    .graph_create = cuda_graph_create,
    .graph_destroy = cuda_graph_destroy,
    .graph_launch = cuda_graph_launch,

    .device_native = cuda_device_native,
    .memory_native = cuda_memory_native,
    .stream_native = cuda_stream_native,
    .event_native = cuda_event_native,
};

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    if (host_abi >> 16 != TN_PLUGIN_ABI_MAJOR) {
        return TN_ERROR_UNSUPPORTED;
    }
    *plugin = &table;
    return TN_OK;
}
