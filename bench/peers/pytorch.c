/* SPDX-License-Identifier: MIT */
/*
 * Our side of bench/peers/pytorch.py, which loads this into its process, so that
 * both sides take turns there. The peer's side of each case is a function of
 * Python that gives the nanoseconds it took.
 */
#include <stdlib.h>
#include <string.h>

#include <tenon/tenon.h>

#include "bench/check.h"
#include "bench/measure.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)
#define CALLED __attribute__((visibility("default"))) /* from Python */

enum {
    FLOATS = 1024, /* of a short addition */
    CHAIN = 64,
    SHORT_BATCH = 100,
    COPY_PAIRS = 11
};

static struct {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_kernel *add;
    tn_graph *chain;
    tn_buffer *a;
    tn_buffer *b;
    tn_buffer *large; /* of a GiB, when copies are measured */
    void *pageable;
    tn_buffer *pinned_buffer;
    void *pinned;
} the;

/* ---- short work ---- */

/* A new result each time, as of an expression. */
static uint64_t add_new(void *data)
{
    const tn_buffer_options options = {.size = sizeof options,
                                       .stream = the.stream};
    tn_buffer *result;

    (void)data;
    ours_check(tn_buffer_create_with(the.device, FLOATS * sizeof(float),
                                     &options, &result));
    ours_check(tn_launch(the.stream, the.add, tn_items(FLOATS), the.a, the.b,
                         result, (uint32_t)FLOATS));
    tn_buffer_destroy_on(result, the.stream);
    return 0;
}

static uint64_t add_and_wait(void *data)
{
    add_new(data);
    ours_check(tn_stream_sync(the.stream));
    return 0;
}

static void submit_chain(void)
{
    for (int i = 0; i < CHAIN; ++i) {
        ours_check(tn_launch(the.stream, the.add, tn_items(FLOATS), the.a,
                             the.b, the.a, (uint32_t)FLOATS));
    }
}

static uint64_t chain_eager(void *data)
{
    (void)data;
    submit_chain();
    ours_check(tn_stream_sync(the.stream));
    return 0;
}

static uint64_t chain_recorded(void *data)
{
    (void)data;
    ours_check(tn_graph_launch(the.chain, the.stream, NULL, 0));
    ours_check(tn_stream_sync(the.stream));
    return 0;
}

static uint64_t allocate(void *data)
{
    const tn_buffer_options options = {.size = sizeof options,
                                       .stream = the.stream};
    tn_buffer *buffer;

    (void)data;
    ours_check(tn_buffer_create_with(the.device, MIB, &options, &buffer));
    tn_buffer_destroy_on(buffer, the.stream);
    return 0;
}

/* ---- copies of a GiB ---- */

static void need_large(void)
{
    if (the.large == NULL) {
        ours_check(tn_buffer_create(the.device, GIB, &the.large));
    }
}

static void need_pageable(void)
{
    need_large();
    if (the.pageable == NULL && (the.pageable = malloc(GIB)) == NULL) {
        measure_die("no memory for a copy of a GiB");
    }
    memset(the.pageable, 1, GIB); /* each page is there */
}

static void need_pinned(void)
{
    const tn_buffer_options options = {.size = sizeof options,
                                       .kind = TN_MEMORY_PINNED};

    need_large();
    if (the.pinned == NULL) {
        ours_check(tn_buffer_create_with(the.device, GIB, &options,
                                         &the.pinned_buffer));
        ours_check(tn_buffer_map(the.pinned_buffer, 0, GIB,
                                 TN_ACCESS_READ_WRITE, &the.pinned));
        memset(the.pinned, 1, GIB);
    }
}

static uint64_t copy_to(void *host)
{
    ours_check(tn_copy_to(the.stream, the.large, 0, host, GIB));
    ours_check(tn_stream_sync(the.stream));
    return 0;
}

static uint64_t copy_from(void *host)
{
    ours_check(tn_copy_from(the.stream, the.large, 0, host, GIB));
    ours_check(tn_stream_sync(the.stream));
    return 0;
}

static uint64_t pageable_to(void *data)
{
    (void)data;
    return copy_to(the.pageable);
}

static uint64_t pageable_from(void *data)
{
    (void)data;
    return copy_from(the.pageable);
}

static uint64_t pinned_to(void *data)
{
    (void)data;
    return copy_to(the.pinned);
}

