/* SPDX-License-Identifier: MIT */
/*
 * Opening, in processes of their own: the second time in one process finds
 * everything there. A process tells the figures of its work on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/cpu.h"
#include "bench/measure.h"
#include "common/statistics.h"

enum {
    FEW = 16 /* floats of the first result */
};

/* ---- in the process ---- */

/* KiB of memory that this process has resident, shared pages too. */
static long resident(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long total;
    long pages;

    if (file == NULL || fscanf(file, "%ld %ld", &total, &pages) != 2) {
        measure_die("/proc/self/statm cannot be read");
    }
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void open_runtime(void)
{
    tn_runtime *runtime;
    long before = resident();
    uint64_t begin = tn_clock_now();

    ours_check(tn_runtime_open(bench_settings, &runtime));
    uint64_t end = tn_clock_now();

    printf("%llu %ld\n", (unsigned long long)(end - begin),
           resident() - before);
    tn_runtime_close(runtime);
}

static void expect(const float *result)
{
    for (int i = 0; i < FEW; ++i) {
        if (result[i] != (float)(2 * i)) {
            measure_die("the first result is wrong");
        }
    }
}

static void first_result(void)
{
    uint64_t begin = tn_clock_now();
    tn_buffer *buffers[3];
    float *host[3];
    float result[FEW];
    ours o;

    ours_open(&o, true);
    for (int i = 0; i < 3; ++i) {
        buffers[i] = ours_floats(&o, FEW, &host[i]);
    }
    for (int i = 0; i < FEW; ++i) {
        host[0][i] = host[1][i] = (float)i;
    }
    ours_check(tn_launch(o.stream, ours_kernel(&o, "add"), tn_items(FEW),
                         buffers[0], buffers[1], buffers[2], (int32_t)FEW));
    ours_check(tn_copy_from(o.stream, buffers[2], 0, result, sizeof result));
    uint64_t end = tn_clock_now();

    expect(result);
    printf("%llu 0\n", (unsigned long long)(end - begin));
    ours_close(&o);
}

static void first_result_of_opencl(void)
{
    float numbers[FEW];
    float result[FEW];
    uint64_t begin = tn_clock_now();

    if (opencl_open() != NULL) {
        measure_die("no PoCL");
    }
    for (int i = 0; i < FEW; ++i) {
        numbers[i] = (float)i;
    }
    opencl_launch *add = opencl_kernel("add");

    opencl_floats(add, numbers, FEW);
    opencl_floats(add, numbers, FEW);
    opencl_floats(add, result, FEW);
    opencl_int(add, FEW);
    opencl_grid(add, FEW, 1, FEW, 1);
    opencl_run(add);
    opencl_read(add, 2, result, FEW);
    uint64_t end = tn_clock_now();

    expect(result);
    printf("%llu 0\n", (unsigned long long)(end - begin));
}

bool bench_open_child(const char *word)
{
    if (strcmp(word, "open") == 0) {
        open_runtime();
    } else if (strcmp(word, "first") == 0) {
        first_result();
    } else if (strcmp(word, "first-opencl") == 0) {
        first_result_of_opencl();
    } else {
        return false;
    }
    return true;
}

/* ---- in the parent ---- */

typedef struct child {
    const char *self;
    const char *word;
    long kib;
} child;

static uint64_t run_child(void *data)
{
    child *c = data;
    char command[8192];
    unsigned long long nanoseconds;

    snprintf(command, sizeof command, "'%s' '%s' '%s' '%s'", c->self,
             bench_kernels, bench_settings, c->word);
    FILE *pipe = popen(command, "re");

    if (pipe == NULL || fscanf(pipe, "%llu %ld", &nanoseconds, &c->kib) != 2 ||
        pclose(pipe) != 0) {
        measure_die("%s failed", command);
    }
    return nanoseconds;
}

static void bench_runtime_open(const char *self)
{
    child open = {self, "open", 0};
    double times[MEASURE_PAIRS];
    double sizes[MEASURE_PAIRS];

    run_child(&open); /* warms the files */
    for (int i = 0; i < MEASURE_PAIRS; ++i) {
        times[i] = 1e-3 * (double)run_child(&open);
        sizes[i] = (double)open.kib;
    }
    measure_figures("tn_runtime_open, warm files", times, MEASURE_PAIRS, "us",
                    2000);
    measure_figures("what it adds to resident memory", sizes, MEASURE_PAIRS,
                    "KiB", 2048);
}

void bench_open(const char *self, const char *no_opencl)
{
    static const char name[] = "open to first result";
    child first = {self, "first", 0};
    child peer = {self, "first-opencl", 0};
    const measure_case what = {.name = name,
                               .ours = {"tenon", run_child, &first},
                               .peer = {"PoCL, warm cache", run_child, &peer},
                               .pairs = MEASURE_PAIRS,
                               .batch = 1,
                               .goal = 0.05};

    bench_runtime_open(self);
    if (no_opencl != NULL) {
        measure_skip(name, no_opencl);
    } else {
        measure_run(&what);
    }
}
