/* SPDX-License-Identifier: MIT */
/*
 * Large copies from and to pageable memory go through page-locked chunks, and
 * nobody sees a difference.
 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

#define MIB ((uint64_t)1 << 20)
#define BUFFER_BYTES (72 * MIB)

/* Calls of the driver that each test counts. */
#define COUNTS                                                                 \
    "cuMemHostAlloc=0; cuMemcpyHtoDAsync_v2=0; cuMemcpyDtoHAsync_v2=0;"

static const char threads[] = "4";

static void open_staging(opened *o, const char *script)
{
    CU_ASSERT(fake_host_set("staging_threads", threads));
    open_script(o, script);
}

static void close_staging(opened *o)
{
    close_opened(o);
    CU_ASSERT(fake_host_set("staging_threads", NULL));
}

/* ---- bytes ---- */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void write_bytes(unsigned char *bytes, uint64_t count, uint32_t seed)
{
    for (uint64_t i = 0; i < count; ++i) {
        bytes[i] = (unsigned char)((i * 2654435761u + seed) >> 13);
    }
}

static unsigned char *host_bytes(uint64_t count, uint32_t seed)
{
    unsigned char *bytes = malloc(count);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    write_bytes(bytes, count, seed);
    return bytes;
}

/* There and back at an offset, with and without waiting at once. */
static void go_there_and_back(opened *o, tn_plugin_memory *memory,
                              uint64_t offset, uint64_t bytes, uint32_t seed)
{
    unsigned char *from = host_bytes(bytes + 2, seed);
    unsigned char *to = calloc(bytes + 2, 1);
    bool async = seed % 2 != 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    WORKS((async ? the.plugin.copy_to_async : the.plugin.copy_to)(
        o->stream, memory, offset, from + 1, bytes));
    if (async) {
        WORKS(the.plugin.copy_from_async(o->stream, memory, offset, to + 1,
                                         bytes));
        WORKS(the.plugin.stream_sync(o->stream, TN_FOREVER));
    } else {
        WORKS(the.plugin.copy_from(o->stream, memory, offset, to + 1, bytes));
    }
    CU_ASSERT_EQUAL(memcmp(from + 1, to + 1, bytes), 0);
    CU_ASSERT(to[0] == 0 && to[bytes + 1] == 0);
    free(from);
    free(to);
}

static void bytes_are_the_same(void)
{
    uint32_t seed = 20261121;
    opened o;

    open_staging(&o, COUNTS);
    tn_plugin_memory *memory = memory_of(&o, BUFFER_BYTES);

    go_there_and_back(&o, memory, 0, BUFFER_BYTES, 1);
    for (int i = 0; i < 24; ++i) {
        uint64_t bytes = MIB + next(&seed) % (i < 20 ? 5 * MIB : 40 * MIB);
        uint64_t offset = next(&seed) % (BUFFER_BYTES - bytes);

        go_there_and_back(&o, memory, offset, bytes, next(&seed));
    }
    CU_ASSERT(raw.tn_fake_cuda_calls("cuMemHostAlloc") > 0);
    CU_ASSERT(raw.tn_fake_cuda_calls("cuMemcpyHtoDAsync_v2") > 100);
    CU_ASSERT(raw.tn_fake_cuda_calls("cuMemcpyDtoHAsync_v2") > 100);
    the.plugin.memory_destroy(memory, NULL);
    close_staging(&o);
}

/* ---- what is not staged ---- */

static void copy_both_ways(opened *o, void *host, uint64_t bytes)
{
    tn_plugin_memory *memory = memory_of(o, bytes);

    WORKS(the.plugin.copy_to(o->stream, memory, 0, host, bytes));
    WORKS(the.plugin.copy_from(o->stream, memory, 0, host, bytes));
    the.plugin.memory_destroy(memory, NULL);
}

static void expect_plain_copies(long host_allocations)
{
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuMemHostAlloc"), host_allocations);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuMemcpyHtoDAsync_v2"), 1);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuMemcpyDtoHAsync_v2"), 1);
}

