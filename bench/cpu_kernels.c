/* SPDX-License-Identifier: MIT */
/* Kernels that compute, against the same on PoCL; and memory, on OpenMP. */
#include <math.h>
#include <stdlib.h>

#include "bench/cpu.h"
#include "bench/measure.h"

enum {
    STREAMED = 64 << 20, /* floats of vector add and triad */
    REDUCED = 1 << 20,
    BODIES = 4096,
    SIDE = 512, /* of a matrix */
    GROUP = 256,
    GEMM_X = 128, /* a group of gemm */
    GEMM_Y = 2
};

/* ---- our side of a case ---- */

typedef struct work {
    tn_stream *stream;
    tn_kernel *kernel;
    tn_grid grid;
    tn_argument arguments[8];
    uint32_t count;
} work;

static work new_work(const ours *o, const char *name, tn_grid grid)
{
    return (work){
        .stream = o->stream, .kernel = ours_kernel(o, name), .grid = grid};
}

#define ADD(work, value)                                                       \
    ((work)->arguments[(work)->count++] = TN_ARGUMENT(value))

static uint64_t run_work(void *data)
{
    const work *w = data;

    ours_check(tn_launch_arguments(w->stream, w->kernel, w->grid, w->arguments,
                                   w->count));
    ours_check(tn_stream_sync(w->stream));
    return 0;
}

static void fill(float *numbers, size_t count, unsigned seed)
{
    for (size_t i = 0; i < count; ++i) {
        seed = seed * 1664525u + 1013904223u;
        numbers[i] = (float)(seed >> 8) / (float)(1 << 24) - 0.5f;
    }
}

/* Both sides compute the same, or neither time counts. */
static void compare(const char *name, const float *ours, const float *peers,
                    size_t count, float tolerance)
{
    for (size_t i = 0; i < count; ++i) {
        if (!(fabsf(ours[i] - peers[i]) <= tolerance * (1 + fabsf(peers[i])))) {
            measure_die("%s: element %zu is %g here and %g there", name, i,
                        (double)ours[i], (double)peers[i]);
        }
    }
}

/* Runs both once, compares an argument's floats, and measures. */
static void against_opencl(const char *name, work *w, opencl_launch *peer,
                           uint32_t argument, const float *result, size_t count,
                           uint32_t batch, double goal)
{
    const measure_case what = {.name = name,
                               .ours = {"tenon", run_work, w},
                               .peer = {"PoCL", opencl_run, peer},
                               .pairs = MEASURE_PAIRS,
                               .batch = batch,
                               .goal = goal};
    float *peers = malloc(count * sizeof *peers);

    if (peers == NULL) {
        measure_die("no memory for the results of %s", name);
    }
    run_work(w);
    opencl_run(peer);
    opencl_read(peer, argument, peers, count);
    compare(name, result, peers, count, 1e-3f);
    free(peers);
    measure_run(&what);
}

/* ---- the cases ---- */

void bench_barriers(const ours *o, const char *no_opencl)
{
    static const char name[] = "barrier reduction, 1 Mi floats";
    float *a, *partial;

    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
        return;
    }
    tn_buffer *from = ours_floats(o, REDUCED, &a);
    tn_buffer *to = ours_floats(o, REDUCED / GROUP, &partial);
    work w = new_work(o, "reduce", tn_items(REDUCED));
    opencl_launch *peer = opencl_kernel("reduce");

    fill(a, REDUCED, 1);
    ADD(&w, from);
    ADD(&w, to);
    ADD(&w, (int32_t)REDUCED);
    opencl_floats(peer, a, REDUCED);
    opencl_floats(peer, partial, REDUCED / GROUP);
    opencl_int(peer, REDUCED);
    opencl_grid(peer, REDUCED, 1, GROUP, 1);
    against_opencl(name, &w, peer, 1, partial, REDUCED / GROUP, 10, 1.0 / 20);
}

void bench_nbody(const ours *o, const char *no_opencl)
{
    static const char name[] = "n-body, 4096 bodies, strict";
    float *host[7];

    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
        return;
    }
    work w = new_work(o, "nbody", tn_items(BODIES));
    opencl_launch *peer = opencl_kernel("nbody");

    for (unsigned i = 0; i < 7; ++i) {
        tn_buffer *buffer = ours_floats(o, BODIES, &host[i]);

        fill(host[i], BODIES, i);
        ADD(&w, buffer);
        opencl_floats(peer, host[i], BODIES);
    }
    ADD(&w, (int32_t)BODIES);
    opencl_int(peer, BODIES);
    opencl_grid(peer, BODIES, 1, GROUP, 1);
    against_opencl(name, &w, peer, 4, host[4], BODIES, 5, 1.0 / 3);
}

void bench_gemm(const ours *o, const char *no_opencl)
{
    static const char name[] = "gemm 512, no tiles";
    float *host[3];

    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
        return;
    }
    work w = new_work(o, "gemm",
                      tn_in_groups(tn_items2(SIDE, SIDE), GEMM_X, GEMM_Y, 1));
    opencl_launch *peer = opencl_kernel("gemm");

    for (unsigned i = 0; i < 3; ++i) {
        tn_buffer *buffer = ours_floats(o, SIDE * SIDE, &host[i]);

        fill(host[i], SIDE * SIDE, i);
        ADD(&w, buffer);
        opencl_floats(peer, host[i], SIDE * SIDE);
    }
    ADD(&w, (int32_t)SIDE);
    opencl_int(peer, SIDE);
    opencl_grid(peer, SIDE, SIDE, GEMM_X, GEMM_Y);
    against_opencl(name, &w, peer, 2, host[2], SIDE * SIDE, 1, 1.0 / 8);
}

/* ---- memory ---- */

static float *streamed[3];

static uint64_t run_openmp_add(void *data)
{
    (void)data;
    openmp_add(streamed[0], streamed[1], streamed[2], STREAMED);
    return 0;
}

static uint64_t run_openmp_triad(void *data)
{
    (void)data;
    openmp_triad(streamed[2], streamed[0], streamed[1], 3.0f, STREAMED);
    return 0;
}

void bench_bandwidth(const ours *o)
{
    tn_buffer *buffers[3];
    work add = new_work(o, "add", tn_items(STREAMED));
    work triad = new_work(o, "triad", tn_items(STREAMED));

    for (unsigned i = 0; i < 3; ++i) {
        buffers[i] = ours_floats(o, STREAMED, &streamed[i]);
        fill(streamed[i], STREAMED, i);
    }
    ADD(&add, buffers[0]);
    ADD(&add, buffers[1]);
    ADD(&add, buffers[2]);
    ADD(&add, (int32_t)STREAMED);
    ADD(&triad, buffers[2]);
    ADD(&triad, buffers[0]);
    ADD(&triad, buffers[1]);
    ADD(&triad, 3.0f);
    ADD(&triad, (int32_t)STREAMED);
    measure_case what = {.name = "vector add, 64 Mi floats",
                         .ours = {"tenon", run_work, &add},
                         .peer = {"OpenMP loop", run_openmp_add, NULL},
                         .pairs = MEASURE_PAIRS,
                         .batch = 1,
                         .goal = 1.03};

    measure_run(&what);
    what.name = "triad, 64 Mi floats";
    what.ours.data = &triad;
    what.peer.run = run_openmp_triad;
    measure_run(&what);
    for (unsigned i = 0; i < 3; ++i) {
        tn_buffer_destroy(buffers[i]);
    }
}
