/* SPDX-License-Identifier: MIT */
/*
 * Graphs: a recording that is run again and again. A plugin with native graphs
 * gets it as a list of commands; without, the host replays it by a loop.
 */
#include "runtime/graph.h"

#include <stdlib.h>

#include "runtime/error.h"
#include "runtime/plain.h"
#include "runtime/recording.h"

struct tn_graph {
    tn_object object;
    tn_recording *recording;
    tn_plugin_graph *native;     /* NULL: replayed by a loop */
    tn_plugin_binding *bindings; /* of one launch, for a native one */
};

/* ---- recording ---- */

tn_status tn_graph_begin(tn_stream *stream)
{
    TN_REQUIRE_OBJECT(stream);
    tn_status status = tn_check_not_recording(stream, "tn_graph_begin()");

    if (status != TN_OK) {
        return status;
    }
    tn_recording *recording = tn_recording_create();

    if (recording == NULL) {
        return tn_fail_memory("a graph");
    }
    pthread_mutex_lock(&stream->object.device->lock); /* tn_graphs_lose() */
    stream->recording = recording;
    stream->plain.device = TN_PLAIN_NOWHERE;
    pthread_mutex_unlock(&stream->object.device->lock);
    return TN_OK;
}

/*
 * Without commands, or where the plugin has no graphs, it stays a loop; so it
 * does, never to run, where its commands name what was destroyed meanwhile.
 */
static tn_status create_native(tn_graph *graph)
{
    const tn_device *device = graph->object.device;
    uint32_t open_count = tn_recording_open_count(graph->recording);
    uint32_t count = 0;
    const tn_plugin_command *commands =
        tn_recording_commands(graph->recording, &count);

    if (count == 0 || (device->info.features & TN_FEATURE_GRAPH) == 0 ||
        tn_recording_is_lost(graph->recording)) {
        return TN_OK;
    }
    if (open_count > 0) {
        graph->bindings = calloc(open_count, sizeof *graph->bindings);
        if (graph->bindings == NULL) {
            return tn_fail_memory("a graph");
        }
    }
    tn_status status = device->plugin->graph_create(device->handle, commands,
                                                    count, &graph->native);

    if (status == TN_ERROR_UNSUPPORTED) { /* by what these commands do */
        tn_error_withdraw();
        return TN_OK;
    }
    return tn_device_answer(device, status, "making a graph");
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
    pthread_mutex_lock(&stream->object.device->lock);
    made->recording = stream->recording;
    stream->recording = NULL;
    stream->plain.device = stream->object.device;
    pthread_mutex_unlock(&stream->object.device->lock);
    tn_status status = create_native(made);

    if (status != TN_OK) {
        tn_graph_destroy(made);
        return status;
    }
    *graph = made;
    return TN_OK;
}

void tn_graph_destroy(tn_graph *graph)
{
    if (graph == NULL || tn_device_is_forked(graph->object.device)) {
        return;
    }
    if (graph->native != NULL) {
        graph->object.device->plugin->graph_destroy(graph->native);
    }
    tn_recording_drop(graph->object.device, &graph->recording);
    free(graph->bindings);
    tn_object_destroy(&graph->object);
}

/* ---- what is destroyed too early ---- */

static tn_recording *recording_of(tn_object *object)
{
    return object->kind == TN_OBJECT_GRAPH    ? ((tn_graph *)object)->recording
           : object->kind == TN_OBJECT_STREAM ? ((tn_stream *)object)->recording
                                              : NULL;
}

static void lose_on(tn_device *device, const tn_object *object)
{
    pthread_mutex_lock(&device->lock);
    for (tn_object *at = device->objects; at != NULL; at = at->next) {
        tn_recording *recording = recording_of(at);

        if (recording != NULL) {
            tn_recording_lose_locked(recording, object);
        }
    }
    pthread_mutex_unlock(&device->lock);
}

void tn_graphs_lose(tn_object *object)
{
    const tn_backend *backend = object->device->backend;

    if (!object->recorded) {
        return;
    }
    /* a graph may copy from another device's buffer */
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        lose_on(&backend->devices[i], object);
    }
}

/* ---- replay ---- */

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

static tn_status replay(const tn_graph *graph, tn_stream *stream,
                        const tn_binding *bindings, size_t binding_count)
{
    const tn_device *device = graph->object.device;
    uint32_t count = 0;
    const tn_plugin_command *commands =
        tn_recording_commands(graph->recording, &count);
    tn_status status = TN_OK;

    tn_recording_bind(graph->recording, bindings, binding_count);
    for (uint32_t i = 0; i < count && status == TN_OK; ++i) {
        status = run_command(device, stream, &commands[i]);
    }
    return status;
}

static tn_status launch_native(const tn_graph *graph, tn_stream *stream,
                               const tn_binding *bindings, size_t count)
{
    tn_recording_encode(graph->recording, bindings, count, graph->bindings);
    return graph->object.device->plugin->graph_launch(
        graph->native, stream->handle, graph->bindings,
        tn_recording_open_count(graph->recording));
}

static tn_status check_launch(tn_graph *graph, const tn_stream *stream,
                              const tn_binding *bindings, size_t count)
{
    tn_status status = tn_check_same_device("the graph", graph->object.device,
                                            stream->object.device);

    if (status == TN_OK) {
        status = tn_check_not_recording(stream, "a graph");
    }
    return status == TN_OK
               ? tn_recording_check(graph->recording, bindings, count)
               : status;
}

tn_status tn_graph_launch(tn_graph *graph, tn_stream *stream,
                          const tn_binding *bindings, size_t count)
{
    TN_REQUIRE_OBJECT(graph);
    TN_REQUIRE_OBJECT(stream);
    if (count > 0) {
        TN_REQUIRE(bindings);
    }
    tn_status status = check_launch(graph, stream, bindings, count);

    if (status != TN_OK) {
        return status;
    }
    status = graph->native != NULL
                 ? launch_native(graph, stream, bindings, count)
                 : replay(graph, stream, bindings, count);
    return tn_stream_answer(stream, status, "running a graph");
}
