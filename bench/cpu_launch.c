/* SPDX-License-Identifier: MIT */
/* Empty launches of 16 groups, alone and in chains, and waiting for them. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/cpu.h"
#include "bench/measure.h"

enum {
    GROUPS = 16,
    ITEMS = 256,
    BATCH = 1000,
    CHAIN = 64
};

typedef struct launch {
    tn_stream *stream;
    tn_kernel *kernel;
    tn_graph *chain;
} launch;

static void submit(const launch *l)
{
    ours_check(
        tn_launch(l->stream, l->kernel, tn_items(GROUPS * ITEMS), (int32_t)0));
}

static uint64_t run_ours(void *data)
{
    const launch *l = data;

    submit(l);
    ours_check(tn_stream_sync(l->stream));
    return 0;
}

static uint64_t run_openmp(void *data)
{
    (void)data;
    openmp_empty(GROUPS);
    return 0;
}

void bench_empty(const ours *o, const char *no_opencl)
{
    static const char name[] = "empty launch and wait, 16 groups";
    launch l = {o->stream, ours_kernel(o, "empty"), NULL};
    measure_case what = {.name = name,
                         .ours = {"tenon", run_ours, &l},
                         .peer = {"libgomp parallel for", run_openmp, NULL},
                         .pairs = MEASURE_PAIRS,
                         .batch = BATCH,
                         .goal = 0.5};

    measure_run(&what);
    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
        return;
    }
    opencl_launch *same = opencl_kernel("empty");

    opencl_int(same, 0);
    opencl_grid(same, GROUPS * ITEMS, 1, ITEMS, 1);
    what.peer = (measure_side){"PoCL", opencl_run, same};
    what.batch = BATCH / 10; /* it is slow enough */
    what.goal = 0.05;
    measure_run(&what);
}

/* ---- a chain ---- */

static void submit_chain(const launch *l)
{
    for (int i = 0; i < CHAIN; ++i) {
        submit(l);
    }
}

static uint64_t run_chain(void *data)
{
    const launch *l = data;

    submit_chain(l);
    ours_check(tn_stream_sync(l->stream));
    return 0;
}

static uint64_t run_recorded(void *data)
{
    const launch *l = data;

    ours_check(tn_graph_launch(l->chain, l->stream, NULL, 0));
    ours_check(tn_stream_sync(l->stream));
    return 0;
}

static uint64_t run_chain_opencl(void *same)
{
    opencl_chain(same, CHAIN);
    return 0;
}

void bench_chain(const ours *o, const char *no_opencl)
{
    static const char name[] = "chain of 64 empty launches, recorded";
    launch l = {o->stream, ours_kernel(o, "empty"), NULL};
    measure_case what = {.name = name,
                         .ours = {"tenon", run_recorded, &l},
                         .peer = {"not recorded", run_chain, &l},
                         .pairs = MEASURE_PAIRS,
                         .batch = BATCH / 20,
                         .goal = 0.5};

    ours_check(tn_graph_begin(o->stream));
    submit_chain(&l);
    ours_check(tn_graph_end(o->stream, &l.chain));
    measure_run(&what);
    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
    } else {
        opencl_launch *same = opencl_kernel("empty");

        opencl_int(same, 0);
        opencl_grid(same, GROUPS * ITEMS, 1, ITEMS, 1);
        what.peer = (measure_side){"PoCL", run_chain_opencl, same};
        what.batch = 10;
        what.goal = 0.02;
        measure_run(&what);
    }
    tn_graph_destroy(l.chain);
}

/* ---- beside others ---- */

/* Keeps one core busy until it is killed, or its parent ends. */
static pid_t start_spinning(void)
{
    pid_t child = fork();

    if (child < 0) {
        measure_die("no process to keep a core busy");
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            __asm__ volatile("");
        }
    }
    return child;
}

void bench_busy(const ours *o)
{
    launch l = {o->stream, ours_kernel(o, "empty"), NULL};
    const measure_case what = {
        .name = "the same with one core kept busy",
        .ours = {"tenon", run_ours, &l},
        .peer = {"libgomp parallel for", run_openmp, NULL},
        .pairs = MEASURE_PAIRS,
        .batch = BATCH,
        .goal = 0.2,
        .judge = MEASURE_MEAN_AND_P99};
    pid_t child = start_spinning();

    measure_run(&what);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
