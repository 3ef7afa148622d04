/* SPDX-License-Identifier: MIT */
/* Buffers, copies, fills, streams and events. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/backends.h"

static backends_fixture the;

/* What an out parameter holds before a call that fails. */
static char mark;
#define UNTOUCHED ((void *)&mark)

/* ---- allocating ---- */

/* Each buffer is the plugin's, of the very size. */
static void begin_without_cache(void)
{
    backends_begin_with(&the, "works", "cache_memory = 0\n");
}

static void a_buffer_has_its_size_and_device(void)
{
    begin_without_cache();
    tn_buffer *buffer = backends_buffer(the.other, 100);

    CU_ASSERT_EQUAL(tn_buffer_size(buffer), 100);
    CU_ASSERT_PTR_EQUAL(tn_buffer_device(buffer), the.other);
    CU_ASSERT_EQUAL(the.seen->memory.bytes, 100);
    CU_ASSERT_EQUAL(the.seen->memory.size, sizeof(tn_plugin_memory_desc));
    CU_ASSERT_EQUAL(the.seen->memory.kind, TN_MEMORY_DEVICE);
    CU_ASSERT_EQUAL(the.seen->memory.alignment, 0);
    CU_ASSERT_PTR_NULL(the.seen->memory.stream);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    backends_end(&the);
}

static void zero_bytes_and_more_than_there_is_are_refused(void)
{
    tn_buffer *buffer = UNTOUCHED;

    backends_begin(&the, "works");
    FAILS(tn_buffer_create(the.device, 0, &buffer), TN_ERROR_INVALID,
          "a buffer of 0 bytes on works:0; ask for at least 1");
    FAILS(tn_buffer_create(the.device, (uint64_t)1 << 63, &buffer),
          TN_ERROR_NO_MEMORY,
          "a buffer of 9223372036854775808 bytes on works:0, which gives at "
          "most 1073741824");
    FAILS(tn_buffer_create(the.device, UINT64_MAX, &buffer), TN_ERROR_NO_MEMORY,
          "18446744073709551615 bytes");
    FAILS(tn_buffer_create(the.device, FAKE_ALLOCATION_BYTES + 1, &buffer),
          TN_ERROR_NO_MEMORY, "1073741825 bytes");
    FAILS(tn_buffer_create(the.other, (uint64_t)1 << 63, &buffer),
          TN_ERROR_NO_MEMORY, "works:1: more bytes than there are");
    CU_ASSERT_PTR_EQUAL(buffer, UNTOUCHED);
    tn_buffer_destroy(backends_buffer(the.device, 1));
    backends_end(&the);
}

static void options_reach_the_plugin(void)
{
    tn_buffer_options options = {.size = sizeof options,
                                 .kind = TN_MEMORY_PINNED,
                                 .alignment = 4096,
                                 .stream = NULL};
    tn_buffer *buffer = NULL;
    uint64_t address = 1;

    begin_without_cache();
    options.stream = the.stream;
    NEEDS(tn_buffer_create_with(the.device, 10, &options, &buffer));
    CU_ASSERT_EQUAL(the.seen->memory.kind, TN_MEMORY_PINNED);
    CU_ASSERT_EQUAL(the.seen->memory.alignment, 4096);
    CU_ASSERT_PTR_NOT_NULL(the.seen->memory.stream);
    WORKS(tn_buffer_native(buffer, &address));
    CU_ASSERT_EQUAL(address % 4096, 0);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_PTR_EQUAL(the.seen->freed_on, the.seen->memory.stream);
    tn_buffer_destroy(backends_buffer(the.device, 1));
    CU_ASSERT_PTR_NULL(the.seen->freed_on);
    /* a stream of another device orders nothing here */
    tn_buffer_destroy_on(backends_buffer(the.other, 1), the.stream);
    CU_ASSERT_PTR_NULL(the.seen->freed_on);
    backends_end(&the);
}

