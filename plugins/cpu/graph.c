/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/graph.h"

#include "common/size.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/module.h"

/* One block: the graph and all that it points to. */
static tn_plugin_graph *allocate(tn_plugin_instance *instance,
                                 const tn_plugin_command *commands,
                                 uint32_t count)
{
    size_t slots = 0;
    size_t arguments = 0;

    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_LAUNCH) {
            slots += commands[i].as.launch.kernel->slot_count;
            arguments += commands[i].as.launch.kernel->parameter_count;
        }
    }
    tn_plugin_graph *graph =
        cpu_allocate(instance, sizeof *graph + count * sizeof *graph->steps +
                                   slots * sizeof *graph->slots +
                                   arguments * sizeof *graph->arguments);

    if (graph != NULL) {
        graph->instance = instance;
        atomic_init(&graph->references, 1);
        graph->steps = (cpu_step *)(void *)(graph + 1);
        graph->slots = (tn_plugin_slot *)(void *)(graph->steps + count);
        graph->arguments = (void **)(void *)(graph->slots + slots);
    }
    return graph;
}

static tn_status set_launch(tn_plugin_graph *graph, cpu_step *step,
                            const tn_plugin_command *command, uint64_t *units)
{
    tn_plugin_kernel *kernel = command->as.launch.kernel;
    cpu_launch_work *work = &step->as.launch;
    tn_status status =
        cpu_launch_set(work, graph->instance, kernel, command->as.launch.record,
                       graph->slots + graph->slot_count,
                       graph->arguments + graph->argument_count, units);

    if (status != TN_OK) {
        return status;
    }
    step->argument = graph->argument_count;
    step->chunk = cpu_launch_chunk(kernel, *units);
    graph->slot_count += kernel->slot_count;
    graph->argument_count += kernel->parameter_count;
    if (work->range.dynamic_bytes > graph->dynamic_bytes) {
        graph->dynamic_bytes = work->range.dynamic_bytes;
    }
    return TN_OK;
}

static tn_status set_copy(cpu_step *step, const tn_plugin_command *command,
                          uint64_t *units)
{
    return cpu_copy_set(&step->as.copy, command->as.copy.to,
                        command->as.copy.to_offset, command->as.copy.from,
                        command->as.copy.from_offset, command->as.copy.bytes,
                        units);
}

static tn_status set_fill(cpu_step *step, const tn_plugin_command *command,
                          uint64_t *units)
{
    return cpu_fill_set(&step->as.fill, command->as.fill.memory,
                        command->as.fill.offset, command->as.fill.bytes,
                        command->as.fill.pattern,
                        command->as.fill.pattern_bytes, units);
}

static tn_status set_step(tn_plugin_graph *graph, cpu_step *step,
                          const tn_plugin_command *command, uint64_t *units)
{
    step->chunk = 1;
    switch (command->kind) {
    case TN_COMMAND_LAUNCH:
        step->kind = CPU_LAUNCH;
        return set_launch(graph, step, command, units);
    case TN_COMMAND_COPY:
        step->kind = CPU_COPY;
        return set_copy(step, command, units);
    case TN_COMMAND_FILL:
        step->kind = CPU_FILL;
        return set_fill(step, command, units);
    default:
        return cpu_fail(graph->instance, TN_ERROR_UNSUPPORTED,
                        "no graph has commands of kind %u",
                        (unsigned)command->kind);
    }
}

static tn_status set_steps(tn_plugin_graph *graph,
                           const tn_plugin_command *commands, uint32_t count)
{
    uint64_t end = 1; /* 0 is the start */

    for (uint32_t i = 0; i < count; ++i) {
        cpu_step *step = &graph->steps[i];
        uint64_t units = 0;
        tn_status status = set_step(graph, step, &commands[i], &units);

        if (status != TN_OK) {
            return status;
        }
        step->begin = end;
        if (!tn_size_add(end, units, &end)) {
            return cpu_fail(graph->instance, TN_ERROR_UNSUPPORTED,
                            "a graph of 2^64 groups or more");
        }
        step->end = end;
    }
    graph->step_count = count;
    return TN_OK;
}

tn_status cpu_graph_create(tn_plugin_device *device,
                           const tn_plugin_command *commands, uint32_t count,
                           tn_plugin_graph **graph)
{
    tn_plugin_graph *created = allocate(device->instance, commands, count);

    if (created == NULL) {
        return cpu_fail_memory(device->instance, "a graph");
    }
    tn_status status = set_steps(created, commands, count);

    if (status != TN_OK) {
        cpu_graph_destroy(created);
        return status;
    }
    *graph = created;
    return TN_OK;
}

void cpu_graph_destroy(tn_plugin_graph *graph)
{
    if (atomic_fetch_sub_explicit(&graph->references, 1,
                                  memory_order_acq_rel) == 1) {
        cpu_release(graph->instance, graph);
    }
}
