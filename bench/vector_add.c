/* SPDX-License-Identifier: MIT */
/*
 * add of the vector bundle over 2^20 floats, on one thread of the cpu backend,
 * beside a plain vectorised loop over the same buffers: whether kernels of the
 * dialect become vectors, told by time. Interleaved; fails over twice the time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <tenon/tenon.h>

enum {
    N = 1 << 20,
    PAIRS = 61
};

/* What the kernel's variant is built for, if this processor has it. */
#if defined(__x86_64__)
#define PLAIN __attribute__((noinline, target("avx2")))
#else
#define PLAIN __attribute__((noinline))
#endif

PLAIN static void plain_add(const float *a, const float *b, float *c, int n)
{
#pragma omp simd
    for (int i = 0; i < n; ++i) {
        c[i] = a[i] + b[i];
    }
}

static void check(tn_status status)
{
    if (status != TN_OK) {
        fprintf(stderr, "vector_add: %s\n", tn_error_message());
        exit(EXIT_FAILURE);
    }
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double sorted_at(double *values, double part)
{
    qsort(values, PAIRS, sizeof *values, compare);
    return values[(int)(part * (PAIRS - 1))];
}

/* A runtime with one thread, so that both sides have the same. */
static void open_runtime(tn_runtime **runtime)
{
    char path[] = "/tmp/tenon-bench-XXXXXX";
    int descriptor = mkstemp(path);

    if (descriptor < 0 ||
        dprintf(descriptor,
                "[runtime]\nbackend = cpu\n[backend cpu]\nthreads = 1\n") < 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    tn_status status = tn_runtime_open(path, runtime);

    close(descriptor);
    unlink(path);
    check(status);
}

int main(void)
{
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_kernel *add;
    tn_buffer *buffers[3];
    void *host[3];
    double ratios[PAIRS], plain[PAIRS], kernel[PAIRS];

#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) {
        printf("vector_add: left out, no AVX2 here\n");
        return EXIT_SUCCESS;
    }
#endif
    open_runtime(&runtime);
    check(tn_device_default(runtime, &device));
    check(tn_stream_create(device, &stream));
    check(tn_module_load(device, "vector", &module));
    check(tn_kernel_get(module, "add", &add));
    for (int i = 0; i < 3; ++i) {
        check(tn_buffer_create(device, N * sizeof(float), &buffers[i]));
        check(tn_buffer_map(buffers[i], 0, N * sizeof(float),
                            TN_ACCESS_READ_WRITE, &host[i]));
    }
    for (int i = 0; i < N; ++i) {
        ((float *)host[0])[i] = (float)i;
        ((float *)host[1])[i] = 2.0f * (float)i;
    }
    for (int i = 0; i < PAIRS; ++i) {
        double start = now();

        plain_add(host[0], host[1], host[2], N);
        plain[i] = now() - start;
        start = now();
        check(tn_launch(stream, add, tn_items(N), buffers[0], buffers[1],
                        buffers[2], (uint32_t)N));
        check(tn_stream_sync(stream));
        kernel[i] = now() - start;
        ratios[i] = kernel[i] / plain[i];
    }
    double ratio = sorted_at(ratios, 0.5);

    printf("vector_add: %s: kernel %.3f ms, plain loop %.3f ms (medians)\n",
           tn_module_description(module), 1e3 * sorted_at(kernel, 0.5),
           1e3 * sorted_at(plain, 0.5));
    printf("vector_add: ratio %.2f, from %.2f to %.2f in 90 %% of %d pairs\n",
           ratio, sorted_at(ratios, 0.05), sorted_at(ratios, 0.95), PAIRS);
    tn_runtime_close(runtime);
    return ratio < 2.0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
