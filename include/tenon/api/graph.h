/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Graphs: launches, copies and fills that are recorded once and run many times.
 */
#ifndef TENON_API_GRAPH_H
#define TENON_API_GRAPH_H

#include "launch.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Begins to record a stream: until tn_graph_end() its launches, buffer copies
 * and fills are kept instead of run. What returns data to the host, waits or
 * records events answers TN_ERROR_INVALID meanwhile.
 */
TN_API tn_status tn_graph_begin(tn_stream *stream);

/**
 * Ends the recording.
 *
 * @param graph  owned by the caller; the kernels and buffers in it are borrowed:
 *               once one is destroyed, the graph cannot be launched any more
 * @return TN_OK; TN_ERROR_INVALID when the stream is not recorded; what the
 *         backend says against a graph of this work, the recording being
 *         dropped; TN_ERROR_NO_MEMORY
 */
TN_API tn_status tn_graph_end(tn_stream *stream, tn_graph **graph);

/**
 * An argument that is left open while recording and bound at each
 * tn_graph_launch().
 */
typedef struct tn_binding {
    uint32_t slot; /**< the number given to tn_slot() */
    uint32_t reserved;
    tn_argument value;
} tn_binding;

/**
 * Queues all of it on a stream of its device, in the recorded order. One graph
 * is launched by one thread at a time.
 *
 * @param bindings  one for each open slot
 * @return TN_OK; TN_ERROR_SIGNATURE for a slot without value or of another
 *         kind; TN_ERROR_RANGE for a buffer that is too short, as when
 *         launching; TN_ERROR_INVALID for a stream of another device, or when
 *         something that it needs was destroyed
 */
TN_API tn_status tn_graph_launch(tn_graph *graph, tn_stream *stream,
                                 const tn_binding *bindings, size_t count);
TN_API void tn_graph_destroy(tn_graph *graph);

#ifdef __cplusplus
}
#endif

#endif
