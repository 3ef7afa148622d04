/* SPDX-License-Identifier: MIT */
/*
 * Has native graphs. What a graph does goes past the counters of the plugin's
 * own launches: its commands are counted by fake_seen.graph_commands. It has no
 * graph for a fill of 16 bytes at a time, and fails at one of 8.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/fake.h"

struct tn_plugin_graph {
    tn_plugin plain;
    uint32_t count;
    tn_plugin_command *commands;
};

static void free_commands(tn_plugin_graph *graph)
{
    for (uint32_t i = 0; i < graph->count; ++i) {
        if (graph->commands[i].kind == TN_COMMAND_LAUNCH) {
            free((void *)(uintptr_t)graph->commands[i].as.launch.record);
        }
    }
    free(graph->commands);
    free(graph);
}

static void copy_record(tn_plugin_command *command)
{
    const tn_plugin_launch *record = command->as.launch.record;
    size_t bytes = record->slot_count * sizeof *record->slots;
    tn_plugin_launch *copy = malloc(sizeof *copy + bytes);

    if (copy == NULL) {
        abort();
    }
    *copy = *record;
    copy->slots = memcpy(copy + 1, record->slots, bytes);
    command->as.launch.record = copy;
}

static tn_status graph_create(tn_plugin_device *device,
                              const tn_plugin_command *commands, uint32_t count,
                              tn_plugin_graph **graph)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_FILL &&
            commands[i].as.fill.pattern_bytes == 16) {
            return fake_fail(device->instance, TN_ERROR_UNSUPPORTED,
                             "has no graph for such a fill");
        }
        if (commands[i].kind == TN_COMMAND_FILL &&
            commands[i].as.fill.pattern_bytes == 8) {
            return fake_fail(device->instance, TN_ERROR_DEVICE,
                             "the graph is too long");
        }
    }
    tn_plugin_graph *made = calloc(1, sizeof *made);

    if (made == NULL ||
        (made->commands = calloc(count, sizeof *commands)) == NULL) {
        abort();
    }
    fake_fill(&made->plain, "graphs");
    memcpy(made->commands, commands, count * sizeof *commands);
    for (uint32_t i = 0; i < count; ++i) {
        if (commands[i].kind == TN_COMMAND_LAUNCH) {
            copy_record(&made->commands[i]);
        }
    }
    made->count = count;
    fake_seen.graphs++;
    *graph = made;
    return TN_OK;
}

static void graph_destroy(tn_plugin_graph *graph)
{
    fake_seen.graphs--;
    free_commands(graph);
}

static tn_status run(const tn_plugin_graph *graph, tn_plugin_stream *stream,
                     const tn_plugin_command *command)
{
    const tn_plugin *plain = &graph->plain;

    fake_seen.graph_commands++;
    switch (command->kind) {
    case TN_COMMAND_LAUNCH:
        return plain->launch(stream, command->as.launch.kernel,
                             command->as.launch.record);
    case TN_COMMAND_COPY:
        return plain->copy(stream, command->as.copy.to,
                           command->as.copy.to_offset, command->as.copy.from,
                           command->as.copy.from_offset,
                           command->as.copy.bytes);
    default:
        return plain->fill(stream, command->as.fill.memory,
                           command->as.fill.offset, command->as.fill.bytes,
                           command->as.fill.pattern,
                           command->as.fill.pattern_bytes);
    }
}

static tn_status graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                              const tn_plugin_binding *bindings, uint32_t count)
{
    tn_status status = TN_OK;

    for (uint32_t i = 0; i < count; ++i) {
        const tn_plugin_command *command =
            &graph->commands[bindings[i].command];
        tn_plugin_slot *slots =
            (tn_plugin_slot *)(uintptr_t)command->as.launch.record->slots;

        slots[bindings[i].slot] = bindings[i].value;
    }
    for (uint32_t i = 0; i < graph->count && status == TN_OK; ++i) {
        status = run(graph, stream, &graph->commands[i]);
    }
    return status;
}

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    info->features |= TN_FEATURE_GRAPH;
    return status;
}

FAKE_PLUGIN("graphs", "")
{
    table->device_info = device_info;
    table->graph_create = graph_create;
    table->graph_destroy = graph_destroy;
    table->graph_launch = graph_launch;
}
