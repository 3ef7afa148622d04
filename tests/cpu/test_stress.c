/* SPDX-License-Identifier: MIT */
/* Many of everything, and a machine that changes meanwhile. */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static void many_opens(void)
{
    open_and_close(OPENS / 10);
    unsigned threads = count_entries("/proc/self/task");
    unsigned files = count_entries("/proc/self/fd");
    long pages = resident_pages();

    open_and_close(OPENS);
    CU_ASSERT_EQUAL(count_entries("/proc/self/task"), threads);
    CU_ASSERT_EQUAL(count_entries("/proc/self/fd"), files);
#if !defined(SLOWED) /* sanitizers keep what was freed */
    CU_ASSERT(resident_pages() - pages < 256);
#else
    (void)pages;
#endif
}

/* ---- a child that works while its surroundings change ---- */

/* Adds up for one or two seconds; the exit status tells whether it was right. */
static int work_for_a_while(void)
{
    const time_t end = time(NULL) + 2;
    uint32_t expected = 0;
    uint32_t counted = 0;
    opened o;

    open_with(&o, "4");
    tn_plugin_memory *memory = memory_of(&o, 4);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_kernel *count = kernel_of(module, "count");
    bool right = the.plugin.fill(o.stream, memory, 0, 4, &counted, 4) == TN_OK;

    while (right && time(NULL) < end) {
        for (uint32_t i = 0; i < 50; ++i) {
            right &= count_groups(count, o.stream, memory, 1 + i) == TN_OK;
            expected += 1 + i;
        }
        right &= linger(&o, module, o.stream, memory, 100, 10) == TN_OK;
        expected += 100;
        right &= the.plugin.stream_sync(o.stream, TN_FOREVER) == TN_OK;
    }
    right &= the.plugin.copy_from(o.stream, memory, 0, &counted, 4) == TN_OK;
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
    return right && counted == expected && expected > 0 ? 0 : 1;
}

static void moment(long milliseconds)
{
    nanosleep(&(struct timespec){0, milliseconds * 1000000}, NULL);
}

static void stop_and_resume(pid_t child)
{
    for (int i = 0; i < 15; ++i) {
        moment(40);
        kill(child, SIGSTOP);
        moment(30);
        kill(child, SIGCONT);
    }
}

/* All threads of the process to the processors of the set. */
static void confine(pid_t process, const cpu_set_t *set)
{
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *threads = opendir(path);

    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        if (entry->d_name[0] != '.') {
            sched_setaffinity(atoi(entry->d_name), sizeof *set, set);
        }
    }
    if (threads != NULL) {
        closedir(threads);
    }
}

static void take_and_give_processors(pid_t child)
{
    cpu_set_t all;
    cpu_set_t one;
    size_t first = 0;

    CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof all, &all), 0);
    while (!CPU_ISSET(first, &all)) {
        ++first;
    }
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    for (int i = 0; i < 10; ++i) {
        moment(50);
        confine(child, &one);
        moment(50);
        confine(child, &all);
    }
    confine(child, &one);
}

static void disturb(void (*disturbance)(pid_t child))
{
    int status = 0;

    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        alarm(60);
        _exit(work_for_a_while());
    }
    CU_ASSERT_FATAL(child > 0);
    disturbance(child);
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void stopped(void)
{
    disturb(stop_and_resume);
}

static void fewer_processors(void)
{
    disturb(take_and_give_processors);
}

void add_stress_tests(CU_pSuite tests)
{
    CU_add_test(tests, "8 threads launch a million times each", many_launches);
    CU_add_test(tests, "10,000 opens leave nothing behind", many_opens);
    CU_add_test(tests, "a process that is stopped goes on right", stopped);
    CU_add_test(tests, "a process works on when processors are taken from it",
                fewer_processors);
}
