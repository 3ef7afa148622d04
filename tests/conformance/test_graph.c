/* SPDX-License-Identifier: MIT */
/* Native graphs, of plugins that have them. */
#include <string.h>

#include "tests/conformance/conformance.h"

enum {
    COUNT = 1000,
    LAUNCHES = 3
};

/* A graph: fills `list`, appends to it, and copies it to `copy`. */
typedef struct recorded {
    tn_plugin_memory *list;
    tn_plugin_memory *copy;
    launching launches[LAUNCHES];
    tn_plugin_command commands[LAUNCHES + 2];
} recorded;

static void record_fill(recorded *r)
{
    tn_plugin_command *fill = &r->commands[0];

    fill->kind = TN_COMMAND_FILL;
    fill->as.fill.memory = r->list;
    fill->as.fill.bytes = COUNT * sizeof(uint32_t);
    fill->as.fill.pattern_bytes = sizeof(uint32_t);
}

static void record_append(recorded *r, uint32_t i, tn_plugin_kernel *kernel,
                          tn_plugin_memory *list, uint32_t value)
{
    launching *l = &r->launches[i];
    tn_plugin_command *launch = &r->commands[1 + i];

    launching_init(l, 1, 1);
    launching_buffer(l, list, 0);
    launching_u32(l, value);
    l->launch.slots = l->slots;
    launch->kind = TN_COMMAND_LAUNCH;
    launch->as.launch.kernel = kernel;
    launch->as.launch.record = &l->launch;
}

static void record_copy(recorded *r)
{
    tn_plugin_command *copy = &r->commands[1 + LAUNCHES];

    copy->kind = TN_COMMAND_COPY;
    copy->as.copy.to = r->copy;
    copy->as.copy.from = r->list;
    copy->as.copy.bytes = COUNT * sizeof(uint32_t);
}

/* The last launch has both of its slots open. */
static tn_plugin_graph *make_graph(recorded *r)
{
    tn_plugin_kernel *kernel = kernel_of(the.module, "append");
    tn_plugin_graph *graph = NULL;

    memset(r, 0, sizeof *r);
    r->list = new_memory(COUNT * sizeof(uint32_t));
    r->copy = new_memory(COUNT * sizeof(uint32_t));
    record_fill(r);
    record_append(r, 0, kernel, r->list, 11);
    record_append(r, 1, kernel, r->list, 22);
    record_append(r, 2, kernel, NULL, 0);
    record_copy(r);
    tn_status status =
        the.plugin.graph_create(the.device, r->commands, LAUNCHES + 2, &graph);

    if (status == TN_ERROR_UNSUPPORTED) {
        skip("the device has no graphs of launches, copies and fills");
        the.plugin.memory_destroy(r->list, NULL);
        the.plugin.memory_destroy(r->copy, NULL);
        return NULL;
    }
    WORKS_FATAL(status);
    CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
    memset(r->launches, 0x5a, sizeof r->launches); /* it was borrowed */
    return graph;
}

static tn_status run_graph(tn_plugin_graph *graph, tn_plugin_stream *stream,
                           tn_plugin_memory *list, uint32_t value)
{
    tn_plugin_binding bindings[2] = {{.command = LAUNCHES, .slot = 0},
                                     {.command = LAUNCHES, .slot = 1}};

    bindings[0].value.buffer.memory = list;
    memcpy(bindings[1].value.value, &value, sizeof value);
    return the.plugin.graph_launch(graph, stream, bindings, 2);
}

static void end_graph(recorded *r, tn_plugin_graph *graph,
                      tn_plugin_stream *stream)
{
    the.plugin.graph_destroy(graph);
    the.plugin.memory_destroy(r->list, NULL);
    the.plugin.memory_destroy(r->copy, NULL);
    the.plugin.stream_destroy(stream);
}

