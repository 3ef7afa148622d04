/* SPDX-License-Identifier: MIT */
/* The measures of BENCH_LIST, each as a program would write it on tenon.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bench/bench.h"
#include "tools/report.h"

#define MIB (UINT64_C(1) << 20)

enum {
    FLOATS = 64 << 20, /* 256 MiB: beyond any cache */
    FLOATS_LEAST = 1 << 20
};

/* The operation of the peer, or NULL. */
#define RAW(b, operation) ((b)->raw != NULL ? (b)->raw->operation : NULL)

static const char *raw_name(const bench *b)
{
    return b->raw != NULL ? b->raw->name : NULL;
}

static void wait(void *data)
{
    const bench *b = data;

    bench_check(tn_stream_sync(b->stream));
}

/* ---- launches ---- */

static void submit(void *data)
{
    const bench *b = data;

    bench_check(
        tn_launch(b->stream, b->empty, b->empty_grid, b->x, b->y, b->y, 0u));
}

static void launch(void *data)
{
    submit(data);
    wait(data);
}

static void chain(void *data)
{
    for (int i = 0; i < RAW_CHAIN; ++i) {
        submit(data);
    }
    wait(data);
}

static void graph(void *data)
{
    const bench *b = data;

    bench_check(tn_graph_launch(b->graph, b->stream, NULL, 0));
    wait(data);
}

static void measure_submit(bench *b)
{
    const sample_side ours = {.run = submit, .settle = wait, .data = b};

    bench_compare(b, "submit", 0, &ours, raw_name(b), RAW(b, submit), NULL);
}

static void measure_launch(bench *b)
{
    const sample_side ours = {.run = launch, .data = b};

    bench_compare(b, "launch", 0, &ours, raw_name(b), RAW(b, launch), NULL);
}

static void measure_chain(bench *b)
{
    const sample_side ours = {.run = chain, .data = b};

    bench_compare(b, "chain", 0, &ours, raw_name(b), RAW(b, chain), NULL);
}

static void measure_graph(bench *b)
{
    const sample_side ours = {.run = graph, .data = b};

    if (b->graph == NULL) {
        bench_check(tn_graph_begin(b->stream));
        for (int i = 0; i < RAW_CHAIN; ++i) {
            submit(b);
        }
        bench_check(tn_graph_end(b->stream, &b->graph));
    }
    bench_compare(b, "graph", 0, &ours, raw_name(b), RAW(b, chain), NULL);
    if (RAW(b, graph) != NULL) {
        bench_compare(b, "graph", 0, &ours, "its own graph", b->raw->graph,
                      NULL);
    }
    bench_compare(b, "graph", 0, &ours, "not recorded", chain, b);
}

/* ---- memory ---- */

static void allocate(void *data)
{
    const bench *b = data;
    const tn_buffer_options options = {.size = sizeof options,
                                       .stream = b->stream};
    tn_buffer *buffer;

    bench_check(tn_buffer_create_with(b->device, MIB, &options, &buffer));
    tn_buffer_destroy_on(buffer, b->stream);
}

static void measure_allocate(bench *b)
{
    const sample_side ours = {.run = allocate, .settle = wait, .data = b};
    uint64_t bytes = MIB;

    bench_compare(b, "allocate", bytes, &ours, raw_name(b), RAW(b, allocate),
                  &bytes);
    if (RAW(b, allocate_ordered) != NULL) {
        bench_compare(b, "allocate", bytes, &ours, "its stream-ordered pool",
                      b->raw->allocate_ordered, &bytes);
    }
}

/* A copy, for both sides: it begins with what the peer takes. */
typedef struct copying {
    raw_copy raw;
    const bench *bench;
} copying;

static void copy(void *data)
{
    const copying *c = data;
    const bench *b = c->bench;

    bench_check(
        c->raw.to_device
            ? tn_copy_to(b->stream, b->x, 0, c->raw.host, c->raw.bytes)
            : tn_copy_from(b->stream, b->x, 0, c->raw.host, c->raw.bytes));
    bench_check(tn_stream_sync(b->stream));
}

static void *new_pageable(uint64_t bytes)
{
    void *host = malloc(bytes);

    if (host == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for a copy of %llu bytes",
                          (unsigned long long)bytes));
    }
    return memset(host, 1, bytes); /* each page is there */
}

/* NULL where the device has no such memory. */
static void *new_pinned(bench *b, uint64_t bytes)
{
    const tn_buffer_options options = {.size = sizeof options,
                                       .kind = TN_MEMORY_PINNED};
    void *host = NULL;

    if (tn_buffer_create_with(b->device, bytes, &options, &b->pinned) !=
        TN_OK) {
        return NULL;
    }
    if (tn_buffer_map(b->pinned, 0, bytes, TN_ACCESS_READ_WRITE, &host) !=
        TN_OK) {
        return NULL;
    }
    return memset(host, 1, bytes);
}

static void copy_both_ways(bench *b, const char *kind_to, const char *kind_from,
                           void *host, uint64_t bytes)
{
    copying c = {.raw = {.host = host, .bytes = bytes, .to_device = true},
                 .bench = b};
    const sample_side ours = {.run = copy, .data = &c};

    bench_compare(b, kind_to, bytes, &ours, raw_name(b), RAW(b, copy), &c);
    c.raw.to_device = false;
    bench_compare(b, kind_from, bytes, &ours, raw_name(b), RAW(b, copy), &c);
}

static uint64_t largest_copy(const bench *b)
{
    uint64_t bytes = 1024 * MIB;

    while (b->info.memory_bytes != 0 && bytes > b->info.memory_bytes / 8) {
        bytes /= 4;
    }
    while (b->info.allocation_bytes != 0 && bytes > b->info.allocation_bytes) {
        bytes /= 4;
    }
    return bytes;
}

