/* SPDX-License-Identifier: MIT */
/* Work that is too short to wake anybody for, and yet is done. */
#include <time.h>

#include "tests/cpu/cpu_test.h"

enum {
    GROUPS = 16
};

/* An instance that knows how short the kernel is. */
typedef struct learned {
    opened o;
    tn_plugin_module *module;
    tn_plugin_kernel *count;
    tn_plugin_memory *memory;
    volatile uint32_t *counted;
} learned;

static void learn(learned *l, const char *threads)
{
    void *mapped = NULL;

    open_with(&l->o, threads);
    l->module = module_of(&l->o, own_kernels_path);
    l->count = kernel_of(l->module, "count");
    l->memory = memory_of(&l->o, 4);
    WORKS(the.plugin.fill(l->o.stream, l->memory, 0, 4, "\0\0\0\0", 4));
    for (int i = 0; i < 50; ++i) {
        WORKS(count_groups(l->count, l->o.stream, l->memory, GROUPS));
        WORKS(the.plugin.stream_sync(l->o.stream, TN_FOREVER));
    }
    WORKS(the.plugin.memory_map(l->memory, 0, 4, TN_ACCESS_READ, &mapped));
    l->counted = mapped;
    CU_ASSERT_EQUAL(*l->counted, 50 * GROUPS);
}

static void forget(learned *l)
{
    the.plugin.module_destroy(l->module);
    the.plugin.memory_destroy(l->memory, NULL);
    close_opened(&l->o);
}

static void pass_time(void)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static uint32_t count_of(const learned *l)
{
    return __atomic_load_n(l->counted, __ATOMIC_RELAXED);
}

/* Neither waits nor asks; at once, and after the pool has gone to sleep. */
static void done_while_nobody_asks(void)
{
    learned l;

    learn(&l, "2");
    for (uint32_t turn = 0; turn < 20; ++turn) {
        uint32_t before = count_of(&l);

        WORKS(count_groups(l.count, l.o.stream, l.memory, GROUPS));
        for (int i = 0; i < 10000 && count_of(&l) != before + GROUPS; ++i) {
            pass_time();
        }
        CU_ASSERT_EQUAL(count_of(&l), before + GROUPS);
        if (turn % 4 == 0) {
            nanosleep(&(struct timespec){0, 20000000}, NULL);
        }
    }
    WORKS(the.plugin.stream_sync(l.o.stream, TN_FOREVER));
    forget(&l);
}

static void done_while_an_event_is_asked(void)
{
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    learned l;

    learn(&l, "2");
    WORKS(the.plugin.event_create(l.o.device, &desc, &event));
    for (int turn = 0; turn < 500; ++turn) {
        tn_status status = TN_NOT_READY;

        WORKS(count_groups(l.count, l.o.stream, l.memory, GROUPS));
        WORKS(the.plugin.event_record(event, l.o.stream));
        for (int i = 0; i < 10000 && status == TN_NOT_READY; ++i) {
            status = the.plugin.event_status(event);
            if (i > 1000) {
                pass_time();
            }
        }
        CU_ASSERT_EQUAL(status, TN_OK);
    }
    the.plugin.event_destroy(event);
    forget(&l);
}

/* A queue of short work moves while nobody waits for it. */
static void queues_move(void)
{
    enum {
        LAUNCHES = 1000
    };
    learned l;

    learn(&l, "2");
    uint32_t before = count_of(&l);

    for (int i = 0; i < LAUNCHES; ++i) {
        WORKS(count_groups(l.count, l.o.stream, l.memory, GROUPS));
    }
    for (int i = 0; i < 10000 && count_of(&l) != before + LAUNCHES * GROUPS;
         ++i) {
        pass_time();
    }
    CU_ASSERT_EQUAL(count_of(&l), before + LAUNCHES * GROUPS);
    forget(&l);
}

/* The only thread stands at a gate: who waits does the other stream's work. */
static void works_on_what_is_waited_for(void)
{
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    gate held;
    learned l;

    learn(&l, "1");
    tn_plugin_stream *second = stream_of(&l.o);
    tn_plugin_stream *third = stream_of(&l.o);
    uint32_t before = count_of(&l);

    WORKS(the.plugin.event_create(l.o.device, &desc, &event));
    gate_close(&held, l.o.stream);
    WORKS(count_groups(l.count, second, l.memory, GROUPS));
    WORKS(the.plugin.event_record(event, second));
    WORKS(the.plugin.stream_wait(third, event));
    WORKS(count_groups(l.count, third, l.memory, GROUPS));
    WORKS(the.plugin.stream_sync(third, TN_FOREVER));
    CU_ASSERT_EQUAL(count_of(&l), before + 2 * GROUPS);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(l.o.stream, TN_FOREVER));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(second);
    the.plugin.stream_destroy(third);
    forget(&l);
}

/* With a limit too, as long as the work is known to be short. */
static void works_within_a_limit(void)
{
    gate held;
    learned l;

    learn(&l, "1");
    tn_plugin_stream *second = stream_of(&l.o);
    uint32_t before = count_of(&l);

    gate_close(&held, l.o.stream);
    WORKS(count_groups(l.count, second, l.memory, GROUPS));
    WORKS(the.plugin.stream_sync(second, 10000000000));
    CU_ASSERT_EQUAL(count_of(&l), before + GROUPS);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(l.o.stream, TN_FOREVER));
    the.plugin.stream_destroy(second);
    forget(&l);
}

/* A kernel that was short takes long with another argument: all threads come. */
static void learns_better(void)
{
    struct timespec begin;
    struct timespec end;
    uint32_t counted = 0;
    learned l;

    learn(&l, "4");
    for (int i = 0; i < 50; ++i) {
        WORKS(linger(&l.o, l.module, l.o.stream, l.memory, 1, 0));
        WORKS(the.plugin.stream_sync(l.o.stream, TN_FOREVER));
    }
    WORKS(the.plugin.fill(l.o.stream, l.memory, 0, 4, &counted, 4));
    clock_gettime(CLOCK_MONOTONIC, &begin);
    WORKS(linger(&l.o, l.module, l.o.stream, l.memory, 64, 20000));
    WORKS(the.plugin.copy_from(l.o.stream, l.memory, 0, &counted, 4));
    clock_gettime(CLOCK_MONOTONIC, &end);
    CU_ASSERT_EQUAL(counted, 64);
    /* 1.28 s on one thread; they sleep, so four need no four processors */
    CU_ASSERT((end.tv_sec - begin.tv_sec) * 1000 +
                  (end.tv_nsec - begin.tv_nsec) / 1000000 <
              900);
    forget(&l);
}

void add_short_tests(CU_pSuite tests)
{
    CU_add_test(tests, "it is done while nobody waits or asks",
                done_while_nobody_asks);
    CU_add_test(tests, "it is done while an event is asked",
                done_while_an_event_is_asked);
    CU_add_test(tests, "a queue of it moves while nobody waits", queues_move);
    CU_add_test(tests, "who waits for a stream works on those it waits for",
                works_on_what_is_waited_for);
    CU_add_test(tests, "who waits with a limit does it too",
                works_within_a_limit);
    CU_add_test(tests, "a kernel that takes longer than known gets its threads",
                learns_better);
}
