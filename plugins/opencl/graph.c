/* SPDX-License-Identifier: MIT */
/*
 * A command buffer cannot bind arguments, so what has bindings is launched one
 * by one from the records; so is what was recorded with memory that is another
 * thing now. Each command has a kernel object of its own: drivers (PoCL 3.1)
 * take the arguments that are set when the buffer runs, not when it was made.
 */
#include "plugins/opencl/graph.h"

#include <string.h>

#include "plugins/opencl/device.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/module.h"
#include "plugins/opencl/stream.h"

typedef struct recorded {
    tn_plugin_kernel *kernel;
    tn_plugin_launch launch;
    tn_plugin_slot *slots; /* its own */
    cl_kernel object;
} recorded;

struct tn_plugin_graph {
    tn_plugin_device *device;
    tn_plugin_graph *next; /* destroyed while it ran; the device's lock */
    ocl_command_buffer buffer;
    cl_event last;    /* of its last run, or NULL */
    uint64_t changes; /* of the device, when it was made */
    uint32_t count;
    recorded commands[];
};

/* ---- the extension ---- */

enum {
    CAPABILITIES = 0x12A9 /* CL_DEVICE_COMMAND_BUFFER_CAPABILITIES_KHR */
};

#define MAY_RUN_TWICE ((cl_ulong)1 << 2)

void ocl_command_buffers_find(tn_plugin_device *device)
{
    static const char name[] = "cl_khr_command_buffer";
    const ocl_symbols *cl = &device->instance->cl;
    ocl_command_buffers *found = &device->command_buffers;
    cl_ulong has = 0;

    if (!device->instance->command_buffers ||
        cl->GetExtensionFunctionAddressForPlatform == NULL ||
        !ocl_device_has(device, name, sizeof name - 1) ||
        cl->GetDeviceInfo(device->id, CAPABILITIES, sizeof has, &has, NULL) !=
            CL_SUCCESS ||
        (has & MAY_RUN_TWICE) == 0) {
        return;
    }
#define FIND(member, function)                                                 \
    found->member = (__typeof__(found->member))(uintptr_t)                     \
                        cl->GetExtensionFunctionAddressForPlatform(            \
                            device->platform, function)
    FIND(create, "clCreateCommandBufferKHR");
    FIND(finalize, "clFinalizeCommandBufferKHR");
    FIND(release, "clReleaseCommandBufferKHR");
    FIND(enqueue, "clEnqueueCommandBufferKHR");
    FIND(launch, "clCommandNDRangeKernelKHR");
#undef FIND
    if (found->finalize == NULL || found->release == NULL ||
        found->enqueue == NULL || found->launch == NULL) {
        found->create = NULL;
    }
}

/* ---- coming and going ---- */

static void free_graph(tn_plugin_graph *graph)
{
    tn_plugin_device *device = graph->device;
    const ocl_symbols *cl = &device->instance->cl;

    if (graph->buffer != NULL) {
        (void)device->command_buffers.release(graph->buffer);
    }
    for (uint32_t i = 0; i < graph->count; ++i) {
        if (graph->commands[i].object != NULL) {
            (void)cl->ReleaseKernel(graph->commands[i].object);
        }
        ocl_release(device->instance, graph->commands[i].slots);
    }
    if (graph->last != NULL) {
        (void)cl->ReleaseEvent(graph->last);
    }
    ocl_release(device->instance, graph);
}

static bool runs(const tn_plugin_graph *graph)
{
    return graph->last != NULL && ocl_event_state(&graph->device->instance->cl,
                                                  graph->last) > CL_COMPLETE;
}

/* Frees those that were destroyed and do not run any more, or all. */
static void sweep(tn_plugin_device *device, bool all)
{
    tn_plugin_graph *ended = NULL;

    pthread_mutex_lock(&device->lock);
    for (tn_plugin_graph **at = &device->graphs; *at != NULL;) {
        tn_plugin_graph *graph = *at;

        if (all || !runs(graph)) {
            *at = graph->next;
            graph->next = ended;
            ended = graph;
        } else {
            at = &graph->next;
        }
    }
    pthread_mutex_unlock(&device->lock);
    while (ended != NULL) {
        tn_plugin_graph *next = ended->next;

        free_graph(ended);
        ended = next;
    }
}

void ocl_graphs_finish(tn_plugin_device *device)
{
    sweep(device, true);
}

void ocl_graph_destroy(tn_plugin_graph *graph)
{
    tn_plugin_device *device = graph->device;

    pthread_mutex_lock(&device->lock);
    graph->next = device->graphs;
    device->graphs = graph;
    pthread_mutex_unlock(&device->lock);
    sweep(device, false);
}

/* ---- making ---- */

static tn_status keep_record(tn_plugin_graph *graph, recorded *r,
                             const tn_plugin_command *command)
{
    tn_plugin_instance *instance = graph->device->instance;
    const tn_plugin_launch *launch = command->as.launch.record;
    size_t bytes = launch->slot_count * sizeof *r->slots;

    r->kernel = command->as.launch.kernel;
    r->launch = *launch;
    r->slots = ocl_allocate(instance, bytes > 0 ? bytes : 1);
    if (r->slots == NULL) {
        return ocl_fail_memory(instance, "a graph");
    }
    if (bytes > 0) {
        memcpy(r->slots, launch->slots, bytes);
    }
    r->launch.slots = r->slots;
    return TN_OK;
}

/* Arguments that are left open have no value yet. */
static bool is_whole(const tn_plugin_launch *launch)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < launch->argument_count; ++i) {
        const tn_plugin_slot *slot = &launch->slots[at];
        tn_type kind = ocl_argument_kind(launch, i);

        if (kind == TN_TYPE_BUFFER && slot->buffer.memory == NULL) {
            return false;
        }
        at += ocl_argument_slots(kind, slot);
    }
    return true;
}

