/* SPDX-License-Identifier: MIT */
/* The CUDA Driver API, with prototypes of our own: no toolkit is needed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/dl.h"
#include "tools/bench/raw.h"
#include "tools/bench/raw_code.h"
#include "tools/report.h"

typedef struct cu_object *cu_handle;
typedef uint64_t cu_pointer;

enum {
    NON_BLOCKING = 1, /* CU_STREAM_NON_BLOCKING */
    CAPTURE_RELAXED = 2
};

/* X(name, symbol, parameters); each gives 0 or the driver's number */
#define FUNCTIONS(X)                                                           \
    X(init, cuInit, (unsigned flags))                                          \
    X(device_get, cuDeviceGet, (int *device, int ordinal))                     \
    X(retain, cuDevicePrimaryCtxRetain, (cu_handle * context, int device))     \
    X(release, cuDevicePrimaryCtxRelease_v2, (int device))                     \
    X(set_current, cuCtxSetCurrent, (cu_handle context))                       \
    X(module_load, cuModuleLoadData, (cu_handle * module, const void *image))  \
    X(module_unload, cuModuleUnload, (cu_handle module))                       \
    X(get_function, cuModuleGetFunction,                                       \
      (cu_handle * function, cu_handle module, const char *name))              \
    X(stream_create, cuStreamCreate, (cu_handle * stream, unsigned flags))     \
    X(stream_destroy, cuStreamDestroy_v2, (cu_handle stream))                  \
    X(stream_sync, cuStreamSynchronize, (cu_handle stream))                    \
    X(launch, cuLaunchKernel,                                                  \
      (cu_handle function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, \
       unsigned by, unsigned bz, unsigned shared, cu_handle stream,            \
       void **parameters, void **extra))                                       \
    X(alloc, cuMemAlloc_v2, (cu_pointer * pointer, size_t bytes))              \
    X(free, cuMemFree_v2, (cu_pointer pointer))                                \
    X(alloc_async, cuMemAllocAsync,                                            \
      (cu_pointer * pointer, size_t bytes, cu_handle stream))                  \
    X(free_async, cuMemFreeAsync, (cu_pointer pointer, cu_handle stream))      \
    X(host_alloc, cuMemHostAlloc,                                              \
      (void **pointer, size_t bytes, unsigned flags))                          \
    X(host_free, cuMemFreeHost, (void *pointer))                               \
    X(set_u32, cuMemsetD32_v2, (cu_pointer to, unsigned value, size_t count))  \
    X(copy_to, cuMemcpyHtoD_v2,                                                \
      (cu_pointer to, const void *from, size_t bytes))                         \
    X(copy_from, cuMemcpyDtoH_v2, (void *to, cu_pointer from, size_t bytes))   \
    X(begin_capture, cuStreamBeginCapture_v2,                                  \
      (cu_handle stream, unsigned mode))                                       \
    X(end_capture, cuStreamEndCapture, (cu_handle stream, cu_handle * graph))  \
    X(instantiate, cuGraphInstantiateWithFlags,                                \
      (cu_handle * graph_exec, cu_handle graph, unsigned long long flags))     \
    X(graph_launch, cuGraphLaunch, (cu_handle graph_exec, cu_handle stream))

static struct {
    tn_dl *library;
#define MEMBER(name, symbol, parameters) int(*name) parameters;
    FUNCTIONS(MEMBER)
#undef MEMBER
    int device;
    cu_handle stream;
    cu_handle module;
    cu_handle empty;
    cu_handle saxpy;
    cu_handle sum;
    cu_handle graph;
    cu_pointer x;
    cu_pointer y;
    uint64_t bytes;
    void *pinned;
} the;

static void check(int result, const char *call)
{
    if (result != 0) {
        exit(report_error(EXIT_FAILED, "the CUDA driver's %s: error %d", call,
                          result));
    }
}

#define CHECK(name, ...) check(the.name(__VA_ARGS__), #name)

/* ---- opening ---- */

