/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/cpu/cpu_test.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

/*
 * A thread that was joined may be listed for a moment more; the kernel has
 * marked it as exiting before that.
 */
static bool is_exiting(const char *thread)
{
    enum {
        EXITING = 4 /* PF_EXITING of linux/sched.h */
    };
    char path[300];
    unsigned flags = EXITING; /* no longer listed at all */

    snprintf(path, sizeof path, "/proc/self/task/%s/stat", thread);
    FILE *file = fopen(path, "r");

    if (file != NULL) {
        /* "tid (name) state parent group session tty tty-group flags" */
        if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %u", &flags) !=
            1) {
            flags = EXITING;
        }
        fclose(file);
    }
    return (flags & EXITING) != 0;
}

typedef struct thread_list {
    char names[64][16]; /* their numbers, as text */
    unsigned count;
} thread_list;

static void list_threads(thread_list *list)
{
    const struct dirent *entry;
    DIR *folder = opendir("/proc/self/task");

    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    list->count = 0;
    while ((entry = readdir(folder)) != NULL && list->count < 64) {
        if (entry->d_name[0] != '.' && !is_exiting(entry->d_name)) {
            snprintf(list->names[list->count++], sizeof list->names[0], "%.15s",
                     entry->d_name);
        }
    }
    closedir(folder);
}

static bool is_listed(const thread_list *list, const char *thread)
{
    for (unsigned i = 0; i < list->count; ++i) {
        if (strcmp(list->names[i], thread) == 0) {
            return true;
        }
    }
    return false;
}

unsigned count_threads(void)
{
    thread_list list;

    list_threads(&list);
    return list.count;
}

bool no_more_threads_than(unsigned count)
{
    for (int i = 0; i < 1000 && count_threads() > count; ++i) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    return count_threads() <= count;
}

static void created_when_needed(void)
{
    unsigned before = count_threads();
    opened o;

    open_with(&o, "3");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    uint32_t counted = 0;

    WORKS(the.plugin.copy_to(o.stream, memory, 0, &counted, 4));
    CU_ASSERT_EQUAL(count_threads(), before);
    WORKS(linger(&o, module, o.stream, memory, 30, 100));
    CU_ASSERT_EQUAL(count_threads(), before + 3);
    WORKS(linger(&o, module, o.stream, memory, 30, 100));
    WORKS(the.plugin.copy_from(o.stream, memory, 0, &counted, 4));
    CU_ASSERT_EQUAL(counted, 60);
    CU_ASSERT_EQUAL(count_threads(), before + 3);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
    CU_ASSERT_EQUAL(count_threads(), before);
}

/* The signals that a thread blocks, as a number. */
static unsigned long long blocked_by(const char *thread)
{
    char path[300];
    char line[256];
    unsigned long long blocked = 0;

    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    FILE *file = fopen(path, "r");

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "SigBlk:", 7) == 0) {
            blocked = strtoull(line + 7, NULL, 16);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return blocked;
}

