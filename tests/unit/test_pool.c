/* SPDX-License-Identifier: MIT */
/*
 * runtime/pool.c and timeline.c: which memory is used again, and when. The fake
 * plugin's streams are busy or broken as a test says.
 */
#include <stdint.h>
#include <string.h>

#include "runtime/objects.h"
#include "tests/unit/backends.h"

static backends_fixture the;
static tn_stream *second; /* another stream of the.device */

enum {
    KIB = 1 << 10,
    MIB = 1 << 20
};

static void begin_with(const char *more)
{
    backends_begin_with(&the, "works", more);
    NEEDS(tn_stream_create(the.device, &second));
}

static void begin(void)
{
    begin_with("");
}

static void end(void)
{
    the.seen->busy = 0;
    the.seen->broken = 0;
    backends_end(&the);
}

static tn_memory_stats stats(void)
{
    tn_memory_stats now = {.size = sizeof now};

    WORKS(tn_device_memory_stats(the.device, &now));
    return now;
}

/* A buffer in the order of a stream or of none, of memory used again or not. */
#define TAKE(bytes, stream, again)                                             \
    take(bytes, 0, stream, again, __FILE__, __LINE__)
static tn_buffer *take(uint64_t bytes, tn_memory_kind kind, tn_stream *stream,
                       bool again, const char *file, unsigned line)
{
    const tn_buffer_options options = {
        .size = sizeof options, .kind = kind, .stream = stream};
    uint64_t hits = stats().hits;
    tn_buffer *buffer = NULL;

    NEEDS(tn_buffer_create_with(the.device, bytes, &options, &buffer));
    suite_check((stats().hits > hits) == again,
                again ? "is used again" : "is not used again", "", file, line);
    CU_ASSERT_EQUAL(tn_buffer_size(buffer), bytes);
    return buffer;
}

/* ---- what streams are doing ---- */

static unsigned bit(const tn_stream *stream)
{
    return 1u << stream->handle->number;
}

/* Work that uses a buffer. */
static void use(tn_stream *stream, tn_buffer *buffer)
{
    WORKS(tn_fill(stream, buffer, 0, 1, "x", 1));
}

/* The same, which does not end. */
static void use_long(tn_stream *stream, tn_buffer *buffer)
{
    the.seen->busy |= bit(stream);
    use(stream, buffer);
}

static void ends(const tn_stream *stream)
{
    the.seen->busy &= ~bit(stream);
}

/* ---- sizes ---- */

static void little_of_a_block_is_wasted(void)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc};
    uint64_t before = 0;

    begin_with("cache_memory = 1T\n");
    for (uint64_t bytes = 1; bytes < (uint64_t)1 << 30;
         bytes += 1 + bytes / 1000) {
        desc.bytes = bytes;
        uint64_t capacity = tn_pool_capacity(the.other, &desc);
        uint64_t waste = capacity - bytes;

        CU_ASSERT_TRUE(capacity >= bytes);
        CU_ASSERT_TRUE(capacity >= before);
        CU_ASSERT_TRUE(waste < 512 || waste <= bytes / 16);
        desc.bytes = capacity; /* what fits a size once, stays of that size */
        CU_ASSERT_EQUAL(tn_pool_capacity(the.other, &desc), capacity);
        before = capacity;
    }
    desc.bytes = UINT64_MAX;
    CU_ASSERT_EQUAL(tn_pool_capacity(the.other, &desc), 0);
    desc.bytes = FAKE_ALLOCATION_BYTES - 1; /* never rounded beyond the most */
    CU_ASSERT_EQUAL(tn_pool_capacity(the.device, &desc), FAKE_ALLOCATION_BYTES);
    end();
}

static void memory_is_used_again_for_buffers_of_about_that_size(void)
{
    begin();
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    CU_ASSERT_EQUAL(the.seen->memories, 1); /* kept */
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(TAKE(MIB - MIB / 17, NULL, true));
    tn_buffer_destroy(TAKE(MIB + 1, NULL, false));
    tn_buffer_destroy(TAKE(MIB / 2, NULL, false));
    CU_ASSERT_EQUAL(the.seen->memories, 3);
    end();
}