#define NEEDS_GRAPHS                                                           \
    NEEDS(graph_create);                                                       \
    if ((the.info.features & TN_FEATURE_GRAPH) == 0) {                         \
        skip("the device has no graphs");                                      \
        return;                                                                \
    }                                                                          \
    NEEDS_KERNELS

static void runs_in_order(void)
{
    NEEDS_GRAPHS;
    recorded r;
    tn_plugin_graph *graph = make_graph(&r);

    if (graph == NULL) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    uint32_t numbers[COUNT];

    for (int round = 0; round < 100; ++round) {
        WORKS(run_graph(graph, stream, r.list, 33));
    }
    fetch_u32(stream, r.copy, numbers, COUNT);
    CU_ASSERT_EQUAL(numbers[0], 3);
    CU_ASSERT_EQUAL(numbers[1], 11);
    CU_ASSERT_EQUAL(numbers[2], 22);
    CU_ASSERT_EQUAL(numbers[3], 33);
    CU_ASSERT_EQUAL(numbers[COUNT - 1], 0);
    end_graph(&r, graph, stream);
}

static void binds_slots(void)
{
    NEEDS_GRAPHS;
    recorded r;
    tn_plugin_graph *graph = make_graph(&r);

    if (graph == NULL) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *other = new_memory(64);
    uint32_t numbers[16];

    fill_u32(stream, other, 0, 16);
    WORKS(run_graph(graph, stream, other, 1));
    WORKS(run_graph(graph, stream, other, 2));
    fetch_u32(stream, other, numbers, 16);
    CU_ASSERT_EQUAL(numbers[0], 2);
    CU_ASSERT_EQUAL(numbers[1], 1);
    CU_ASSERT_EQUAL(numbers[2], 2);
    fetch_u32(stream, r.copy, numbers, 16);
    CU_ASSERT_EQUAL(numbers[0], 2);
    the.plugin.memory_destroy(other, NULL);
    end_graph(&r, graph, stream);
}

static void keeps_values(void)
{
    NEEDS_GRAPHS;
    NEEDS_ASYNCHRONOUS;
    recorded r;
    tn_plugin_graph *graph = make_graph(&r);

    if (graph == NULL) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *other = new_memory(64);
    uint32_t numbers[16];
    gate held;

    fill_u32(stream, other, 0, 16);
    gate_close(&held, stream);
    for (uint32_t i = 1; i <= 10; ++i) {
        WORKS(run_graph(graph, stream, other, i));
    }
    gate_open(&held);
    fetch_u32(stream, other, numbers, 16);
    CU_ASSERT_EQUAL(numbers[0], 10);
    for (uint32_t i = 1; i <= 10; ++i) {
        CU_ASSERT_EQUAL(numbers[i], i);
    }
    the.plugin.memory_destroy(other, NULL);
    end_graph(&r, graph, stream);
}

static void destroyed_while_running(void)
{
    NEEDS_GRAPHS;
    NEEDS_ASYNCHRONOUS;
    recorded r;
    tn_plugin_graph *graph = make_graph(&r);

    if (graph == NULL) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    uint32_t numbers[4];
    gate held;

    gate_close(&held, stream);
    WORKS(run_graph(graph, stream, r.list, 33));
    the.plugin.graph_destroy(graph);
    gate_open(&held);
    fetch_u32(stream, r.copy, numbers, 4);
    CU_ASSERT_EQUAL(numbers[0], 3);
    CU_ASSERT_EQUAL(numbers[3], 33);
    the.plugin.memory_destroy(r.list, NULL);
    the.plugin.memory_destroy(r.copy, NULL);
    the.plugin.stream_destroy(stream);
}

void add_graph_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[11] a graph runs its commands in their order",
                runs_in_order);
    CU_add_test(tests, "[11] open slots are bound at each launch of a graph",
                binds_slots);
    CU_add_test(tests, "[11] what a graph runs already keeps its values",
                keeps_values);
    CU_add_test(tests, "[11] a graph may be destroyed while it runs",
                destroyed_while_running);
}
