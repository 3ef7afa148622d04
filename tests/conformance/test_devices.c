/* SPDX-License-Identifier: MIT */
/* Two devices of one instance. */
#include <string.h>

#include "tests/conformance/conformance.h"

enum {
    COUNT = 5000
};

typedef struct second {
    tn_device_info info;
    tn_plugin_device *device;
    tn_plugin_stream *stream;
    tn_plugin_memory *memory; /* COUNT numbers */
} second;

/* false: the test skips itself, there is one device only. */
static bool second_open(second *s)
{
    const tn_plugin_stream_desc stream = {.size = sizeof stream};
    const tn_plugin_memory_desc memory = {.size = sizeof memory,
                                          .bytes = COUNT * 4};
    uint32_t count = 0;

    memset(s, 0, sizeof *s);
    s->info.size = sizeof s->info;
    if (the.plugin.device_count(the.instance, &count) != TN_OK || count < 2) {
        skip("the plugin has one device here");
        return false;
    }
    WORKS_FATAL(the.plugin.device_info(the.instance, 1, &s->info));
    WORKS_FATAL(the.plugin.device_open(the.instance, 1, &s->device));
    WORKS_FATAL(the.plugin.stream_create(s->device, &stream, &s->stream));
    WORKS_FATAL(the.plugin.memory_create(s->device, &memory, &s->memory));
    return true;
}

static void second_close(second *s)
{
    the.plugin.memory_destroy(s->memory, NULL);
    the.plugin.stream_destroy(s->stream);
    the.plugin.device_close(s->device);
}

static void waits_for_another_device(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();
    uint32_t numbers[1] = {0};
    second s;
    gate held;

    if (second_open(&s)) {
        gate_close(&held, stream);
        WORKS(the.plugin.event_record(event, stream));
        WORKS(the.plugin.stream_wait(s.stream, event));
        fill_u32(s.stream, s.memory, 5, COUNT);
        CU_ASSERT_EQUAL(the.plugin.stream_sync(s.stream, 20000000), TN_TIMEOUT);
        gate_open(&held);
        fetch_u32(s.stream, s.memory, numbers, 1);
        CU_ASSERT_EQUAL(numbers[0], 5);
        CU_ASSERT_EQUAL(held.passed, 1);
        WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
        second_close(&s);
    }
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(stream);
}

static uint32_t count_wrong(tn_plugin_stream *stream, tn_plugin_memory *memory,
                            uint32_t first, uint32_t second_half)
{
    uint32_t numbers[COUNT];
    uint32_t wrong = 0;

    fetch_u32(stream, memory, numbers, COUNT);
    for (uint32_t i = 0; i < COUNT; ++i) {
        wrong += numbers[i] != (i < COUNT / 2 ? first : second_half);
    }
    return wrong;
}

/* There on a stream of one, and back on a stream of the other. */
static void copy_there_and_back(second *s)
{
    const uint64_t half = COUNT / 2 * 4;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(COUNT * 4);

    fill_u32(stream, memory, 7, COUNT);
    fill_u32(s->stream, s->memory, 9, COUNT);
    WORKS(the.plugin.stream_sync(s->stream, TN_FOREVER));
    WORKS(the.plugin.copy(stream, s->memory, half, memory, 0, half));
    WORKS(the.plugin.event_record(event, stream));
    WORKS(the.plugin.stream_wait(s->stream, event));
    CU_ASSERT_EQUAL(count_wrong(s->stream, s->memory, 9, 7), 0);
    WORKS(the.plugin.copy(s->stream, memory, 0, s->memory, 0, half));
    WORKS(the.plugin.stream_sync(s->stream, TN_FOREVER));
    CU_ASSERT_EQUAL(count_wrong(stream, memory, 9, 7), 0);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
    the.plugin.event_destroy(event);
}

static void copies_to_another_device(void)
{
    second s;

    if (!second_open(&s)) {
        return;
    }
    if ((the.info.features & s.info.features & TN_FEATURE_PEER) != 0) {
        copy_there_and_back(&s);
    } else {
        skip("the devices do not copy to each other");
    }
    second_close(&s);
}

void add_devices_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[9] a stream waits for an event of another device",
                waits_for_another_device);
    CU_add_test(tests, "[8] memory is copied from device to device",
                copies_to_another_device);
}