static void kinds_and_alignments_are_not_mixed(void)
{
    tn_buffer_options options = {.size = sizeof options, .alignment = 4096};
    tn_buffer *aligned = NULL;
    uint64_t address = 0;

    begin();
    tn_buffer_destroy(
        take(100, TN_MEMORY_PINNED, NULL, false, __FILE__, __LINE__));
    tn_buffer *plain = TAKE(100, NULL, false);

    tn_buffer_destroy(
        take(100, TN_MEMORY_PINNED, NULL, true, __FILE__, __LINE__));
    tn_buffer_destroy(plain);
    NEEDS(tn_buffer_create_with(the.device, 100, &options, &aligned));
    CU_ASSERT_EQUAL(stats().hits, 1);
    tn_buffer_destroy(aligned);
    NEEDS(tn_buffer_create_with(the.device, 100, &options, &aligned));
    CU_ASSERT_EQUAL(stats().hits, 2);
    WORKS(tn_buffer_native(aligned, &address));
    CU_ASSERT_EQUAL(address % 4096, 0);
    end();
}

/* ---- when ---- */

static void what_queued_work_uses_is_not_used_again_before_it_ends(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(the.stream, buffer);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, NULL, false);

    FAILS(tn_stream_sync_for(the.stream, 1), TN_TIMEOUT, "");
    CU_ASSERT_EQUAL(tn_stream_status(the.stream), TN_NOT_READY);
    tn_buffer_destroy(TAKE(MIB, the.stream, false));
    ends(the.stream);
    WORKS(tn_stream_status(the.stream));
    CU_ASSERT_EQUAL(stats().waiting_bytes, 2 * MIB); /* until it is wanted */
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    CU_ASSERT_EQUAL(stats().waiting_bytes, 0);
    tn_buffer_destroy(other);
    end();
}

static void what_a_copy_to_the_host_waited_for_is_free(void)
{
    char byte = 0;

    begin();
    tn_buffer *buffer = TAKE(KIB, NULL, false);

    use(the.stream, buffer);
    WORKS(tn_copy_from(the.stream, buffer, 0, &byte, 1));
    CU_ASSERT_EQUAL(byte, 'x');
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(stats().waiting_bytes, 0);
    CU_ASSERT_EQUAL(stats().cached_bytes, KIB);
    end();
}

/* Nobody waits: the second launch that is wanted to leaves an event behind. */
static void a_stream_that_nobody_waits_for_leaves_marks(void)
{
    begin();
    tn_buffer *first = TAKE(MIB, NULL, false);
    tn_buffer *kept = TAKE(KIB, NULL, false);
    unsigned records = the.seen->event_records;

    use_long(the.stream, first);
    tn_buffer_destroy(first);
    use(the.stream, kept);
    CU_ASSERT_EQUAL(the.seen->event_records, records); /* not wanted yet */
    first = TAKE(MIB, NULL, false);
    use(the.stream, kept);
    use(the.stream, kept);
    CU_ASSERT_EQUAL(the.seen->event_records, records + 1);
    tn_buffer *third = TAKE(MIB, NULL, false); /* it has not passed */

    ends(the.stream);
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(first);
    tn_buffer_destroy(third);
    CU_ASSERT_EQUAL(the.seen->events, 1);
    end();
}

static void a_block_waits_for_every_stream(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(the.stream, buffer);
    use_long(second, buffer);
    tn_buffer_destroy(buffer);
    ends(the.stream);
    WORKS(tn_stream_sync(the.stream));
    tn_buffer *other = TAKE(MIB, NULL, false);

    ends(second);
    WORKS(tn_stream_sync(second));
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(other);
    end();
}

