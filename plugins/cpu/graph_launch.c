/* SPDX-License-Identifier: MIT */
/* Queueing a graph, with values for its open slots. */
#include <string.h>

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/graph.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/module.h"
#include "plugins/cpu/stream.h"

/* ---- open slots ---- */

/* The type of the parameter that begins with a slot; 0: none does. */
static uint32_t type_at(const tn_plugin_kernel *kernel, uint32_t slot)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < kernel->parameter_count && at <= slot; ++i) {
        if (at == slot) {
            return cpu_kernel_type(kernel, i);
        }
        at += cpu_parameter_slots(&kernel->parameters[i]);
    }
    return 0;
}

static uint32_t type_of(const tn_plugin_graph *graph,
                        const tn_plugin_binding *binding)
{
    if (binding->command >= graph->step_count ||
        graph->steps[binding->command].kind != CPU_LAUNCH) {
        return 0;
    }
    return type_at(graph->steps[binding->command].as.launch.kernel,
                   binding->slot);
}

static tn_status check_binding(const tn_plugin_graph *graph,
                               const tn_plugin_binding *binding)
{
    uint32_t type = type_of(graph, binding);

    if (type == 0 || type == TN_TYPE_STRUCT || type == TN_TYPE_LOCAL) {
        return cpu_fail(graph->instance, TN_ERROR_INVALID,
                        "slot %u of command %u of a graph is no buffer and no "
                        "number that could be bound",
                        (unsigned)binding->slot, (unsigned)binding->command);
    }
    return TN_OK;
}

static void bind(const tn_plugin_graph *graph, tn_plugin_slot *slots,
                 const tn_plugin_binding *binding)
{
    const cpu_step *step = &graph->steps[binding->command];
    tn_plugin_slot *slot =
        slots + (step->as.launch.slots - graph->slots) + binding->slot;

    *slot = binding->value;
    if (type_of(graph, binding) == TN_TYPE_BUFFER) {
        cpu_slot_set_buffer(slot, binding->value.buffer.memory,
                            binding->value.buffer.offset);
    }
}

/* Arguments of its own: what else was launched keeps its values. */
static void bind_all(const tn_plugin_graph *graph, cpu_command *command,
                     const tn_plugin_binding *bindings, uint32_t count)
{
    tn_plugin_slot *slots = cpu_command_tail(command);
    void **arguments = (void **)(void *)(slots + graph->slot_count);

    command->as.graph.arguments = arguments;
    memcpy(slots, graph->slots, graph->slot_count * sizeof *slots);
    for (uint32_t i = 0; i < graph->argument_count; ++i) {
        arguments[i] =
            slots + ((tn_plugin_slot *)graph->arguments[i] - graph->slots);
    }
    for (uint32_t i = 0; i < count; ++i) {
        bind(graph, slots, &bindings[i]);
    }
}

/* ---- queueing ---- */

tn_status cpu_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                           const tn_plugin_binding *bindings, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) {
        tn_status status = check_binding(graph, &bindings[i]);

        if (status != TN_OK) {
            return status;
        }
    }
    size_t tail = count == 0 ? 0
                             : graph->slot_count * sizeof *graph->slots +
                                   graph->argument_count * sizeof(void *);
    cpu_command *command = cpu_command_create(stream, CPU_GRAPH, tail);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    atomic_init(&command->units, 1);
    atomic_init(&command->brief, cpu_graph_is_short(graph));
    command->as.graph.graph = graph;
    command->as.graph.arguments = graph->arguments;
    atomic_init(&command->as.graph.step, 0);
    atomic_fetch_add_explicit(&graph->references, 1, memory_order_relaxed);
    if (count > 0) {
        bind_all(graph, command, bindings, count);
    }
    return cpu_stream_enqueue(stream, command);
}
