/* SPDX-License-Identifier: MIT */
/*
 * cpu KERNELS: the benchmarks of the cpu backend, as a table in Markdown.
 * cpu KERNELS SETTINGS WORD: what a process of bench/cpu_open.c does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/cpu.h"
#include "bench/measure.h"

const char *bench_settings;
const char *bench_kernels;

static char settings[] = "/tmp/tenon-bench-XXXXXX";

static void remove_settings(void)
{
    unlink(settings);
}

static void write_settings(void)
{
    int file = mkstemp(settings);

    if (file < 0 || dprintf(file, "[runtime]\nbackend = cpu\n") < 0 ||
        close(file) != 0) {
        measure_die("%s cannot be written", settings);
    }
    atexit(remove_settings);
    bench_settings = settings;
}

static void run_all(const char *self)
{
    ours o;

    measure_table_begin();
    ours_open(&o, true);
    const char *no_opencl = opencl_open();

    bench_empty(&o, no_opencl);
    bench_chain(&o, no_opencl);
    bench_busy(&o);
    bench_bandwidth(&o);
    bench_barriers(&o, no_opencl);
    bench_nbody(&o, no_opencl);
    bench_gemm(&o, no_opencl);
    bench_library(&o);
    ours_close(&o);
    bench_open(self, no_opencl);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 4) {
        fputs("usage: cpu KERNELS [SETTINGS WORD]\n", stderr);
        return 2;
    }
    bench_kernels = argv[1];
    if (argc == 2) {
        write_settings();
        run_all(argv[0]);
        return EXIT_SUCCESS;
    }
    bench_settings = argv[2];
    return bench_open_child(argv[3]) ? EXIT_SUCCESS : 2;
}
