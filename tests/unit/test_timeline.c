/* SPDX-License-Identifier: MIT */
/* runtime/timeline.c: when queued work is done with memory, and who says so. */
#include "tests/unit/pooled.h"

/* ---- when ---- */

static void what_queued_work_uses_is_not_used_again_before_it_ends(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(the.stream, buffer);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, NULL, false);

    FAILS(tn_stream_sync_for(the.stream, 1), TN_TIMEOUT, "");
    CU_ASSERT_EQUAL(tn_stream_status(the.stream), TN_NOT_READY);
    tn_buffer_destroy(TAKE(MIB, the.stream, false));
    pooled_let_end(the.stream);
    WORKS(tn_stream_status(the.stream));
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes,
                    2 * MIB); /* until it is wanted */
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    tn_buffer_destroy(other);
    pooled_end();
}

static void what_a_copy_to_the_host_waited_for_is_free(void)
{
    char byte = 0;

    pooled_begin("");
    tn_buffer *buffer = TAKE(KIB, NULL, false);

    pooled_use(the.stream, buffer);
    WORKS(tn_copy_from(the.stream, buffer, 0, &byte, 1));
    CU_ASSERT_EQUAL(byte, 'x');
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, KIB);
    pooled_end();
}

/* Nobody waits: an event is left behind, and no second one before it passed. */
static void a_stream_that_nobody_waits_for_leaves_marks(void)
{
    pooled_begin("");
    tn_buffer *first = TAKE(MIB, NULL, false);
    tn_buffer *kept = TAKE(KIB, NULL, false);
    unsigned records = the.seen->event_records;

    pooled_use_long(the.stream, first);
    pooled_use(the.stream, kept);
    tn_buffer_destroy_on(kept, the.stream); /* its own, without an event */
    kept = TAKE(KIB, the.stream, true);
    pooled_use(the.stream, kept);
    CU_ASSERT_EQUAL(the.seen->event_records, records);
    tn_buffer_destroy(first);
    pooled_use(the.stream, kept);
    CU_ASSERT_EQUAL(the.seen->event_records, records + 1);
    first = TAKE(MIB, NULL, false);
    tn_buffer *third = TAKE(MIB, NULL, false); /* it has not passed */

    tn_buffer_destroy(third);
    pooled_use(the.stream, kept);
    CU_ASSERT_EQUAL(the.seen->event_records, records + 1);

    pooled_let_end(the.stream);
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(first);
    CU_ASSERT_EQUAL(the.seen->events, 1);
    pooled_end();
}

static void a_block_waits_for_every_stream(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(the.stream, buffer);
    pooled_use_long(second, buffer);
    tn_buffer_destroy(buffer);
    pooled_let_end(the.stream);
    WORKS(tn_stream_sync(the.stream));
    tn_buffer *other = TAKE(MIB, NULL, false);

    pooled_let_end(second);
    WORKS(tn_stream_sync(second));
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(other);
    pooled_end();
}

/* What a stream did before the buffer was made, uses it in no way. */
static void a_stream_at_rest_holds_nothing_up(void)
{
    pooled_begin("");
    tn_buffer *weights = TAKE(KIB, NULL, false);

    pooled_use_long(second, weights); /* and never says when it has ended */
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use(the.stream, buffer);
    WORKS(tn_stream_sync(the.stream));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    tn_buffer_destroy(weights);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, KIB);
    buffer = TAKE(MIB, NULL, true);
    pooled_use(second, buffer);
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, KIB + MIB);
    pooled_end();
}

/* Memory goes round, however much work of a stream is never waited for. */
static void work_that_never_ends_elsewhere_costs_no_memory(void)
{
    pooled_begin("");
    tn_buffer *weights = TAKE(KIB, NULL, false);

    pooled_use_long(second, weights);
    for (int i = 0; i < 1000; ++i) {
        tn_buffer *buffer = TAKE(MIB, NULL, i >= 2);

        pooled_use(the.stream, buffer);
        tn_buffer_destroy(buffer);
    }
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 2 * MIB);
    pooled_end();
}

/* ---- in the order of a stream ---- */

static void memory_freed_on_a_stream_is_its_own_at_once(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, the.stream, false);

    pooled_use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer *third = TAKE(MIB, second, false);
    tn_buffer *fourth = TAKE(MIB, NULL, false);

    buffer = TAKE(MIB, the.stream, true);
    pooled_use(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    pooled_let_end(the.stream);
    pooled_use(the.stream,
               third); /* with the mark that the second one wanted */
    tn_buffer_destroy_on(TAKE(MIB, second, true), second);
    tn_buffer_destroy_on(third, second);
    tn_buffer_destroy(fourth);
    pooled_end();
}

static void an_idle_streams_memory_is_everybodys(void)
{
    pooled_begin("");
    tn_buffer_destroy_on(TAKE(MIB, NULL, false), the.stream);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    tn_buffer_destroy(TAKE(MIB, second, true));
    pooled_end();
}

