/* SPDX-License-Identifier: MIT */
/* Many of everything. */
#include <pthread.h>
#include <stdlib.h>

#include "tests/cpu/cpu_test.h"

/* Instrumented code takes ten times as long. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOWED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWED 1
#endif

enum {
#if defined(SLOWED)
    LAUNCHES = 50000,
    OPENS = 1000,
#else
    LAUNCHES = 1000000,
    OPENS = 10000,
#endif
    THREADS = 8,
    GROUPS = 16
};

/* ---- many launches ---- */

typedef struct launcher {
    pthread_t thread;
    tn_plugin_kernel *count;
    tn_plugin_memory *memory;
    tn_plugin_stream *stream;
    uint32_t wrong;
    uint32_t counted;
} launcher;

/* Waits after 1 to 7 launches. */
static void *launch_many(void *data)
{
    launcher *l = data;
    uint32_t zero = 0;

    l->wrong += the.plugin.fill(l->stream, l->memory, 0, 4, &zero, 4) != TN_OK;
    for (uint32_t i = 0; i < LAUNCHES; ++i) {
        l->wrong +=
            count_groups(l->count, l->stream, l->memory, GROUPS) != TN_OK;
        if (i % 7 < i % 3) {
            l->wrong += the.plugin.stream_sync(l->stream, TN_FOREVER) != TN_OK;
        }
    }
    l->wrong +=
        the.plugin.copy_from(l->stream, l->memory, 0, &l->counted, 4) != TN_OK;
    return NULL;
}

static void many_launches(void)
{
    static launcher launchers[THREADS];
    opened o;

    open_with(&o, NULL);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    for (int i = 0; i < THREADS; ++i) {
        launcher *l = &launchers[i];

        *l = (launcher){.count = kernel_of(module, "count"),
                        .memory = memory_of(&o, 4),
                        .stream = stream_of(&o)};
        CU_ASSERT_EQUAL_FATAL(pthread_create(&l->thread, NULL, launch_many, l),
                              0);
    }
    for (int i = 0; i < THREADS; ++i) {
        launcher *l = &launchers[i];

        pthread_join(l->thread, NULL);
        CU_ASSERT_EQUAL(l->wrong, 0);
        CU_ASSERT_EQUAL(l->counted, (uint32_t)LAUNCHES * GROUPS);
        the.plugin.stream_destroy(l->stream);
        the.plugin.memory_destroy(l->memory, NULL);
    }
    the.plugin.module_destroy(module);
    close_opened(&o);
}

/* ---- programs that nobody would write ---- */

enum {
    WALKERS = 6,
    STEPS = 4000,
    EVENTS = 8 /* of all walkers */
};

typedef struct walker {
    pthread_t thread;
    opened *o;
    tn_plugin_kernel *count;
    tn_plugin_kernel *linger;
    tn_plugin_memory *memory;
    tn_plugin_stream *stream;
    tn_plugin_event **events;
    uint32_t random;
    uint32_t expected;
    uint32_t called; /* atomic */
    uint32_t calls;
    uint32_t wrong;
} walker;

static uint32_t next_random(walker *w, uint32_t below)
{
    w->random = w->random * 1664525u + 1013904223u;
    return (w->random >> 8) % below;
}

static void note_call(void *data, tn_status status)
{
    walker *w = data;

    (void)status;
    __atomic_fetch_add(&w->called, 1, __ATOMIC_RELAXED);
}

static void walk_launch(walker *w, bool slow)
{
    uint32_t groups = 1 + next_random(w, 40);
    launching l;

    w->expected += groups;
    if (!slow) {
        w->wrong +=
            count_groups(w->count, w->stream, w->memory, groups) != TN_OK;
        return;
    }
    launching_init(&l, groups, 1);
    launching_u32(&l, next_random(w, 3));
    launching_buffer(&l, w->memory, 0);
    w->wrong += launching_go(&l, w->stream, w->linger) != TN_OK;
}

/* Another stream takes over; the old one still has its work. */
static void walk_to_another_stream(walker *w)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    tn_plugin_event_desc event_desc = {.size = sizeof event_desc};
    tn_plugin_stream *fresh = NULL;
    tn_plugin_event *handover = NULL;

    if (the.plugin.stream_create(w->o->device, &desc, &fresh) != TN_OK ||
        the.plugin.event_create(w->o->device, &event_desc, &handover) !=
            TN_OK) {
        ++w->wrong;
        return;
    }
    w->wrong += the.plugin.event_record(handover, w->stream) != TN_OK;
    w->wrong += the.plugin.stream_wait(fresh, handover) != TN_OK;
    the.plugin.event_destroy(handover);
    the.plugin.stream_destroy(w->stream);
    w->stream = fresh;
}

static void walk_to_wait(walker *w, uint32_t how, tn_plugin_event *event)
{
    tn_status status = TN_OK;

    switch (how) {
    case 0:
        status = the.plugin.stream_sync(w->stream, TN_FOREVER);
        w->wrong += status != TN_OK;
        return;
    case 1:
        status = the.plugin.stream_sync(w->stream, next_random(w, 100000));
        break;
    case 2:
        status = the.plugin.event_sync(event, next_random(w, 100000));
        break;
    case 3:
        status = the.plugin.event_status(event);
        break;
    default:
        status = the.plugin.stream_status(w->stream);
        break;
    }
    w->wrong +=
        status != TN_OK && status != TN_TIMEOUT && status != TN_NOT_READY;
}