static void wrong_options_are_refused(void)
{
    tn_buffer_options options = {.size = sizeof options, .alignment = 24};
    tn_buffer *buffer = UNTOUCHED;

    backends_begin(&the, "works");
    FAILS(tn_buffer_create_with(the.device, 1, &options, &buffer),
          TN_ERROR_INVALID, "24 bytes is no power of two");
    options.alignment = 0;
    options.kind = TN_MEMORY_SHARED;
    FAILS(tn_buffer_create_with(the.device, 1, &options, &buffer),
          TN_ERROR_UNSUPPORTED, "works:0: has no shared memory");
    options.kind = TN_MEMORY_DEVICE;
    options.stream = the.stream;
    FAILS(tn_buffer_create_with(the.other, 1, &options, &buffer),
          TN_ERROR_INVALID, "the buffer is on works:1, the stream on works:0");
    options.size = 8;
    FAILS(tn_buffer_create_with(the.device, 1, &options, &buffer),
          TN_ERROR_INVALID, "tn_buffer_options.size is 8");
    CU_ASSERT_PTR_EQUAL(buffer, UNTOUCHED);
    backends_end(&the);
}

/* ---- foreign memory ---- */

static void count_release(void *data)
{
    ++*(int *)data;
}

static void imported_memory_is_released_once(void)
{
    char bytes[64] = "foreign";
    char back[8] = "";
    int releases = 0;
    tn_buffer *buffer = NULL;

    backends_begin(&the, "works");
    NEEDS(tn_buffer_import(the.device, bytes, sizeof bytes, count_release,
                           &releases, &buffer));
    WORKS(tn_copy_from(the.stream, buffer, 0, back, 8));
    SAME(back, "foreign");
    WORKS(tn_copy_to(the.stream, buffer, 0, "FOREIGN", 8));
    SAME(bytes, "FOREIGN");
    CU_ASSERT_EQUAL(releases, 0);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(releases, 1);
    NEEDS(
        tn_buffer_import(the.device, bytes, sizeof bytes, NULL, NULL, &buffer));
    tn_buffer_destroy(buffer);
    NEEDS(tn_buffer_import(the.device, bytes, (uint64_t)1 << 40, count_release,
                           &releases, &buffer)); /* no limit of allocations */
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(releases, 2);
    NEEDS(tn_buffer_import(the.device, bytes, 1, count_release, &releases,
                           &buffer));
    backends_end(&the); /* left to the runtime */
    CU_ASSERT_EQUAL(releases, 3);
}

static void a_failed_import_releases_nothing(void)
{
    char byte = 0;
    int releases = 0;
    tn_buffer *buffer = UNTOUCHED;

    backends_begin(&the, "works");
    FAILS(tn_buffer_import(the.device, &byte, 0, count_release, &releases,
                           &buffer),
          TN_ERROR_INVALID, "0 bytes");
    FAILS(tn_buffer_import(the.device, NULL, 1, count_release, &releases,
                           &buffer),
          TN_ERROR_INVALID, "pointer is NULL");
    CU_ASSERT_PTR_EQUAL(buffer, UNTOUCHED);
    CU_ASSERT_EQUAL(releases, 0);
    backends_end(&the);
}

/* ---- mapping ---- */

static void a_range_is_mapped(void)
{
    void *pointer = UNTOUCHED;
    char back[4] = "";

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 64);

    NEEDS(tn_buffer_map(buffer, 60, 4, TN_ACCESS_READ_WRITE, &pointer));
    memcpy(pointer, "end", 4);
    WORKS(tn_buffer_unmap(buffer, pointer));
    WORKS(tn_copy_from(the.stream, buffer, 60, back, 4));
    SAME(back, "end");
    pointer = UNTOUCHED;
    FAILS(tn_buffer_map(buffer, 60, 5, TN_ACCESS_READ, &pointer),
          TN_ERROR_RANGE,
          "map: 5 bytes from offset 60 lie outside the buffer of 64 bytes");
    FAILS(tn_buffer_map(buffer, 0, 4, 0, &pointer), TN_ERROR_INVALID,
          "say TN_ACCESS_READ");
    FAILS(tn_buffer_map(buffer, 0, 4, 4, &pointer), TN_ERROR_INVALID,
          "say TN_ACCESS_READ");
    FAILS(tn_buffer_map(buffer, 0, 4, 7, &pointer), TN_ERROR_INVALID,
          "say TN_ACCESS_READ");
    FAILS(tn_buffer_unmap(buffer, NULL), TN_ERROR_INVALID, "pointer is NULL");
    CU_ASSERT_PTR_EQUAL(pointer, UNTOUCHED);
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

