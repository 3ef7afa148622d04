/* SPDX-License-Identifier: MIT */
/* Forks while other threads are inside Tenon. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "tests/unit/forked.h"

enum {
    FORKS = 150
};

static atomic_bool enough;
static atomic_uint wrong;
static tn_runtime *deferred; /* nobody opens a backend of it */

static void demand(bool holds)
{
    if (!holds) {
        wrong++;
    }
}

static void open_and_close(void)
{
    tn_runtime *runtime = NULL;

    demand(forked_open_again(forked_file, 0, &runtime) == TN_OK);
    tn_runtime_close(runtime);
}

static void allocate_and_free(void)
{
    tn_buffer *buffer = NULL;

    demand(tn_buffer_create(parent.device, 4096, &buffer) == TN_OK);
    tn_buffer_destroy(buffer);
}

static void launch_and_wait(void)
{
    demand(forked_computes());
}

static void ask(void)
{
    tn_backend_info info = {.size = sizeof info};

    demand(tn_runtime_explain(parent.runtime)[0] != '\0');
    demand(tn_runtime_backend(deferred, 0, &info) == TN_OK);
    demand(tn_device_count(deferred) == 0);
}

typedef struct worker {
    void (*run)(void);
    pthread_t thread;
    unsigned rounds;
} worker;

static void *work(void *data)
{
    worker *self = data;

    while (!enough) {
        self->run();
        self->rounds++;
    }
    return NULL;
}

/* A shared runtime that holds nothing may be taken over, or was in use. */
static void ask_the_deferred_runtime(void)
{
    tn_backend_info info = {.size = sizeof info};
    tn_status status = tn_runtime_backend(deferred, 0, &info);

    EXPECT(status == TN_OK || status == TN_ERROR_FORKED);
    EXPECT(tn_device_count(deferred) == 0);
}

static void go_on_in_the_middle(void)
{
    forked_use_everything();
    ask_the_deferred_runtime();
#ifndef SANITIZED /* whose allocator may be locked for ever in such a fork */
    forked_compute();
#endif
}

static void no_fork_hangs_on_what_other_threads_hold(void)
{
    worker workers[] = {{.run = open_and_close},
                        {.run = allocate_and_free},
                        {.run = launch_and_wait},
                        {.run = ask}};
    enum {
        WORKERS = sizeof workers / sizeof workers[0]
    };
    unsigned passed = 0;

    forked_open(REAL_CPU);
    forked_file = suite_path("app.ini");
    NEEDS(forked_open_again(forked_file, TN_OPEN_DEFERRED, &deferred));
    enough = false;
    for (size_t i = 0; i < WORKERS; ++i) {
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < FORKS; ++i) {
        passed += forked_passes(go_on_in_the_middle);
    }
    enough = true;
    for (size_t i = 0; i < WORKERS; ++i) {
        pthread_join(workers[i].thread, NULL);
        printf(" %u", workers[i].rounds);
        CU_ASSERT_TRUE(workers[i].rounds > 0);
    }
    printf(" rounds during %u forks ", passed);
    CU_ASSERT_EQUAL(passed, FORKS);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(forked_computes());
    tn_runtime_close(deferred);
    tn_runtime_close(parent.runtime);
}

/* ---- a fork while another thread opens a backend ---- */

static void *choose(void *data)
{
    tn_device *device = NULL;

    demand(tn_device_default(data, &device) == TN_OK);
    return NULL;
}

static void use_what_is_being_opened(void)
{
    tn_device *device = NULL;
    tn_backend_info info = {.size = sizeof info};

    EXPECT(tn_device_default(deferred, &device) == TN_ERROR_FORKED);
    EXPECT(tn_runtime_backend(deferred, 0, &info) == TN_ERROR_FORKED);
    EXPECT(tn_device_count(deferred) == 0);
    tn_runtime_close(deferred);
}

static void no_fork_waits_for_a_backend_that_is_being_opened(void)
{
    const struct timespec moment = {0, 1000000};
    pthread_t thread;

    wrong = 0;
    backends_install("slow");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "slow", "", &deferred));
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, choose, deferred), 0);
    while (!backends_logged("slow: starts")) {
        nanosleep(&moment, NULL);
    }
    CU_ASSERT_TRUE(forked_passes(use_what_is_being_opened));
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(wrong, 0);
    tn_runtime_close(deferred);
}

#define TESTS(X)                                                               \
    X(no_fork_hangs_on_what_other_threads_hold)                                \
    X(no_fork_waits_for_a_backend_that_is_being_opened)

SUITE_MAIN("fork threads", TESTS)