static tn_status add_launch(tn_plugin_graph *graph, recorded *r)
{
    tn_plugin_device *device = graph->device;
    const tn_plugin_module *module = r->kernel->module;
    const size_t group[3] = {r->launch.items[0], r->launch.items[1],
                             r->launch.items[2]};
    const size_t items[3] = {group[0] * r->launch.groups[0],
                             group[1] * r->launch.groups[1],
                             group[2] * r->launch.groups[2]};
    cl_int code = CL_SUCCESS;

    r->object = device->instance->cl.CreateKernel(module->program,
                                                  r->kernel->function, &code);
    if (r->object == NULL) {
        return ocl_fail_code(device->instance, code, "kernel %s",
                             r->kernel->name);
    }
    tn_status status = ocl_arguments_set(r->object, r->kernel, &r->launch);

    if (status != TN_OK) {
        return status;
    }
    code =
        device->command_buffers.launch(graph->buffer, NULL, NULL, r->object, 3,
                                       NULL, items, group, 0, NULL, NULL, NULL);
    return code == CL_SUCCESS ? TN_OK
                              : ocl_fail_code(device->instance, code,
                                              "recording a launch of kernel %s",
                                              r->kernel->name);
}

static tn_status make_buffer(tn_plugin_graph *graph)
{
    static const uint64_t properties[] = {
        OCL_COMMAND_BUFFER_FLAGS, OCL_COMMAND_BUFFER_SIMULTANEOUS_USE, 0};
    tn_plugin_device *device = graph->device;
    tn_status status = TN_OK;
    cl_int code = CL_SUCCESS;

    graph->changes =
        atomic_load_explicit(&device->changes, memory_order_acquire);
    graph->buffer =
        device->command_buffers.create(1, &device->queue, properties, &code);
    if (graph->buffer == NULL) {
        return ocl_fail_code(device->instance, code, "making a graph");
    }
    for (uint32_t i = 0; i < graph->count && status == TN_OK; ++i) {
        status = add_launch(graph, &graph->commands[i]);
    }
    if (status != TN_OK) {
        return status;
    }
    code = device->command_buffers.finalize(graph->buffer);
    return code == CL_SUCCESS
               ? TN_OK
               : ocl_fail_code(device->instance, code, "making a graph");
}

static tn_status fill_graph(tn_plugin_graph *graph,
                            const tn_plugin_command *commands)
{
    tn_status status = TN_OK;
    bool whole = true;

    for (uint32_t i = 0; i < graph->count && status == TN_OK; ++i) {
        status = keep_record(graph, &graph->commands[i], &commands[i]);
        whole =
            whole && status == TN_OK && is_whole(&graph->commands[i].launch);
    }
    return status == TN_OK && whole ? make_buffer(graph) : status;
}

/* What copies and fills is left to the host: there is no way for all memory. */
static tn_status check_commands(tn_plugin_device *device,
                                const tn_plugin_command *commands,
                                uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind != TN_COMMAND_LAUNCH) {
            return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                            "command buffers of OpenCL hold launches alone");
        }
    }
    return device->command_buffers.create != NULL
               ? TN_OK
               : ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                          "%s has no command buffers that can be used",
                          device->info.name);
}

tn_status ocl_graph_create(tn_plugin_device *device,
                           const tn_plugin_command *commands, uint32_t count,
                           tn_plugin_graph **graph)
{
    tn_status status = check_commands(device, commands, count);

    if (status != TN_OK) {
        return status;
    }
    sweep(device, false);
    tn_plugin_graph *created =
        ocl_allocate(device->instance,
                     sizeof *created + count * sizeof created->commands[0]);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "a graph");
    }
    created->device = device;
    created->count = count;
    status = fill_graph(created, commands);
    if (status != TN_OK) {
        free_graph(created);
        return status;
    }
    *graph = created;
    return TN_OK;
}

/* ---- running ---- */

static tn_status launch_each(tn_plugin_graph *graph, tn_plugin_stream *stream,
                             const tn_plugin_binding *bindings, uint32_t count)
{
    tn_status status = TN_OK;

    for (uint32_t i = 0; i < count; ++i) {
        graph->commands[bindings[i].command].slots[bindings[i].slot] =
            bindings[i].value;
    }
    for (uint32_t i = 0; i < graph->count && status == TN_OK; ++i) {
        status = ocl_launch(stream, graph->commands[i].kernel,
                            &graph->commands[i].launch);
    }
    return status;
}

static tn_status launch_buffer(tn_plugin_graph *graph, tn_plugin_stream *stream,
                               bool *incompatible)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;
    cl_int code = graph->device->command_buffers.enqueue(
        1, &stream->queue, graph->buffer, 0, NULL, &event);

    *incompatible = code == OCL_INCOMPATIBLE_COMMAND_QUEUE;
    if (*incompatible) {
        return TN_OK;
    }
    if (code == CL_SUCCESS) {
        if (graph->last != NULL) {
            (void)cl->ReleaseEvent(graph->last);
        }
        (void)cl->RetainEvent(event);
        graph->last = event;
    }
    return ocl_stream_queued(stream, code, event, "launching a graph");
}

tn_status ocl_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                           const tn_plugin_binding *bindings, uint32_t count)
{
    bool incompatible = true;

    if (count == 0 && graph->buffer != NULL &&
        graph->changes == atomic_load_explicit(&graph->device->changes,
                                               memory_order_acquire)) {
        tn_status status = launch_buffer(graph, stream, &incompatible);

        if (!incompatible) {
            return status;
        }
    }
    return launch_each(graph, stream, bindings, count);
}