static void small_copies_are_plain(void)
{
    unsigned char *host = host_bytes(MIB, 3);
    opened o;

    open_staging(&o, COUNTS);
    copy_both_ways(&o, host, MIB - 1);
    expect_plain_copies(0);
    close_staging(&o);
    free(host);
}

static void pinned_memory_is_plain(void)
{
    tn_plugin_memory *pinned = NULL;
    void *host = NULL;
    opened o;

    open_staging(&o, COUNTS);
    WORKS_FATAL(make_memory(&o, TN_MEMORY_PINNED, 8 * MIB, &pinned));
    WORKS_FATAL(
        the.plugin.memory_map(pinned, 0, 8 * MIB, TN_ACCESS_READ_WRITE, &host));
    memset(host, 5, 8 * MIB);
    copy_both_ways(&o, host, 8 * MIB);
    expect_plain_copies(1);
    WORKS(the.plugin.memory_unmap(pinned, host));
    the.plugin.memory_destroy(pinned, NULL);
    close_staging(&o);
}

static void copies_are_plain_with(const char *key, const char *value)
{
    unsigned char *host = host_bytes(4 * MIB, 4);
    opened o;

    CU_ASSERT(fake_host_set("staging_threads", threads));
    CU_ASSERT(fake_host_set(key, value));
    open_script(&o, COUNTS);
    copy_both_ways(&o, host, 4 * MIB);
    expect_plain_copies(0);
    close_staging(&o);
    CU_ASSERT(fake_host_set(key, NULL));
    free(host);
}

static void settings_count(void)
{
    copies_are_plain_with("staging", "no");
    copies_are_plain_with("staging_threads", "1");
}

static void check_wrong(const char *key, const char *value, const char *says)
{
    opened o;

    CU_ASSERT(fake_host_set(key, value));
    FAILS_SAYING(start(&o, ""), TN_ERROR_CONFIG, says);
    CU_ASSERT_EQUAL(o.host.blocks, 0);
    CU_ASSERT(fake_host_set(key, NULL));
}

static void wrong_settings(void)
{
    check_wrong("staging", "maybe", "staging = maybe is neither yes nor no");
    check_wrong("staging_threads", "0", "staging_threads = 0 is no number");
    check_wrong("staging_threads", "33", "staging_threads = 33 is no number");
    check_wrong("staging_threads", "4x", "staging_threads = 4x is no number");
    check_wrong("staging_threads", "", "staging_threads =  is no number");
}

/* ---- what fails ---- */

static void refused_memory(void)
{
    static const char *const scripts[] = {COUNTS "cuMemHostAlloc:1+=2",
                                          "cuMemHostAlloc=2;" COUNTS,
                                          COUNTS "cuEventCreate:9+=2"};
    opened o;

    for (int i = 0; i < 3; ++i) {
        open_staging(&o, scripts[i]);
        tn_plugin_memory *memory = memory_of(&o, BUFFER_BYTES);

        o.host.warnings = 0;
        go_there_and_back(&o, memory, 7, 3 * MIB, 2);
        go_there_and_back(&o, memory, 7, 3 * MIB, 2);
        CU_ASSERT_EQUAL(o.host.warnings, 1);
        the.plugin.memory_destroy(memory, NULL);
        close_staging(&o);
    }
}

typedef struct copies {
    tn_plugin_memory *memory;
    unsigned char *from;
    unsigned char *to;
    bool failed;
} copies;

enum {
    SWEPT_BYTES = (2 << 20) + 5
};

static bool copies_succeed(opened *o, copies *c)
{
    fake_host_forget();
    memset(c->to, 0, SWEPT_BYTES);
    return the.plugin.copy_to(o->stream, c->memory, 3, c->from, SWEPT_BYTES) ==
               TN_OK &&
           the.plugin.copy_from_async(o->stream, c->memory, 3, c->to,
                                      SWEPT_BYTES) == TN_OK &&
           the.plugin.stream_sync(o->stream, TN_FOREVER) == TN_OK;
}

/* They succeed with the right bytes, or fail with a sentence. */
static void copy_or_fail(opened *o, copies *c)
{
    if (copies_succeed(o, c)) {
        CU_ASSERT_EQUAL(memcmp(c->from, c->to, SWEPT_BYTES), 0);
    } else {
        CU_ASSERT(fake_host_error()[0] != '\0');
        c->failed = true;
    }
}

