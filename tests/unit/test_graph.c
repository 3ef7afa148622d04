/* SPDX-License-Identifier: MIT */
/* Graphs: what is recorded, what is left open, how it is run again. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/backends.h"

static backends_fixture the;

/* Begins with a stream that records. */
static void begin_recording(void)
{
    backends_begin(&the, "works");
    NEEDS(tn_graph_begin(the.stream));
}

static tn_graph *end_recording(void)
{
    tn_graph *graph = NULL;

    NEEDS(tn_graph_end(the.stream, &graph));
    return graph;
}

/* ---- recording and running ---- */

static void recorded_work_runs_at_each_launch_in_its_order(void)
{
    float numbers[4] = {0};
    const float two = 2.0f;

    backends_begin(&the, "works");
    tn_kernel *add = backends_kernel(the.device, ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 16);
    tn_buffer *b = backends_buffer(the.device, 16);

    WORKS(tn_fill(the.stream, a, 0, 16, &numbers[0], 4));
    unsigned launches = the.seen->launches;
    unsigned fills = the.seen->fills;

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, b, 0, 16, &two, 4));
    WORKS(tn_launch(the.stream, add, tn_items(4), a, b, b, 4u)); /* a + 2 */
    WORKS(tn_copy(the.stream, a, 0, b, 0, 16));
    WORKS(tn_copy(the.stream, a, 0, b, 0, 0));                   /* nothing */
    WORKS(tn_fill(the.stream, a, 0, 0, &two, 4));                /* nothing */
    WORKS(tn_launch(the.stream, add, tn_items(0), a, b, b, 4u)); /* nothing */
    CU_ASSERT_EQUAL(the.seen->launches, launches); /* nothing was run */
    CU_ASSERT_EQUAL(the.seen->fills, fills);
    tn_graph *graph = end_recording();

    for (int round = 1; round <= 3; ++round) {
        WORKS(tn_graph_launch(graph, the.stream, NULL, 0));
        WORKS(tn_copy_from(the.stream, a, 0, numbers, 16));
        CU_ASSERT_EQUAL(numbers[0], (float)(2 * round));
        CU_ASSERT_EQUAL(numbers[3], (float)(2 * round));
    }
    CU_ASSERT_EQUAL(the.seen->launches, launches + 3);
    tn_graph_destroy(graph);
    backends_end(&the);
}

static void an_empty_graph_runs(void)
{
    begin_recording();
    tn_graph *graph = end_recording();

    WORKS(tn_graph_launch(graph, the.stream, NULL, 0));
    WORKS(tn_launch(the.stream, backends_kernel(the.device, "kernel nop()"),
                    tn_items(1))); /* the stream runs again */
    backends_end(&the);
}

/* Values and patterns are copied: what is borrowed may change afterwards. */
static void recorded_values_are_copies(void)
{
    unsigned char bytes[40];
    uint32_t pattern = 0x01020304;

    backends_begin(&the, "works");
    tn_kernel *kernel = backends_kernel(the.device, "kernel s(struct:40 p)");
    tn_buffer *buffer = backends_buffer(the.device, 16);

    memset(bytes, 0x5a, sizeof bytes);
    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 40)));
    WORKS(tn_fill(the.stream, buffer, 0, 16, &pattern, 4));
    memset(bytes, 0, sizeof bytes);
    pattern = 0;
    WORKS(tn_graph_launch(end_recording(), the.stream, NULL, 0));
    CU_ASSERT_EQUAL(the.seen->slots[0].bytes, 40);
    CU_ASSERT_EQUAL(the.seen->slots[3].value[7], 0x5a);
    WORKS(tn_copy_from(the.stream, buffer, 12, &pattern, 4));
    CU_ASSERT_EQUAL(pattern, 0x01020304);
    backends_end(&the);
}

static void a_graph_runs_on_any_stream_of_its_device(void)
{
    tn_stream *other = NULL;
    tn_stream *elsewhere = NULL;

    begin_recording();
    tn_graph *graph = end_recording();

    NEEDS(tn_stream_create(the.device, &other));
    NEEDS(tn_stream_create(the.other, &elsewhere));
    WORKS(tn_graph_launch(graph, other, NULL, 0));
    FAILS(tn_graph_launch(graph, elsewhere, NULL, 0), TN_ERROR_INVALID,
          "the graph is on works:0, the stream on works:1");
    backends_end(&the);
}

