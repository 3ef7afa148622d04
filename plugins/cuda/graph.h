/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Graphs: those of the driver.
 */
#ifndef TENON_CUDA_GRAPH_H
#define TENON_CUDA_GRAPH_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"

/** A command; of a launch all that is needed to give it other arguments. */
typedef struct cuda_recorded {
    tn_plugin_kernel *kernel; /* NULL: it is no launch */
    cuda_node node;
    tn_plugin_launch launch;
    tn_plugin_slot *slots; /* of the launch */
    bool stale;            /* bound, and the driver does not know */
} cuda_recorded;

struct tn_plugin_graph {
    tn_plugin_device *device;
    cuda_graph graph;
    cuda_executable executable;
    tn_plugin_slot *slots; /* of all launches */
    cuda_recorded commands[];
};

/**
 * Has the driver capture the commands, and makes the graph executable. The
 * device's context is current; on failure the graph may have parts.
 */
tn_status cuda_graph_capture(tn_plugin_graph *graph,
                             const tn_plugin_command *commands, uint32_t count);

/** Whether the driver has all that graphs need. */
bool cuda_graphs_are_there(const cuda_driver *driver);

tn_status cuda_graph_create(tn_plugin_device *device,
                            const tn_plugin_command *commands, uint32_t count,
                            tn_plugin_graph **graph);
void cuda_graph_destroy(tn_plugin_graph *graph);
tn_status cuda_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                            const tn_plugin_binding *bindings, uint32_t count);

#endif