static const char *find_functions(void)
{
    static tn_sentence why;

    if (tn_dl_open("libcuda.so.1", &the.library, &why) != TN_OK) {
        return "libcuda.so.1 is not there; install the NVIDIA driver";
    }
#define FIND(name, symbol, parameters)                                         \
    the.name = (int(*) parameters)tn_dl_function(the.library, #symbol);        \
    if (the.name == NULL) {                                                    \
        return "the driver lacks " #symbol;                                    \
    }
    FUNCTIONS(FIND)
#undef FIND
    return NULL;
}

static void load(void *unused)
{
    cu_handle module;
    cu_handle function;

    (void)unused;
    CHECK(module_load, &module, raw_cuda_code);
    CHECK(get_function, &function, module, "add");
    CHECK(module_unload, module);
}

static const char *open_driver(const tn_device_info *info)
{
    cu_handle context;
    const char *why = find_functions();

    if (why != NULL) {
        return why;
    }
    CHECK(init, 0);
    CHECK(device_get, &the.device, info->dlpack_ordinal);
    CHECK(retain, &context, the.device);
    CHECK(set_current, context);
    CHECK(stream_create, &the.stream, NON_BLOCKING);
    CHECK(module_load, &the.module, raw_cuda_code);
    CHECK(get_function, &the.empty, the.module, "add");
    CHECK(get_function, &the.saxpy, the.module, "saxpy");
    CHECK(get_function, &the.sum, the.module, "sum");
    return NULL;
}

static void free_buffers(void)
{
    if (the.x != 0) {
        CHECK(free, the.x);
        CHECK(free, the.y);
    }
}

static void close_driver(void)
{
    free_buffers();
    if (the.pinned != NULL) {
        CHECK(host_free, the.pinned);
    }
    CHECK(module_unload, the.module);
    CHECK(stream_destroy, the.stream);
    CHECK(set_current, NULL);
    CHECK(release, the.device);
}

static void reserve(uint64_t bytes)
{
    if (bytes <= the.bytes) {
        return;
    }
    free_buffers();
    CHECK(alloc, &the.x, bytes);
    CHECK(alloc, &the.y, bytes);
    CHECK(set_u32, the.x, 0, bytes / 4);
    CHECK(set_u32, the.y, 0, bytes / 4);
    the.bytes = bytes;
}

static void *pinned(uint64_t bytes)
{
    if (the.pinned != NULL) {
        CHECK(host_free, the.pinned);
    }
    CHECK(host_alloc, &the.pinned, bytes, 0);
    return memset(the.pinned, 0, bytes);
}

/* ---- work ---- */

static void wait(void *unused)
{
    (void)unused;
    CHECK(stream_sync, the.stream);
}

static void submit(void *unused)
{
    unsigned n = 0;
    void *parameters[] = {&the.x, &the.y, &the.y, &n};

    (void)unused;
    CHECK(launch, the.empty, RAW_GROUPS, 1, 1, RAW_ITEMS, 1, 1, 0, the.stream,
          parameters, NULL);
}

static void launch(void *unused)
{
    submit(unused);
    wait(unused);
}

static void submit_chain(void)
{
    for (int i = 0; i < RAW_CHAIN; ++i) {
        submit(NULL);
    }
}

static void chain(void *unused)
{
    submit_chain();
    wait(unused);
}

static void graph(void *unused)
{
    if (the.graph == NULL) {
        cu_handle recorded;

        CHECK(begin_capture, the.stream, CAPTURE_RELAXED);
        submit_chain();
        CHECK(end_capture, the.stream, &recorded);
        CHECK(instantiate, &the.graph, recorded, 0);
    }
    CHECK(graph_launch, the.graph, the.stream);
    wait(unused);
}

static void allocate(void *bytes)
{
    cu_pointer memory;

    CHECK(alloc, &memory, *(uint64_t *)bytes);
    CHECK(free, memory);
}

static void allocate_ordered(void *bytes)
{
    cu_pointer memory;

    CHECK(alloc_async, &memory, *(uint64_t *)bytes, the.stream);
    CHECK(free_async, memory, the.stream);
}

static void copy(void *data)
{
    const raw_copy *c = data;

    if (c->to_device) {
        CHECK(copy_to, the.x, c->host, c->bytes);
    } else {
        CHECK(copy_from, c->host, the.x, c->bytes);
    }
}

static unsigned groups(uint32_t count)
{
    return count / RAW_ITEMS + (count % RAW_ITEMS != 0);
}

static void saxpy(void *count)
{
    float k = 0.5f;
    void *parameters[] = {&k, &the.x, &the.y, count};

    CHECK(launch, the.saxpy, groups(*(uint32_t *)count), 1, 1, RAW_ITEMS, 1, 1,
          0, the.stream, parameters, NULL);
    wait(NULL);
}

static void sum(void *count)
{
    void *parameters[] = {&the.x, &the.y, count};

    CHECK(launch, the.sum, groups(*(uint32_t *)count), 1, 1, RAW_ITEMS, 1, 1, 0,
          the.stream, parameters, NULL);
    wait(NULL);
}

static void first(void *unused)
{
    cu_handle context, stream, module, function;
    cu_pointer memory;
    float k = 1, value = 1;
    unsigned n = 1;
    void *parameters[] = {&k, &memory, &memory, &n};

    (void)unused;
    CHECK(retain, &context, the.device);
    CHECK(set_current, context);
    CHECK(stream_create, &stream, NON_BLOCKING);
    CHECK(module_load, &module, raw_cuda_code);
    CHECK(get_function, &function, module, "saxpy");
    CHECK(alloc, &memory, sizeof value);
    CHECK(copy_to, memory, &value, sizeof value);
    CHECK(launch, function, 1, 1, 1, RAW_ITEMS, 1, 1, 0, stream, parameters,
          NULL);
    CHECK(stream_sync, stream);
    CHECK(copy_from, &value, memory, sizeof value);
    raw_check_first(value);
    CHECK(free, memory);
    CHECK(module_unload, module);
    CHECK(stream_destroy, stream);
    CHECK(release, the.device);
}

const raw_driver raw_cuda = {
    .backend = "cuda",
    .name = "CUDA driver",
    .open = open_driver,
    .close = close_driver,
    .submit = submit,
    .wait = wait,
    .launch = launch,
    .chain = chain,
    .graph = graph,
    .allocate = allocate,
    .allocate_ordered = allocate_ordered,
    .reserve = reserve,
    .pinned = pinned,
    .copy = copy,
    .saxpy = saxpy,
    .sum = sum,
    .first = first,
    .load = load,
    .code = raw_cuda_code,
};
