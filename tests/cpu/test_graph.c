/* SPDX-License-Identifier: MIT */
/* Native graphs beside other work, and where they fail. */
#include <pthread.h>
#include <string.h>

#include "tests/cpu/cpu_test.h"

enum {
    SHORT_GROUPS = 16,
    LONG_GROUPS = 40,
    SUM = 2 * SHORT_GROUPS + LONG_GROUPS,
    BYTES = 1 << 20, /* of a copy that several threads share */
    STEPS = 5,
    THREADS = 4,
    ROUNDS = 60
};

/* Counts in `from` by short work, long and short, and copies that to `to`. */
typedef struct counting {
    opened *o;
    tn_plugin_memory *from;
    tn_plugin_memory *to;
    tn_plugin_graph *graph;
    pthread_t thread;
    uint32_t wrong;
} counting;

static tn_plugin_command launch_of(tn_plugin_kernel *kernel, launching *l)
{
    tn_plugin_command command = {.kind = TN_COMMAND_LAUNCH};

    l->launch.slots = l->slots;
    command.as.launch.kernel = kernel;
    command.as.launch.record = &l->launch;
    return command;
}

static tn_plugin_command fill_of(tn_plugin_memory *memory, uint64_t bytes)
{
    tn_plugin_command command = {.kind = TN_COMMAND_FILL};

    command.as.fill.memory = memory;
    command.as.fill.bytes = bytes;
    command.as.fill.pattern_bytes = 4;
    return command;
}

static void counting_init(counting *c, opened *o, tn_plugin_module *module)
{
    launching count;
    launching linger;
    tn_plugin_command commands[STEPS] = {{.kind = 0}};

    *c = (counting){
        .o = o, .from = memory_of(o, BYTES), .to = memory_of(o, BYTES)};
    launching_init(&count, SHORT_GROUPS, 1);
    launching_buffer(&count, c->from, 0);
    launching_init(&linger, LONG_GROUPS, 1);
    launching_u32(&linger, 1);
    launching_buffer(&linger, c->from, 0);
    commands[0] = fill_of(c->from, BYTES);
    commands[1] = launch_of(kernel_of(module, "count"), &count);
    commands[2] = launch_of(kernel_of(module, "linger"), &linger);
    commands[3] = commands[1];
    commands[4].kind = TN_COMMAND_COPY;
    commands[4].as.copy.to = c->to;
    commands[4].as.copy.from = c->from;
    commands[4].as.copy.bytes = BYTES;
    WORKS_FATAL(the.plugin.graph_create(o->device, commands, STEPS, &c->graph));
}

static void counting_finish(counting *c)
{
    the.plugin.graph_destroy(c->graph);
    the.plugin.memory_destroy(c->from, NULL);
    the.plugin.memory_destroy(c->to, NULL);
}

/* Some wait with a limit, some ask, and some are not waited for. */
static void wait_somehow(counting *c, tn_plugin_stream *stream, uint32_t round)
{
    tn_status status = TN_OK;

    if (round % 4 == 0) {
        status = the.plugin.stream_sync(stream, 1000 * (round + 1));
    } else if (round % 4 == 1) {
        status = the.plugin.stream_status(stream);
    } else if (round % 4 == 2) {
        status = the.plugin.stream_sync(stream, TN_FOREVER);
        c->wrong += status != TN_OK;
    }
    c->wrong +=
        status != TN_OK && status != TN_TIMEOUT && status != TN_NOT_READY;
}

static void *count_in_rounds(void *data)
{
    counting *c = data;
    tn_plugin_stream *stream = stream_of(c->o);

    for (uint32_t i = 0; i < ROUNDS; ++i) {
        uint32_t counted = 0;

        c->wrong += the.plugin.graph_launch(c->graph, stream, NULL, 0) != TN_OK;
        wait_somehow(c, stream, i);
        c->wrong +=
            the.plugin.copy_from(stream, c->to, 0, &counted, 4) != TN_OK;
        c->wrong += counted != SUM;
    }
    c->wrong += the.plugin.graph_launch(c->graph, stream, NULL, 0) != TN_OK;
    the.plugin.stream_destroy(stream); /* while it runs */
    return NULL;
}