static void many_commands_are_kept(void)
{
    enum {
        COMMANDS = 1000
    };
    begin_recording();
    tn_kernel *kernel = backends_kernel(the.device, "kernel one(u32 n)");

    for (uint32_t i = 0; i < COMMANDS; ++i) {
        WORKS(tn_launch(the.stream, kernel, tn_items(1), i));
    }
    unsigned launches = the.seen->launches;

    WORKS(tn_graph_launch(end_recording(), the.stream, NULL, 0));
    CU_ASSERT_EQUAL(the.seen->launches, launches + COMMANDS);
    CU_ASSERT_EQUAL(the.seen->slots[0].words[0], COMMANDS - 1);
    backends_end(&the);
}

/* ---- what a recorded stream refuses ---- */

static void never_called(void *data, tn_status status)
{
    (void)data;
    (void)status;
    CU_FAIL("a function was called that was refused");
}

static void what_waits_or_returns_data_is_refused_while_recording(void)
{
    char bytes[16] = {0};
    tn_event *event = NULL;
    tn_graph *graph = NULL;

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 16);

    NEEDS(tn_event_create(the.device, &event));
    NEEDS(tn_graph_begin(the.stream));
    graph = end_recording();
    NEEDS(tn_graph_begin(the.stream));
#define REFUSED(call)                                                          \
    FAILS(call, TN_ERROR_INVALID,                                              \
          "on a stream that a graph records; call tn_graph_end() first")
    REFUSED(tn_graph_begin(the.stream));
    REFUSED(tn_stream_sync(the.stream));
    REFUSED(tn_stream_sync_for(the.stream, 0));
    REFUSED(tn_stream_wait(the.stream, event));
    REFUSED(tn_stream_call(the.stream, never_called, NULL));
    REFUSED(tn_event_record(event, the.stream));
    REFUSED(tn_copy_to(the.stream, buffer, 0, bytes, 16));
    REFUSED(tn_copy_from(the.stream, buffer, 0, bytes, 16));
    REFUSED(tn_copy_to_async(the.stream, buffer, 0, bytes, 16));
    REFUSED(tn_copy_from_async(the.stream, buffer, 0, bytes, 16));
    REFUSED(tn_graph_launch(graph, the.stream, NULL, 0));
#undef REFUSED
    end_recording();
    WORKS(tn_stream_sync(the.stream));
    backends_end(&the);
}

static void only_a_recorded_stream_is_ended(void)
{
    tn_graph *const untouched = (tn_graph *)&the;
    tn_graph *graph = untouched;

    backends_begin(&the, "works");
    FAILS(tn_graph_end(the.stream, &graph), TN_ERROR_INVALID,
          "tn_graph_end() on a stream that records nothing");
    CU_ASSERT_PTR_EQUAL(graph, untouched);
    backends_end(&the);
}

static void what_is_wrong_is_told_while_recording(void)
{
    begin_recording();
    tn_kernel *kernel = backends_kernel(the.device, "kernel one(u32 n)");
    tn_buffer *buffer = backends_buffer(the.device, 16);
    unsigned launches = the.seen->launches;

    FAILS(tn_launch(the.stream, kernel, tn_items(1), 1), TN_ERROR_SIGNATURE,
          "argument 0 n is u32, given i32");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(tn_items(1), 9999, 1, 1),
                    1u),
          TN_ERROR_RANGE, "a group of 9999");
    FAILS(tn_fill(the.stream, buffer, 0, 17, "x", 1), TN_ERROR_RANGE, "a fill");
    FAILS(tn_copy(the.stream, buffer, 0, buffer, 0, 4), TN_ERROR_INVALID,
          "overlap");
    WORKS(tn_graph_launch(end_recording(), the.stream, NULL, 0));
    CU_ASSERT_EQUAL(the.seen->launches, launches); /* none of it was kept */
    backends_end(&the);
}

/* ---- open slots ---- */

static tn_binding bound(uint32_t slot, tn_argument value)
{
    return (tn_binding){.slot = slot, .value = value};
}

