/* SPDX-License-Identifier: MIT */
/*
 * launch_cost tenon|raw LIBRARY: the same launch of four arguments, again and
 * again, through Tenon and by a direct call of the driver. launch_cost.sh
 * counts the instructions of launch_tenon() and launch_raw().
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/dl.h"
#include "plugins/cuda/driver_types.h"

enum {
    LAUNCHES = 1000, /* as in launch_cost.sh */
    ITEMS = 256,     /* what a kernel gets that asks for no group size */
    N = 1024
};

static const char ptx[] =
    ".version 6.3\n.target sm_70\n.address_size 64\n"
    ".visible .entry add(.param .u64 add_param_0, .param .u64 add_param_1,\n"
    "    .param .u64 add_param_2, .param .u32 add_param_3)\n"
    "{\n    ret;\n}\n";

static void die(const char *what, const char *why)
{
    fprintf(stderr, "launch_cost: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* ---- through Tenon ---- */

__attribute__((noinline)) static tn_status
launch_tenon(tn_stream *stream, tn_kernel *add, tn_buffer *const buffers[3],
             uint32_t n)
{
    return tn_launch(stream, add, tn_items(n), buffers[0], buffers[1],
                     buffers[2], n);
}

static void check(tn_status status)
{
    if (status != TN_OK) {
        die("tenon", tn_error_message());
    }
}

static void run_tenon(const char *configuration)
{
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_kernel *add;
    tn_buffer *buffers[3];

    check(tn_runtime_open(configuration, &runtime));
    check(tn_device_default(runtime, &device));
    check(tn_stream_create(device, &stream));
    check(tn_module_load_data(device, ptx, sizeof ptx - 1, NULL, &module));
    check(tn_kernel_get(module, "add", &add));
    for (int i = 0; i < 3; ++i) {
        check(tn_buffer_create(device, N * sizeof(uint32_t), &buffers[i]));
    }
    for (int i = 0; i < LAUNCHES; ++i) {
        check(launch_tenon(stream, add, buffers, N));
    }
    check(tn_stream_sync(stream));
    tn_runtime_close(runtime);
}

/* ---- by a direct call ---- */

typedef cuda_result (*launch_function)(cuda_function, unsigned, unsigned,
                                       unsigned, unsigned, unsigned, unsigned,
                                       unsigned, cuda_queue, void **, void **);

__attribute__((noinline)) static cuda_result
launch_raw(launch_function launch, cuda_function add, cuda_queue queue,
           cuda_address *const buffers[3], uint32_t n)
{
    void *arguments[] = {buffers[0], buffers[1], buffers[2], &n};

    return launch(add, n / ITEMS, 1, 1, ITEMS, 1, 1, 0, queue, arguments, NULL);
}

static tn_dl *library;

#define CALL(name, types, ...)                                                 \
    do {                                                                       \
        cuda_result(*function) types =                                         \
            (cuda_result(*) types)tn_dl_function(library, #name);              \
        if (function == NULL || function(__VA_ARGS__) != TN_CUDA_SUCCESS) {    \
            die(#name, "failed");                                              \
        }                                                                      \
    } while (0)

static void run_raw(const char *path)
{
    tn_sentence why;
    cuda_context context;
    cuda_queue queue;
    cuda_code code;
    cuda_function add;
    cuda_address memory[3];
    cuda_address *buffers[3] = {&memory[0], &memory[1], &memory[2]};

    if (tn_dl_open(path, &library, &why) != TN_OK) {
        die(path, why.text);
    }
    launch_function launch =
        (launch_function)tn_dl_function(library, "cuLaunchKernel");

    CALL(cuInit, (unsigned), 0);
    CALL(cuDevicePrimaryCtxRetain, (cuda_context *, int), &context, 0);
    CALL(cuCtxPushCurrent_v2, (cuda_context), context);
    CALL(cuStreamCreateWithPriority, (cuda_queue *, unsigned, int), &queue, 1,
         0);
    CALL(cuModuleLoadDataEx,
         (cuda_code *, const void *, unsigned, unsigned *, void **), &code, ptx,
         0, NULL, NULL);
    CALL(cuModuleGetFunction, (cuda_function *, cuda_code, const char *), &add,
         code, "add");
    for (int i = 0; i < 3; ++i) {
        CALL(cuMemAlloc_v2, (cuda_address *, size_t), &memory[i],
             N * sizeof(uint32_t));
    }
    for (int i = 0; i < LAUNCHES; ++i) {
        if (launch == NULL ||
            launch_raw(launch, add, queue, buffers, N) != TN_CUDA_SUCCESS) {
            die("cuLaunchKernel", "failed");
        }
    }
    CALL(cuStreamSynchronize, (cuda_queue), queue);
}

/* ---- */

int main(int argc, char **argv)
{
    char path[] = "/tmp/tenon-launch-cost-XXXXXX";

    if (argc != 3) {
        die("usage", "launch_cost tenon|raw LIBRARY");
    }
    if (strcmp(argv[1], "raw") == 0) {
        run_raw(argv[2]);
        return EXIT_SUCCESS;
    }
    int descriptor = mkstemp(path);

    if (descriptor < 0 ||
        dprintf(descriptor,
                "[runtime]\nbackend = cuda\n[backend cuda]\nlibrary = %s\n",
                argv[2]) < 0) {
        die(path, "cannot be written");
    }
    close(descriptor);
    run_tenon(path);
    unlink(path);
    return EXIT_SUCCESS;
}
