/* SPDX-License-Identifier: MIT */
/* runtime/pool.c: what memory is kept for new buffers, and how much of it. */
#include <stdint.h>
#include <string.h>

#include "tests/unit/pooled.h"

/* ---- sizes ---- */

static void little_of_a_block_is_wasted(void)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc};
    uint64_t before = 0;

    pooled_begin("cache_memory = 1T\n");
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
    pooled_end();
}

static void memory_is_used_again_for_buffers_of_about_that_size(void)
{
    pooled_begin("");
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    CU_ASSERT_EQUAL(the.seen->memories, 1); /* kept */
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    tn_buffer_destroy(TAKE(MIB - MIB / 17, NULL, true));
    tn_buffer_destroy(TAKE(MIB + 1, NULL, false));
    tn_buffer_destroy(TAKE(MIB / 2, NULL, false));
    CU_ASSERT_EQUAL(the.seen->memories, 3);
    pooled_end();
}

static void kinds_and_alignments_are_not_mixed(void)
{
    tn_buffer_options options = {.size = sizeof options, .alignment = 4096};
    tn_buffer *aligned = NULL;
    uint64_t address = 0;

    pooled_begin("");
    tn_buffer_destroy(TAKE_PINNED(100, false));
    tn_buffer *plain = TAKE(100, NULL, false);

    tn_buffer_destroy(TAKE_PINNED(100, true));
    tn_buffer_destroy(plain);
    NEEDS(tn_buffer_create_with(the.device, 100, &options, &aligned));
    CU_ASSERT_EQUAL(pooled_stats().hits, 1);
    tn_buffer_destroy(aligned);
    NEEDS(tn_buffer_create_with(the.device, 100, &options, &aligned));
    CU_ASSERT_EQUAL(pooled_stats().hits, 2);
    WORKS(tn_buffer_native(aligned, &address));
    CU_ASSERT_EQUAL(address % 4096, 0);
    pooled_end();
}

/* ---- what is never kept ---- */

static void what_others_may_use_is_not_kept(void)
{
    uint64_t handle = 0;
    void *pointer = NULL;
    tn_stream *peer = NULL;

    pooled_begin("");
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
    pooled_end();
}

/* Others may have queued waits on it that no call of Tenon tells of. */
static void a_native_stream_gives_no_order(void)
{
    uint64_t handle = 0;

    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    WORKS(tn_stream_native(the.stream, &handle));
    pooled_use_long(second, buffer);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    tn_buffer_destroy(TAKE(MIB, the.stream, false));
    pooled_end();
}

static void a_graph_has_no_memory_of_another_buffer(void)
{
    tn_graph *graph = NULL;

    pooled_begin("");
    tn_buffer *buffer = TAKE(MIB, NULL, false);

    NEEDS(tn_graph_begin(the.stream));
    pooled_use(the.stream, buffer);
    NEEDS(tn_graph_end(the.stream, &graph));
    the.seen->busy |= pooled_bit(second);
    WORKS(tn_graph_launch(graph, second, NULL, 0));
    tn_buffer_destroy(buffer);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, MIB);
    pooled_let_end(second);
    WORKS(tn_stream_sync(second));
    buffer = TAKE(MIB, NULL, true);
    FAILS(tn_graph_launch(graph, second, NULL, 0), TN_ERROR_INVALID,
          "was destroyed");
    tn_graph_destroy(graph);
    tn_buffer_destroy(buffer);
    pooled_end();
}

/* ---- the limit ---- */

static void a_buffer_beyond_the_limit_is_made_and_not_kept(void)
{
    pooled_begin("cache_memory = 1M\n");
    tn_buffer *large = TAKE(MIB + 1, NULL, false);

    CU_ASSERT_EQUAL(the.seen->memory.bytes, MIB + 1); /* the very size */
    tn_buffer_destroy(large);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    tn_buffer_destroy(TAKE(MIB, NULL, true));
    CU_ASSERT_EQUAL(pooled_stats().limit_bytes, MIB);
    pooled_end();
}

static void the_oldest_goes_where_the_limit_is_passed(void)
{
    pooled_begin("cache_memory = 64K\n");
    tn_buffer *buffers[] = {
        TAKE(16 * KIB, NULL, false), TAKE(32 * KIB, NULL, false),
        TAKE(8 * KIB, NULL, false), TAKE(48 * KIB, NULL, false)};

    for (size_t i = 0; i < 3; ++i) {
        tn_buffer_destroy(buffers[i]);
    }
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 56 * KIB);
    tn_buffer_destroy(buffers[3]);
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 56 * KIB);
    CU_ASSERT_EQUAL(the.seen->memories, 2);
    tn_buffer_destroy(TAKE(8 * KIB, NULL, true));
    tn_buffer_destroy(TAKE(48 * KIB, NULL, true));
    pooled_end();
}