static void open_slots_are_bound_at_each_launch(void)
{
    begin_recording();
    tn_kernel *kernel = backends_kernel(
        the.device, "kernel k(struct:20 s, in f32* a, u32 n, f64 x)");
    tn_buffer *first = backends_buffer(the.device, 64);
    tn_buffer *second = backends_buffer(the.device, 64);
    const tn_plugin_slot *slots = the.seen->slots;
    char value[20] = "a struct";

    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(value, 20),
                    tn_slot(7, TN_TYPE_BUFFER), tn_slot(8, TN_TYPE_U32), 0.5));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(value, 20),
                    first, tn_slot(8, TN_TYPE_U32), tn_slot(1, TN_TYPE_F64)));
    tn_graph *graph = end_recording();
    tn_binding bindings[] = {bound(8, TN_ARGUMENT(5u)),
                             bound(7, tn_at(second, 32)),
                             bound(1, TN_ARGUMENT(2.25))};
    double x = 2.25;

    WORKS(tn_graph_launch(graph, the.stream, bindings, 3));
    CU_ASSERT_EQUAL(memcmp(slots[1].value, value, 16), 0);
    CU_ASSERT_EQUAL(slots[4].words[0], 5);
    CU_ASSERT_EQUAL(memcmp(slots[5].value, &x, 8), 0);
    bindings[0] = bound(8, TN_ARGUMENT(6u));
    bindings[1] = bound(7, TN_ARGUMENT(first));
    WORKS(tn_graph_launch(graph, the.stream, bindings, 3));
    CU_ASSERT_EQUAL(slots[4].words[0], 6);
    CU_ASSERT_EQUAL(slots[3].buffer.offset, 0);
    tn_graph_destroy(graph);
    backends_end(&the);
}

static void a_recorded_launch_with_a_short_buffer_is_refused(void)
{
    begin_recording();
    tn_kernel *kernel =
        backends_kernel(the.device, "kernel k(in f32* a [n], u32 n)");
    tn_buffer *buffer = backends_buffer(the.device, 64);

    FAILS(tn_launch(the.stream, kernel, tn_items(1), buffer, 17u),
          TN_ERROR_RANGE, "argument 0 a holds 16 elements, needs n = 17");
    tn_graph *graph = end_recording();
    unsigned launches = the.seen->launches;

    WORKS(tn_graph_launch(graph, the.stream, NULL, 0));
    CU_ASSERT_EQUAL(the.seen->launches, launches);
    backends_end(&the);
}

static void bindings_of_short_buffers_are_refused(void)
{
    begin_recording();
    tn_kernel *kernel =
        backends_kernel(the.device, "kernel k(in f32* a [n], u32 n)");
    tn_buffer *small = backends_buffer(the.device, 64);
    tn_buffer *large = backends_buffer(the.device, 128);

    WORKS(tn_launch(the.stream, kernel, tn_items(1), small, 1u));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), small,
                    tn_slot(0, TN_TYPE_U32)));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_slot(1, TN_TYPE_BUFFER),
                    20u));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_slot(1, TN_TYPE_BUFFER),
                    tn_slot(2, TN_TYPE_U32)));
    tn_graph *graph = end_recording();
    unsigned launches = the.seen->launches;
    tn_binding bindings[] = {bound(0, TN_ARGUMENT(17u)),
                             bound(1, TN_ARGUMENT(large)),
                             bound(2, TN_ARGUMENT(32u))};

    FAILS(tn_graph_launch(graph, the.stream, bindings, 3), TN_ERROR_RANGE,
          "kernel k: argument 0 a holds 16 elements, needs n = 17");
    bindings[0].value = TN_ARGUMENT(16u);
    WORKS(tn_graph_launch(graph, the.stream, bindings, 3));
    bindings[1].value = TN_ARGUMENT(small);
    FAILS(tn_graph_launch(graph, the.stream, bindings, 3), TN_ERROR_RANGE,
          "argument 0 a holds 16 elements, needs n = 20");
    bindings[1].value = tn_at(large, 16);
    FAILS(tn_graph_launch(graph, the.stream, bindings, 3), TN_ERROR_RANGE,
          "argument 0 a holds 28 elements from its offset on, needs n = 32");
    CU_ASSERT_EQUAL(the.seen->launches, launches + 4);
    bindings[2].value = TN_ARGUMENT(28u);
    WORKS(tn_graph_launch(graph, the.stream, bindings, 3));
    CU_ASSERT_EQUAL(the.seen->launches, launches + 8);
    backends_end(&the);
}