/* A wait is work, too: what it waits for may use the buffer. */
static void a_stream_that_waits_for_another_is_not_idle(void)
{
    tn_event *event = NULL;

    pooled_begin("");
    NEEDS(tn_event_create(the.device, &event));
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(second, buffer);
    WORKS(tn_event_record(event, second));
    the.seen->busy |= pooled_bit(the.stream);
    WORKS(tn_stream_wait(the.stream, event));
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, NULL, false);

    tn_buffer_destroy(TAKE(MIB, the.stream, true));
    tn_buffer_destroy(other);
    pooled_end();
}

/* Memory that comes from the work of one stream is not the next one's. */
static void memory_of_one_streams_order_is_not_freed_in_anothers(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, the.stream, false);

    pooled_use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer_destroy_on(TAKE(MIB, the.stream, true), second);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    tn_buffer *other = TAKE(MIB, second, false);

    pooled_let_end(the.stream);
    WORKS(tn_stream_sync(the.stream));
    WORKS(tn_stream_sync(second));
    tn_buffer_destroy(TAKE(MIB, second, true));
    tn_buffer_destroy(other);
    pooled_end();
}

/* Work before it was allocated in a stream's order may still use it. */
static void memory_taken_in_order_waits_when_it_is_destroyed_again(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(the.stream, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    tn_buffer_destroy(TAKE(KIB, NULL, false)); /* the stream is looked at */
    tn_buffer_destroy(TAKE(MIB, the.stream, true));
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    pooled_end();
}

/* ---- streams that come to an end ---- */

static void memory_outlives_its_stream(void)
{
    pooled_begin("");
    tn_buffer *first = TAKE(MIB, NULL, false);
    tn_buffer *late = TAKE(KIB, NULL, false);

    pooled_use_long(second, first);
    pooled_use(second, late);
    unsigned number = pooled_bit(second);

    tn_buffer_destroy_on(first, second);
    tn_stream_destroy(second);
    tn_buffer_destroy(late); /* nobody but the pool knows of the stream now */
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB + KIB);
    first = TAKE(MIB, NULL, false);
    the.seen->busy &= ~number;
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(TAKE(KIB, NULL, true));
    tn_buffer_destroy(first);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    pooled_end();
}

static void another_stream_has_no_memory_of_one_before_it(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(second, buffer);
    tn_buffer_destroy_on(buffer, second);
    tn_stream_destroy(second);
    NEEDS(tn_stream_create(the.device, &second));
    tn_buffer_destroy(TAKE(MIB, second, false));
    pooled_end();
}

static void streams_that_come_and_go_leave_no_timelines(void)
{
    tn_stream *stream = NULL;

    pooled_begin("");
    tn_buffer *buffer = TAKE(KIB, NULL, false);

    for (int i = 0; i < 100; ++i) {
        NEEDS(tn_stream_create(the.device, &stream));
        pooled_use_long(stream, buffer);
        unsigned number = pooled_bit(stream);

        tn_stream_destroy(stream);
        the.seen->busy &= ~number;
    }
    CU_ASSERT_EQUAL(the.device->pool.timeline_count, 3);
    CU_ASSERT_EQUAL(the.seen->events, 1);
    pooled_end();
}

static void memory_of_a_broken_stream_goes_back(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);
    tn_buffer *ordered = TAKE(MIB, NULL, false);
    tn_buffer *late = TAKE(MIB, NULL, false);

    pooled_use_long(second, buffer);
    tn_buffer_destroy(buffer);
    tn_buffer_destroy_on(ordered, second);
    the.seen->broken |= pooled_bit(second);
    FAILS(tn_stream_sync(second), TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    tn_buffer *other = TAKE(MIB, NULL, false); /* which finds it out */

    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy_on(late, second);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    tn_buffer_destroy(other);
    tn_stream_destroy(second);
    tn_buffer_destroy(TAKE(KIB, NULL, false)); /* younger than that stream */
    tn_buffer_destroy(TAKE(KIB, NULL, true));
    pooled_end();
}

static void what_a_broken_stream_used_goes_back_when_it_is_gone(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(second, buffer);
    the.seen->broken |= pooled_bit(second);
    tn_stream_destroy(second);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    pooled_end();
}

static void a_mark_that_fails_gives_memory_back(void)
{
    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    pooled_use_long(the.stream, buffer);
    tn_buffer_destroy(buffer);
    buffer = TAKE(MIB, the.stream, false); /* marks its own stream */
    the.seen->broken |= pooled_bit(the.stream);
    tn_buffer *other = TAKE(MIB, NULL, false);

    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy(buffer);
    tn_buffer_destroy(other);
    pooled_end();
}

#define TESTS(X)                                                               \
    X(what_queued_work_uses_is_not_used_again_before_it_ends)                  \
    X(what_a_copy_to_the_host_waited_for_is_free)                              \
    X(a_stream_that_nobody_waits_for_leaves_marks)                             \
    X(a_block_waits_for_every_stream)                                          \
    X(a_stream_at_rest_holds_nothing_up)                                       \
    X(work_that_never_ends_elsewhere_costs_no_memory)                          \
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
    X(a_mark_that_fails_gives_memory_back)

SUITE_MAIN("timeline", TESTS)