static void fail_call(const char *function, int number, int answer, copies *c)
{
    char script[80];
    opened o;

    snprintf(script, sizeof script, "%s:%d=%d", function, number, answer);
    memset(&o, 0, sizeof o);
    CU_ASSERT(fake_host_set("staging_threads", threads));
    if (start(&o, script) != TN_OK ||
        the.plugin.device_open(o.instance, 0, &o.device) != TN_OK) {
        return;
    }
    o.stream = stream_of(&o);
    c->memory = memory_of(&o, 3 * MIB);
    c->failed = false;
    copy_or_fail(&o, c);
    if (answer != 700) { /* it was that call alone */
        copy_or_fail(&o, c);
        c->failed = false;
        copy_or_fail(&o, c);
        CU_ASSERT(!c->failed);
    }
    the.plugin.memory_destroy(c->memory, NULL);
    close_staging(&o);
}

static void each_call_may_fail(void)
{
    /* and the first call that copying makes */
    static const struct {
        const char *function;
        int from;
    } calls[] = {{"cuPointerGetAttribute", 1}, {"cuMemHostAlloc", 1},
                 {"cuMemcpyHtoDAsync_v2", 1},  {"cuMemcpyDtoHAsync_v2", 1},
                 {"cuEventQuery", 1},          {"cuEventRecord", 1},
                 {"cuEventCreate", 2},         {"cuStreamSynchronize", 2}};
    copies c = {.from = host_bytes(SWEPT_BYTES, 9),
                .to = host_bytes(SWEPT_BYTES, 0)};

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; ++i) {
        for (int n = calls[i].from; n < calls[i].from + 6; ++n) {
            fail_call(calls[i].function, n, 2, &c);
            fail_call(calls[i].function, n, 700, &c);
        }
    }
    free(c.from);
    free(c.to);
}

/* ---- several threads ---- */

typedef struct copier {
    opened *o;
    tn_plugin_stream *stream;
    tn_plugin_memory *memory;
    uint32_t seed;
    int rounds;
    int wrong;
    int done; /* atomic */
} copier;

static void *copy_at_random(void *data)
{
    copier *c = data;
    unsigned char *from = malloc(4 * MIB);
    unsigned char *to = malloc(4 * MIB);

    for (int i = 0; i < c->rounds && from != NULL && to != NULL; ++i) {
        uint64_t bytes = MIB / 2 + next(&c->seed) % (3 * MIB);
        uint64_t offset = next(&c->seed) % (4 * MIB - bytes);

        write_bytes(from, bytes, next(&c->seed));
        c->wrong += the.plugin.copy_to(c->stream, c->memory, offset, from,
                                       bytes) != TN_OK ||
                    the.plugin.copy_from(c->stream, c->memory, offset, to,
                                         bytes) != TN_OK ||
                    memcmp(from, to, bytes) != 0;
    }
    free(from);
    free(to);
    __atomic_store_n(&c->done, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void start_copier(opened *o, copier *c, uint32_t seed, int rounds,
                         pthread_t *thread)
{
    *c = (copier){.o = o, .seed = seed, .rounds = rounds};
    c->stream = stream_of(o);
    c->memory = memory_of(o, 4 * MIB);
    CU_ASSERT_EQUAL_FATAL(pthread_create(thread, NULL, copy_at_random, c), 0);
}

static void end_copier(copier *c, pthread_t thread)
{
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(c->wrong, 0);
    the.plugin.memory_destroy(c->memory, NULL);
    the.plugin.stream_destroy(c->stream);
}

static void many_threads_copy(void)
{
    enum {
        COPIERS = 4
    };
    copier copiers[COPIERS];
    pthread_t own[COPIERS];
    opened o;

    open_staging(&o, "");
    for (uint32_t i = 0; i < COPIERS; ++i) {
        start_copier(&o, &copiers[i], i, 6, &own[i]);
    }
    for (uint32_t i = 0; i < COPIERS; ++i) {
        end_copier(&copiers[i], own[i]);
    }
    close_staging(&o);
}

/* A copy behind work that does not end keeps nobody from copying. */
static void who_waits_holds_nothing(void)
{
    unsigned char *host = host_bytes(2 * MIB, 6);
    copier waiting;
    pthread_t own;
    gate held;
    opened o;

    open_staging(&o, "");
    tn_plugin_stream *stream = stream_of(&o);
    tn_plugin_memory *memory = memory_of(&o, 2 * MIB);

    start_copier(&o, &waiting, 1, 0, &own);
    pthread_join(own, NULL);
    waiting.rounds = 1;
    waiting.done = 0;
    gate_close(&held, waiting.stream);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&own, NULL, copy_at_random, &waiting),
                          0);
    for (int i = 0; i < 20; ++i) {
        WORKS(the.plugin.copy_to(stream, memory, 0, host, 2 * MIB));
        WORKS(the.plugin.copy_from(stream, memory, 0, host, 2 * MIB));
    }
    CU_ASSERT_EQUAL(__atomic_load_n(&waiting.done, __ATOMIC_ACQUIRE), 0);
    gate_open(&held);
    end_copier(&waiting, own);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
    close_staging(&o);
    free(host);
}