/* What would wait for ever does not take the place of what could be used. */
static void what_waits_counts_too(void)
{
    pooled_begin("cache_memory = 1M\n");
    tn_buffer *buffers[] = {TAKE(MIB, NULL, false), TAKE(MIB, NULL, false)};

    pooled_use_long(the.stream, buffers[0]);
    pooled_use(the.stream, buffers[1]);
    tn_buffer_destroy(buffers[0]);
    tn_buffer_destroy(buffers[1]);
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, MIB);
    CU_ASSERT_EQUAL(the.seen->memories, 1); /* the plugin waits for the other */
    pooled_end();
}

static void without_a_cache_all_is_the_plugins(void)
{
    pooled_begin("cache_memory = 0\n");
    tn_buffer *buffer = TAKE(100, NULL, false);

    CU_ASSERT_EQUAL(the.seen->memory.bytes, 100);
    tn_buffer_destroy_on(buffer, the.stream);
    CU_ASSERT_PTR_EQUAL(the.seen->freed_on, the.stream->handle);
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    CU_ASSERT_EQUAL(pooled_stats().misses, 1);
    pooled_end();
}

static uint64_t limit_of(const char *more)
{
    NEEDS(backends_open("works", more, &the.runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    uint64_t limit = pooled_stats().limit_bytes;

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
    pooled_begin("");
    tn_buffer_destroy(TAKE(MIB, NULL, false));
    the.seen->no_memory = 1;
    tn_buffer *buffer = TAKE(KIB + 1, NULL, false);

    CU_ASSERT_EQUAL(the.seen->no_memory, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    CU_ASSERT_EQUAL(the.seen->memory.bytes, KIB + 1); /* the very size */
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 0);
    tn_buffer_destroy(buffer); /* of no size that others could have */
    CU_ASSERT_EQUAL(the.seen->memories, 0);
    pooled_end();
}

static void a_failure_tells_what_is_held(void)
{
    tn_buffer *buffer = NULL;

    pooled_begin("");
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
    pooled_end();
}

/* Whichever allocation fails, nothing is lost and nothing stays. */
static void any_allocation_may_fail(void)
{
    tn_buffer *buffers[8] = {NULL};

    pooled_begin("cache_memory = 32K\n");
    for (unsigned round = 0; round < 200; ++round) {
        tn_buffer **buffer = &buffers[round * 7 % 8];

        tn_buffer_destroy_on(*buffer, round % 3 == 0 ? the.stream : NULL);
        *buffer = NULL;
        the.seen->no_memory = round % 5 == 0 ? (int)(round % 4) : 0;
        if (tn_buffer_create(the.device, 1000 + round * 97, buffer) == TN_OK) {
            pooled_use(round % 2 == 0 ? the.stream : second, *buffer);
        } else {
            CU_ASSERT_PTR_NULL(*buffer);
        }
        CU_ASSERT_TRUE(pooled_stats().cached_bytes <= 32 * KIB);
    }
    the.seen->no_memory = 0;
    pooled_end();
}

/* ---- what is told ---- */

static void trimming_gives_all_of_it_back(void)
{
    pooled_begin("");
    tn_buffer *buffers[] = {TAKE(MIB, NULL, false), TAKE(KIB, NULL, false),
                            TAKE(100, NULL, false)};

    pooled_use_long(the.stream, buffers[0]);
    tn_buffer_destroy(buffers[0]);
    tn_buffer_destroy_on(buffers[1], the.stream);
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, MIB + KIB);
    WORKS(tn_device_memory_trim(the.device));
    CU_ASSERT_EQUAL(pooled_stats().cached_bytes, 0);
    CU_ASSERT_EQUAL(pooled_stats().waiting_bytes, 0);
    CU_ASSERT_EQUAL(the.seen->memories, 1);
    WORKS(tn_device_memory_trim(the.device));
    WORKS(tn_device_memory_trim(the.other)); /* which nobody opened */
    tn_buffer_destroy(buffers[2]);
    pooled_end();
}

static void statistics_count_what_there_is(void)
{
    tn_memory_stats now = {.size = 8};

    pooled_begin("");
    FAILS(tn_device_memory_stats(the.device, &now), TN_ERROR_INVALID,
          "tn_memory_stats.size is 8");
    tn_buffer *first = TAKE(1000, NULL, false);
    tn_buffer *pointer = NULL;
    char foreign[64] = "";

    NEEDS(tn_buffer_import(the.device, foreign, 64, NULL, NULL, &pointer));
    tn_buffer_destroy(TAKE(2000, NULL, false));
    now = pooled_stats();
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
    pooled_end();
}

#define TESTS(X)                                                               \
    X(little_of_a_block_is_wasted)                                             \
    X(memory_is_used_again_for_buffers_of_about_that_size)                     \
    X(kinds_and_alignments_are_not_mixed)                                      \
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