static void bindings_that_do_not_fit_are_refused(void)
{
    begin_recording();
    tn_kernel *kernel =
        backends_kernel(the.device, "kernel k(struct:20 s, in f32* a, u32 n)");
    tn_buffer *buffer = backends_buffer(the.device, 64);
    tn_buffer *there = backends_buffer(the.other, 64);
    char value[20] = "";

    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(value, 20),
                    tn_slot(0, TN_TYPE_BUFFER), tn_slot(1, TN_TYPE_U32)));
    tn_graph *graph = end_recording();
    unsigned launches = the.seen->launches;
    tn_binding bindings[] = {bound(0, TN_ARGUMENT(buffer)),
                             bound(1, TN_ARGUMENT(1u))};

    FAILS(tn_graph_launch(graph, the.stream, NULL, 0), TN_ERROR_SIGNATURE,
          "kernel k: slot 0 is open and has no binding");
    FAILS(tn_graph_launch(graph, the.stream, NULL, 2), TN_ERROR_INVALID,
          "bindings is NULL");
    FAILS(tn_graph_launch(graph, the.stream, bindings, 1), TN_ERROR_SIGNATURE,
          "kernel k: slot 1 is open and has no binding");
#define WRONG(slot, wrong, status, words)                                      \
    do {                                                                       \
        const tn_binding kept = bindings[slot];                                \
                                                                               \
        bindings[slot].value = wrong;                                          \
        FAILS(tn_graph_launch(graph, the.stream, bindings, 2), status, words); \
        bindings[slot] = kept;                                                 \
    } while (0)
    WRONG(1, TN_ARGUMENT(1), TN_ERROR_SIGNATURE, "slot 1 is u32, bound to i32");
    WRONG(0, TN_ARGUMENT(1u), TN_ERROR_SIGNATURE,
          "slot 0 is buffer, bound to u32");
    WRONG(1, tn_slot(1, TN_TYPE_U32), TN_ERROR_SIGNATURE, "slot 1 is u32");
    WRONG(0, TN_ARGUMENT((tn_buffer *)NULL), TN_ERROR_INVALID,
          "kernel k: argument 1 is NULL");
    WRONG(0, TN_ARGUMENT(there), TN_ERROR_INVALID,
          "argument 1 is a buffer on works:1");
    WRONG(0, tn_at(buffer, 64), TN_ERROR_RANGE, "argument 1 begins at 64");
    WRONG(0, tn_at(buffer, 4), TN_ERROR_RANGE, "multiples of 16");
#undef WRONG
    CU_ASSERT_EQUAL(the.seen->launches, launches);
    WORKS(tn_graph_launch(graph, the.stream, bindings, 2));
    CU_ASSERT_EQUAL(the.seen->launches, launches + 1);
    backends_end(&the);
}

static void open_slots_have_the_type_of_their_parameter(void)
{
    begin_recording();
    tn_kernel *kernel =
        backends_kernel(the.device, "kernel k(struct:20 s, u32 n)");
    char value[20] = "";
    tn_argument open = tn_slot(0, TN_TYPE_STRUCT);

    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(value, 20),
                    tn_slot(0, TN_TYPE_F32)),
          TN_ERROR_SIGNATURE, "argument 1 n is u32, given f32");
    open.bytes = 20;
    FAILS(tn_launch(the.stream, kernel, tn_items(1), open, 1u),
          TN_ERROR_INVALID, "only buffers and scalars can be left open");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(value, 20),
                    tn_slot(0, TN_TYPE_NONE)),
          TN_ERROR_INVALID, "only buffers and scalars can be left open");
    backends_end(&the); /* the recording is left to it */
}

/* ---- failures and ends ---- */

static void a_replay_that_fails_says_so(void)
{
    tn_graph *graph = NULL;

    backends_begin(&the, "launch_fails");
    tn_kernel *kernel = backends_kernel(the.device, "kernel nop()");

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_launch(the.stream, kernel, tn_items(1)));
    NEEDS(tn_graph_end(the.stream, &graph));
    FAILS(tn_graph_launch(graph, the.stream, NULL, 0), TN_ERROR_DEVICE,
          "launch_fails:0: the queue is closed");
    backends_end(&the);
}

