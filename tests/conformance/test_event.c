/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "tests/conformance/conformance.h"

static void never_recorded(void)
{
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();

    WORKS(the.plugin.event_status(event));
    WORKS(the.plugin.event_sync(event, TN_FOREVER));
    WORKS(the.plugin.stream_wait(stream, event));
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(stream);
}

static void passes_after_work(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();
    gate held;

    gate_close(&held, stream);
    WORKS(the.plugin.event_record(event, stream));
    CU_ASSERT_EQUAL(the.plugin.event_status(event), TN_NOT_READY);
    CU_ASSERT_EQUAL(the.plugin.event_sync(event, 10000000), TN_TIMEOUT);
    gate_open(&held);
    WORKS(the.plugin.event_sync(event, TN_FOREVER));
    WORKS(the.plugin.event_status(event));
    CU_ASSERT_EQUAL(held.passed, 1);
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(stream);
}

static void take_a_while(void *data, tn_status status)
{
    struct timespec moment = {0, 20000000};

    (void)data;
    (void)status;
    nanosleep(&moment, NULL);
}

/* Work that is queued behind the record does not count. */
static void passes_before_later_work(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();
    gate held;

    WORKS(the.plugin.stream_call(stream, take_a_while, NULL));
    WORKS(the.plugin.event_record(event, stream));
    gate_close(&held, stream);
    WORKS(the.plugin.event_sync(event, 10000000000));
    WORKS(the.plugin.event_status(event));
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(stream);
}

static void other_stream_waits(void)
{
    enum {
        COUNT = 5000
    };
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *first = new_stream();
    tn_plugin_stream *second = new_stream();
    tn_plugin_memory *memory = new_memory(COUNT * 4);
    tn_plugin_memory *copied = new_memory(COUNT * 4);
    uint32_t numbers[COUNT];
    uint32_t wrong = 0;
    gate held;

    fill_u32(first, memory, 1, COUNT);
    gate_close(&held, first);
    fill_u32(first, memory, 2, COUNT);
    WORKS(the.plugin.event_record(event, first));
    WORKS(the.plugin.stream_wait(second, event));
    WORKS(the.plugin.copy(second, copied, 0, memory, 0, COUNT * 4));
    CU_ASSERT_EQUAL(the.plugin.stream_sync(second, 20000000), TN_TIMEOUT);
    gate_open(&held);
    fetch_u32(second, copied, numbers, COUNT);
    for (uint32_t i = 0; i < COUNT; ++i) {
        wrong += numbers[i] != 2;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.memory_destroy(copied, NULL);
    the.plugin.stream_destroy(first);
    the.plugin.stream_destroy(second);
    the.plugin.event_destroy(event);
}

/*
 * Two streams hand one list to and fro by two events, recorded again each time.
 */
static void hand_over(tn_plugin_kernel *kernel)
{
    enum {
        ROUNDS = 500
    };
    tn_plugin_event *events[2] = {new_event(false), new_event(false)};
    tn_plugin_stream *streams[2] = {new_stream(), new_stream()};
    tn_plugin_memory *list = new_memory((2 * ROUNDS + 1) * 4);
    uint32_t numbers[2 * ROUNDS + 1];
    uint32_t wrong = 0;

    fill_u32(streams[0], list, 0, 2 * ROUNDS + 1);
    for (uint32_t i = 0; i < 2 * ROUNDS; ++i) {
        WORKS(the.plugin.stream_wait(streams[i % 2], events[(i + 1) % 2]));
        WORKS(append(streams[i % 2], kernel, list, i));
        WORKS(the.plugin.event_record(events[i % 2], streams[i % 2]));
    }
    WORKS(the.plugin.stream_sync(streams[0], TN_FOREVER));
    fetch_u32(streams[1], list, numbers, 2 * ROUNDS + 1);
    CU_ASSERT_EQUAL(numbers[0], 2 * ROUNDS);
    for (uint32_t i = 0; i < 2 * ROUNDS; ++i) {
        wrong += numbers[i + 1] != i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(list, NULL);
    for (int i = 0; i < 2; ++i) {
        the.plugin.event_destroy(events[i]);
        the.plugin.stream_destroy(streams[i]);
    }
}

static void recorded_again(void)
{
    NEEDS_KERNELS;
    hand_over(kernel_of(the.module, "append"));
}

/* A wait is for the record that stood when it was queued. */
static void wait_keeps_its_record(void)
{
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *first = new_stream();
    tn_plugin_stream *second = new_stream();
    gate held;

    WORKS(the.plugin.event_record(event, first));
    WORKS(the.plugin.stream_wait(second, event));
    gate_close(&held, first);
    WORKS(the.plugin.event_record(event, first));
    WORKS(the.plugin.stream_sync(second, TN_FOREVER));
    CU_ASSERT_EQUAL(the.plugin.event_status(event), TN_NOT_READY);
    gate_open(&held);
    WORKS(the.plugin.event_sync(event, TN_FOREVER));
    the.plugin.stream_destroy(first);
    the.plugin.stream_destroy(second);
    the.plugin.event_destroy(event);
}

static void waits_for_its_own_stream(void)
{
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *stream = new_stream();

    WORKS(the.plugin.event_record(event, stream));
    WORKS(the.plugin.stream_wait(stream, event));
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(stream);
}

static void tells_times(void)
{
    NEEDS(event_elapsed);
    NEEDS(stream_call);
    tn_plugin_event *start = new_event(true);
    tn_plugin_event *end = new_event(true);
    tn_plugin_stream *stream = new_stream();
    uint64_t elapsed = 0;

    WORKS(the.plugin.event_record(start, stream));
    WORKS(the.plugin.stream_call(stream, take_a_while, NULL));
    WORKS(the.plugin.event_record(end, stream));
    WORKS(the.plugin.event_sync(end, TN_FOREVER));
    WORKS(the.plugin.event_elapsed(start, end, &elapsed));
    CU_ASSERT(elapsed >= 20000000);
    CU_ASSERT(elapsed < 10000000000u);
    the.plugin.event_destroy(start);
    the.plugin.event_destroy(end);
    the.plugin.stream_destroy(stream);
}

static void tells_no_times_of_others(void)
{
    NEEDS(event_elapsed);
    tn_plugin_event *timed = new_event(true);
    tn_plugin_event *untimed = new_event(false);
    tn_plugin_event *fresh = new_event(true);
    tn_plugin_stream *stream = new_stream();
    uint64_t elapsed = 77;

    WORKS(the.plugin.event_record(timed, stream));
    WORKS(the.plugin.event_record(untimed, stream));
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    FAILS(the.plugin.event_elapsed(timed, untimed, &elapsed), TN_ERROR_INVALID);
    FAILS(the.plugin.event_elapsed(fresh, timed, &elapsed), TN_ERROR_INVALID);
    CU_ASSERT_EQUAL(elapsed, 77);
    the.plugin.event_destroy(timed);
    the.plugin.event_destroy(untimed);
    the.plugin.event_destroy(fresh);
    the.plugin.stream_destroy(stream);
}

static void times_are_not_ready(void)
{
    NEEDS(event_elapsed);
    NEEDS_ASYNCHRONOUS;
    tn_plugin_event *start = new_event(true);
    tn_plugin_event *end = new_event(true);
    tn_plugin_stream *stream = new_stream();
    uint64_t elapsed = 77;
    gate held;

    WORKS(the.plugin.event_record(start, stream));
    gate_close(&held, stream);
    WORKS(the.plugin.event_record(end, stream));
    CU_ASSERT_EQUAL(the.plugin.event_elapsed(start, end, &elapsed),
                    TN_NOT_READY);
    CU_ASSERT_EQUAL(elapsed, 77);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    the.plugin.event_destroy(start);
    the.plugin.event_destroy(end);
    the.plugin.stream_destroy(stream);
}

/*
 * Queues work that fails for want of host memory, as it runs: a local block as
 * large as there may be. Backends whose device gives it do not fail.
 */
static void queue_failure(tn_plugin_stream *stream, tn_plugin_memory *right)
{
    uint32_t numbers = (uint32_t)(the.info.local_bytes - 512) / 4;
    launching l;

    launching_init(&l, 1, 1);
    launching_local(&l, (uint64_t)numbers * 4);
    launching_local(&l, 8);
    launching_buffer(&l, right, 0);
    launching_u32(&l, numbers);
    launching_u32(&l, 1);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "locals")));
}