static void signals_are_blocked(void)
{
    /* SIGHUP to SIGTERM without SIGKILL; the C library keeps some others */
    const unsigned long long wanted = 0x7fff & ~(1ull << 8);
    thread_list before;
    thread_list now;
    opened o;

    if (getenv("TN_EMULATOR") != NULL) {
        skip("/proc tells of the emulator's signals");
        return;
    }
    list_threads(&before);
    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    WORKS(linger(&o, module, o.stream, memory, 20, 100));
    list_threads(&now);
    CU_ASSERT_EQUAL(now.count, before.count + 2);
    for (unsigned i = 0; i < now.count; ++i) {
        if (!is_listed(&before, now.names[i])) {
            CU_ASSERT_EQUAL(blocked_by(now.names[i]) & wanted, wanted);
        }
    }
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void default_mode(void)
{
#if defined(__SSE__)
    enum {
        GROUPS = 200,
        UPWARD = 0x5f80
    };
    uint32_t modes[GROUPS];
    uint32_t wrong = 0;
    launching l;
    opened o;

    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, sizeof modes);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    unsigned own = _mm_getcsr();

    _mm_setcsr(UPWARD);
    launching_init(&l, GROUPS, 1);
    launching_buffer(&l, memory, 0);
    for (int i = 0; i < 20; ++i) {
        WORKS(launching_go(&l, o.stream, kernel_of(module, "mode")));
        WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
        CU_ASSERT_EQUAL(_mm_getcsr() & ~(unsigned)_MM_EXCEPT_MASK, UPWARD);
        WORKS(the.plugin.copy_from(o.stream, memory, 0, modes, sizeof modes));
        /* Between two chunks of one thread the mode is the kernel's own. */
        wrong += modes[0] != 0x1f80;
        for (int k = 0; k < GROUPS; ++k) {
            wrong += (modes[k] & 0x6000) != 0;
        }
    }
    _mm_setcsr(own);
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
#else
    skip("the mode is looked at on x86 only");
#endif
}