static void things_are_destroyed_in_any_order(void)
{
    tn_stream *stream = NULL;

    begin_recording();
    tn_module *module = backends_load(the.device, "kernel nop()");
    tn_kernel *kernel = NULL;

    NEEDS(tn_kernel_get(module, "nop", &kernel));
    WORKS(tn_launch(the.stream, kernel, tn_items(1)));
    tn_graph *graph = end_recording();

    tn_module_destroy(module); /* the graph is not launched any more */
    tn_graph_destroy(graph);
    NEEDS(tn_stream_create(the.device, &stream));
    NEEDS(tn_graph_begin(stream));
    tn_stream_destroy(stream); /* with its recording */
    NEEDS(tn_graph_begin(the.stream));
    graph = end_recording();
    tn_stream_destroy(the.stream);
    the.stream = NULL;
    tn_graph_destroy(graph); /* after the stream that recorded it */
    backends_end(&the);
}

/* ---- what a graph needs ---- */

#define LOST "the graph needs a buffer or module that was destroyed; keep"

static void a_graph_whose_buffers_are_gone_says_so(void)
{
    begin_recording();
    tn_kernel *add = backends_kernel(the.device, ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 16);
    tn_buffer *kept = backends_buffer(the.device, 16);
    tn_buffer *never = backends_buffer(the.device, 16);

    WORKS(tn_launch(the.stream, add, tn_items(4), a, a, kept, 4u));
    tn_graph *launches = end_recording();

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_copy(the.stream, kept, 0, a, 0, 16));
    tn_graph *copies = end_recording();

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, kept, 0, 16, "x", 1));
    tn_graph *fills = end_recording();

    tn_buffer_destroy(never);
    WORKS(tn_graph_launch(launches, the.stream, NULL, 0));
    tn_buffer_destroy(a);
    FAILS(tn_graph_launch(launches, the.stream, NULL, 0), TN_ERROR_INVALID,
          LOST);
    FAILS(tn_graph_launch(copies, the.stream, NULL, 0), TN_ERROR_INVALID, LOST);
    WORKS(tn_graph_launch(fills, the.stream, NULL, 0));
    backends_end(&the);
}

static void a_buffer_that_goes_while_recording_is_missed(void)
{
    begin_recording();
    tn_buffer *buffer = backends_buffer(the.device, 16);

    WORKS(tn_fill(the.stream, buffer, 0, 16, "x", 1));
    tn_buffer_destroy(buffer);
    FAILS(tn_graph_launch(end_recording(), the.stream, NULL, 0),
          TN_ERROR_INVALID, LOST);
    backends_end(&the);
}

static void a_plugin_gets_no_commands_on_what_is_gone(void)
{
    backends_begin(&the, "graphs");
    tn_buffer *buffer = backends_buffer(the.device, 16);
    unsigned commands = the.seen->graph_commands;

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, buffer, 0, 16, "x", 1));
    tn_buffer_destroy(buffer);
    FAILS(tn_graph_launch(end_recording(), the.stream, NULL, 0),
          TN_ERROR_INVALID, LOST);
    CU_ASSERT_EQUAL(the.seen->graph_commands, commands);
    CU_ASSERT_EQUAL(the.seen->graphs, 0);
    backends_end(&the);
}

static void a_buffer_of_a_peer_is_missed_too(void)
{
    tn_stream *stream = NULL;
    tn_graph *graph = NULL;

    backends_begin(&the, "works");
    tn_buffer *here = backends_buffer(the.other, 16);
    tn_buffer *there = backends_buffer(the.device, 16);

    NEEDS(tn_stream_create(the.other, &stream));
    NEEDS(tn_graph_begin(stream));
    WORKS(tn_copy(stream, here, 0, there, 0, 16));
    NEEDS(tn_graph_end(stream, &graph));
    WORKS(tn_graph_launch(graph, stream, NULL, 0));
    tn_buffer_destroy(there);
    FAILS(tn_graph_launch(graph, stream, NULL, 0), TN_ERROR_INVALID, LOST);
    backends_end(&the);
}

static void a_graph_whose_module_is_gone_says_so(void)
{
    tn_kernel *kernel = NULL;

    begin_recording();
    tn_module *module = backends_load(the.device, "kernel nop()");

    NEEDS(tn_kernel_get(module, "nop", &kernel));
    WORKS(tn_launch(the.stream, kernel, tn_items(1)));
    tn_graph *graph = end_recording();

    tn_module_destroy(module);
    FAILS(tn_graph_launch(graph, the.stream, NULL, 0), TN_ERROR_INVALID, LOST);
    backends_end(&the);
}

/* ---- native graphs ---- */

