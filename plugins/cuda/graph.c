/* SPDX-License-Identifier: MIT */
/*
 * A launch whose slots are bound again gets its new arguments in the executable
 * graph that is there; by the driver's rule, what was launched before keeps its
 * own.
 */
#include "plugins/cuda/graph.h"

#include <string.h>

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/module.h"
#include "plugins/cuda/stream.h"

bool cuda_graphs_are_there(const cuda_driver *driver)
{
    return driver->cuStreamBeginCapture_v2 != NULL &&
           driver->cuStreamGetCaptureInfo_v2 != NULL &&
           driver->cuStreamEndCapture != NULL &&
           driver->cuGraphInstantiateWithFlags != NULL &&
           driver->cuGraphExecKernelNodeSetParams != NULL &&
           driver->cuGraphLaunch != NULL &&
           driver->cuGraphExecDestroy != NULL && driver->cuGraphDestroy != NULL;
}

/* ---- what is kept of the commands ---- */

/* A buffer that is left open; it is bound before anything runs. */
static tn_plugin_memory unbound;

static void give_open_buffers(tn_plugin_slot *slot,
                              const tn_plugin_launch *launch)
{
    for (uint32_t i = 0; i < launch->argument_count; ++i) {
        uint32_t kind = launch->kinds[i / 16] >> 4 * (i % 16) & 15;

        if (kind == TN_TYPE_BUFFER && slot->buffer.memory == NULL) {
            slot->buffer.memory = &unbound;
        } else if (kind == TN_TYPE_STRUCT) {
            slot += (slot->bytes + sizeof *slot - 1) / sizeof *slot;
        }
        ++slot;
    }
}

/* @return the end of the slots that it took */
static tn_plugin_slot *keep_launch(cuda_recorded *r,
                                   const tn_plugin_command *from,
                                   tn_plugin_slot *slots)
{
    const tn_plugin_launch *launch = from->as.launch.record;

    r->kernel = from->as.launch.kernel;
    r->launch = *launch;
    r->launch.slots = slots;
    r->slots = slots;
    if (launch->slot_count > 0) {
        memcpy(slots, launch->slots, launch->slot_count * sizeof *slots);
    }
    give_open_buffers(slots, launch);
    return slots + launch->slot_count;
}

static tn_plugin_graph *keep(tn_plugin_device *device,
                             const tn_plugin_command *commands, uint32_t count)
{
    tn_plugin_instance *instance = device->instance;
    size_t slot_count = 0;
    tn_plugin_graph *graph = cuda_allocate(
        instance, sizeof *graph + count * sizeof *graph->commands);

    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_LAUNCH) {
            slot_count += commands[i].as.launch.record->slot_count;
        }
    }
    if (graph == NULL) {
        return NULL;
    }
    graph->device = device;
    graph->slots =
        cuda_allocate(instance, (slot_count + 1) * sizeof *graph->slots);
    if (graph->slots == NULL) {
        cuda_release(instance, graph);
        return NULL;
    }
    tn_plugin_slot *slots = graph->slots;

    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_LAUNCH) {
            slots = keep_launch(&graph->commands[i], &commands[i], slots);
        }
    }
    return graph;
}

/* ---- making ---- */

static tn_status check_commands(const tn_plugin_device *device,
                                const tn_plugin_command *commands,
                                uint32_t count)
{
    if (!cuda_graphs_are_there(&device->instance->driver)) {
        return cuda_fail(device->instance, TN_ERROR_UNSUPPORTED,
                         "this driver has no graphs");
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_COPY &&
            (commands[i].as.copy.to->device != device ||
             commands[i].as.copy.from->device != device)) {
            return cuda_fail(device->instance, TN_ERROR_UNSUPPORTED,
                             "the cuda backend has no graphs with copies "
                             "between devices");
        }
    }
    return TN_OK;
}

tn_status cuda_graph_create(tn_plugin_device *device,
                            const tn_plugin_command *commands, uint32_t count,
                            tn_plugin_graph **graph)
{
    tn_status status = check_commands(device, commands, count);

    if (status != TN_OK) {
        return status;
    }
    tn_plugin_graph *made = keep(device, commands, count);

    if (made == NULL) {
        return cuda_fail_memory(device->instance, "a graph");
    }
    status = cuda_enter(device);
    if (status == TN_OK) {
        status = cuda_graph_capture(made, commands, count);
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_graph_destroy(made);
        return status;
    }
    *graph = made;
    return TN_OK;
}

/* The driver lets it run to its end. */
void cuda_graph_destroy(tn_plugin_graph *graph)
{
    tn_plugin_device *device = graph->device;
    const cuda_driver *driver = &device->instance->driver;
    bool entered =
        driver->cuCtxPushCurrent_v2(device->context) == TN_CUDA_SUCCESS;

    if (graph->executable != NULL) {
        (void)driver->cuGraphExecDestroy(graph->executable);
    }
    if (graph->graph != NULL) {
        (void)driver->cuGraphDestroy(graph->graph);
    }
    if (entered) {
        cuda_leave(device);
    }
    cuda_release(device->instance, graph->slots);
    cuda_release(device->instance, graph);
}

/* ---- running ---- */

static tn_status update(const tn_plugin_graph *graph, cuda_recorded *r)
{
    tn_plugin_device *device = graph->device;
    const tn_plugin_launch *l = &r->launch;
    cuda_arguments a; /* large: only what counts is written */
    tn_status status = cuda_launch_arguments(&a, r->kernel, l);

    if (status != TN_OK) {
        return status;
    }
    const cuda_node_launch launch = {
        .function = r->kernel->function,
        .groups_x = l->groups[0],
        .groups_y = l->groups[1],
        .groups_z = l->groups[2],
        .items_x = l->items[0],
        .items_y = l->items[1],
        .items_z = l->items[2],
        .shared_bytes = (unsigned)a.shared,
        .arguments = a.pointers,
    };

    return cuda_check(device,
                      device->instance->driver.cuGraphExecKernelNodeSetParams(
                          graph->executable, r->node, &launch),
                      "binding the slots of a graph");
}

static tn_status bind(tn_plugin_graph *graph, const tn_plugin_binding *bindings,
                      uint32_t count)
{
    tn_status status = TN_OK;

    for (uint32_t i = 0; i < count; ++i) {
        cuda_recorded *r = &graph->commands[bindings[i].command];

        r->slots[bindings[i].slot] = bindings[i].value;
        r->stale = true;
    }
    for (uint32_t i = 0; i < count && status == TN_OK; ++i) {
        cuda_recorded *r = &graph->commands[bindings[i].command];

        if (r->stale) {
            status = update(graph, r);
            r->stale = status != TN_OK;
        }
    }
    return status;
}

tn_status cuda_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                            const tn_plugin_binding *bindings, uint32_t count)
{
    tn_plugin_device *device = graph->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status = bind(graph, bindings, count);
    if (status == TN_OK) {
        status = cuda_check(device,
                            device->instance->driver.cuGraphLaunch(
                                graph->executable, stream->queue),
                            "running a graph");
        cuda_stream_queued(stream);
    }
    cuda_leave(device);
    return status;
}
