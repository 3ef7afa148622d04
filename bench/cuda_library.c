/* SPDX-License-Identifier: MIT */
/*
 * cuda_library FILE [LIBRARY]: kernels of the library on the cuda backend,
 * beside bench/peers/kernels.cu, compiled into the cubin or PTX file FILE and
 * launched by plain calls of the driver, on the same memory.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <tenon/tenon.h>

#include "bench/check.h"
#include "bench/cuda_sides.h"
#include "bench/measure.h"

enum {
    STREAMED = 256 << 20, /* floats of saxpy */
    TURNED = 8192,        /* rows and columns that are transposed */
    SIDE = 4096,          /* of the matrices that are multiplied */
    SAMPLES = 1 << 16     /* floats that both sides' results are compared in */
};

static struct {
    cuda_sides sides;
    void *peers; /* the module */
} the;

/* ---- work on up to three buffers ---- */

typedef struct work {
    const char *name;
    tn_kernel *kernel;
    tn_grid grid;
    tn_argument arguments[6];
    uint32_t count;
    void *peer;
    unsigned blocks[2];
    unsigned threads[2];
    void *values[6];
} work;

static uint64_t run_ours(void *data)
{
    const work *w = data;

    ours_check(tn_launch_arguments(the.sides.stream, w->kernel, w->grid,
                                   w->arguments, w->count));
    ours_check(tn_stream_sync(the.sides.stream));
    return 0;
}

static uint64_t run_peer(void *data)
{
    work *w = data;

    CU(the.sides.driver.cuLaunchKernel(w->peer, w->blocks[0], w->blocks[1], 1,
                                       w->threads[0], w->threads[1], 1, 0,
                                       the.sides.queue, w->values, NULL));
    CU(the.sides.driver.cuStreamSynchronize(the.sides.queue));
    return 0;
}

static void find(work *w, const char *bundle, const char *name)
{
    tn_module *module = NULL;

    ours_check(tn_module_load(the.sides.device, bundle, &module));
    ours_check(tn_kernel_get(module, name, &w->kernel));
    CU(the.sides.driver.cuModuleGetFunction(&w->peer, the.peers, name));
}

static tn_buffer *new_floats(uint64_t count, cu_address *address)
{
    float *host = malloc(count * sizeof *host);
    tn_buffer *buffer = NULL;
    uint64_t handle = 0;

    if (host == NULL) {
        measure_die("no memory for %llu floats", (unsigned long long)count);
    }
    for (uint64_t i = 0; i < count; ++i) {
        host[i] = (float)(i * 2654435761u % 1000u) / 1000.0f - 0.5f;
    }
    ours_check(
        tn_buffer_create(the.sides.device, count * sizeof *host, &buffer));
    ours_check(
        tn_copy_to(the.sides.stream, buffer, 0, host, count * sizeof *host));
    ours_check(tn_buffer_native(buffer, &handle));
    *address = handle;
    free(host);
    return buffer;
}

/* Both sides compute the same in the middle of a buffer, or no time counts. */
static void compare(work *w, tn_buffer *result, uint64_t count, float tolerance)
{
    static float ours[SAMPLES], peers[SAMPLES];
    uint64_t from = (count - SAMPLES) / 2 * sizeof(float);
    const float nan = NAN;

    run_ours(w);
    ours_check(tn_copy_from(the.sides.stream, result, from, ours, sizeof ours));
    ours_check(tn_fill(the.sides.stream, result, 0, count * sizeof nan, &nan,
                       sizeof nan));
    ours_check(tn_stream_sync(the.sides.stream));
    run_peer(w);
    ours_check(
        tn_copy_from(the.sides.stream, result, from, peers, sizeof peers));
    for (size_t i = 0; i < SAMPLES; ++i) {
        if (!(fabsf(ours[i] - peers[i]) <= tolerance)) {
            measure_die("%s: element %zu is %g here and %g there", w->name, i,
                        (double)ours[i], (double)peers[i]);
        }
    }
}

static void measure(work *w, double goal)
{
    const measure_case what = {.name = w->name,
                               .ours = {"tenon, kernel.h", run_ours, w},
                               .peer = {"CUDA kernel", run_peer, w},
                               .pairs = MEASURE_PAIRS,
                               .batch = 5,
                               .goal = goal};

    measure_run(&what);
}

