/* SPDX-License-Identifier: MIT */
/* Sentences: whose they are, how long they live, what a plugin adds. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "runtime/error.h"
#include "tests/unit/backends.h"

/* ---- a thread's own ---- */

static void *expect_none(void *data)
{
    *(bool *)data = tn_error_message()[0] == '\0' && tn_error_log()[0] == '\0';
    tn_fail_log(TN_ERROR_INVALID, "its log", "another thread's");
    return NULL;
}

static void each_thread_has_its_own_sentence(void)
{
    pthread_t thread;
    bool none = false;

    tn_fail_log(TN_ERROR_RANGE, "a\nlog", "this thread's %d", 7);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, expect_none, &none), 0);
    CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
    CU_ASSERT(none);
    SAME(tn_error_message(), "this thread's 7");
    SAME(tn_error_log(), "a\nlog");
}

static void a_sentence_is_one_line_and_may_quote_the_last(void)
{
    CU_ASSERT_EQUAL(tn_fail(TN_ERROR_IO, "a\nb\tc\x7f"), TN_ERROR_IO);
    SAME(tn_error_message(), "a b c ");
    tn_fail(TN_ERROR_IO, "<%s>", tn_error_message());
    SAME(tn_error_message(), "<a b c >");
    SAME(tn_error_log(), "");
}

static void a_sentence_that_is_too_long_ends_in_dots(void)
{
    tn_fail(TN_ERROR_IO, "%02000d", 0);
    CU_ASSERT_EQUAL(strlen(tn_error_message()), TN_SENTENCE_BYTES - 1);
    CONTAINS(tn_error_message(), "0...");
}

static void a_call_that_succeeds_restores_what_was_there(void)
{
    tn_error_kept kept;

    tn_fail_log(TN_ERROR_IO, "old log", "old");
    tn_error_keep(&kept);
    tn_fail_log(TN_ERROR_RANGE, "new log", "new");
    CU_ASSERT_EQUAL(tn_error_settle(&kept, TN_OK), TN_OK);
    SAME(tn_error_message(), "old");
    SAME(tn_error_log(), "old log");
    tn_error_keep(&kept);
    tn_fail(TN_ERROR_RANGE, "new");
    CU_ASSERT_EQUAL(tn_error_settle(&kept, TN_ERROR_RANGE), TN_ERROR_RANGE);
    SAME(tn_error_message(), "new");
    SAME(tn_error_log(), "");
}

static void every_status_has_a_name_and_a_meaning(void)
{
#define CHECK(name, number, meaning)                                           \
    SAME(tn_status_name(number), #name);                                       \
    SAME(tn_status_text(number), meaning);
    TN_STATUS_LIST(CHECK)
#undef CHECK
    SAME(tn_status_name(4711), "TN_ERROR_?");
    CONTAINS(tn_status_text(4711), "does not know");
}

/* ---- what a plugin says ---- */

static backends_fixture the;

static void a_plugins_sentence_is_adopted_behind_the_devices_name(void)
{
    tn_kernel *kernel;

    backends_begin(&the, "launch_fails");
    kernel = backends_kernel(the.device, "kernel nop()");
    FAILS(tn_launch(the.stream, kernel, tn_items(1)), TN_ERROR_DEVICE,
          "launch_fails:0: the queue is closed");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), 1), TN_ERROR_SIGNATURE,
          "kernel nop takes 0 arguments");
    backends_end(&the);
}

static void a_plugin_without_a_sentence_gets_one(void)
{
    tn_buffer *const untouched = (tn_buffer *)&the;
    tn_buffer *buffer = untouched;

    backends_begin(&the, "speechless");
    FAILS(tn_buffer_create(the.device, 64, &buffer), TN_ERROR_NO_MEMORY,
          "speechless:0: allocating a buffer failed: out of memory "
          "(TN_ERROR_NO_MEMORY)");
    CU_ASSERT_PTR_EQUAL(buffer, untouched);
    FAILS(tn_stream_sync(the.stream), 4711,
          "speechless:0: waiting for a stream failed: a status that this "
          "version of Tenon does not know (TN_ERROR_?)");
    backends_end(&the);
}

/* NOT_READY is an answer; what was said with it fits no later failure. */
static void words_of_a_call_that_did_not_fail_are_forgotten(void)
{
    tn_buffer *buffer = NULL;

    backends_begin(&the, "speechless");
    CU_ASSERT_EQUAL(tn_stream_status(the.stream), TN_NOT_READY);
    LACKS(tn_error_message(), "not yet");
    FAILS(tn_buffer_create(the.device, 64, &buffer), TN_ERROR_NO_MEMORY,
          "allocating a buffer failed");
    backends_end(&the);
}