/* ---- copies ---- */

/* Ranges that do not lie in a buffer of 64 bytes. */
static const uint64_t outside[][2] = {
    {0, 65},
    {64, 1},
    {65, 0},
    {63, 2},
    {1, UINT64_MAX},
    {UINT64_MAX, 1},
    {UINT64_MAX, UINT64_MAX},
    {(uint64_t)1 << 63, (uint64_t)1 << 63},
};

static void copies_outside_a_buffer_are_refused(void)
{
    char bytes[128] = {0};

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 64);
    tn_buffer *large = backends_buffer(the.device, 128);

    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; ++i) {
        uint64_t at = outside[i][0];
        uint64_t count = outside[i][1];

        FAILS(tn_copy_to(the.stream, buffer, at, bytes, count), TN_ERROR_RANGE,
              suite_text("a copy to a buffer: %llu bytes from offset %llu lie "
                         "outside the buffer of 64 bytes",
                         (unsigned long long)count, (unsigned long long)at));
        FAILS(tn_copy_from(the.stream, buffer, at, bytes, count),
              TN_ERROR_RANGE, "a copy from a buffer: ");
        FAILS(tn_copy_to_async(the.stream, buffer, at, bytes, count),
              TN_ERROR_RANGE, "a copy to a buffer: ");
        FAILS(tn_copy_from_async(the.stream, buffer, at, bytes, count),
              TN_ERROR_RANGE, "a copy from a buffer: ");
        FAILS(tn_fill(the.stream, buffer, at, count, bytes, 1), TN_ERROR_RANGE,
              "a fill: ");
        if (count <= 128) {
            FAILS(tn_copy(the.stream, buffer, at, large, 0, count),
                  TN_ERROR_RANGE, "a copy to a buffer: ");
            FAILS(tn_copy(the.stream, large, 0, buffer, at, count),
                  TN_ERROR_RANGE, "a copy from a buffer: ");
        }
    }
    CU_ASSERT_EQUAL(the.seen->fills, 0);
    WORKS(tn_copy_to(the.stream, buffer, 0, bytes, 64));
    WORKS(tn_copy_to(the.stream, buffer, 63, bytes, 1));
    tn_buffer_destroy(large);
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

static void copies_of_nothing_do_nothing(void)
{
    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 64);
    unsigned copies = the.seen->copies;
    unsigned fills = the.seen->fills;

    WORKS(tn_copy_to(the.stream, buffer, 64, NULL, 0));
    WORKS(tn_copy_from(the.stream, buffer, 0, NULL, 0));
    WORKS(tn_copy_to_async(the.stream, buffer, 64, NULL, 0));
    WORKS(tn_copy_from_async(the.stream, buffer, 0, NULL, 0));
    WORKS(tn_copy(the.stream, buffer, 8, buffer, 8, 0));
    WORKS(tn_fill(the.stream, buffer, 64, 0, "x", 1));
    CU_ASSERT_EQUAL(the.seen->copies, copies);
    CU_ASSERT_EQUAL(the.seen->fills, fills);
    FAILS(tn_copy_to(the.stream, buffer, 0, NULL, 1), TN_ERROR_INVALID,
          "host is NULL");
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

static void copies_between_buffers_do_not_overlap(void)
{
    char back[9] = "";

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 16);

    WORKS(tn_copy_to(the.stream, buffer, 0, "abcdefghijklmnop", 16));
    FAILS(tn_copy(the.stream, buffer, 4, buffer, 0, 8), TN_ERROR_INVALID,
          "8 bytes from 0 to 4 overlap");
    FAILS(tn_copy(the.stream, buffer, 0, buffer, 4, 8), TN_ERROR_INVALID,
          "overlap");
    FAILS(tn_copy(the.stream, buffer, 0, buffer, 0, 1), TN_ERROR_INVALID,
          "overlap");
    FAILS(tn_copy(the.stream, buffer, 7, buffer, 0, 8), TN_ERROR_INVALID,
          "overlap");
    WORKS(tn_copy(the.stream, buffer, 8, buffer, 0, 8));
    WORKS(tn_copy_from(the.stream, buffer, 8, back, 8));
    SAME(back, "abcdefgh");
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

