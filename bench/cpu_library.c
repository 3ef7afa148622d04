/* SPDX-License-Identifier: MIT */
/* Kernels of the library, beside the loops that one writes by hand instead. */
#include <math.h>
#include <stdlib.h>

#include "bench/cpu.h"
#include "bench/measure.h"

enum {
    SIDE = 4096, /* of the matrix that is turned */
    BODIES = 4096,
    BODY_ARRAYS = 7 /* x, y, z, mass; then what is computed: ax, ay, az */
};

static const float softening = 0.05f;

typedef struct work {
    const ours *o;
    tn_kernel *kernel;
    tn_buffer *buffers[BODY_ARRAYS];
    float *host[BODY_ARRAYS];
    float *peers[3]; /* what the loop writes: others' pages are others' luck */
    uint32_t count;
} work;

static work new_work(const ours *o, tn_module *module, const char *kernel,
                     uint32_t arrays, uint32_t results, size_t floats)
{
    work w = {.o = o, .count = arrays};

    ours_check(tn_kernel_get(module, kernel, &w.kernel));
    for (uint32_t i = 0; i < arrays; ++i) {
        w.buffers[i] = ours_floats(o, floats, &w.host[i]);
        for (size_t j = 0; j < floats; ++j) {
            w.host[i][j] = (float)rand() / (float)RAND_MAX;
        }
    }
    for (uint32_t i = 0; i < results; ++i) {
        w.peers[i] = calloc(floats, sizeof(float));
        if (w.peers[i] == NULL) {
            measure_die("no memory for what %s computes", kernel);
        }
    }
    return w;
}

static void finish_work(work *w)
{
    for (uint32_t i = 0; i < w->count; ++i) {
        tn_buffer_destroy(w->buffers[i]);
    }
    for (size_t i = 0; i < sizeof w->peers / sizeof w->peers[0]; ++i) {
        free(w->peers[i]);
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

static void measure(const char *name, work *w, uint64_t (*ours)(void *),
                    uint64_t (*loop)(void *), uint32_t batch)
{
    const measure_case what = {.name = name,
                               .ours = {"tenon", ours, w},
                               .peer = {"OpenMP loop", loop, w},
                               .pairs = MEASURE_PAIRS,
                               .batch = batch,
                               .goal = 1 / 0.95};

    measure_run(&what);
}

/* ---- transposition ---- */

static uint64_t transpose_ours(void *data)
{
    const work *w = data;

    ours_check(tn_launch(w->o->stream, w->kernel, tn_items2(SIDE, SIDE / 4),
                         w->buffers[0], w->buffers[1], (int32_t)SIDE,
                         (int32_t)SIDE));
    ours_check(tn_stream_sync(w->o->stream));
    return 0;
}

static uint64_t transpose_loop(void *data)
{
    const work *w = data;

    openmp_transpose(w->host[0], w->peers[0], SIDE, SIDE);
    return 0;
}

static void bench_transpose(const ours *o)
{
    static const char name[] = "transpose, 4096 x 4096 floats";
    tn_module *module;

    ours_check(tn_module_load(o->device, "matrix", &module));
    work w = new_work(o, module, "transpose", 2, 1, (size_t)SIDE * SIDE);

    transpose_ours(&w);
    transpose_loop(&w);
    compare(name, w.host[1], w.peers[0], (size_t)SIDE * SIDE, 0.0f);
    measure(name, &w, transpose_ours, transpose_loop, 1);
    finish_work(&w);
    tn_module_destroy(module);
}

/* ---- n-body with fast maths ---- */

static uint64_t bodies_ours(void *data)
{
    const work *w = data;

    ours_check(tn_launch(w->o->stream, w->kernel, tn_items(BODIES),
                         w->buffers[0], w->buffers[1], w->buffers[2],
                         w->buffers[3], w->buffers[4], w->buffers[5],
                         w->buffers[6], softening, (int32_t)BODIES));
    ours_check(tn_stream_sync(w->o->stream));
    return 0;
}

static uint64_t bodies_loop(void *data)
{
    work *w = data;

    openmp_bodies((const float *const *)w->host, w->peers, softening, BODIES);
    return 0;
}

static void bench_fast_bodies(const ours *o)
{
    static const char name[] = "n-body, 4096 bodies, fast maths";
    tn_module *module = ours_load(o, "fast");
    work w = new_work(o, module, "accelerate", BODY_ARRAYS, 3, BODIES);

    bodies_ours(&w);
    bodies_loop(&w);
    for (size_t i = 0; i < 3; ++i) {
        compare(name, w.host[4 + i], w.peers[i], BODIES, 1e-3f);
    }
    measure(name, &w, bodies_ours, bodies_loop, 5);
    finish_work(&w);
    tn_module_destroy(module);
}

void bench_library(const ours *o)
{
    bench_transpose(o);
    bench_fast_bodies(o);
}