static void a_plugin_with_graphs_gets_the_commands_as_a_list(void)
{
    float numbers[4] = {0};
    const float two = 2.0f;

    backends_begin(&the, "graphs");
    tn_kernel *add = backends_kernel(the.device, ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 16);
    tn_buffer *b = backends_buffer(the.device, 16);

    WORKS(tn_fill(the.stream, a, 0, 16, &numbers[0], 4));
    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, b, 0, 16, &two, 4));
    WORKS(tn_launch(the.stream, add, tn_items(4), tn_slot(3, TN_TYPE_BUFFER), b,
                    b, tn_slot(4, TN_TYPE_U32)));
    WORKS(tn_copy(the.stream, a, 0, b, 0, 16));
    tn_graph *graph = end_recording();
    tn_binding bindings[] = {bound(3, TN_ARGUMENT(a)),
                             bound(4, TN_ARGUMENT(4u))};

    CU_ASSERT_EQUAL(the.seen->graphs, 1);
    for (int round = 1; round <= 3; ++round) {
        WORKS(tn_graph_launch(graph, the.stream, bindings, 2));
        WORKS(tn_copy_from(the.stream, a, 0, numbers, 16));
        CU_ASSERT_EQUAL(numbers[0], (float)(2 * round));
        CU_ASSERT_EQUAL(numbers[3], (float)(2 * round));
    }
    CU_ASSERT_EQUAL(the.seen->graph_commands, 9);
    FAILS(tn_graph_launch(graph, the.stream, bindings, 1), TN_ERROR_SIGNATURE,
          "slot 4 is open and has no binding");
    tn_graph_destroy(graph);
    CU_ASSERT_EQUAL(the.seen->graphs, 0);
    backends_end(&the);
}

static void what_a_plugin_has_no_graph_for_is_replayed(void)
{
    backends_begin(&the, "graphs");
    tn_buffer *buffer = backends_buffer(the.device, 16);
    unsigned commands = the.seen->graph_commands;

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, buffer, 0, 16, "0123456789abcdef", 16));
    WORKS(tn_graph_launch(end_recording(), the.stream, NULL, 0));
    CU_ASSERT_EQUAL(the.seen->graphs, 0);
    CU_ASSERT_EQUAL(the.seen->graph_commands, commands);
    backends_end(&the);
}

static void a_graph_that_the_plugin_cannot_make_is_told(void)
{
    tn_graph *graph = NULL;

    backends_begin(&the, "graphs");
    tn_buffer *buffer = backends_buffer(the.device, 16);

    NEEDS(tn_graph_begin(the.stream));
    WORKS(tn_fill(the.stream, buffer, 0, 16, "01234567", 8));
    FAILS(tn_graph_end(the.stream, &graph), TN_ERROR_DEVICE,
          "graphs:0: the graph is too long");
    CU_ASSERT_PTR_NULL(graph);
    WORKS(tn_stream_sync(the.stream)); /* it runs again */
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(recorded_work_runs_at_each_launch_in_its_order)                          \
    X(an_empty_graph_runs)                                                     \
    X(recorded_values_are_copies)                                              \
    X(a_graph_runs_on_any_stream_of_its_device)                                \
    X(many_commands_are_kept)                                                  \
    X(what_waits_or_returns_data_is_refused_while_recording)                   \
    X(only_a_recorded_stream_is_ended)                                         \
    X(what_is_wrong_is_told_while_recording)                                   \
    X(open_slots_are_bound_at_each_launch)                                     \
    X(a_recorded_launch_with_a_short_buffer_is_refused)                        \
    X(bindings_of_short_buffers_are_refused)                                   \
    X(bindings_that_do_not_fit_are_refused)                                    \
    X(open_slots_have_the_type_of_their_parameter)                             \
    X(a_replay_that_fails_says_so)                                             \
    X(things_are_destroyed_in_any_order)                                       \
    X(a_graph_whose_buffers_are_gone_says_so)                                  \
    X(a_buffer_that_goes_while_recording_is_missed)                            \
    X(a_plugin_gets_no_commands_on_what_is_gone)                               \
    X(a_buffer_of_a_peer_is_missed_too)                                        \
    X(a_graph_whose_module_is_gone_says_so)                                    \
    X(a_plugin_with_graphs_gets_the_commands_as_a_list)                        \
    X(what_a_plugin_has_no_graph_for_is_replayed)                              \
    X(a_graph_that_the_plugin_cannot_make_is_told)

SUITE_MAIN("graph", TESTS)