static void copies_of_other_devices_need_peers(void)
{
    tn_stream *peer = NULL;
    char byte = 0;

    backends_begin(&the, "works");
    tn_buffer *here = backends_buffer(the.device, 16);
    tn_buffer *there = backends_buffer(the.other, 16);

    FAILS(tn_copy_to(the.stream, there, 0, &byte, 1), TN_ERROR_INVALID,
          "the buffer is on works:1, the stream on works:0");
    FAILS(tn_fill(the.stream, there, 0, 1, &byte, 1), TN_ERROR_INVALID,
          "the buffer is on works:1");
    FAILS(tn_copy(the.stream, here, 0, there, 0, 1), TN_ERROR_UNSUPPORTED,
          "between works:1 and works:0; copy through the host");
    FAILS(tn_copy(the.stream, there, 0, here, 0, 1), TN_ERROR_UNSUPPORTED,
          "copy through the host");
    FAILS(tn_copy(the.stream, there, 0, there, 8, 1), TN_ERROR_UNSUPPORTED,
          "copy through the host");
    NEEDS(tn_stream_create(the.other, &peer)); /* this one has peers */
    WORKS(tn_copy(peer, here, 0, there, 0, 16));
    WORKS(tn_copy(peer, there, 0, here, 0, 16));
    tn_buffer_destroy(here);
    tn_buffer_destroy(there);
    backends_end(&the);
}