/* ---- the cases ---- */

static void bench_saxpy(void)
{
    cu_address x, y;
    float k = 0.5f;
    uint32_t n = STREAMED;
    tn_buffer *from = new_floats(n, &x), *to = new_floats(n, &y);
    work w = {.name = "saxpy (a triad), 256 Mi floats",
              .grid = tn_items(n),
              .arguments = {TN_ARGUMENT(k), TN_ARGUMENT(from), TN_ARGUMENT(to),
                            TN_ARGUMENT(n)},
              .count = 4,
              .blocks = {n / 256, 1},
              .threads = {256, 1},
              .values = {&k, &x, &y, &n}};

    find(&w, "vector", "saxpy");
    measure(&w, 1 / 0.95);
    tn_buffer_destroy(from);
    tn_buffer_destroy(to);
}

static void bench_transpose(void)
{
    cu_address a, b;
    int32_t n = TURNED;
    const uint64_t count = (uint64_t)TURNED * TURNED;
    tn_buffer *from = new_floats(count, &a), *to = new_floats(count, &b);
    work w = {.name = "transpose, 8192 x 8192 floats",
              .grid = tn_items2(TURNED, TURNED / 4),
              .arguments = {TN_ARGUMENT(from), TN_ARGUMENT(to), TN_ARGUMENT(n),
                            TN_ARGUMENT(n)},
              .count = 4,
              .blocks = {TURNED / 32, TURNED / 32},
              .threads = {32, 8},
              .values = {&a, &b, &n, &n}};

    find(&w, "matrix", "transpose");
    compare(&w, to, count, 0.0f);
    measure(&w, 1 / 0.95);
    tn_buffer_destroy(from);
    tn_buffer_destroy(to);
}

static void bench_gemm(void)
{
    cu_address a, b, c;
    int32_t n = SIDE;
    const uint64_t count = (uint64_t)SIDE * SIDE;
    tn_buffer *left = new_floats(count, &a), *right = new_floats(count, &b);
    tn_buffer *product = new_floats(count, &c);
    work w = {.name = "gemm, 4096 x 4096 floats, tiles of 64 x 64",
              .grid = tn_items2(SIDE / 4, SIDE / 4),
              .arguments = {TN_ARGUMENT(left), TN_ARGUMENT(right),
                            TN_ARGUMENT(product), TN_ARGUMENT(n),
                            TN_ARGUMENT(n), TN_ARGUMENT(n)},
              .count = 6,
              .blocks = {SIDE / 64, SIDE / 64},
              .threads = {16, 16},
              .values = {&a, &b, &c, &n, &n, &n}};

    find(&w, "matrix", "gemm");
    compare(&w, product, count, 1e-2f);
    measure(&w, 1 / 0.9);
    tn_buffer_destroy(left);
    tn_buffer_destroy(right);
    tn_buffer_destroy(product);
}

/* ---- the program ---- */

/* The file of the peers' kernels, with a NUL behind it, as PTX needs it. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0, room = 0;

    if (file == NULL) {
        measure_die("%s cannot be read", path);
    }
    do {
        room += 1 << 16;
        text = realloc(text, room + 1);
        if (text == NULL) {
            measure_die("no memory for %s", path);
        }
        size += fread(text + size, 1, room - size, file);
    } while (size == room);
    fclose(file);
    text[size] = '\0';
    return text;
}

static void load_peers(const char *path)
{
    char *code = read_file(path);

    CU(the.sides.driver.cuModuleLoadData(&the.peers, code));
    free(code);
}

int main(int argc, char **argv)
{
    const char *library = argc > 2 ? argv[2] : "libcuda.so.1";

    if (argc < 2) {
        fputs("usage: cuda_library FILE [LIBRARY]\n", stderr);
        return 2;
    }
    if (!cuda_sides_open(&the.sides, "cuda_library", library)) {
        return 77;
    }
    load_peers(argv[1]);
    measure_table_begin();
    bench_saxpy();
    bench_transpose();
    bench_gemm();
    tn_runtime_close(the.sides.runtime);
    return EXIT_SUCCESS;
}
