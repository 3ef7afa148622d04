/* SPDX-License-Identifier: MIT */
/*
 * The driver captures a graph from a stream to which the commands are queued as
 * they are to any other.
 */
#include <string.h>

#include "plugins/cuda/copy.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/graph.h"
#include "plugins/cuda/module.h"
#include "plugins/cuda/stream.h"

/* The node is the last one so far, which comes after all others. */
static tn_status capture_launch(cuda_recorded *r, tn_plugin_stream *stream)
{
    tn_plugin_device *device = stream->device;
    const cuda_node *last = NULL;
    unsigned state = 0;
    size_t count = 0;
    tn_status status = cuda_launch(stream, r->kernel, &r->launch);

    if (status == TN_OK) {
        status =
            cuda_check(device,
                       device->instance->driver.cuStreamGetCaptureInfo_v2(
                           stream->queue, &state, NULL, NULL, &last, &count),
                       "capturing a launch");
    }
    if (status == TN_OK && count != 1) {
        status = cuda_fail(device->instance, TN_ERROR_UNSUPPORTED,
                           "the driver captured a launch as %zu nodes", count);
    }
    if (status == TN_OK) {
        r->node = last[0];
    }
    return status;
}

static tn_status capture(cuda_recorded *r, const tn_plugin_command *command,
                         tn_plugin_stream *stream)
{
    switch (command->kind) {
    case TN_COMMAND_LAUNCH:
        return capture_launch(r, stream);
    case TN_COMMAND_COPY:
        return cuda_copy(stream, command->as.copy.to,
                         command->as.copy.to_offset, command->as.copy.from,
                         command->as.copy.from_offset, command->as.copy.bytes);
    default:
        return cuda_fill(stream, command->as.fill.memory,
                         command->as.fill.offset, command->as.fill.bytes,
                         command->as.fill.pattern,
                         command->as.fill.pattern_bytes);
    }
}

/* The capture ends in any case; what it has become is the graph's. */
static tn_status capture_all(tn_plugin_graph *graph, tn_plugin_stream *stream,
                             const tn_plugin_command *commands, uint32_t count)
{
    tn_plugin_device *device = graph->device;
    const cuda_driver *driver = &device->instance->driver;
    tn_status status =
        cuda_check(device,
                   driver->cuStreamBeginCapture_v2(
                       stream->queue, TN_CU_STREAM_CAPTURE_MODE_RELAXED),
                   "capturing a graph");

    if (status != TN_OK) {
        return status;
    }
    for (uint32_t i = 0; i < count && status == TN_OK; ++i) {
        status = capture(&graph->commands[i], &commands[i], stream);
    }
    cuda_result result =
        driver->cuStreamEndCapture(stream->queue, &graph->graph);

    return status == TN_OK ? cuda_check(device, result, "capturing a graph")
                           : status;
}

/* Only this thread knows the stream: the reaper would be captured with it. */
tn_status cuda_graph_capture(tn_plugin_graph *graph,
                             const tn_plugin_command *commands, uint32_t count)
{
    tn_plugin_device *device = graph->device;
    const cuda_driver *driver = &device->instance->driver;
    tn_plugin_stream stream;

    memset(&stream, 0, sizeof stream);
    cuda_stream_init(&stream, device);
    tn_status status =
        cuda_check(device,
                   driver->cuStreamCreateWithPriority(
                       &stream.queue, TN_CU_STREAM_NON_BLOCKING, 0),
                   "capturing a graph");

    if (status != TN_OK) {
        return status;
    }
    status = capture_all(graph, &stream, commands, count);
    (void)driver->cuStreamDestroy_v2(stream.queue);
    return status == TN_OK
               ? cuda_check(device,
                            driver->cuGraphInstantiateWithFlags(
                                &graph->executable, graph->graph, 0),
                            "making a graph")
               : status;
}
