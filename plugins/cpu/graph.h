/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Graphs: commands that are checked once and then run as one.
 *
 * A queued graph numbers the units of all its steps in their order; unit 0 is
 * the start. Whoever ends a step goes on: it runs what is short by itself, and
 * opens what is not to all by raising the command's `units`. Numbers are never
 * used twice, so who comes late finds nothing to claim.
 */
#ifndef TENON_CPU_GRAPH_H
#define TENON_CPU_GRAPH_H

#include <tenon/plugin.h>

#include "plugins/cpu/command.h"

typedef struct cpu_step {
    cpu_kind kind;
    uint32_t argument; /* the launch's first one, among the graph's */
    uint64_t begin;    /* numbers of its units */
    uint64_t end;
    uint64_t chunk; /* units that are claimed at once */
    union {
        cpu_launch_work launch;
        cpu_copy_work copy;
        cpu_fill_work fill;
    } as;
} cpu_step;

/** Lives as long as the host or what was queued holds a reference. */
struct tn_plugin_graph {
    tn_plugin_instance *instance;
    atomic_uint references;
    uint64_t dynamic_bytes; /* the most that a step needs */
    uint32_t step_count;
    uint32_t slot_count;
    uint32_t argument_count;
    cpu_step *steps;
    tn_plugin_slot *slots;
    void **arguments;
};

/** Runs what there is until the limit. True if it ended the command. */
bool cpu_graph_run(cpu_command *command, const cpu_scratch *scratch,
                   uint64_t limit);

/** As the functions of a command, for the step that is open. */
uint64_t cpu_graph_shares(const cpu_command *command);
uint64_t cpu_graph_chunk_time(const cpu_command *command);

/** Whether all of its steps are short. */
bool cpu_graph_is_short(const tn_plugin_graph *graph);

tn_status cpu_graph_create(tn_plugin_device *device,
                           const tn_plugin_command *commands, uint32_t count,
                           tn_plugin_graph **graph);
void cpu_graph_destroy(tn_plugin_graph *graph);
tn_status cpu_graph_launch(tn_plugin_graph *graph, tn_plugin_stream *stream,
                           const tn_plugin_binding *bindings, uint32_t count);

#endif