/* What a stream did before the buffer was made, uses it in no way. */
static void a_stream_at_rest_holds_nothing_up(void)
{
    begin();
    tn_buffer *weights = TAKE(KIB, NULL, false);

    use_long(second, weights); /* and never says when it has ended */
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use(the.stream, buffer);
    WORKS(tn_stream_sync(the.stream));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB); /* the first one still does */
    buffer = TAKE(MIB, NULL, true);
    use(second, buffer);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(stats().waiting_bytes, 2 * MIB);
    end();
}

/* ---- in the order of a stream ---- */

static void memory_freed_on_a_stream_is_its_own_at_once(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, the.stream, false);

    use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer *third = TAKE(MIB, second, false);
    tn_buffer *fourth = TAKE(MIB, NULL, false);

    buffer = TAKE(MIB, the.stream, true);
    use(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    ends(the.stream);
    use(the.stream, third); /* with the mark that the second one wanted */
    tn_buffer_destroy_on(TAKE(MIB, second, true), second);
    tn_buffer_destroy_on(third, second);
    tn_buffer_destroy(fourth);
    end();
}

static void an_idle_streams_memory_is_everybodys(void)
{
    begin();
    tn_buffer_destroy_on(TAKE(MIB, NULL, false), the.stream);
    CU_ASSERT_EQUAL(stats().waiting_bytes, 0);
    tn_buffer_destroy(TAKE(MIB, second, true));
    end();
}

/* A wait is work, too: what it waits for may use the buffer. */
static void a_stream_that_waits_for_another_is_not_idle(void)
{
    tn_event *event = NULL;

    begin();
    NEEDS(tn_event_create(the.device, &event));
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(second, buffer);
    WORKS(tn_event_record(event, second));
    the.seen->busy |= bit(the.stream);
    WORKS(tn_stream_wait(the.stream, event));
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, NULL, false);

    tn_buffer_destroy(TAKE(MIB, the.stream, true));
    tn_buffer_destroy(other);
    end();
}

/* Memory that comes from the work of one stream is not the next one's. */
static void memory_of_one_streams_order_is_not_freed_in_anothers(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, the.stream, false);

    use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer_destroy_on(TAKE(MIB, the.stream, true), second);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, second, false);

    ends(the.stream);
    WORKS(tn_stream_sync(the.stream));
    WORKS(tn_stream_sync(second));
    tn_buffer_destroy(TAKE(MIB, second, true));
    tn_buffer_destroy(other);
    end();
}

/* Work before it was allocated in a stream's order may still use it. */
static void memory_taken_in_order_waits_when_it_is_destroyed_again(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer_destroy(TAKE(KIB, NULL, false)); /* the stream is looked at */
    tn_buffer_destroy(TAKE(MIB, the.stream, true));
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB + KIB);
    end();
}

/* ---- streams that come to an end ---- */

static void memory_outlives_its_stream(void)
{
    begin();
    tn_buffer *first = TAKE(MIB, NULL, false);
    tn_buffer *late = TAKE(KIB, NULL, false);

    use_long(second, first);
    use(second, late);
    unsigned number = bit(second);

    tn_buffer_destroy_on(first, second);
    tn_stream_destroy(second);
    tn_buffer_destroy(late); /* nobody but the pool knows of the stream now */
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB + KIB);
    first = TAKE(MIB, NULL, false);
    the.seen->busy &= ~number;
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(TAKE(KIB, NULL, true));
    tn_buffer_destroy(first);
    CU_ASSERT_EQUAL(stats().waiting_bytes, 0);
    end();
}

static void another_stream_has_no_memory_of_one_before_it(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(second, buffer);
    tn_buffer_destroy_on(buffer, second);
    tn_stream_destroy(second);
    NEEDS(tn_stream_create(the.device, &second));
    tn_buffer_destroy(TAKE(MIB, second, false));
    end();
}

