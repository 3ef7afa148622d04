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

/** Whether the driver has all that graphs need. */
bool cuda_graphs_are_there(const cuda_driver *driver);

tn_status cuda_graph_create(tn_plugin_device *device,
                            const tn_plugin_command *commands, uint32_t count,
                            tn_plugin_graph **graph);
void cuda_graph_destroy(tn_plugin_graph *graph);
tn_status cuda_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                            const tn_plugin_binding *bindings, uint32_t count);

#endif
