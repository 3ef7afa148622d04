/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What `tenon bench` measures, and what came of it.
 */
#ifndef TENON_TOOLS_BENCH_BENCH_H
#define TENON_TOOLS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include <tenon/tenon.h>

#include "tools/bench/raw.h"
#include "tools/bench/sample.h"

/* X(name, what it is) */
#define BENCH_LIST(X)                                                          \
    X(submit, "an empty launch, without waiting")                              \
    X(launch, "an empty launch and the wait for it")                           \
    X(chain, "64 empty launches and one wait")                                 \
    X(graph, "the same chain, recorded once")                                  \
    X(allocate, "1 MiB allocated and freed")                                   \
    X(copy, "copies of 4 KiB to 1 GiB, pinned and pageable, both ways")        \
    X(saxpy, "y = k x + y over 64 Mi floats")                                  \
    X(sum, "group sums of 64 Mi floats")                                       \
    X(load, "code loaded from text, new and known")                            \
    X(open, "a runtime opened, used for one result and closed")

/** One comparison. */
typedef struct bench_row {
    const char *measure; /**< name of the list, or a kind of copy */
    uint64_t bytes;      /**< of a copy; 0: none */
    const char *peer;    /**< "CUDA driver"; NULL: none */
    sample_result result;
} bench_row;

typedef struct bench {
    const char *config; /**< the application's file, or NULL */
    const char *wanted; /**< "BACKEND" or "BACKEND:DEVICE", or NULL */
    bool progress;      /**< told on stderr, a line that is overwritten */

    tn_runtime *runtime;
    tn_device *device;
    tn_device_info info;
    tn_stream *stream;
    tn_module *module; /**< the bundle "vector" */
    tn_kernel *empty;  /**< add, of nothing */
    tn_grid empty_grid;
    tn_kernel *saxpy;
    tn_kernel *sum;
    tn_graph *graph;
    tn_buffer *x;
    tn_buffer *y;
    tn_buffer *pinned;
    void *pinned_host;
    uint64_t bytes; /**< of x and y */

    const raw_driver *raw; /**< NULL: none beside this backend */
    const char *no_raw;    /**< why */

    bench_row *rows;
    size_t count;
} bench;

/** Opens device and peer; ends the process where Tenon fails. */
void bench_open(bench *b);
void bench_close(bench *b);

/** Opens a runtime and the device that the options say. */
tn_status bench_open_device(const bench *b, tn_runtime **runtime,
                            tn_device **device);

/** Ends the process with the sentence of a call that failed. */
void bench_check(tn_status status);

/** Times ours, beside run where that is not NULL, and keeps the row. */
void bench_compare(bench *b, const char *measure, uint64_t bytes,
                   const sample_side *ours, const char *peer,
                   void (*run)(void *data), void *data);

/** Makes x and y at least this large, the peer's too. */
void bench_reserve(bench *b, uint64_t bytes);

/** Runs a measure by its index in the list. */
void bench_measure(bench *b, size_t index);

/** Draws copies over size, and how long single launches took. */
void bench_draw(FILE *file, const bench *b);

#endif