static void what_went_wrong_sticks_to_the_stream(void)
{
    tn_kernel *kernel;
    tn_stream *other = NULL;
    char bytes[16] = {0};

    backends_begin(&the, "sticky");
    tn_buffer *buffer = backends_buffer(the.device, sizeof bytes);

    kernel = backends_kernel(the.device, "kernel nop()");
    NEEDS(tn_stream_create(the.device, &other));
    WORKS(tn_launch(the.stream, kernel, tn_items(1)));
    for (int i = 0; i < 2; ++i) {
        FAILS(tn_stream_sync(the.stream), TN_ERROR_DEVICE,
              "sticky:0: " FAKE_BROKEN_SENTENCE);
        FAILS(tn_stream_status(the.stream), TN_ERROR_DEVICE,
              FAKE_BROKEN_SENTENCE);
        FAILS(tn_copy_from(the.stream, buffer, 0, bytes, sizeof bytes),
              TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    }
    WORKS(tn_stream_sync(other));
    tn_buffer_destroy(buffer);
    backends_end(&the);
}

static void unsupported_operations_say_what_they_are(void)
{
    tn_buffer *buffer;
    tn_event *event = NULL;
    tn_module *module = NULL;
    uint64_t number = 7;
    void *pointer = &number;
    const void *table = &number;
    char bytes[16];

    backends_install("empty_table");
    NEEDS(backends_open("empty_table", "", &the.runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    NEEDS(tn_stream_create(the.device, &the.stream));
    buffer = backends_buffer(the.device, sizeof bytes);
    NEEDS(tn_event_create_timed(the.device, &event));
#define UNSUPPORTED(call, what)                                                \
    FAILS(call, TN_ERROR_UNSUPPORTED, "empty_table:0: " what,                  \
          " failed: this backend cannot do that (TN_ERROR_UNSUPPORTED)")
    UNSUPPORTED(tn_stream_sync(the.stream), "waiting for a stream");
    UNSUPPORTED(tn_stream_status(the.stream), "asking for a stream's status");
    UNSUPPORTED(tn_stream_wait(the.stream, event), "waiting for an event");
    UNSUPPORTED(tn_stream_native(the.stream, &number), "giving a stream's");
    UNSUPPORTED(tn_event_record(event, the.stream), "recording an event");
    UNSUPPORTED(tn_event_status(event), "asking for an event's status");
    UNSUPPORTED(tn_event_sync(event), "waiting for an event");
    UNSUPPORTED(tn_event_elapsed(event, event, &number), "reading an event's");
    UNSUPPORTED(tn_copy_to(the.stream, buffer, 0, bytes, 16), "copying to");
    UNSUPPORTED(tn_copy_from(the.stream, buffer, 0, bytes, 16), "copying from");
    UNSUPPORTED(tn_copy_to_async(the.stream, buffer, 0, bytes, 16), "copying");
    UNSUPPORTED(tn_copy_from_async(the.stream, buffer, 0, bytes, 16),
                "copying");
    UNSUPPORTED(tn_copy(the.stream, buffer, 0, buffer, 8, 8), "copying");
    UNSUPPORTED(tn_fill(the.stream, buffer, 0, 16, "x", 1), "filling a buffer");
    UNSUPPORTED(tn_buffer_map(buffer, 0, 16, TN_ACCESS_READ, &pointer),
                "mapping a buffer");
    UNSUPPORTED(tn_buffer_unmap(buffer, bytes), "unmapping a buffer");
    UNSUPPORTED(tn_buffer_native(buffer, &number), "giving a buffer's");
    UNSUPPORTED(tn_buffer_import(the.device, bytes, 16, NULL, NULL, &buffer),
                "wrapping foreign memory");
    UNSUPPORTED(tn_device_memory_free(the.device, &number), "asking for free");
    UNSUPPORTED(tn_device_status(the.device), "asking for its status");
    UNSUPPORTED(tn_device_native(the.device, &number), "giving its native");
    UNSUPPORTED(tn_device_extension(the.device, "a", &table), "an extension");
    UNSUPPORTED(tn_module_load_data(the.device, "kernel", 6, NULL, &module),
                "judging code");
#undef UNSUPPORTED
    CU_ASSERT_EQUAL(number, 7);
    CU_ASSERT_PTR_EQUAL(pointer, &number);
    CU_ASSERT_PTR_EQUAL(table, &number);
    CU_ASSERT_PTR_NULL(module);
    tn_event_destroy(event);
    tn_buffer_destroy(buffer);
    tn_runtime_close(the.runtime); /* the stream is left to it */
}

static void null_objects_are_named(void)
{
    tn_event *event = NULL;
    tn_stream *stream = NULL;
    tn_buffer *buffer = NULL;
    tn_module *module = NULL;
    uint64_t number = 0;
    char byte = 0;

    backends_begin(&the, "works");
#define NULL_IS(call, what) FAILS(call, TN_ERROR_INVALID, what " is NULL")
    NULL_IS(tn_buffer_create(NULL, 1, &buffer), "device");
    NULL_IS(tn_buffer_create(the.device, 1, NULL), "buffer");
    NULL_IS(tn_buffer_import(the.device, NULL, 1, NULL, NULL, &buffer),
            "pointer");
    NULL_IS(tn_buffer_map(NULL, 0, 1, 1, NULL), "buffer");
    NULL_IS(tn_buffer_unmap(NULL, &byte), "buffer");
    NULL_IS(tn_buffer_native(NULL, &number), "buffer");
    NULL_IS(tn_stream_create(NULL, &stream), "device");
    NULL_IS(tn_stream_create(the.device, NULL), "stream");
    NULL_IS(tn_stream_wrap(NULL, 1, &stream), "device");
    NULL_IS(tn_stream_sync(NULL), "stream");
    NULL_IS(tn_stream_status(NULL), "stream");
    NULL_IS(tn_stream_native(NULL, &number), "stream");
    NULL_IS(tn_stream_wait(the.stream, NULL), "event");
    NULL_IS(tn_stream_wait(NULL, NULL), "stream");
    NULL_IS(tn_stream_call(the.stream, NULL, NULL), "function");
    NULL_IS(tn_event_create(NULL, &event), "device");
    NULL_IS(tn_event_create(the.device, NULL), "event");
    NULL_IS(tn_event_record(NULL, the.stream), "event");
    NULL_IS(tn_event_status(NULL), "event");
    NULL_IS(tn_event_sync(NULL), "event");
    NULL_IS(tn_event_elapsed(NULL, NULL, &number), "start");
    NULL_IS(tn_copy_to(NULL, NULL, 0, &byte, 1), "tn_copy_to: stream");
    NULL_IS(tn_copy_from(NULL, NULL, 0, &byte, 1), "tn_copy_from: stream");
    NULL_IS(tn_copy_to(the.stream, NULL, 0, &byte, 1), "buffer");
    NULL_IS(tn_copy_from(the.stream, NULL, 0, &byte, 1), "buffer");
    NULL_IS(tn_copy(the.stream, NULL, 0, NULL, 0, 1), "to");
    NULL_IS(tn_fill(the.stream, NULL, 0, 1, &byte, 1), "buffer");
    NULL_IS(tn_module_load(NULL, "x", &module), "device");
    NULL_IS(tn_module_load(the.device, "x", NULL), "module");
    NULL_IS(tn_module_kernels(NULL, NULL, NULL), "module");
    NULL_IS(tn_module_symbol(NULL, "x", &buffer), "module");
    NULL_IS(tn_kernel_get(NULL, "x", NULL), "module");
    NULL_IS(tn_kernel_info_get(NULL, NULL), "kernel");
    NULL_IS(tn_kernel_parameter(NULL, 0, NULL), "kernel");
    NULL_IS(tn_launch_arguments(NULL, NULL, tn_items(1), NULL, 0), "stream");
    NULL_IS(tn_launch_arguments(the.stream, NULL, tn_items(1), NULL, 0),
            "kernel");
    NULL_IS(tn_graph_begin(NULL), "stream");
    NULL_IS(tn_graph_end(NULL, NULL), "stream");
    NULL_IS(tn_graph_launch(NULL, the.stream, NULL, 0), "graph");
#undef NULL_IS
    backends_end(&the);
}

static void what_needs_no_object_takes_none(void)
{
    tn_buffer_destroy(NULL);
    tn_buffer_destroy_on(NULL, NULL);
    tn_stream_destroy(NULL);
    tn_event_destroy(NULL);
    tn_module_destroy(NULL);
    tn_graph_destroy(NULL);
    tn_config_close(NULL);
    CU_ASSERT_EQUAL(tn_buffer_size(NULL), 0);
    CU_ASSERT_PTR_NULL(tn_buffer_device(NULL));
    CU_ASSERT_PTR_NULL(tn_stream_device(NULL));
    SAME(tn_module_description(NULL), "");
    SAME(tn_kernel_name(NULL), "");
}

#define TESTS(X)                                                               \
    X(each_thread_has_its_own_sentence)                                        \
    X(a_sentence_is_one_line_and_may_quote_the_last)                           \
    X(a_sentence_that_is_too_long_ends_in_dots)                                \
    X(a_call_that_succeeds_restores_what_was_there)                            \
    X(every_status_has_a_name_and_a_meaning)                                   \
    X(a_plugins_sentence_is_adopted_behind_the_devices_name)                   \
    X(a_plugin_without_a_sentence_gets_one)                                    \
    X(words_of_a_call_that_did_not_fail_are_forgotten)                         \
    X(what_went_wrong_sticks_to_the_stream)                                    \
    X(unsupported_operations_say_what_they_are)                                \
    X(null_objects_are_named)                                                  \
    X(what_needs_no_object_takes_none)

SUITE_MAIN("errors", TESTS)