/*
 * Streams wait for events that others recorded before, so that the walkers
 * depend on each other, but never in a circle.
 */
static void walk_step(walker *w)
{
    tn_plugin_event *event = w->events[next_random(w, EVENTS)];
    uint32_t what = next_random(w, 100);

    if (what < 50) {
        walk_launch(w, what < 2);
    } else if (what < 60) {
        w->wrong += the.plugin.event_record(event, w->stream) != TN_OK;
    } else if (what < 70) {
        w->wrong += the.plugin.stream_wait(w->stream, event) != TN_OK;
    } else if (what < 73) {
        ++w->calls;
        w->wrong += the.plugin.stream_call(w->stream, note_call, w) != TN_OK;
    } else if (what < 75) {
        walk_to_another_stream(w);
    } else {
        walk_to_wait(w, what % 5, event);
    }
}

static void *walk(void *data)
{
    walker *w = data;
    uint32_t counted = 0;

    w->wrong +=
        the.plugin.fill(w->stream, w->memory, 0, 4, &counted, 4) != TN_OK;
    for (int i = 0; i < STEPS; ++i) {
        walk_step(w);
    }
    w->wrong +=
        the.plugin.copy_from(w->stream, w->memory, 0, &counted, 4) != TN_OK;
    w->wrong += counted != w->expected;
    w->wrong += __atomic_load_n(&w->called, __ATOMIC_RELAXED) != w->calls;
    return NULL;
}

static void random_programs_with(const char *threads)
{
    static walker walkers[WALKERS];
    tn_plugin_event *events[EVENTS];
    tn_plugin_event_desc desc = {.size = sizeof desc};
    opened o;

    open_with(&o, threads);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    for (int i = 0; i < EVENTS; ++i) {
        WORKS_FATAL(the.plugin.event_create(o.device, &desc, &events[i]));
    }
    for (uint32_t i = 0; i < WALKERS; ++i) {
        walker *w = &walkers[i];

        *w = (walker){.o = &o,
                      .count = kernel_of(module, "count"),
                      .linger = kernel_of(module, "linger"),
                      .memory = memory_of(&o, 4),
                      .stream = stream_of(&o),
                      .events = events,
                      .random = i};
        CU_ASSERT_EQUAL_FATAL(pthread_create(&w->thread, NULL, walk, w), 0);
    }
    for (int i = 0; i < WALKERS; ++i) {
        pthread_join(walkers[i].thread, NULL);
        CU_ASSERT_EQUAL(walkers[i].wrong, 0);
        the.plugin.stream_destroy(walkers[i].stream);
        the.plugin.memory_destroy(walkers[i].memory, NULL);
    }
    for (int i = 0; i < EVENTS; ++i) {
        the.plugin.event_destroy(events[i]);
    }
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void random_programs(void)
{
    random_programs_with("1");
    random_programs_with("2");
    random_programs_with("16");
}

/* ---- many opens ---- */

static long resident_pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long total = 0;
    long pages = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fscanf(file, "%ld %ld", &total, &pages), 2);
    fclose(file);
    return pages;
}

static void open_and_close(int times)
{
    for (int i = 0; i < times; ++i) {
        uint32_t value = 0;
        opened o;

        open_with(&o, "2");
        tn_plugin_memory *memory = memory_of(&o, 1 << 18);

        /* large enough for threads */
        WORKS(the.plugin.fill(o.stream, memory, 0, 1 << 18, "tono", 4));
        WORKS(the.plugin.copy_from(o.stream, memory, (1 << 18) - 4, &value, 4));
        CU_ASSERT_EQUAL(value, 0x6f6e6f74);
        the.plugin.memory_destroy(memory, NULL);
        close_opened(&o);
    }
}

/*
 * What is lost each time adds up; a huge page that the kernel puts below a stack
 * or a heap does not, and is 512 pages by itself.
 */
static bool grows(void)
{
    for (int i = 0; i < 3; ++i) {
        long pages = resident_pages();

        open_and_close(OPENS);
        if (resident_pages() - pages < 256) {
            return false;
        }
    }
    return true;
}

static void many_opens(void)
{
    open_and_close(OPENS / 10);
    unsigned threads = count_threads();
    unsigned files = count_entries("/proc/self/fd");
    /* who emulates keeps the code that it has translated, and is slow */
    bool grown = getenv("TN_EMULATOR") == NULL && grows();

    CU_ASSERT(no_more_threads_than(threads));
    CU_ASSERT_EQUAL(count_entries("/proc/self/fd"), files);
#if !defined(SLOWED) /* sanitizers keep what was freed */
    CU_ASSERT_FALSE(grown);
#else
    (void)grown;
#endif
}

void add_stress_tests(CU_pSuite tests)
{
    CU_add_test(tests, "8 threads launch a million times each", many_launches);
    CU_add_test(tests, "random programs on streams that wait come out right",
                random_programs);
    CU_add_test(tests, "10,000 opens leave nothing behind", many_opens);
}
