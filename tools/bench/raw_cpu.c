/* SPDX-License-Identifier: MIT */
/* Plain C on the threads of OpenMP's runtime, libgomp. */
#include <stdlib.h>
#include <string.h>

#include "common/dl.h"
#include "tools/bench/raw.h"
#include "tools/report.h"

typedef void (*parallel_function)(void (*function)(void *), void *data,
                                  unsigned threads, unsigned flags);
typedef int (*int_function)(void);

static struct {
    tn_dl *library;
    parallel_function parallel;
    int_function thread;
    int_function threads;
    float *x;
    float *y;
    uint64_t bytes;
    void *pinned;
} the;

static const char *open_driver(const tn_device_info *info)
{
    static tn_sentence why;

    (void)info;
    if (tn_dl_open("libgomp.so.1", &the.library, &why) != TN_OK) {
        return "libgomp.so.1 is not there; install libgomp1";
    }
    the.parallel =
        (parallel_function)tn_dl_function(the.library, "GOMP_parallel");
    the.thread =
        (int_function)tn_dl_function(the.library, "omp_get_thread_num");
    the.threads =
        (int_function)tn_dl_function(the.library, "omp_get_num_threads");
    return the.parallel != NULL && the.thread != NULL && the.threads != NULL
               ? NULL
               : "libgomp.so.1 lacks GOMP_parallel";
}

/* The library stays: its threads run in it. */
static void close_driver(void)
{
    free(the.x);
    free(the.y);
    free(the.pinned);
}

static void *must(void *memory)
{
    if (memory == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for the benchmark"));
    }
    return memory;
}

static void reserve(uint64_t bytes)
{
    if (bytes <= the.bytes) {
        return;
    }
    free(the.x);
    free(the.y);
    the.x = memset(must(malloc(bytes)), 0, bytes);
    the.y = memset(must(malloc(bytes)), 0, bytes);
    the.bytes = bytes;
}

static void *pinned(uint64_t bytes)
{
    free(the.pinned);
    the.pinned = memset(must(malloc(bytes)), 0, bytes);
    return the.pinned;
}

/* ---- work ---- */

static void do_nothing(void *data)
{
    __asm__ volatile("" : : "r"(data));
}

static void launch(void *unused)
{
    (void)unused;
    the.parallel(do_nothing, NULL, 0, 0);
}

static void chain(void *unused)
{
    for (int i = 0; i < RAW_CHAIN; ++i) {
        launch(unused);
    }
}

static void allocate(void *bytes)
{
    void *memory = must(malloc(*(uint64_t *)bytes));

    __asm__ volatile("" : : "r"(memory) : "memory");
    free(memory);
}

static void copy(void *data)
{
    const raw_copy *c = data;

    if (c->to_device) {
        memcpy(the.x, c->host, c->bytes);
    } else {
        memcpy(c->host, the.x, c->bytes);
    }
}

/* A thread's part of count elements. */
static void part(uint32_t count, uint32_t *begin, uint32_t *end)
{
    uint64_t threads = (uint64_t)the.threads();
    uint64_t thread = (uint64_t)the.thread();

    *begin = (uint32_t)(count * thread / threads);
    *end = (uint32_t)(count * (thread + 1) / threads);
}

static void saxpy_part(void *count)
{
    float *x = the.x;
    float *y = the.y;
    uint32_t begin, end;

    part(*(uint32_t *)count, &begin, &end);
    for (uint32_t i = begin; i < end; ++i) {
        y[i] = 0.5f * x[i] + y[i];
    }
}

static void saxpy(void *count)
{
    the.parallel(saxpy_part, count, 0, 0);
}

static void sum_part(void *count)
{
    uint32_t begin, end;

    part(*(uint32_t *)count, &begin, &end);
    for (uint32_t i = begin / 256 * 256; i < end; i += 256) {
        float sum = 0;

        for (uint32_t k = i; k < i + 256 && k < end; ++k) {
            sum += the.x[k];
        }
        the.y[i / 256] = sum;
    }
}

static void sum(void *count)
{
    the.parallel(sum_part, count, 0, 0);
}

const raw_driver raw_cpu = {
    .backend = "cpu",
    .name = "OpenMP",
    .open = open_driver,
    .close = close_driver,
    .launch = launch,
    .chain = chain,
    .allocate = allocate,
    .reserve = reserve,
    .pinned = pinned,
    .copy = copy,
    .saxpy = saxpy,
    .sum = sum,
};
