/* SPDX-License-Identifier: MIT */
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "tests/conformance/conformance.h"

enum {
    THREADS = 64
};

/* Assertions are for the main thread; the others count what is wrong. */
typedef struct worker {
    pthread_t thread;
    uint32_t number;
    tn_plugin_kernel *kernel;
    tn_plugin_memory *shared; /* read by all */
    tn_plugin_event *event;
    uint32_t wrong;
} worker;

static worker workers[THREADS];

static void run_all(void *(*function)(void *), uint32_t count,
                    const worker *common)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < count; ++i) {
        workers[i] = *common;
        workers[i].number = i;
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&workers[i].thread, NULL, function, &workers[i]), 0);
    }
    for (uint32_t i = 0; i < count; ++i) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static tn_plugin_memory *memory_of(worker *w, uint64_t bytes)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = bytes};
    tn_plugin_memory *memory = NULL;

    w->wrong += the.plugin.memory_create(the.device, &desc, &memory) != TN_OK;
    return memory;
}

/* Launches on a stream of its own, and looks at what came. */
static void *launch_many(void *data)
{
    enum {
        LAUNCHES = 100,
        COUNT = 600
    };
    worker *w = data;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = memory_of(w, COUNT * 4);
    uint32_t numbers[COUNT];
    uint32_t zero = 0;
    launching l;

    launching_init(&l, COUNT / 100, 100);
    launching_buffer(&l, w->shared, 0);
    launching_buffer(&l, memory, 0);
    launching_buffer(&l, memory, 0);
    launching_u32(&l, COUNT);
    w->wrong +=
        the.plugin.fill(stream, memory, 0, COUNT * 4, &zero, 4) != TN_OK;
    for (uint32_t i = 0; i < LAUNCHES; ++i) {
        w->wrong += launching_go(&l, stream, w->kernel) != TN_OK;
        if (i % 10 == w->number % 10) {
            w->wrong += the.plugin.stream_sync(stream, TN_FOREVER) != TN_OK;
        }
    }
    w->wrong += the.plugin.copy_from(stream, memory, 0, numbers,
                                     sizeof numbers) != TN_OK;
    for (uint32_t i = 0; i < COUNT; ++i) {
        w->wrong += numbers[i] != LAUNCHES * 3;
    }
    the.plugin.memory_destroy(memory, stream);
    the.plugin.stream_destroy(stream);
    return NULL;
}

static void all_launch(void)
{
    NEEDS_KERNELS;
    worker common = {.kernel = kernel_of(the.module, "add"),
                     .shared = new_memory(600 * 4)};
    tn_plugin_stream *stream = new_stream();

    fill_u32(stream, common.shared, 3, 600);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    run_all(launch_many, THREADS, &common);
    the.plugin.memory_destroy(common.shared, NULL);
    the.plugin.stream_destroy(stream);
}

/* Objects come and go, with work in the queue. */
static void *create_and_destroy(void *data)
{
    worker *w = data;
    tn_plugin_event_desc desc = {.size = sizeof desc};

    for (uint32_t i = 0; i < 50; ++i) {
        tn_plugin_stream *stream = new_stream();
        tn_plugin_memory *memory = memory_of(w, 1000);
        tn_plugin_event *event = NULL;

        w->wrong += the.plugin.event_create(the.device, &desc, &event) != TN_OK;
        w->wrong += the.plugin.fill(stream, memory, 0, 1000, "z", 1) != TN_OK;
        w->wrong += the.plugin.event_record(event, stream) != TN_OK;
        w->wrong += the.plugin.fill(stream, memory, 0, 1000, "y", 1) != TN_OK;
        if (i % 2 == 0) {
            w->wrong += the.plugin.event_sync(event, TN_FOREVER) != TN_OK;
        }
        the.plugin.memory_destroy(memory, i % 3 == 0 ? stream : NULL);
        the.plugin.stream_destroy(stream);
        the.plugin.event_destroy(event);
    }
    return NULL;
}

static void all_create_and_destroy(void)
{
    run_all(create_and_destroy, 16, &(worker){0});
}

/* One event is recorded by some and awaited by others. */
static void *share_event(void *data)
{
    worker *w = data;
    tn_plugin_stream *stream = new_stream();

    for (uint32_t i = 0; i < 200; ++i) {
        w->wrong += (w->number % 2 == 0
                         ? the.plugin.event_record(w->event, stream)
                         : the.plugin.stream_wait(stream, w->event)) != TN_OK;
        tn_status status = the.plugin.event_status(w->event);

        w->wrong += status != TN_OK && status != TN_NOT_READY;
    }
    w->wrong += the.plugin.stream_sync(stream, TN_FOREVER) != TN_OK;
    the.plugin.stream_destroy(stream);
    return NULL;
}

static void all_share_event(void)
{
    worker common = {.event = new_event(true)};

    run_all(share_event, 16, &common);
    the.plugin.event_destroy(common.event);
}

static void *load_modules(void *data)
{
    worker *w = data;

    for (int i = 0; i < 10; ++i) {
        tn_plugin_module *module = new_module();
        tn_plugin_kernel *kernel = NULL;

        w->wrong += module == NULL ||
                    the.plugin.kernel_get(module, "see", &kernel) != TN_OK;
        if (module != NULL) {
            the.plugin.module_destroy(module);
        }
    }
    return NULL;
}

static void all_load_modules(void)
{
    NEEDS_KERNELS;
    run_all(load_modules, 8, &(worker){0});
}

/* What belongs to the caller's thread, and is so after all of these calls. */
static void thread_is_left_alone(void)
{
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(1 << 20);
    uint32_t number = 0;
    sigset_t before;
    sigset_t after;
    int differing = 0;

    pthread_sigmask(SIG_SETMASK, NULL, &before);
    fesetround(FE_UPWARD);
    fill_u32(stream, memory, 0, 1 << 18);
    if (the.module != NULL) {
        tn_plugin_kernel *kernel = kernel_of(the.module, "append");

        for (uint32_t i = 0; i < 50; ++i) {
            WORKS(append(stream, kernel, memory, i));
            WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
        }
    }
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    WORKS(the.plugin.copy_from(stream, memory, 0, &number, 4));
    CU_ASSERT_EQUAL(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int i = 1; i < 32; ++i) {
        differing += sigismember(&before, i) != sigismember(&after, i);
    }
    CU_ASSERT_EQUAL(differing, 0);
    CU_ASSERT_STRING_EQUAL(setlocale(LC_ALL, NULL), "C");
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

void add_thread_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[6] 64 threads launch at once, on streams of their own",
                all_launch);
    CU_add_test(tests, "[6] objects come and go on many threads",
                all_create_and_destroy);
    CU_add_test(tests, "[6] many threads share one event", all_share_event);
    CU_add_test(tests, "[6] many threads load modules", all_load_modules);
    CU_add_test(tests, "[13] a thread's own state is left as it was",
                thread_is_left_alone);
}