/* The only thread stands at a gate, so that who waits does the work. */
static void who_waits_works(void)
{
    uint32_t counted = 0;
    gate held;
    opened o;

    open_with(&o, "1");
    tn_plugin_stream *other = stream_of(&o);
    tn_plugin_memory *memory = memory_of(&o, 4);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    WORKS(the.plugin.copy_to(other, memory, 0, &counted, 4));
    gate_close(&held, o.stream);
    WORKS(linger(&o, module, other, memory, 100, 10));
    WORKS(the.plugin.stream_sync(other, TN_FOREVER));
    WORKS(linger(&o, module, other, memory, 100, 10));
    WORKS(the.plugin.copy_from(other, memory, 0, &counted, 4));
    CU_ASSERT_EQUAL(counted, 200);
    CU_ASSERT_EQUAL(the.plugin.stream_status(o.stream), TN_NOT_READY);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.stream_destroy(other);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

/* ---- how many work at once ---- */

typedef struct waiter {
    pthread_t thread;
    tn_plugin_event *event;
    tn_status status;
} waiter;

static void *wait_for_event(void *data)
{
    waiter *w = data;

    w->status = the.plugin.event_sync(w->event, TN_FOREVER);
    return NULL;
}

/* One thread waits for the stream and three for an event behind the work. */
static uint32_t most_at_once(opened *o, tn_plugin_kernel *together,
                             tn_plugin_memory *memory)
{
    enum {
        GROUPS = 30,
        MICROSECONDS = 50
    };
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    waiter waiters[3];
    uint32_t counted[2] = {0};
    launching l;

    launching_init(&l, GROUPS, 1);
    launching_u32(&l, MICROSECONDS);
    launching_buffer(&l, memory, 0);
    WORKS(the.plugin.copy_to(o->stream, memory, 0, counted, sizeof counted));
    WORKS_FATAL(the.plugin.event_create(o->device, &desc, &event));
    WORKS(launching_go(&l, o->stream, together));
    WORKS(the.plugin.event_record(event, o->stream));
    for (int i = 0; i < 3; ++i) {
        waiters[i].event = event;
        CU_ASSERT_EQUAL_FATAL(pthread_create(&waiters[i].thread, NULL,
                                             wait_for_event, &waiters[i]),
                              0);
    }
    WORKS(the.plugin.stream_sync(o->stream, TN_FOREVER));
    for (int i = 0; i < 3; ++i) {
        pthread_join(waiters[i].thread, NULL);
        WORKS(waiters[i].status);
    }
    the.plugin.event_destroy(event);
    WORKS(the.plugin.copy_from(o->stream, memory, 0, counted, sizeof counted));
    CU_ASSERT_EQUAL(counted[0], 0);
    return counted[1];
}

static void no_more_than_configured(void)
{
    static const char *const threads[] = {"1", "2", "3"};

    for (uint32_t i = 0; i < 3; ++i) {
        uint32_t most = 0;
        opened o;

        open_with(&o, threads[i]);
        tn_plugin_memory *memory = memory_of(&o, 8);
        tn_plugin_module *module = module_of(&o, own_kernels_path);
        tn_plugin_kernel *together = kernel_of(module, "together");

        for (int k = 0; k < 30; ++k) {
            uint32_t now = most_at_once(&o, together, memory);

            most = now > most ? now : most;
        }
        CU_ASSERT_EQUAL(most, i + 1);
        the.plugin.module_destroy(module);
        the.plugin.memory_destroy(memory, NULL);
        close_opened(&o);
    }
}

/* A long kernel does not hold up who waits for a moment only. */
static void limit_holds_in_long_kernels(void)
{
    struct timespec begin;
    struct timespec end;
    opened o;

    open_with(&o, "1");
    tn_plugin_memory *memory = memory_of(&o, 4);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    WORKS(linger(&o, module, o.stream, memory, 1, 900000));
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CU_ASSERT_EQUAL(the.plugin.stream_sync(o.stream, 20000000), TN_TIMEOUT);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CU_ASSERT((end.tv_sec - begin.tv_sec) * 1000 +
                  (end.tv_nsec - begin.tv_nsec) / 1000000 <
              500);
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

/* One stream with much work does not keep the only thread from another. */
static void streams_take_turns(void)
{
    tn_status status = TN_NOT_READY;
    opened o;

    open_with(&o, "1");
    tn_plugin_stream *other = stream_of(&o);
    tn_plugin_memory *memory = memory_of(&o, 8);
    tn_plugin_module *module = module_of(&o, own_kernels_path);

    for (int i = 0; i < 2000; ++i) {
        WORKS(linger(&o, module, o.stream, memory, 1, 500));
    }
    WORKS(linger(&o, module, other, memory, 1, 1));
    for (int i = 0; i < 300 && status == TN_NOT_READY; ++i) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        status = the.plugin.stream_status(other);
    }
    CU_ASSERT_EQUAL(status, TN_OK);
    CU_ASSERT_EQUAL(the.plugin.stream_status(o.stream), TN_NOT_READY);
    the.plugin.stream_destroy(other);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void come_and_go(void)
{
    unsigned threads = count_threads();
    unsigned files = count_entries("/proc/self/fd");

    for (int i = 0; i < 200; ++i) {
        uint32_t counted = 0;
        opened o;

        open_with(&o, "2");
        tn_plugin_memory *memory = memory_of(&o, 4);
        tn_plugin_module *module = module_of(&o, own_kernels_path);

        WORKS(the.plugin.fill(o.stream, memory, 0, 4, &counted, 4));
        WORKS(linger(&o, module, o.stream, memory, 10, 0));
        WORKS(the.plugin.copy_from(o.stream, memory, 0, &counted, 4));
        CU_ASSERT_EQUAL(counted, 10);
        the.plugin.module_destroy(module);
        the.plugin.memory_destroy(memory, NULL);
        close_opened(&o);
    }
    CU_ASSERT(no_more_threads_than(threads));
    CU_ASSERT_EQUAL(count_entries("/proc/self/fd"), files);
}

void add_pool_tests(CU_pSuite tests)
{
    CU_add_test(tests, "threads are created when needed, and joined",
                created_when_needed);
    CU_add_test(tests, "threads of the pool block signals",
                signals_are_blocked);
    CU_add_test(tests, "kernels find the default floating-point mode",
                default_mode);
    CU_add_test(tests, "who waits for a stream does its work", who_waits_works);
    CU_add_test(tests, "a kernel runs on no more threads than configured",
                no_more_than_configured);
    CU_add_test(tests, "a time limit holds while a kernel takes long",
                limit_holds_in_long_kernels);
    CU_add_test(tests, "streams take turns on one thread", streams_take_turns);
    CU_add_test(tests, "instances that launch leave no threads or files",
                come_and_go);
}