static void refuse_host_memory(int refuse)
{
    __atomic_store_n(&the.host.refuse, refuse, __ATOMIC_SEQ_CST);
}

/* The second stream waits for the first, whose work has failed. */
static void check_failure(tn_plugin_stream *stream, tn_plugin_memory *memory,
                          tn_plugin_event *event, tn_status expected)
{
    uint32_t number;

    FAILS(the.plugin.event_sync(event, TN_FOREVER), expected);
    FAILS(the.plugin.stream_sync(stream, TN_FOREVER), expected);
    FAILS(the.plugin.stream_status(stream), expected);
    FAILS(the.plugin.copy_from(stream, memory, 0, &number, 4), expected);
}

static void failures_pass_on(void)
{
    NEEDS_KERNELS;
    NEEDS_ASYNCHRONOUS;
    if (the.info.local_bytes < 1024) {
        skip("the device tells of no group memory");
        return;
    }
    tn_plugin_event *event = new_event(false);
    tn_plugin_stream *first = new_stream();
    tn_plugin_stream *other = new_stream();
    tn_plugin_memory *memory = new_memory(64);
    gate held;

    gate_close(&held, first);
    queue_failure(first, memory);
    WORKS(the.plugin.event_record(event, first));
    WORKS(the.plugin.stream_wait(other, event));
    fill_u32(other, memory, 7, 16);
    refuse_host_memory(1);
    gate_open(&held);
    tn_status status = the.plugin.stream_sync(first, TN_FOREVER);

    if (status == TN_OK) {
        skip("no work of this backend fails for want of host memory");
    } else {
        check_failure(other, memory, event, status);
    }
    refuse_host_memory(0);
    the.plugin.stream_destroy(first);
    the.plugin.stream_destroy(other);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.event_destroy(event);
}

void add_event_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[9] an event that was never recorded has passed",
                never_recorded);
    CU_add_test(tests, "[9] an event passes after the work before it",
                passes_after_work);
    CU_add_test(tests, "[9] an event does not wait for the work behind it",
                passes_before_later_work);
    CU_add_test(tests, "[9] a stream waits for an event of another",
                other_stream_waits);
    CU_add_test(tests, "[9] streams hand work over by events recorded again",
                recorded_again);
    CU_add_test(tests, "[9] a wait is for the record that it found",
                wait_keeps_its_record);
    CU_add_test(tests,
                "[9] what went wrong before an event goes wrong behind the "
                "wait",
                failures_pass_on);
    CU_add_test(tests, "[9] a stream may wait for its own event",
                waits_for_its_own_stream);
    CU_add_test(tests, "[9] two timed events tell the time between them",
                tells_times);
    CU_add_test(tests, "[9] events without times or records tell none",
                tells_no_times_of_others);
    CU_add_test(tests, "[9] the time to an event ahead is not ready",
                times_are_not_ready);
}