static void graphs_beside_each_other(const char *threads)
{
    counting all[THREADS];
    opened o;

    open_with(&o, threads);
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    for (int i = 0; i < THREADS; ++i) {
        counting_init(&all[i], &o, module);
    }
    for (int i = 0; i < THREADS; ++i) {
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&all[i].thread, NULL, count_in_rounds, &all[i]), 0);
    }
    for (int i = 0; i < ROUNDS; ++i) {
        WORKS(linger(&o, module, o.stream, memory, LONG_GROUPS, 1));
    }
    for (int i = 0; i < THREADS; ++i) {
        pthread_join(all[i].thread, NULL);
        CU_ASSERT_EQUAL(all[i].wrong, 0);
        counting_finish(&all[i]);
    }
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, o.stream);
    close_opened(&o);
}

static void beside_busy_streams(void)
{
    graphs_beside_each_other("1");
    graphs_beside_each_other("2");
    graphs_beside_each_other("16");
}

/* Fills with 1, runs what needs group memory, and fills with 0. */
static tn_plugin_graph *graph_with_local(opened *o, tn_plugin_module *module,
                                         tn_plugin_memory *memory)
{
    launching l;
    tn_plugin_graph *graph = NULL;
    tn_plugin_command commands[3] = {fill_of(memory, 64)};

    launching_init(&l, 4, 1);
    launching_local(&l, 1000);
    launching_local(&l, 1000);
    launching_buffer(&l, memory, 0);
    commands[1] = launch_of(kernel_of(module, "dynamic"), &l);
    commands[2] = commands[0];
    commands[0].as.fill.pattern[0] = 1;
    WORKS_FATAL(the.plugin.graph_create(o->device, commands, 3, &graph));
    return graph;
}

static void failure_ends_it(void)
{
    gate held;
    opened o;
    uint32_t first = 0;

    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_graph *graph = graph_with_local(&o, module, memory);
    tn_plugin_stream *other = stream_of(&o);

    gate_close(&held, o.stream);
    WORKS(the.plugin.graph_launch(graph, o.stream, NULL, 0));
    __atomic_store_n(&o.host.refuse, 1, __ATOMIC_SEQ_CST);
    gate_open(&held);
    FAILS(the.plugin.stream_sync(o.stream, TN_FOREVER), TN_ERROR_NO_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "kernel dynamic"));
    __atomic_store_n(&o.host.refuse, 0, __ATOMIC_SEQ_CST);
    FAILS(the.plugin.graph_launch(graph, o.stream, NULL, 0),
          TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.stream_sync(o.stream, TN_FOREVER), TN_ERROR_NO_MEMORY);
    /* what came after it was left out; elsewhere the graph works */
    WORKS(the.plugin.copy_from(other, memory, 0, &first, 4));
    CU_ASSERT_EQUAL(first, 1);
    WORKS(the.plugin.graph_launch(graph, other, NULL, 0));
    WORKS(the.plugin.copy_from(other, memory, 0, &first, 4));
    CU_ASSERT_EQUAL(first, 0);
    the.plugin.stream_destroy(other);
    the.plugin.graph_destroy(graph);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void refused(void)
{
    tn_plugin_graph *graph = NULL;
    tn_plugin_binding binding = {.command = 1, .slot = 0};
    opened o;

    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_command commands[2] = {fill_of(memory, 64), fill_of(memory, 65)};

    FAILS(the.plugin.graph_create(o.device, commands, 2, &graph),
          TN_ERROR_RANGE);
    commands[1].kind = 77;
    FAILS(the.plugin.graph_create(o.device, commands, 2, &graph),
          TN_ERROR_UNSUPPORTED);
    o.host.refuse = 1;
    FAILS(the.plugin.graph_create(o.device, commands, 1, &graph),
          TN_ERROR_NO_MEMORY);
    o.host.refuse = 0;
    CU_ASSERT_PTR_NULL(graph);
    graph = graph_with_local(&o, module, memory);
    FAILS(the.plugin.graph_launch(graph, o.stream, &binding, 1),
          TN_ERROR_INVALID); /* a local block */
    binding.command = 0;
    FAILS(the.plugin.graph_launch(graph, o.stream, &binding, 1),
          TN_ERROR_INVALID); /* a fill */
    binding.command = 3;
    FAILS(the.plugin.graph_launch(graph, o.stream, &binding, 1),
          TN_ERROR_INVALID); /* no command */
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.graph_destroy(graph);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

void add_graph_run_tests(CU_pSuite tests)
{
    CU_add_test(tests, "graphs beside busy streams keep their order",
                beside_busy_streams);
    CU_add_test(tests, "what fails in a graph ends it and sticks",
                failure_ends_it);
    CU_add_test(tests, "what no graph can do is refused", refused);
}
