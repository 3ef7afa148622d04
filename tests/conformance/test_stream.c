/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/conformance/conformance.h"

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void empty_stream_is_idle(void)
{
    tn_plugin_stream *stream = new_stream();

    WORKS(the.plugin.stream_status(stream));
    WORKS(the.plugin.stream_sync(stream, 0));
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    the.plugin.stream_destroy(stream);
}

/* Each command's result depends on the one before. */
static void in_order(void)
{
    enum {
        STEPS = 200,
        COUNT = 1000
    };
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *a = new_memory(COUNT * 4);
    tn_plugin_memory *b = new_memory(COUNT * 4);
    uint32_t numbers[COUNT];
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < STEPS; ++i) {
        fill_u32(stream, a, i, COUNT);
        WORKS(the.plugin.copy(stream, b, 0, a, 0, COUNT * 4));
        fill_u32(stream, a, 0, COUNT);
    }
    fetch_u32(stream, b, numbers, COUNT);
    for (uint32_t i = 0; i < COUNT; ++i) {
        wrong += numbers[i] != STEPS - 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(a, NULL);
    the.plugin.memory_destroy(b, NULL);
    the.plugin.stream_destroy(stream);
}

static void launches_in_order(void)
{
    enum {
        COUNT = 1000
    };
    NEEDS_KERNELS;
    tn_plugin_kernel *kernel = kernel_of(the.module, "append");
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *list = new_memory((COUNT + 1) * 4);
    uint32_t numbers[COUNT + 1];
    uint32_t wrong = 0;

    fill_u32(stream, list, 0, COUNT + 1);
    for (uint32_t i = 1; i <= COUNT; ++i) {
        WORKS(append(stream, kernel, list, i));
    }
    fetch_u32(stream, list, numbers, COUNT + 1);
    CU_ASSERT_EQUAL(numbers[0], COUNT);
    for (uint32_t i = 1; i <= COUNT; ++i) {
        wrong += numbers[i] != i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.stream_destroy(stream);
}

static void status_tells_progress(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *stream = new_stream();
    gate held;

    gate_close(&held, stream);
    CU_ASSERT_EQUAL(the.plugin.stream_status(stream), TN_NOT_READY);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(held.passed, 1);
    WORKS(the.plugin.stream_status(stream));
    the.plugin.stream_destroy(stream);
}

/* Nobody waits; it is only asked. */
static void works_unwatched(void)
{
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(4 << 20);
    struct timespec moment = {0, 1000000};
    tn_status status = TN_NOT_READY;

    fill_u32(stream, memory, 1, 1 << 20);
    fill_u32(stream, memory, 2, 1 << 20);
    for (int i = 0; i < 20000 && status == TN_NOT_READY; ++i) {
        nanosleep(&moment, NULL);
        status = the.plugin.stream_status(stream);
    }
    CU_ASSERT_EQUAL(status, TN_OK);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void sync_has_a_limit(void)
{
    enum {
        MILLISECOND = 1000000
    };
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *stream = new_stream();
    gate held;

    gate_close(&held, stream);
    CU_ASSERT_EQUAL(the.plugin.stream_sync(stream, 0), TN_TIMEOUT);
    uint64_t begin = now();

    CU_ASSERT_EQUAL(the.plugin.stream_sync(stream, 30 * MILLISECOND),
                    TN_TIMEOUT);
    uint64_t waited = now() - begin;

    CU_ASSERT(waited >= 30 * MILLISECOND);
    CU_ASSERT(waited < 5000u * (uint64_t)MILLISECOND);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER - 1));
    the.plugin.stream_destroy(stream);
}

static void streams_are_independent(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *held_back = new_stream();
    tn_plugin_stream *free_one = new_stream();
    tn_plugin_memory *memory = new_memory(4096);
    uint32_t numbers[1024];
    gate held;

    gate_close(&held, held_back);
    fill_u32(free_one, memory, 4, 1024);
    fetch_u32(free_one, memory, numbers, 1024);
    CU_ASSERT_EQUAL(numbers[1023], 4);
    CU_ASSERT_EQUAL(the.plugin.stream_status(held_back), TN_NOT_READY);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(held_back, TN_FOREVER));
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(held_back);
    the.plugin.stream_destroy(free_one);
}

typedef struct called {
    tn_plugin_memory *memory;
    int count;
    tn_status status;
} called;

static void note_call(void *data, tn_status status)
{
    called *note = data;

    note->status = status;
    __atomic_fetch_add(&note->count, 1, __ATOMIC_RELEASE);
}

static void calls_back(void)
{
    NEEDS(stream_call);
    tn_plugin_stream *stream = new_stream();
    called note = {NULL, 0, 999};

    for (int i = 0; i < 100; ++i) {
        WORKS(the.plugin.stream_call(stream, note_call, &note));
    }
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(__atomic_load_n(&note.count, __ATOMIC_ACQUIRE), 100);
    CU_ASSERT_EQUAL(note.status, TN_OK);
    the.plugin.stream_destroy(stream);
}

static void calls_in_order(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *stream = new_stream();
    called note = {NULL, 0, 999};
    gate held;

    gate_close(&held, stream);
    WORKS(the.plugin.stream_call(stream, note_call, &note));
    CU_ASSERT_EQUAL(the.plugin.stream_sync(stream, 20000000), TN_TIMEOUT);
    CU_ASSERT_EQUAL(__atomic_load_n(&note.count, __ATOMIC_ACQUIRE), 0);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(__atomic_load_n(&note.count, __ATOMIC_ACQUIRE), 1);
    the.plugin.stream_destroy(stream);
}

static void priorities_are_clamped(void)
{
    static const int32_t priorities[] = {INT32_MIN, -1, 1, INT32_MAX};

    for (int i = 0; i < 4; ++i) {
        tn_plugin_stream_desc desc = {.size = sizeof desc,
                                      .priority = priorities[i]};
        tn_plugin_stream *stream = NULL;

        WORKS_FATAL(the.plugin.stream_create(the.device, &desc, &stream));
        WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
        the.plugin.stream_destroy(stream);
    }
}

static void unknown_native_handle(void)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc, .handle_kind = 99};
    tn_plugin_stream *stream = NULL;

    FAILS(the.plugin.stream_create(the.device, &desc, &stream),
          TN_ERROR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(stream);
}

void add_stream_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[9] a new stream is idle", empty_stream_is_idle);
    CU_add_test(tests, "[9] copies and fills run in the stream's order",
                in_order);
    CU_add_test(tests, "[9] launches run in the stream's order",
                launches_in_order);
    CU_add_test(tests, "[9] the status tells whether work is left",
                status_tells_progress);
    CU_add_test(tests, "[9] work goes on while nobody waits", works_unwatched);
    CU_add_test(tests, "[9] waiting ends at its time limit", sync_has_a_limit);
    CU_add_test(tests, "[9] a stream does not wait for another",
                streams_are_independent);
    CU_add_test(tests, "[9] functions are called, each once", calls_back);
    CU_add_test(tests, "[9] a function is called after earlier work",
                calls_in_order);
    CU_add_test(tests, "[9] any priority is taken", priorities_are_clamped);
    CU_add_test(tests, "[9] a native handle of an unknown kind is unsupported",
                unknown_native_handle);
}