static void copies_between_backends_go_through_the_host(void)
{
    tn_device *spare = NULL;
    tn_stream *stream = NULL;

    backends_begin(&the, "works");
    backends_install("spare");
    tn_runtime_close(the.runtime);
    NEEDS(backends_open("works", "", &the.runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    NEEDS(tn_device_find(the.runtime, "works:1", &the.other));
    NEEDS(tn_device_find(the.runtime, "spare", &spare));
    NEEDS(tn_stream_create(the.other, &stream));
    tn_buffer *here = backends_buffer(the.other, 16);
    tn_buffer *there = backends_buffer(spare, 16);

    FAILS(tn_copy(stream, here, 0, there, 0, 1), TN_ERROR_UNSUPPORTED,
          "between spare:0 and works:1; copy through the host");
    the.stream = NULL;
    backends_end(&the);
}

/* ---- fills ---- */

static void patterns_are_repeated(void)
{
    static const char pattern[] = "0123456789abcdef";
    char back[33] = "";

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 32);

    for (size_t bytes = 1; bytes <= 16; bytes *= 2) {
        WORKS(tn_fill(the.stream, buffer, 0, 32, pattern, bytes));
        WORKS(tn_copy_from(the.stream, buffer, 0, back, 32));
        for (size_t i = 0; i < 32; ++i) {
            CU_ASSERT_EQUAL(back[i], pattern[i % bytes]);
        }
    }
    WORKS(tn_fill(the.stream, buffer, 4, 2, "z", 1));
    WORKS(tn_copy_from(the.stream, buffer, 0, back, 32));
    SAME(back, "0123zz6789abcdef0123456789abcdef");
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

static void wrong_patterns_are_refused(void)
{
    static const size_t wrong[] = {0, 3, 5, 12, 17, 32, SIZE_MAX};
    char pattern[32] = "";

    backends_begin(&the, "works");
    tn_buffer *buffer = backends_buffer(the.device, 64);

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        FAILS(tn_fill(the.stream, buffer, 0, 0, pattern, wrong[i]),
              TN_ERROR_INVALID, "1, 2, 4, 8 or 16 bytes, not ");
    }
    FAILS(tn_fill(the.stream, buffer, 0, 6, pattern, 4), TN_ERROR_RANGE,
          "a fill of 6 bytes from 0 is no multiple of its pattern of 4");
    FAILS(tn_fill(the.stream, buffer, 2, 4, pattern, 4), TN_ERROR_RANGE,
          "a fill of 4 bytes from 2 is no multiple");
    FAILS(tn_fill(the.stream, buffer, 0, 4, NULL, 4), TN_ERROR_INVALID,
          "pattern is NULL");
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

/* ---- streams ---- */

static void streams_are_made_as_asked_for(void)
{
    tn_stream *stream = NULL;
    uint64_t handle = 0;

    backends_begin(&the, "works");
    CU_ASSERT_PTR_EQUAL(tn_stream_device(the.stream), the.device);
    NEEDS(tn_stream_create_priority(the.other, -3, &stream));
    CU_ASSERT_EQUAL(the.seen->stream.priority, -3);
    CU_ASSERT_EQUAL(the.seen->stream.handle_kind, 0);
    CU_ASSERT_EQUAL(the.seen->stream.size, sizeof(tn_plugin_stream_desc));
    tn_stream_destroy(stream);
    NEEDS(tn_stream_wrap(the.device, FAKE_STUCK_STREAM, &stream));
    CU_ASSERT_EQUAL(the.seen->stream.handle_kind, TN_HANDLE_NATIVE);
    WORKS(tn_stream_native(stream, &handle));
    CU_ASSERT_EQUAL(handle, FAKE_STUCK_STREAM);
    tn_stream_destroy(stream);
    stream = UNTOUCHED;
    FAILS(tn_stream_wrap(the.device, 1, &stream), TN_ERROR_UNSUPPORTED,
          "works:0: wraps no stream but two");
    CU_ASSERT_PTR_EQUAL(stream, UNTOUCHED);
    backends_end(&the);
}

static void waiting_has_three_ends(void)
{
    tn_stream *stuck = NULL;
    tn_stream *broken = NULL;

    backends_begin(&the, "works");
    NEEDS(tn_stream_wrap(the.device, FAKE_STUCK_STREAM, &stuck));
    NEEDS(tn_stream_wrap(the.device, FAKE_BROKEN_STREAM, &broken));
    WORKS(tn_stream_sync(the.stream));
    WORKS(tn_stream_status(the.stream));
    const char *before = suite_text("%s", tn_error_message());

    CU_ASSERT_EQUAL(tn_stream_sync_for(stuck, 1000), TN_TIMEOUT);
    CU_ASSERT_EQUAL(tn_stream_status(stuck), TN_NOT_READY);
    SAME(tn_error_message(), before); /* these are no failures */
    FAILS(tn_stream_sync(broken), TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    FAILS(tn_stream_status(broken), TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    backends_end(&the); /* waits for all of them, whatever they say */
}

static void note_status(void *data, tn_status status)
{
    *(tn_status *)data = status;
}

static void host_functions_are_called_with_the_streams_status(void)
{
    tn_stream *broken = NULL;
    tn_status status = 99;

    backends_begin(&the, "works");
    WORKS(tn_stream_call(the.stream, note_status, &status));
    CU_ASSERT_EQUAL(status, TN_OK);
    NEEDS(tn_stream_wrap(the.device, FAKE_BROKEN_STREAM, &broken));
    WORKS(tn_stream_call(broken, note_status, &status));
    CU_ASSERT_EQUAL(status, TN_ERROR_DEVICE);
    backends_end(&the);
}

/* ---- events ---- */

static void events_take_the_time_if_asked_to(void)
{
    tn_event *start = NULL;
    tn_event *end = NULL;
    tn_event *plain = NULL;
    tn_event *other = NULL;
    uint64_t time = 5;

    backends_begin(&the, "works");
    NEEDS(tn_event_create_timed(the.device, &start));
    NEEDS(tn_event_create_timed(the.device, &end));
    NEEDS(tn_event_create(the.device, &plain));
    NEEDS(tn_event_create_timed(the.other, &other));
    FAILS(tn_event_elapsed(start, end, &time), TN_ERROR_INVALID,
          "an event was never recorded");
    WORKS(tn_event_status(plain)); /* never recorded: passed */
    WORKS(tn_event_sync(plain));
    WORKS(tn_event_record(start, the.stream));
    WORKS(tn_event_record(end, the.stream));
    FAILS(tn_event_elapsed(start, plain, &time), TN_ERROR_INVALID,
          "an event without time");
    FAILS(tn_event_elapsed(plain, end, &time), TN_ERROR_INVALID,
          "an event without time");
    FAILS(tn_event_elapsed(start, other, &time), TN_ERROR_INVALID,
          "the events are of different devices: works:0 and works:1");
    CU_ASSERT_EQUAL(time, 5);
    WORKS(tn_event_elapsed(start, end, &time));
    CU_ASSERT_EQUAL(time, 1000);
    FAILS(tn_event_record(other, the.stream), TN_ERROR_INVALID,
          "the event is on works:1, the stream on works:0");
    WORKS(tn_stream_wait(the.stream, other)); /* of another device: fine */
    WORKS(tn_event_sync_for(start, 0));
    tn_event_destroy(plain);
    backends_end(&the); /* the others are left to it */
}

static void variables_of_a_module_are_buffers_that_it_keeps(void)
{
    tn_buffer *buffer = UNTOUCHED;
    char back[3] = "";

    backends_begin(&the, "works");
    tn_module *module =
        backends_load(the.device, "variable table 32\nkernel nop()\n");

    FAILS(tn_module_symbol(module, "tabel", &buffer), TN_ERROR_NOT_FOUND,
          "works:0: there is no such variable");
    CU_ASSERT_PTR_EQUAL(buffer, UNTOUCHED);
    NEEDS(tn_module_symbol(module, "table", &buffer));
    CU_ASSERT_EQUAL(tn_buffer_size(buffer), 32);
    WORKS(tn_copy_to(the.stream, buffer, 30, "ab", 2));
    WORKS(tn_copy_from(the.stream, buffer, 30, back, 2));
    SAME(back, "ab");
    tn_buffer_destroy(buffer);
    NEEDS(tn_module_symbol(module, "table", &buffer)); /* it is still there */
    WORKS(tn_copy_from(the.stream, buffer, 30, back, 2));
    SAME(back, "ab");
    backends_end(&the);
}

/* ---- what is left ---- */

static void closing_destroys_what_is_left(void)
{
    tn_event *event = NULL;
    tn_stream *stream = NULL;
    tn_graph *graph = NULL;

    backends_begin(&the, "works");
    for (int i = 0; i < 3; ++i) {
        NEEDS(tn_event_create(i == 0 ? the.device : the.other, &event));
        NEEDS(tn_stream_create(the.other, &stream));
        NEEDS(tn_graph_begin(stream));
        NEEDS(tn_graph_end(stream, &graph));
        backends_buffer(i == 1 ? the.device : the.other, 64);
        backends_load(the.device, "kernel nop()");
    }
    NEEDS(tn_graph_begin(stream)); /* and never ended */
    CU_ASSERT_EQUAL(the.seen->streams, 4);
    unsigned syncs = the.seen->syncs;

    the.stream = NULL;
    backends_end(&the);                          /* counts */
    CU_ASSERT_EQUAL(the.seen->syncs, syncs + 4); /* the recorded one too */
}

#define TESTS(X)                                                               \
    X(a_buffer_has_its_size_and_device)                                        \
    X(zero_bytes_and_more_than_there_is_are_refused)                           \
    X(options_reach_the_plugin)                                                \
    X(wrong_options_are_refused)                                               \
    X(imported_memory_is_released_once)                                        \
    X(a_failed_import_releases_nothing)                                        \
    X(a_range_is_mapped)                                                       \
    X(copies_outside_a_buffer_are_refused)                                     \
    X(copies_of_nothing_do_nothing)                                            \
    X(copies_between_buffers_do_not_overlap)                                   \
    X(copies_of_other_devices_need_peers)                                      \
    X(copies_between_backends_go_through_the_host)                             \
    X(patterns_are_repeated)                                                   \
    X(wrong_patterns_are_refused)                                              \
    X(streams_are_made_as_asked_for)                                           \
    X(waiting_has_three_ends)                                                  \
    X(host_functions_are_called_with_the_streams_status)                       \
    X(events_take_the_time_if_asked_to)                                        \
    X(variables_of_a_module_are_buffers_that_it_keeps)                         \
    X(closing_destroys_what_is_left)

SUITE_MAIN("memory", TESTS)
