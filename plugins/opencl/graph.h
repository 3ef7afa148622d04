/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Graphs: lists of launches as command buffers of the driver.
 */
#ifndef TENON_OPENCL_GRAPH_H
#define TENON_OPENCL_GRAPH_H

#include <tenon/plugin.h>

tn_status ocl_graph_create(tn_plugin_device *device,
                           const tn_plugin_command *commands, uint32_t count,
                           tn_plugin_graph **graph);
void ocl_graph_destroy(tn_plugin_graph *graph);
tn_status ocl_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                           const tn_plugin_binding *bindings, uint32_t count);

/** Frees those that were destroyed while they ran; no work is left. */
void ocl_graphs_finish(tn_plugin_device *device);

#endif
