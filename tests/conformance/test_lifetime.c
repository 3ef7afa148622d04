/* SPDX-License-Identifier: MIT */
/* Destroying what queued work still uses takes effect after that work [6]. */
#include <string.h>

#include "tests/conformance/conformance.h"

static void memory_while_queued(void)
{
    NEEDS_KERNELS;
    NEEDS_ASYNCHRONOUS;
    tn_plugin_kernel *kernel = kernel_of(the.module, "append");
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *list = new_memory(64);
    tn_plugin_memory *copied = new_memory(64);
    uint32_t numbers[3];
    gate held;

    gate_close(&held, stream);
    fill_u32(stream, list, 0, 16);
    WORKS(append(stream, kernel, list, 5));
    WORKS(append(stream, kernel, list, 6));
    WORKS(the.plugin.copy(stream, copied, 0, list, 0, 64));
    the.plugin.memory_destroy(list, NULL);
    /* what might take its place */
    tn_plugin_memory *other = new_memory(64);

    gate_open(&held);
    fetch_u32(stream, copied, numbers, 3);
    CU_ASSERT_EQUAL(numbers[0], 2);
    CU_ASSERT_EQUAL(numbers[1], 5);
    CU_ASSERT_EQUAL(numbers[2], 6);
    the.plugin.memory_destroy(copied, stream);
    the.plugin.memory_destroy(other, stream);
    the.plugin.stream_destroy(stream);
}

static void stream_while_queued(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_stream *other = new_stream();
    tn_plugin_event *event = new_event(false);
    tn_plugin_memory *memory = new_memory(4096);
    uint32_t numbers[1024];
    gate held;

    gate_close(&held, stream);
    fill_u32(stream, memory, 6, 1024);
    WORKS(the.plugin.event_record(event, stream));
    the.plugin.stream_destroy(stream);
    CU_ASSERT_EQUAL(the.plugin.event_status(event), TN_NOT_READY);
    gate_open(&held);
    WORKS(the.plugin.event_sync(event, TN_FOREVER));
    fetch_u32(other, memory, numbers, 1024);
    CU_ASSERT_EQUAL(numbers[1023], 6);
    the.plugin.event_destroy(event);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(other);
}

static void event_while_awaited(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *first = new_stream();
    tn_plugin_stream *second = new_stream();
    tn_plugin_event *event = new_event(false);
    tn_plugin_memory *memory = new_memory(4096);
    uint32_t numbers[1024];
    gate held;

    gate_close(&held, first);
    fill_u32(first, memory, 7, 1024);
    WORKS(the.plugin.event_record(event, first));
    WORKS(the.plugin.stream_wait(second, event));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(first);
    CU_ASSERT_EQUAL(the.plugin.stream_sync(second, 10000000), TN_TIMEOUT);
    gate_open(&held);
    fetch_u32(second, memory, numbers, 1024);
    CU_ASSERT_EQUAL(numbers[0], 7);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(second);
}

static void module_while_queued(void)
{
    NEEDS_KERNELS;
    NEEDS_ASYNCHRONOUS;
    tn_plugin_module *module = new_module();
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *list = new_memory(64);
    uint32_t numbers[2];
    gate held;

    CU_ASSERT_PTR_NOT_NULL_FATAL(module);
    fill_u32(stream, list, 0, 16);
    gate_close(&held, stream);
    WORKS(append(stream, kernel_of(module, "append"), list, 9));
    the.plugin.module_destroy(module);
    gate_open(&held);
    fetch_u32(stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[0], 1);
    CU_ASSERT_EQUAL(numbers[1], 9);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.stream_destroy(stream);
}

static void add_one(void *data, tn_status status)
{
    (void)status;
    __atomic_fetch_add((int *)data, 1, __ATOMIC_RELEASE);
}

static void close_while_queued(void)
{
    NEEDS_ASYNCHRONOUS;
    fake_host host;
    tn_plugin_instance *instance = NULL;
    tn_plugin_device *device = NULL;
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    int called = 0;

    fake_host_init(&host);
    WORKS_FATAL(the.plugin.instance_create(&host.table, &host, &instance));
    WORKS_FATAL(the.plugin.device_open(instance, 0, &device));
    for (int i = 0; i < 10; ++i) {
        tn_plugin_stream *stream = NULL;

        WORKS_FATAL(the.plugin.stream_create(device, &desc, &stream));
        for (int k = 0; k < 10; ++k) {
            WORKS(the.plugin.stream_call(stream, add_one, &called));
        }
        the.plugin.stream_destroy(stream);
    }
    the.plugin.device_close(device);
    the.plugin.instance_destroy(instance);
    int at_close = __atomic_load_n(&called, __ATOMIC_ACQUIRE);

    CU_ASSERT(at_close <= 100); /* given up is allowed, later is not */
    CU_ASSERT_EQUAL(host.blocks, 0);
    CU_ASSERT_EQUAL(__atomic_load_n(&called, __ATOMIC_ACQUIRE), at_close);
}

/* A long way of events, which must not take stack. */
static void long_chain(void)
{
    enum {
        LINKS = 20000
    };
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *streams[2] = {new_stream(), new_stream()};
    tn_plugin_event *event = new_event(false);
    gate held;

    gate_close(&held, streams[0]);
    for (int i = 0; i < LINKS; ++i) {
        if (the.plugin.event_record(event, streams[i % 2]) != TN_OK ||
            the.plugin.stream_wait(streams[(i + 1) % 2], event) != TN_OK) {
            CU_FAIL("a link could not be queued");
            break;
        }
    }
    gate_open(&held);
    WORKS(the.plugin.stream_sync(streams[0], TN_FOREVER));
    WORKS(the.plugin.stream_sync(streams[1], TN_FOREVER));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(streams[0]);
    the.plugin.stream_destroy(streams[1]);
}

void add_lifetime_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[6] memory is destroyed after queued work",
                memory_while_queued);
    CU_add_test(tests, "[6] a destroyed stream still runs its work",
                stream_while_queued);
    CU_add_test(tests, "[6] who waits for a destroyed event goes on after it",
                event_while_awaited);
    CU_add_test(tests, "[6] a module is unloaded after queued launches",
                module_while_queued);
    CU_add_test(tests, "[6] a device closes while destroyed streams work",
                close_while_queued);
    CU_add_test(tests, "[9] twenty thousand waits follow each other",
                long_chain);
}
