/* SPDX-License-Identifier: MIT */
/* The first device of the CUDA driver, by plain calls of the driver. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/dl.h"
#include "tests/kernels/device.h"

const char device_file[] = "dialect/dialect.ptx";
const bool device_has_offsets = false;

/* Of cuda.h, which need not be there. */
typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
enum {
    CU_JIT_ERROR_LOG_BUFFER = 5,
    CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6
};
#define FUNCTIONS(X)                                                           \
    X(cuInit, unsigned)                                                        \
    X(cuDeviceGet, CUdevice *, int)                                            \
    X(cuDeviceGetName, char *, int, CUdevice)                                  \
    X(cuDevicePrimaryCtxRetain, void **, CUdevice)                             \
    X(cuDevicePrimaryCtxRelease_v2, CUdevice)                                  \
    X(cuCtxSetCurrent, void *)                                                 \
    X(cuModuleLoadDataEx, void **, const void *, unsigned, int *, void **)     \
    X(cuModuleUnload, void *)                                                  \
    X(cuModuleGetFunction, void **, void *, const char *)                      \
    X(cuMemAlloc_v2, CUdeviceptr *, size_t)                                    \
    X(cuMemFree_v2, CUdeviceptr)                                               \
    X(cuMemcpyHtoD_v2, CUdeviceptr, const void *, size_t)                      \
    X(cuMemcpyDtoH_v2, void *, CUdeviceptr, size_t)                            \
    X(cuCtxSynchronize, void)                                                  \
    X(cuLaunchKernel, void *, unsigned, unsigned, unsigned, unsigned,          \
      unsigned, unsigned, unsigned, void *, void **, void **)

#define POINTER(name, ...) static CUresult (*name)(__VA_ARGS__);
FUNCTIONS(POINTER)

static tn_dl *library;
static CUdevice device;
static void *context;
static void *module;

static void check(CUresult error, const char *call)
{
    if (error != 0) {
        fprintf(stderr, "%s: error %d\n", call, error);
        abort();
    }
}

static bool open_driver(void)
{
    tn_sentence why;

    if (tn_dl_open("libcuda.so.1", &library, &why) != TN_OK) {
        return false;
    }
#define FIND(name, ...)                                                        \
    name = (__typeof__(name))tn_dl_function(library, #name);                   \
    if (name == NULL) {                                                        \
        return false;                                                          \
    }
    FUNCTIONS(FIND)
    return cuInit(0) == 0 && cuDeviceGet(&device, 0) == 0;
}

static tn_status build(const char *program, tn_sentence *why)
{
    char log[4096] = "";
    int options[] = {CU_JIT_ERROR_LOG_BUFFER,
                     CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)(uintptr_t)sizeof log};
    CUresult error = cuModuleLoadDataEx(&module, program, 2, options, values);

    if (error != 0) {
        tn_sentence_set(why, "cuModuleLoadDataEx: error %d: %s", error, log);
        return TN_ERROR_BUILD;
    }
    return TN_OK;
}

tn_status device_open(const char *program, tn_sentence *why)
{
    char name[256] = "";

    if (!open_driver()) {
        tn_sentence_set(why, "there is no NVIDIA GPU, or no driver for it");
        return TN_ERROR_UNAVAILABLE;
    }
    check(cuDeviceGetName(name, sizeof name, device), "cuDeviceGetName");
    printf("device: %s\n", name);
    check(cuDevicePrimaryCtxRetain(&context, device),
          "cuDevicePrimaryCtxRetain");
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    return build(program, why);
}

uint32_t device_max_items(void)
{
    return 1024;
}

/* The blocks lie behind each other, as kernel.h says: each at its offset. */
static void launch_with(const device_launch *launch, void **values,
                        uint32_t local_bytes)
{
    const uint32_t *groups = launch->groups;
    const uint32_t *items = launch->items;
    void *function;

    check(cuModuleGetFunction(&function, module, launch->kernel),
          launch->kernel);
    check(cuLaunchKernel(function, groups[0], groups[1], groups[2], items[0],
                         items[1], items[2], local_bytes, NULL, values, NULL),
          launch->kernel);
    check(cuCtxSynchronize(), launch->kernel);
}

void device_run(const device_launch *launch)
{
    /* a buffer's address, or a block's offset */
    CUdeviceptr words[32] = {0};
    void *values[32];
    uint64_t local_bytes = 0;

    for (uint32_t i = 0; i < launch->count; ++i) {
        const device_argument *argument = &launch->arguments[i];

        values[i] = &words[i];
        if (argument->type == TN_TYPE_BUFFER) {
            check(cuMemAlloc_v2(&words[i], argument->bytes), "cuMemAlloc");
            check(cuMemcpyHtoD_v2(words[i], argument->value, argument->bytes),
                  "cuMemcpyHtoD");
        } else if (argument->type == TN_TYPE_LOCAL) {
            words[i] = local_bytes;
            local_bytes += (argument->bytes + 63) / 64 * 64;
        } else {
            values[i] = argument->value;
        }
    }
    launch_with(launch, values, (uint32_t)local_bytes);
    for (uint32_t i = 0; i < launch->count; ++i) {
        const device_argument *argument = &launch->arguments[i];

        if (argument->type == TN_TYPE_BUFFER) {
            check(cuMemcpyDtoH_v2(argument->value, words[i], argument->bytes),
                  "cuMemcpyDtoH");
            check(cuMemFree_v2(words[i]), "cuMemFree");
        }
    }
}

void device_close(void)
{
    check(cuModuleUnload(module), "cuModuleUnload");
    check(cuDevicePrimaryCtxRelease_v2(device), "cuDevicePrimaryCtxRelease");
}