static void measure_copy(bench *b)
{
    uint64_t most = largest_copy(b);
    void *pageable = new_pageable(most);

    bench_reserve(b, most);
    void *pinned = new_pinned(b, most);

    for (uint64_t bytes = 4096; bytes <= most; bytes *= 4) {
        copy_both_ways(b, "copy to, pageable", "copy from, pageable", pageable,
                       bytes);
        if (pinned != NULL) {
            copy_both_ways(b, "copy to, pinned", "copy from, pinned", pinned,
                           bytes);
        }
    }
    free(pageable);
    tn_buffer_destroy(b->pinned);
    b->pinned = NULL;
}

/* ---- kernels ---- */

/* Elements, and the device whose they are. */
typedef struct elements {
    uint32_t count;
    const bench *bench;
} elements;

static void saxpy(void *data)
{
    const elements *e = data;
    const bench *b = e->bench;

    bench_check(tn_launch(b->stream, b->saxpy, tn_items(e->count), 0.5f, b->x,
                          b->y, e->count));
    bench_check(tn_stream_sync(b->stream));
}

static void sum(void *data)
{
    const elements *e = data;
    const bench *b = e->bench;

    bench_check(
        tn_launch(b->stream, b->sum, tn_items(e->count), b->x, b->y, e->count));
    bench_check(tn_stream_sync(b->stream));
}

static elements most_elements(bench *b)
{
    elements e = {.count = FLOATS, .bench = b};

    while (e.count > FLOATS_LEAST && b->info.memory_bytes != 0 &&
           e.count * 4 > b->info.memory_bytes / 8) {
        e.count /= 4;
    }
    bench_reserve(b, (uint64_t)e.count * sizeof(float));
    return e;
}

static void measure_saxpy(bench *b)
{
    elements e = most_elements(b);
    const sample_side ours = {.run = saxpy, .data = &e};

    bench_compare(b, "saxpy", (uint64_t)e.count * 12, &ours, raw_name(b),
                  RAW(b, saxpy), &e);
}

static void measure_sum(bench *b)
{
    elements e = most_elements(b);
    const sample_side ours = {.run = sum, .data = &e};

    bench_compare(b, "sum", (uint64_t)e.count * 4, &ours, raw_name(b),
                  RAW(b, sum), &e);
}

/* ---- code ---- */

typedef struct loading {
    const bench *bench;
    char *text;
    size_t length; /* without what makes it new */
    unsigned number;
} loading;

static void load(const bench *b, const char *text)
{
    tn_module *module;
    tn_kernel *kernel;

    bench_check(
        tn_module_load_data(b->device, text, strlen(text), NULL, &module));
    bench_check(tn_kernel_get(module, "add", &kernel));
    tn_module_destroy(module);
}

static void load_known(void *data)
{
    const loading *l = data;

    load(l->bench, l->bench->raw->code);
}

/* A comment with a number makes a text that no cache holds. */
static void load_new(void *data)
{
    loading *l = data;

    sprintf(l->text + l->length, "\n// %llu %u\n",
            (unsigned long long)tn_clock_now(), l->number++);
    load(l->bench, l->text);
}

static void load_bundle(void *data)
{
    const bench *b = data;
    tn_module *module;

    bench_check(tn_module_load(b->device, "vector", &module));
    tn_module_destroy(module);
}

static void measure_load(bench *b)
{
    loading l = {.bench = b};
    const sample_side known = {.run = load_known, .data = &l};
    const sample_side new_text = {.run = load_new, .data = &l};
    const sample_side bundle = {.run = load_bundle, .data = b};

    if (RAW(b, code) != NULL) {
        l.length = strlen(b->raw->code);
        l.text = malloc(l.length + 64);
        if (l.text == NULL) {
            exit(report_error(EXIT_FAILED, "no memory for a text"));
        }
        memcpy(l.text, b->raw->code, l.length);
        bench_compare(b, "load, new text", 0, &new_text, raw_name(b),
                      b->raw->load, NULL);
        bench_compare(b, "load, known text", 0, &known, raw_name(b),
                      b->raw->load, NULL);
        free(l.text);
    }
    bench_compare(b, "load, bundle", 0, &bundle, NULL, NULL, NULL);
}

/* ---- all of it ---- */

static void open_and_use(void *data)
{
    const bench *b = data;
    bench own = {0};
    float result = 1;

    bench_check(bench_open_device(b, &own.runtime, &own.device));
    bench_check(tn_stream_create(own.device, &own.stream));
    bench_check(tn_module_load(own.device, "vector", &own.module));
    bench_check(tn_kernel_get(own.module, "saxpy", &own.saxpy));
    bench_check(tn_buffer_create(own.device, 4096, &own.x));
    bench_check(tn_fill(own.stream, own.x, 0, 4096, &result, sizeof result));
    bench_check(
        tn_launch(own.stream, own.saxpy, tn_items(1), 1.0f, own.x, own.x, 1u));
    bench_check(tn_copy_from(own.stream, own.x, 0, &result, sizeof result));
    raw_check_first(result);
    tn_runtime_close(own.runtime);
}

static void measure_open(bench *b)
{
    const sample_side ours = {.run = open_and_use, .data = b};

    bench_compare(b, "open", 0, &ours, raw_name(b), RAW(b, first), NULL);
}

void bench_measure(bench *b, size_t index)
{
    static void (*const measures[])(bench *) = {
#define MEASURE(name, text) measure_##name,
        BENCH_LIST(MEASURE)
#undef MEASURE
    };

    measures[index](b);
}
