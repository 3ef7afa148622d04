/* SPDX-License-Identifier: MIT */
/*
 * launch_cost MODE LIBRARY FOLDER: the same launch of four arguments, again and
 * again. launch_cost.sh counts the instructions of launch_MODE():
 *
 *     raw    by a direct call of the driver
 *     tenon  through Tenon
 *     group  the same in groups of a size that the caller chose
 *     plane  the same in two dimensions
 *     sized  the same as tenon for a kernel whose buffers have extents
 *     at     the same with offsets into the buffers
 *
 * Its files are written into the folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char bundle[] =
    "[bundle]\nformat = 1\nname = cost\n[kernel add]\narg.0 = in f32* a [n]\n"
    "arg.1 = in f32* b [n]\narg.2 = out f32* c [n]\narg.3 = u32 n\n"
    "[variant ptx]\nformat = ptx\nfile = cost.ptx\n";

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

__attribute__((noinline)) static tn_status
launch_group(tn_stream *stream, tn_kernel *add, tn_buffer *const buffers[3],
             uint32_t n)
{
    return tn_launch(stream, add, tn_in_groups(tn_items(n), 128, 1, 1),
                     buffers[0], buffers[1], buffers[2], n);
}

__attribute__((noinline)) static tn_status
launch_plane(tn_stream *stream, tn_kernel *add, tn_buffer *const buffers[3],
             uint32_t n)
{
    return tn_launch(stream, add, tn_in_groups(tn_items2(n, 16), 32, 8, 1),
                     buffers[0], buffers[1], buffers[2], n);
}

__attribute__((noinline)) static tn_status
launch_sized(tn_stream *stream, tn_kernel *add, tn_buffer *const buffers[3],
             uint32_t n)
{
    return tn_launch(stream, add, tn_items(n), buffers[0], buffers[1],
                     buffers[2], n);
}

__attribute__((noinline)) static tn_status
launch_at(tn_stream *stream, tn_kernel *add, tn_buffer *const buffers[3],
          uint32_t n)
{
    return tn_launch(stream, add, tn_items(n), tn_at(buffers[0], 256),
                     tn_at(buffers[1], 256), tn_at(buffers[2], 256), n);
}

static void check(tn_status status)
{
    if (status != TN_OK) {
        die("tenon", tn_error_message());
    }
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) {
        die(path, "cannot be written");
    }
}

typedef tn_status (*launch_tenon_function)(tn_stream *, tn_kernel *,
                                           tn_buffer *const *, uint32_t);

static launch_tenon_function find_mode(const char *name)
{
    static const struct {
        const char *name;
        launch_tenon_function launch;
    } modes[] = {{"tenon", launch_tenon},
                 {"group", launch_group},
                 {"plane", launch_plane},
                 {"sized", launch_sized},
                 {"at", launch_at}};

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; ++i) {
        if (strcmp(modes[i].name, name) == 0) {
            return modes[i].launch;
        }
    }
    die(name, "no such mode");
    return NULL;
}

/* In the folder stand tenon.ini and the bundle. */
static void run_tenon(const char *mode, const char *folder)
{
    launch_tenon_function launch = find_mode(mode);
    char configuration[256];

    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_kernel *add;
    tn_buffer *buffers[3];

    snprintf(configuration, sizeof configuration, "%s/tenon.ini", folder);
    check(tn_runtime_open(configuration, &runtime));
    check(tn_device_default(runtime, &device));
    check(tn_stream_create(device, &stream));
    if (launch == launch_sized) {
        check(tn_module_load(device, folder, &module));
    } else {
        check(tn_module_load_data(device, ptx, sizeof ptx - 1, NULL, &module));
    }
    check(tn_kernel_get(module, "add", &add));
    for (int i = 0; i < 3; ++i) {
        check(tn_buffer_create(device, 2 * N * sizeof(uint32_t), &buffers[i]));
    }
    for (int i = 0; i < LAUNCHES; ++i) {
        check(launch(stream, add, buffers, N));
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
    char text[512];

    if (argc != 4) {
        die("usage", "launch_cost MODE LIBRARY FOLDER");
    }
    if (strcmp(argv[1], "raw") == 0) {
        run_raw(argv[2]);
        return EXIT_SUCCESS;
    }
    snprintf(text, sizeof text,
             "[runtime]\nbackend = cuda\n[backend cuda]\nlibrary = %s\n",
             argv[2]);
    write_file(argv[3], "tenon.ini", text);
    write_file(argv[3], "bundle.ini", bundle);
    write_file(argv[3], "cost.ptx", ptx);
    run_tenon(argv[1], argv[3]);
    return EXIT_SUCCESS;
}