/* ---- the helpers ---- */

static bool thread_says(const char *thread, const char *file, const char *key,
                        char *text, size_t bytes)
{
    char path[300];
    bool found = false;

    snprintf(path, sizeof path, "/proc/self/task/%s/%s", thread, file);
    FILE *told = fopen(path, "re");

    while (told != NULL && !found && fgets(text, (int)bytes, told) != NULL) {
        found = strncmp(text, key, strlen(key)) == 0;
    }
    if (told != NULL) {
        fclose(told);
    }
    return found;
}

int count_helpers(bool asleep)
{
    char text[256];
    int count = 0;
    struct dirent *entry;
    DIR *tasks = opendir("/proc/self/task");

    CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
    while ((entry = readdir(tasks)) != NULL) {
        const char *thread = entry->d_name;

        if (!thread_says(thread, "comm", "tenon-copy", text, sizeof text)) {
            continue;
        }
        ++count;
        CU_ASSERT(
            thread_says(thread, "status", "State:\tS", text, sizeof text) ||
            !asleep);
        CU_ASSERT(thread_says(thread, "status", "SigBlk:", text, sizeof text) &&
                  strtoull(text + 7, NULL, 16) >> (SIGUSR1 - 1) & 1);
    }
    closedir(tasks);
    return count;
}

static void helpers_come_and_go(void)
{
    struct timespec moment = {0, 100000000};
    opened o;

    open_staging(&o, "");
    tn_plugin_memory *memory = memory_of(&o, 4 * MIB);

    CU_ASSERT_EQUAL(count_helpers(true), 0);
    go_there_and_back(&o, memory, 0, 4 * MIB, 2);
    nanosleep(&moment, NULL);
    CU_ASSERT_EQUAL(count_helpers(true), 6); /* each direction has its own */
    the.plugin.memory_destroy(memory, NULL);
    close_staging(&o);
    CU_ASSERT_EQUAL(count_helpers(true), 0);
}

void add_staging_tests(CU_pSuite tests)
{
    CU_add_test(tests, "large copies carry the same bytes", bytes_are_the_same);
    CU_add_test(tests, "small copies are the driver's own",
                small_copies_are_plain);
    CU_add_test(tests, "copies of pinned memory are the driver's own",
                pinned_memory_is_plain);
    CU_add_test(tests, "settings turn staging off", settings_count);
    CU_add_test(tests, "wrong settings are told with their origin",
                wrong_settings);
    CU_add_test(tests, "without pinned memory the driver copies, said once",
                refused_memory);
    CU_add_test(tests, "each call of a large copy may fail",
                each_call_may_fail);
    CU_add_test(tests, "many threads copy at once", many_threads_copy);
    CU_add_test(tests, "a copy that waits holds back no other",
                who_waits_holds_nothing);
    CU_add_test(tests, "threads that copy sleep, and end with the device",
                helpers_come_and_go);
}
