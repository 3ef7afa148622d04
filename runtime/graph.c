/* SPDX-License-Identifier: MIT */
/*
 * Graphs: recorded commands, replayed in their order. A plugin with native
 * graphs gets them as a list; without, the host replays by a loop.
 */
#define _GNU_SOURCE
#include "runtime/graph.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/error.h"

/* A command with what it points to. */
typedef struct command {
    tn_plugin_command plugin;
    tn_plugin_launch *launch; /* owned, its slots behind it; NULL: no launch */
    tn_kernel *kernel;
} command;

struct tn_recording {
    command *commands;
    uint32_t count;
    uint32_t capacity;
    tn_open_slot *open; /* of all commands */
    uint32_t open_count;
};

struct tn_graph {
    tn_object object;
    tn_recording *recording;
};

/* ---- recording ---- */

tn_status tn_check_not_recording(const tn_stream *stream, const char *what)
{
    return stream->recording == NULL
               ? TN_OK
               : tn_fail(TN_ERROR_INVALID,
                         "%s on a stream that a graph records; call "
                         "tn_graph_end() first",
                         what);
}

static command *add_command(tn_recording *recording, uint32_t kind)
{
    if (recording->count == recording->capacity) {
        uint32_t capacity = recording->capacity * 2 + 16;
        command *grown =
            reallocarray(recording->commands, capacity, sizeof *grown);

        if (grown == NULL) {
            (void)tn_fail_memory("a graph");
            return NULL;
        }
        recording->commands = grown;
        recording->capacity = capacity;
    }
    command *added = &recording->commands[recording->count];

    *added = (command){.plugin.kind = kind};
    return added; /* counted by the caller, when it is whole */
}

static tn_status add_open(tn_recording *recording,
                          const tn_encoded_launch *launch)
{
    uint32_t count = recording->open_count + launch->open_count;

    if (launch->open_count == 0) {
        return TN_OK;
    }
    tn_open_slot *grown = reallocarray(recording->open, count, sizeof *grown);

    if (grown == NULL) {
        return tn_fail_memory("a graph");
    }
    recording->open = grown;
    for (uint32_t i = 0; i < launch->open_count; ++i) {
        tn_open_slot *open = &grown[recording->open_count + i];

        *open = launch->open[i];
        open->command = recording->count;
    }
    recording->open_count = count;
    return TN_OK;
}

tn_status tn_record_launch(tn_recording *recording, tn_kernel *kernel,
                           const tn_encoded_launch *launch)
{
    size_t slot_bytes = launch->record.slot_count * sizeof(tn_plugin_slot);
    command *added = add_command(recording, TN_COMMAND_LAUNCH);

    if (added == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    tn_plugin_launch *record = malloc(sizeof *record + slot_bytes);

    if (record == NULL) {
        return tn_fail_memory("a graph");
    }
    tn_status status = add_open(recording, launch);

    if (status != TN_OK) {
        free(record);
        return status;
    }
    *record = launch->record;
    record->slots = memcpy(record + 1, launch->slots, slot_bytes);
    added->launch = record;
    added->kernel = kernel;
    added->plugin.as.launch.kernel = kernel->handle;
    added->plugin.as.launch.record = record;
    recording->count++;
    return TN_OK;
}

tn_status tn_record_copy(tn_recording *recording, const tn_buffer *to,
                         uint64_t to_offset, const tn_buffer *from,
                         uint64_t from_offset, uint64_t bytes)
{
    command *added = add_command(recording, TN_COMMAND_COPY);

    if (added == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    added->plugin.as.copy.to = to->handle;
    added->plugin.as.copy.to_offset = to_offset;
    added->plugin.as.copy.from = from->handle;
    added->plugin.as.copy.from_offset = from_offset;
    added->plugin.as.copy.bytes = bytes;
    recording->count++;
    return TN_OK;
}

tn_status tn_record_fill(tn_recording *recording, const tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes, const void *pattern,
                         uint32_t pattern_bytes)
{
    command *added = add_command(recording, TN_COMMAND_FILL);

    if (added == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    added->plugin.as.fill.memory = buffer->handle;
    added->plugin.as.fill.offset = offset;
    added->plugin.as.fill.bytes = bytes;
    added->plugin.as.fill.pattern_bytes = pattern_bytes;
    memcpy(added->plugin.as.fill.pattern, pattern, pattern_bytes);
    recording->count++;
    return TN_OK;
}

void tn_recording_destroy(tn_recording *recording)
{
    if (recording == NULL) {
        return;
    }
    for (uint32_t i = 0; i < recording->count; ++i) {
        free(recording->commands[i].launch);
    }
    free(recording->commands);
    free(recording->open);
    free(recording);
}

tn_status tn_graph_begin(tn_stream *stream)
{
    TN_REQUIRE_OBJECT(stream);
    tn_status status = tn_check_not_recording(stream, "tn_graph_begin()");

    if (status != TN_OK) {
        return status;
    }
    stream->recording = calloc(1, sizeof *stream->recording);
    return stream->recording != NULL ? TN_OK : tn_fail_memory("a graph");
}

tn_status tn_graph_end(tn_stream *stream, tn_graph **graph)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE(graph);
    if (stream->recording == NULL) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_graph_end() on a stream that records nothing");
    }
    tn_graph *made =
        tn_object_create(stream->object.device, TN_OBJECT_GRAPH, sizeof *made);

    if (made == NULL) {
        return tn_fail_memory("a graph"); /* the recording goes on */
    }
    made->recording = stream->recording;
    stream->recording = NULL;
    *graph = made;
    return TN_OK;
}

void tn_graph_destroy(tn_graph *graph)
{
    if (graph == NULL || tn_device_is_forked(graph->object.device)) {
        return;
    }
    tn_recording_destroy(graph->recording);
    tn_object_destroy(&graph->object);
}

/* ---- replay ---- */

static const tn_binding *find_binding(const tn_binding *bindings, size_t count,
                                      uint32_t number)
{
    for (size_t i = 0; i < count; ++i) {
        if (bindings[i].slot == number) {
            return &bindings[i];
        }
    }
    return NULL;
}

static tn_status check_binding(const tn_open_slot *open,
                               const tn_binding *binding, const command *target)
{
    const char *kernel = target->kernel->name;

    if (binding == NULL) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s: slot %u is open and has no binding", kernel,
                       open->number);
    }
    if (binding->value.type != open->type || binding->value.open != 0) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s: slot %u is %s, bound to %s", kernel,
                       open->number, tn_type_name(open->type),
                       tn_type_name(binding->value.type));
    }
    if (open->type != TN_TYPE_BUFFER) {
        return TN_OK;
    }
    return tn_check_buffer_argument(&binding->value,
                                    target->kernel->module->object.device,
                                    kernel, open->argument);
}

