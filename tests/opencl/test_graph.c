/* SPDX-License-Identifier: MIT */
/* Graphs of launches as command buffers of the driver, where that is asked for. */
#include <string.h>

#include "tests/opencl/opencl_test.h"

enum {
    LAUNCHES = 3,
    COUNT = 1024 /* numbers in a list */
};

/* Whether the device has graphs, behind a driver that does as a script says. */
static bool has_graphs(const char *choice, const char *text)
{
    opened o;

    script(text);
    CU_ASSERT(fake_host_set("command_buffers", choice));
    open_all(&o);
    bool has = (o.info.features & TN_FEATURE_GRAPH) != 0;

    close_all(&o);
    script("");
    return has;
}

static void graphs_are_asked_for(void)
{
    opened o;

    CU_ASSERT(!has_graphs(NULL, ""));
    CU_ASSERT(!has_graphs("no", ""));
    if (!has_graphs("yes", "")) {
        skip("PoCL has no command buffers");
    }
    CU_ASSERT(!has_graphs("yes", "info:0x12a9=0"));
    CU_ASSERT(!has_graphs("yes", "text:0x1030=cl_khr_icd"));
#define HIDDEN(name) CU_ASSERT(!has_graphs("yes", "without=" #name));
    FAKE_OPENCL_COMMAND_BUFFER_FUNCTIONS(HIDDEN)
    HIDDEN(clReleaseCommandBufferKHR)
#undef HIDDEN
    CU_ASSERT(fake_host_set("command_buffers", "perhaps"));
    FAILS_SAYING(start(&o), TN_ERROR_CONFIG,
                 "command_buffers = perhaps is neither yes nor no");
    CU_ASSERT(fake_host_set("command_buffers", NULL));
}

/* ---- launches that append numbers to a list ---- */

typedef struct appending {
    opened o;
    tn_plugin_module *module;
    tn_plugin_kernel *kernel;
    tn_plugin_memory *list;
    launching launches[LAUNCHES];
    tn_plugin_command commands[LAUNCHES];
    tn_plugin_graph *graph;
} appending;

/* The last launch has both of its slots open if that is asked for. */
static tn_status record(appending *a, bool open)
{
    memset(a->commands, 0, sizeof a->commands);
    for (uint32_t i = 0; i < LAUNCHES; ++i) {
        launching *l = &a->launches[i];
        bool whole = !open || i < LAUNCHES - 1;

        launching_init(l, 1, 1);
        launching_buffer(l, whole ? a->list : NULL, 0);
        launching_u32(l, whole ? 11 * (i + 1) : 0);
        l->launch.slots = l->slots;
        a->commands[i].kind = TN_COMMAND_LAUNCH;
        a->commands[i].as.launch.kernel = a->kernel;
        a->commands[i].as.launch.record = &l->launch;
    }
    return the.plugin.graph_create(a->o.device, a->commands, LAUNCHES,
                                   &a->graph);
}

/* False where there are no command buffers. */
static bool begin(appending *a, const char *text)
{
    memset(a, 0, sizeof *a);
    script(text);
    CU_ASSERT(fake_host_set("command_buffers", "yes"));
    open_all(&a->o);
    if ((a->o.info.features & TN_FEATURE_GRAPH) == 0) {
        skip("PoCL has no command buffers");
        close_all(&a->o);
        return false;
    }
    a->module = load_file(&a->o, conformance_path, "");
    WORKS_FATAL(the.plugin.kernel_get(a->module, "append", &a->kernel));
    a->list = memory_of(&a->o, COUNT * sizeof(uint32_t));
    fill_u32(a->o.stream, a->list, 0, COUNT);
    return true;
}

static void end(appending *a)
{
    script("");
    if (a->graph != NULL) {
        the.plugin.graph_destroy(a->graph);
    }
    the.plugin.memory_destroy(a->list, NULL);
    the.plugin.module_destroy(a->module);
    close_all(&a->o);
    CU_ASSERT(fake_host_set("command_buffers", NULL));
}

/* That there are so many numbers: 11, 22 and the last one, again and again. */
static void check_list(appending *a, uint32_t rounds, uint32_t last)
{
    uint32_t numbers[COUNT];
    bool right = true;

    fetch_u32(a->o.stream, a->list, numbers, COUNT);
    CU_ASSERT_EQUAL(numbers[0], LAUNCHES * rounds);
    for (uint32_t i = 0; i < LAUNCHES * rounds; ++i) {
        uint32_t expected = i % LAUNCHES < 2 ? 11 * (i % LAUNCHES + 1) : last;

        right = right && numbers[1 + i] == expected;
    }
    CU_ASSERT(right);
}

static tn_status run(appending *a)
{
    return the.plugin.graph_launch(a->graph, a->o.stream, NULL, 0);
}

static void launches_are_one_command(void)
{
    appending a;

    if (!begin(&a, "")) {
        return;
    }
    WORKS_FATAL(record(&a, false));
    memset(a.launches, 0x5a, sizeof a.launches); /* it was borrowed */
    script("clEnqueueNDRangeKernel=-5");         /* none is queued by itself */
    for (int i = 0; i < 100; ++i) {
        WORKS(run(&a));
    }
    check_list(&a, 100, 33);
    end(&a);
}