static uint64_t pinned_from(void *data)
{
    (void)data;
    return copy_from(the.pinned);
}

/* ---- the cases, by name ---- */

static const struct {
    const char *name;
    const char *peer;
    uint64_t (*run)(void *data);
    void (*prepare)(void);
    uint32_t pairs;
    uint32_t batch;
    double goal;
} cases[] = {
    {"a + b, submit", "a + b", add_new, NULL, MEASURE_PAIRS, SHORT_BATCH, 1},
    {"a + b, launch and wait", "a + b", add_and_wait, NULL, MEASURE_PAIRS,
     SHORT_BATCH, 1},
    {"chain of 64", "64 times add_", chain_eager, NULL, MEASURE_PAIRS, 5, 1},
    {"chain of 64, recorded", "64 times add_", chain_recorded, NULL,
     MEASURE_PAIRS, 5, 0.2},
    {"allocate and free 1 MiB", "torch.empty", allocate, NULL, MEASURE_PAIRS,
     SHORT_BATCH, 1},
    {"1 GiB to the device, pageable", "copy_", pageable_to, need_pageable,
     COPY_PAIRS, 1, 1},
    {"1 GiB from the device, pageable", "copy_", pageable_from, need_pageable,
     COPY_PAIRS, 1, 1},
    {"1 GiB to the device, pinned", "copy_", pinned_to, need_pinned, COPY_PAIRS,
     1, 1},
    {"1 GiB from the device, pinned", "copy_", pinned_from, need_pinned,
     COPY_PAIRS, 1, 1},
};

/* Runs a case; peer gives nanoseconds. */
CALLED void beside_run(const char *name, uint64_t (*peer)(void *data));
void beside_run(const char *name, uint64_t (*peer)(void *data))
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        if (strcmp(cases[i].name, name) == 0) {
            const measure_case what = {.name = name,
                                       .ours = {"tenon", cases[i].run, NULL},
                                       .peer = {cases[i].peer, peer, NULL},
                                       .pairs = cases[i].pairs,
                                       .batch = cases[i].batch,
                                       .goal = cases[i].goal};

            if (cases[i].prepare != NULL) {
                cases[i].prepare();
            }
            measure_run(&what);
            return;
        }
    }
    measure_die("no case %s", name);
}

/* ---- opening ---- */

/* A graph of the chain, and whether it does what the peer's does. */
static void record(void)
{
    const float ones[FLOATS] = {1};
    float sums[FLOATS];

    ours_check(tn_copy_to(the.stream, the.a, 0, ones, sizeof ones));
    ours_check(tn_copy_to(the.stream, the.b, 0, ones, sizeof ones));
    ours_check(tn_graph_begin(the.stream));
    submit_chain();
    ours_check(tn_graph_end(the.stream, &the.chain));
    ours_check(tn_graph_launch(the.chain, the.stream, NULL, 0));
    ours_check(tn_copy_from(the.stream, the.a, 0, sums, sizeof sums));
    if (sums[0] != CHAIN + 1) {
        measure_die("a chain of additions gave %g", (double)sums[0]);
    }
}

/* Opens a backend, prints its device and begins the table. */
CALLED void beside_open(const char *backend, const char *peer);
void beside_open(const char *backend, const char *peer)
{
    const tn_setting settings[] = {{"runtime", "backend", backend, NULL}};
    const tn_options options = {
        .size = sizeof options, .settings = settings, .setting_count = 1};
    tn_device_info info = {.size = sizeof info};
    tn_module *module;

    ours_check(tn_runtime_open_with(&options, &the.runtime));
    ours_check(tn_device_default(the.runtime, &the.device));
    ours_check(tn_device_info_get(the.device, &info));
    ours_check(tn_stream_create(the.device, &the.stream));
    ours_check(tn_module_load(the.device, "vector", &module));
    ours_check(tn_kernel_get(module, "add", &the.add));
    ours_check(tn_buffer_create(the.device, FLOATS * sizeof(float), &the.a));
    ours_check(tn_buffer_create(the.device, FLOATS * sizeof(float), &the.b));
    record();
    measure_title("%s, %s; beside %s", tn_device_name(the.device), info.name,
                  peer);
    measure_table_begin();
}

CALLED void beside_close(void);
void beside_close(void)
{
    tn_runtime_close(the.runtime);
    free(the.pageable);
}