/* Writes the bound values into the recorded slots of this graph. */
static tn_status bind_all(const tn_recording *recording,
                          const tn_binding *bindings, size_t count)
{
    for (uint32_t i = 0; i < recording->open_count; ++i) {
        const tn_open_slot *open = &recording->open[i];
        tn_status status =
            check_binding(open, find_binding(bindings, count, open->number),
                          &recording->commands[open->command]);

        if (status != TN_OK) {
            return status; /* nothing was written yet */
        }
    }
    for (uint32_t i = 0; i < recording->open_count; ++i) {
        const tn_open_slot *open = &recording->open[i];
        tn_plugin_launch *record = recording->commands[open->command].launch;
        tn_plugin_slot *slots = (tn_plugin_slot *)(record + 1);

        tn_slot_encode(&find_binding(bindings, count, open->number)->value,
                       &slots[open->slot]);
    }
    return TN_OK;
}

static tn_status run_command(const tn_device *device, tn_stream *stream,
                             const tn_plugin_command *run)
{
    const tn_plugin *plugin = device->plugin;

    switch (run->kind) {
    case TN_COMMAND_LAUNCH:
        return plugin->launch(stream->handle, run->as.launch.kernel,
                              run->as.launch.record);
    case TN_COMMAND_COPY:
        return plugin->copy(stream->handle, run->as.copy.to,
                            run->as.copy.to_offset, run->as.copy.from,
                            run->as.copy.from_offset, run->as.copy.bytes);
    default:
        return plugin->fill(stream->handle, run->as.fill.memory,
                            run->as.fill.offset, run->as.fill.bytes,
                            run->as.fill.pattern, run->as.fill.pattern_bytes);
    }
}

tn_status tn_graph_launch(tn_graph *graph, tn_stream *stream,
                          const tn_binding *bindings, size_t count)
{
    TN_REQUIRE_OBJECT(graph);
    TN_REQUIRE_OBJECT(stream);
    if (count > 0) {
        TN_REQUIRE(bindings);
    }
    const tn_device *device = graph->object.device;
    const tn_recording *recording = graph->recording;
    tn_status status =
        tn_check_same_device("the graph", device, stream->object.device);

    if (status == TN_OK) {
        status = tn_check_not_recording(stream, "a graph");
    }
    if (status == TN_OK) {
        status = bind_all(recording, bindings, count);
    }
    for (uint32_t i = 0; i < recording->count && status == TN_OK; ++i) {
        status = tn_device_answer(
            device, run_command(device, stream, &recording->commands[i].plugin),
            "replaying a graph");
    }
    return status;
}