static void bound_launches_are_single(void)
{
    tn_plugin_binding bindings[2] = {{.command = LAUNCHES - 1, .slot = 0},
                                     {.command = LAUNCHES - 1, .slot = 1}};
    uint32_t value = 44;
    appending a;

    if (!begin(&a, "")) {
        return;
    }
    WORKS_FATAL(record(&a, true));
    bindings[0].value.buffer.memory = a.list;
    memcpy(bindings[1].value.value, &value, sizeof value);
    for (int i = 0; i < 10; ++i) {
        WORKS(the.plugin.graph_launch(a.graph, a.o.stream, bindings, 2));
    }
    check_list(&a, 10, 44);
    end(&a);
}

/* A queue of others may have properties that the buffer does not know. */
static void incompatible_queues_get_single_launches(void)
{
    appending a;

    if (!begin(&a, "")) {
        return;
    }
    WORKS_FATAL(record(&a, false));
    script("clEnqueueCommandBufferKHR@1=-1139");
    WORKS(run(&a));
    WORKS(run(&a));
    check_list(&a, 2, 33);
    end(&a);
}

/* Sub-buffers that were recorded have made room for others meanwhile. */
static void other_parts_of_memory_are_noticed(void)
{
    appending a;
    launching l;

    if (!begin(&a, "info:0x1053=0")) { /* no shared virtual memory */
        return;
    }
    uint32_t aligned = a.o.info.offset_alignment;
    tn_plugin_memory *other = memory_of(&a.o, 40 * (uint64_t)aligned);

    WORKS_FATAL(record(&a, false));
    for (uint32_t i = 0; i < 40; ++i) {
        fill_u32(a.o.stream, other, 0, 10 * (uint64_t)aligned);
        launching_init(&l, 1, 1);
        launching_buffer(&l, other, i * (uint64_t)aligned);
        launching_u32(&l, 1);
        WORKS(launching_go(&l, a.o.stream, a.kernel));
        WORKS(run(&a));
    }
    check_list(&a, 40, 33);
    the.plugin.memory_destroy(other, NULL);
    end(&a);
}

static void copies_and_fills_are_the_hosts(void)
{
    appending a;

    if (!begin(&a, "")) {
        return;
    }
    WORKS_FATAL(record(&a, false));
    the.plugin.graph_destroy(a.graph);
    a.graph = NULL;
    a.commands[1].kind = TN_COMMAND_FILL;
    FAILS_SAYING(
        the.plugin.graph_create(a.o.device, a.commands, LAUNCHES, &a.graph),
        TN_ERROR_UNSUPPORTED, "hold launches alone");
    CU_ASSERT_PTR_NULL(a.graph);
    end(&a);
}

static void each_call_fails(void)
{
    static const char *const scripts[] = {
        "clCreateCommandBufferKHR=-5", "clCreateKernel=-5",
        "clSetKernelArg=-5;clSetKernelArgSVMPointer=-5",
        "clCommandNDRangeKernelKHR@3=-5", "clFinalizeCommandBufferKHR=-5"};
    appending a;

    if (!begin(&a, "")) {
        return;
    }
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; ++i) {
        script(scripts[i]);
        FAILS_SAYING(record(&a, false), TN_ERROR_NO_MEMORY,
                     "CL_OUT_OF_RESOURCES, -5");
        CU_ASSERT_PTR_NULL(a.graph);
    }
    script("");
    WORKS_FATAL(record(&a, false));
    script("clEnqueueCommandBufferKHR=-5");
    FAILS_SAYING(run(&a), TN_ERROR_NO_MEMORY, "launching a graph");
    script("");
    WORKS(run(&a));
    check_list(&a, 1, 33);
    end(&a);
}

static void destroyed_while_it_runs(void)
{
    appending a;
    gate held;

    if (!begin(&a, "")) {
        return;
    }
    WORKS_FATAL(record(&a, false));
    gate_close(&held, a.o.stream);
    WORKS(run(&a));
    WORKS(run(&a));
    the.plugin.graph_destroy(a.graph);
    WORKS_FATAL(record(&a, false));
    gate_open(&held);
    check_list(&a, 2, 33);
    end(&a);
}

void add_graph_tests_of_opencl(CU_pSuite tests)
{
    CU_add_test(tests, "command buffers are used where that is asked for",
                graphs_are_asked_for);
    CU_add_test(tests, "launches are one command", launches_are_one_command);
    CU_add_test(tests, "launches with bindings are queued one by one",
                bound_launches_are_single);
    CU_add_test(tests, "so they are on a queue that does not fit",
                incompatible_queues_get_single_launches);
    CU_add_test(tests, "so they are when memory is another thing",
                other_parts_of_memory_are_noticed);
    CU_add_test(tests, "copies and fills are replayed by the host",
                copies_and_fills_are_the_hosts);
    CU_add_test(tests, "each call of the driver may fail", each_call_fails);
    CU_add_test(tests, "a graph may be destroyed while it runs",
                destroyed_while_it_runs);
}