static void streams_that_come_and_go_leave_no_timelines(void)
{
    tn_stream *stream = NULL;

    begin();
    tn_buffer *buffer = TAKE(KIB, NULL, false);

    for (int i = 0; i < 100; ++i) {
        NEEDS(tn_stream_create(the.device, &stream));
        use_long(stream, buffer);
        unsigned number = bit(stream);

        tn_stream_destroy(stream);
        the.seen->busy &= ~number;
    }
    CU_ASSERT_EQUAL(the.device->pool.timeline_count, 3);
    CU_ASSERT_EQUAL(the.seen->events, 1);
    end();
}

static void memory_of_a_broken_stream_goes_back(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);
    tn_buffer *ordered = TAKE(MIB, NULL, false);
    tn_buffer *late = TAKE(MIB, NULL, false);

    use_long(second, buffer);
    tn_buffer_destroy(buffer);
    tn_buffer_destroy_on(ordered, second);
    the.seen->broken |= bit(second);
    FAILS(tn_stream_sync(second), TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    tn_buffer *other = TAKE(MIB, NULL, false); /* which finds it out */

    CU_ASSERT_EQUAL(stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy_on(late, second);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    tn_buffer_destroy(other);
    tn_stream_destroy(second);
    tn_buffer_destroy(TAKE(KIB, NULL, false)); /* younger than that stream */
    tn_buffer_destroy(TAKE(KIB, NULL, true));
    end();
}

static void what_a_broken_stream_used_goes_back_when_it_is_gone(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(second, buffer);
    the.seen->broken |= bit(second);
    tn_stream_destroy(second);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    end();
}

static void a_mark_that_fails_gives_memory_back(void)
{
    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    use_long(the.stream, buffer);
    tn_buffer_destroy(buffer);
    buffer = TAKE(MIB, the.stream, false); /* marks its own stream */
    the.seen->broken |= bit(the.stream);
    tn_buffer *other = TAKE(MIB, NULL, false);

    CU_ASSERT_EQUAL(stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy(buffer);
    tn_buffer_destroy(other);
    end();
}

/* ---- what is never kept ---- */

static void what_others_may_use_is_not_kept(void)
{
    uint64_t handle = 0;
    void *pointer = NULL;
    tn_stream *peer = NULL;

    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    WORKS(tn_buffer_native(buffer, &handle));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    buffer = TAKE(MIB, NULL, false);
    WORKS(tn_buffer_map(buffer, 0, 1, TN_ACCESS_READ, &pointer));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    NEEDS(tn_stream_create(the.other, &peer)); /* that device has peers */
    buffer = TAKE(MIB, NULL, false);
    tn_buffer *there = backends_buffer(the.other, MIB);

    WORKS(tn_copy(peer, buffer, 0, there, 0, 1));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    tn_buffer_destroy(there); /* of the stream's own device */
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    buffer = TAKE(MIB, NULL, false);
    WORKS(tn_buffer_map(buffer, 0, 1, TN_ACCESS_READ, &pointer));
    WORKS(tn_buffer_unmap(buffer, pointer));
    tn_buffer_destroy(buffer);
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    end();
}

/* Others may have queued waits on it that no call of Tenon tells of. */
static void a_native_stream_gives_no_order(void)
{
    uint64_t handle = 0;

    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    WORKS(tn_stream_native(the.stream, &handle));
    use_long(second, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    tn_buffer_destroy(TAKE(MIB, the.stream, false));
    end();
}

static void a_graph_has_no_memory_of_another_buffer(void)
{
    tn_graph *graph = NULL;

    begin();
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    NEEDS(tn_graph_begin(the.stream));
    use(the.stream, buffer);
    NEEDS(tn_graph_end(the.stream, &graph));
    the.seen->busy |= bit(second);
    WORKS(tn_graph_launch(graph, second, NULL, 0));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(stats().waiting_bytes, MIB);
    ends(second);
    WORKS(tn_stream_sync(second));
    buffer = TAKE(MIB, NULL, true);
    FAILS(tn_graph_launch(graph, second, NULL, 0), TN_ERROR_INVALID,
          "was destroyed");
    tn_graph_destroy(graph);
    tn_buffer_destroy(buffer);
    end();
}

/* ---- the limit ---- */

static void a_buffer_beyond_the_limit_is_made_and_not_kept(void)
{
    begin_with("cache_memory = 1M\n");
    tn_buffer *large = TAKE(MIB + 1, NULL, false);

    CU_ASSERT_EQUAL(the.seen->memory.bytes, MIB + 1); /* the very size */
    tn_buffer_destroy(large);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    CU_ASSERT_EQUAL(stats().limit_bytes, MIB);
    end();
}

static void the_oldest_goes_where_the_limit_is_passed(void)
{
    begin_with("cache_memory = 64K\n");
    tn_buffer *buffers[] = {
        TAKE(16 * KIB, NULL, false), TAKE(32 * KIB, NULL, false),
        TAKE(8 * KIB, NULL, false), TAKE(48 * KIB, NULL, false)};

    for (size_t i = 0; i < 3; ++i) {
        tn_buffer_destroy(buffers[i]);
    }
    CU_ASSERT_EQUAL(stats().cached_bytes, 56 * KIB);
    tn_buffer_destroy(buffers[3]);
    CU_ASSERT_EQUAL(stats().cached_bytes, 56 * KIB);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy(TAKE(8 * KIB, NULL, true));
    tn_buffer_destroy(TAKE(48 * KIB, NULL, true));
    end();
}

/* What would wait for ever does not take the place of what could be used. */
static void what_waits_counts_too(void)
{
    begin_with("cache_memory = 1M\n");
    tn_buffer *buffers[] = {TAKE(MIB, NULL, false), TAKE(MIB, NULL, false)};

    use_long(the.stream, buffers[0]);
    use(the.stream, buffers[1]);
    tn_buffer_destroy(buffers[0]);
    tn_buffer_destroy(buffers[1]);
    CU_ASSERT_EQUAL(stats().cached_bytes, MIB);
    CU_ASSERT_EQUAL(the.seen->memories, 1); /* the plugin waits for the other */
    end();
}

static void without_a_cache_all_is_the_plugins(void)
{
    begin_with("cache_memory = 0\n");
    tn_buffer *buffer = TAKE(100, NULL, false);

    CU_ASSERT_EQUAL(the.seen->memory.bytes, 100);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_PTR_EQUAL(the.seen->freed_on, the.stream->handle);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    CU_ASSERT_EQUAL(stats().misses, 1);
    end();
}

static uint64_t limit_of(const char *more)
{
    NEEDS(backends_open("works", more, &the.runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    uint64_t limit = stats().limit_bytes;

    tn_runtime_close(the.runtime);
    return limit;
}

static void a_limit_is_bytes_or_a_share(void)
{
    static const struct {
        const char *value;
        uint64_t bytes; /* of 4 GiB */
    } right[] = {{"0", 0},
                 {"65536", 65536},
                 {"3K", 3 * KIB},
                 {"256M", 256ull * MIB},
                 {"2G", 2048ull * MIB},
                 {"1T", 1048576ull * MIB},
                 {"0%", 0},
                 {"10%", (4096ull * MIB) / 100 * 10},
                 {"100%", (4096ull * MIB) / 100 * 100}};
    static const char *const wrong[] = {
        "",   "M",   "-1",  "1.5G", "10 %",      "101%",
        "1k", "1MB", "1%%", "0x10", "16777216T", "18446744073709551616"};
    tn_runtime *runtime = NULL;

    backends_install("works");
    for (size_t i = 0; i < sizeof right / sizeof right[0]; ++i) {
        CU_ASSERT_EQUAL(
            limit_of(suite_text("cache_memory = %s\n", right[i].value)),
            right[i].bytes);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        FAILS(backends_open("works",
                            suite_text("cache_memory = %s\n", wrong[i]),
                            &runtime),
              TN_ERROR_CONFIG, "app.ini:6: cache_memory = ", "takes bytes");
    }
    CU_ASSERT_EQUAL(
        limit_of("cache_memory = 1M\n[backend works]\ncache_memory = 2M\n"),
        2 * MIB);
    CU_ASSERT_EQUAL(limit_of("[backend spare]\ncache_memory = 2M\n"),
                    (4096ull * MIB) / 100 * 10);
}

/* ---- when memory is short ---- */

static void what_is_cached_goes_back_where_memory_is_short(void)
{
    begin();
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    the.seen->no_memory = 1;
    tn_buffer *buffer = TAKE(KIB + 1, NULL, false);

    CU_ASSERT_EQUAL(the.seen->no_memory, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    CU_ASSERT_EQUAL(the.seen->memory.bytes, KIB + 1); /* the very size */
    CU_ASSERT_EQUAL(stats().cached_bytes, 0);
    tn_buffer_destroy(buffer); /* of no size that others could have */
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    end();
}

static void a_failure_tells_what_is_held(void)
{
    tn_buffer *buffer = NULL;

    begin();
    the.seen->no_memory = 2;
    FAILS(tn_buffer_create(the.device, MIB - 1, &buffer), TN_ERROR_NO_MEMORY,
          "works:0: all is taken");
    CU_ASSERT_PTR_NULL(buffer);
    tn_buffer *held[] = {TAKE(MIB, NULL, false), TAKE(KIB, NULL, false)};

    tn_buffer_destroy(TAKE(KIB, NULL, false));
    the.seen->no_memory = 2;
    FAILS(tn_buffer_create(the.device, MIB, &buffer), TN_ERROR_NO_MEMORY,
          "works:0: all is taken; 2 buffers hold 1049600 bytes");
    CU_ASSERT_EQUAL(the.seen->no_memory, 0);
    the.seen->no_memory = 1; /* nothing to give back, nothing to ask less of */
    FAILS(tn_buffer_create(the.device, MIB, &buffer), TN_ERROR_NO_MEMORY,
          "all is taken");
    tn_buffer_destroy(held[0]);
    tn_buffer_destroy(held[1]);
    end();
}

/* Whichever allocation fails, nothing is lost and nothing stays. */
static void any_allocation_may_fail(void)
{
    tn_buffer *buffers[8] = {NULL};

    begin_with("cache_memory = 32K\n");
    for (unsigned round = 0; round < 200; ++round) {
        tn_buffer **buffer = &buffers[round * 7 % 8];

        tn_buffer_destroy_on(*buffer, round % 3 == 0 ? the.stream : NULL);
        *buffer = NULL;
        the.seen->no_memory = round % 5 == 0 ? (int)(round % 4) : 0;
        if (tn_buffer_create(the.device, 1000 + round * 97, buffer) == TN_OK) {
            use(round % 2 == 0 ? the.stream : second, *buffer);
        } else {
            CU_ASSERT_PTR_NULL(*buffer);
        }
        CU_ASSERT_TRUE(stats().cached_bytes <= 32 * KIB);
    }
    the.seen->no_memory = 0;
    end();
}

/* ---- what is told ---- */

static void trimming_gives_all_of_it_back(void)
{
    begin();
    tn_buffer *buffers[] = {TAKE(MIB, NULL, false), TAKE(KIB, NULL, false),
                            TAKE(100, NULL, false)};

    use_long(the.stream, buffers[0]);
    tn_buffer_destroy(buffers[0]);
    tn_buffer_destroy_on(buffers[1], the.stream);
    CU_ASSERT_EQUAL(stats().cached_bytes, MIB + KIB);
    WORKS(tn_device_memory_trim(the.device));
    CU_ASSERT_EQUAL(stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(stats().waiting_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    WORKS(tn_device_memory_trim(the.device));
    WORKS(tn_device_memory_trim(the.other)); /* which nobody opened */
    tn_buffer_destroy(buffers[2]);
    end();
}

static void statistics_count_what_there_is(void)
{
    tn_memory_stats now = {.size = 8};

    begin();
    FAILS(tn_device_memory_stats(the.device, &now), TN_ERROR_INVALID,
          "tn_memory_stats.size is 8");
    tn_buffer *first = TAKE(1000, NULL, false);
    tn_buffer *pointer = NULL;
    char foreign[64] = "";

    NEEDS(tn_buffer_import(the.device, foreign, 64, NULL, NULL, &pointer));
    tn_buffer_destroy(TAKE(2000, NULL, false));
    now = stats();
    CU_ASSERT_EQUAL(now.buffers, 1);
    CU_ASSERT_EQUAL(now.asked_bytes, 1000);
    CU_ASSERT_EQUAL(now.used_bytes, 1024);
    CU_ASSERT_EQUAL(now.cached_bytes, 2048);
    CU_ASSERT_EQUAL(now.peak_bytes, 3072);
    CU_ASSERT_EQUAL(now.hits, 0);
    CU_ASSERT_EQUAL(now.misses, 2);
    tn_buffer_destroy(first);
    tn_buffer_destroy(pointer);
    now = (tn_memory_stats){.size = offsetof(tn_memory_stats, hits), .hits = 7};
    WORKS(tn_device_memory_stats(the.device, &now));
    CU_ASSERT_EQUAL(now.used_bytes, 0);
    CU_ASSERT_EQUAL(now.cached_bytes, 3072);
    CU_ASSERT_EQUAL(now.hits, 7); /* beyond what the caller knows */
    CU_ASSERT_EQUAL(now.size, offsetof(tn_memory_stats, hits));
    end();
}

#define TESTS(X)                                                               \
    X(little_of_a_block_is_wasted)                                             \
    X(memory_is_used_again_for_buffers_of_about_that_size)                     \
    X(kinds_and_alignments_are_not_mixed)                                      \
    X(what_queued_work_uses_is_not_used_again_before_it_ends)                  \
    X(what_a_copy_to_the_host_waited_for_is_free)                              \
    X(a_stream_that_nobody_waits_for_leaves_marks)                             \
    X(a_block_waits_for_every_stream)                                          \
    X(a_stream_at_rest_holds_nothing_up)                                       \
    X(memory_freed_on_a_stream_is_its_own_at_once)                             \
    X(an_idle_streams_memory_is_everybodys)                                    \
    X(a_stream_that_waits_for_another_is_not_idle)                             \
    X(memory_of_one_streams_order_is_not_freed_in_anothers)                    \
    X(memory_taken_in_order_waits_when_it_is_destroyed_again)                  \
    X(memory_outlives_its_stream)                                              \
    X(another_stream_has_no_memory_of_one_before_it)                           \
    X(streams_that_come_and_go_leave_no_timelines)                             \
    X(memory_of_a_broken_stream_goes_back)                                     \
    X(what_a_broken_stream_used_goes_back_when_it_is_gone)                     \
    X(a_mark_that_fails_gives_memory_back)                                     \
    X(what_others_may_use_is_not_kept)                                         \
    X(a_native_stream_gives_no_order)                                          \
    X(a_graph_has_no_memory_of_another_buffer)                                 \
    X(a_buffer_beyond_the_limit_is_made_and_not_kept)                          \
    X(the_oldest_goes_where_the_limit_is_passed)                               \
    X(what_waits_counts_too)                                                   \
    X(without_a_cache_all_is_the_plugins)                                      \
    X(a_limit_is_bytes_or_a_share)                                             \
    X(what_is_cached_goes_back_where_memory_is_short)                          \
    X(a_failure_tells_what_is_held)                                            \
    X(any_allocation_may_fail)                                                 \
    X(trimming_gives_all_of_it_back)                                           \
    X(statistics_count_what_there_is)

SUITE_MAIN("pool", TESTS)
