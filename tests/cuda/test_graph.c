/* SPDX-License-Identifier: MIT */
/* Graphs of the driver: what they cost, and when there are none. */
#include <string.h>

#include "tests/cuda/cuda_test.h"

enum {
    NUMBERS = 40000 /* a long pattern of so many is doubled by copies */
};

static tn_status make_fill(opened *o, tn_plugin_memory *memory,
                           const uint32_t *pattern, uint32_t pattern_bytes,
                           tn_plugin_graph **graph)
{
    tn_plugin_command fill = {.kind = TN_COMMAND_FILL};

    fill.as.fill.memory = memory;
    fill.as.fill.bytes = NUMBERS * sizeof(uint32_t);
    fill.as.fill.pattern_bytes = pattern_bytes;
    memcpy(fill.as.fill.pattern, pattern, pattern_bytes);
    return the.plugin.graph_create(o->device, &fill, 1, graph);
}

static void fills_with_any_pattern(void)
{
    static const uint32_t pattern[4] = {11, 22, 33, 44};
    static uint32_t numbers[NUMBERS];
    opened o;

    open_script(&o, "");
    for (uint32_t bytes = 4; bytes <= 16; bytes *= 2) {
        tn_plugin_memory *memory = memory_of(&o, sizeof numbers);
        tn_plugin_graph *graph = NULL;
        uint32_t wrong = 0;

        WORKS_FATAL(make_fill(&o, memory, pattern, bytes, &graph));
        WORKS(the.plugin.graph_launch(graph, o.stream, NULL, 0));
        fetch_u32(o.stream, memory, numbers, NUMBERS);
        for (uint32_t i = 0; i < NUMBERS; ++i) {
            wrong += numbers[i] != pattern[i % (bytes / 4)];
        }
        CU_ASSERT_EQUAL(wrong, 0);
        the.plugin.graph_destroy(graph);
        the.plugin.memory_destroy(memory, NULL);
    }
    close_opened(&o);
}

/* ---- a launch with open slots ---- */

typedef struct appending {
    opened o;
    tn_plugin_module *module;
    tn_plugin_graph *graph;
} appending;

static void open_appending(appending *a, const char *script)
{
    tn_plugin_command launch = {.kind = TN_COMMAND_LAUNCH};
    launching l;

    open_script(&a->o, script);
    a->module = module_of_text(&a->o, PTX_HEAD PTX_APPEND);
    a->graph = NULL;
    launching_init(&l, 1, 1);
    launching_buffer(&l, NULL, 0);
    launching_u32(&l, 0);
    l.launch.slots = l.slots;
    WORKS_FATAL(
        the.plugin.kernel_get(a->module, "append", &launch.as.launch.kernel));
    launch.as.launch.record = &l.launch;
    WORKS_FATAL(the.plugin.graph_create(a->o.device, &launch, 1, &a->graph));
}

static tn_status append_to(appending *a, tn_plugin_memory *list, uint32_t value)
{
    tn_plugin_binding bindings[2] = {{.slot = 0}, {.slot = 1}};

    bindings[0].value.buffer.memory = list;
    memcpy(bindings[1].value.value, &value, sizeof value);
    return the.plugin.graph_launch(a->graph, a->o.stream, bindings, 2);
}

static void close_appending(appending *a)
{
    the.plugin.graph_destroy(a->graph);
    the.plugin.module_destroy(a->module);
    close_opened(&a->o);
}

static void is_made_once(void)
{
    uint32_t numbers[11];
    appending a;

    open_appending(&a, "cuGraphInstantiateWithFlags=0; cuLaunchKernel=0; "
                       "cuGraphExecKernelNodeSetParams=0; cuGraphLaunch=0");
    tn_plugin_memory *list = memory_of(&a.o, sizeof numbers);

    fill_u32(a.o.stream, list, 0, 11);
    for (uint32_t i = 1; i <= 10; ++i) {
        WORKS(append_to(&a, list, i));
    }
    fetch_u32(a.o.stream, list, numbers, 11);
    CU_ASSERT_EQUAL(numbers[0], 10);
    CU_ASSERT_EQUAL(numbers[10], 10);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuGraphInstantiateWithFlags"), 1);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuLaunchKernel"), 1);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuGraphExecKernelNodeSetParams"),
                    10);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuGraphLaunch"), 10);
    the.plugin.memory_destroy(list, NULL);
    close_appending(&a);
}

/* The fake driver ends the process where work uses memory that is freed. */
static void memory_outlives_its_launches(void)
{
    static const char *const scripts[] = {"", "pools=no"};

    for (int i = 0; i < 2; ++i) {
        appending a;
        gate held;

        open_appending(&a, scripts[i]);
        tn_plugin_memory *list = memory_of(&a.o, 64);

        fill_u32(a.o.stream, list, 0, 16);
        gate_close(&held, a.o.stream);
        WORKS(append_to(&a, list, 1));
        the.plugin.memory_destroy(list, NULL);
        gate_open(&held);
        WORKS(the.plugin.stream_sync(a.o.stream, TN_FOREVER));
        close_appending(&a);
    }
}

/* ---- without ---- */

static void old_drivers_have_none(void)
{
    static const uint32_t pattern = 1;
    tn_device_info info = {.size = sizeof info};
    tn_plugin_graph *graph = NULL;
    opened o;

    open_script(&o, "missing=cuStreamGetCaptureInfo_v2");
    tn_plugin_memory *memory = memory_of(&o, NUMBERS * sizeof(uint32_t));

    WORKS(the.plugin.device_info(o.instance, 0, &info));
    CU_ASSERT_EQUAL(info.features & TN_FEATURE_GRAPH, 0);
    FAILS_SAYING(make_fill(&o, memory, &pattern, 4, &graph),
                 TN_ERROR_UNSUPPORTED, "this driver has no graphs");
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void copies_between_devices_are_none(void)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = 64};
    tn_plugin_command copy = {.kind = TN_COMMAND_COPY};
    tn_plugin_device *second = NULL;
    tn_plugin_memory *there = NULL;
    tn_plugin_graph *graph = NULL;
    opened o;

    open_script(&o, "devices=2");
    tn_plugin_memory *here = memory_of(&o, 64);

    WORKS_FATAL(the.plugin.device_open(o.instance, 1, &second));
    WORKS_FATAL(the.plugin.memory_create(second, &desc, &there));
    copy.as.copy.to = there;
    copy.as.copy.from = here;
    copy.as.copy.bytes = 64;
    FAILS_SAYING(the.plugin.graph_create(o.device, &copy, 1, &graph),
                 TN_ERROR_UNSUPPORTED, "copies between devices");
    the.plugin.memory_destroy(there, NULL);
    the.plugin.memory_destroy(here, NULL);
    the.plugin.device_close(second);
    close_opened(&o);
}

void add_graph_tests_of_cuda(CU_pSuite tests)
{
    CU_add_test(tests, "a graph fills with any pattern",
                fills_with_any_pattern);
    CU_add_test(tests, "a graph is made once, and bound by a call a launch",
                is_made_once);
    CU_add_test(tests, "memory is freed after a graph's launch",
                memory_outlives_its_launches);
    CU_add_test(tests, "old drivers have no graphs", old_drivers_have_none);
    CU_add_test(tests, "a graph does not copy between devices",
                copies_between_devices_are_none);
}
