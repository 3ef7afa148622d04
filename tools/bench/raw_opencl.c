/* SPDX-License-Identifier: MIT */
/* OpenCL through the ICD loader, with prototypes of our own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/dl.h"
#include "tools/bench/raw.h"
#include "tools/bench/raw_code.h"
#include "tools/report.h"

typedef struct cl_object *cl_handle;

enum {
    PLATFORMS_MAX = 16,
    DEVICES_MAX = 64,
    NAME_BYTES = 256
};

/* Constants of <CL/cl.h>. */
#define ALL_DEVICES UINT64_C(0xffffffff)
#define DEVICE_NAME 0x102Bu
#define READ_WRITE UINT64_C(1)
#define ALLOC_HOST_POINTER UINT64_C(16)
#define MAP_READ_WRITE UINT64_C(3)

/* X(name, symbol, result, parameters) */
#define FUNCTIONS(X)                                                           \
    X(platforms, clGetPlatformIDs, int,                                        \
      (unsigned room, cl_handle *platforms, unsigned *count))                  \
    X(devices, clGetDeviceIDs, int,                                            \
      (cl_handle platform, uint64_t type, unsigned room, cl_handle *devices,   \
       unsigned *count))                                                       \
    X(device_info, clGetDeviceInfo, int,                                       \
      (cl_handle device, unsigned what, size_t room, void *value,              \
       size_t *bytes))                                                         \
    X(create_context, clCreateContext, cl_handle,                              \
      (const intptr_t *properties, unsigned count, const cl_handle *devices,   \
       void (*notify)(const char *, const void *, size_t, void *), void *data, \
       int *result))                                                           \
    X(create_queue, clCreateCommandQueue, cl_handle,                           \
      (cl_handle context, cl_handle device, uint64_t properties, int *result)) \
    X(create_program, clCreateProgramWithSource, cl_handle,                    \
      (cl_handle context, unsigned count, const char **texts,                  \
       const size_t *bytes, int *result))                                      \
    X(build, clBuildProgram, int,                                              \
      (cl_handle program, unsigned count, const cl_handle *devices,            \
       const char *options, void (*notify)(cl_handle, void *), void *data))    \
    X(create_kernel, clCreateKernel, cl_handle,                                \
      (cl_handle program, const char *name, int *result))                      \
    X(set_argument, clSetKernelArg, int,                                       \
      (cl_handle kernel, unsigned index, size_t bytes, const void *value))     \
    X(create_buffer, clCreateBuffer, cl_handle,                                \
      (cl_handle context, uint64_t flags, size_t bytes, void *host,            \
       int *result))                                                           \
    X(launch, clEnqueueNDRangeKernel, int,                                     \
      (cl_handle queue, cl_handle kernel, unsigned dimensions,                 \
       const size_t *offset, const size_t *items, const size_t *group,         \
       unsigned wait_count, const cl_handle *wait, cl_handle *event))          \
    X(map, clEnqueueMapBuffer, void *,                                         \
      (cl_handle queue, cl_handle buffer, unsigned blocking, uint64_t flags,   \
       size_t offset, size_t bytes, unsigned wait_count,                       \
       const cl_handle *wait, cl_handle *event, int *result))                  \
    X(write, clEnqueueWriteBuffer, int,                                        \
      (cl_handle queue, cl_handle buffer, unsigned blocking, size_t offset,    \
       size_t bytes, const void *host, unsigned wait_count,                    \
       const cl_handle *wait, cl_handle *event))                               \
    X(read, clEnqueueReadBuffer, int,                                          \
      (cl_handle queue, cl_handle buffer, unsigned blocking, size_t offset,    \
       size_t bytes, void *host, unsigned wait_count, const cl_handle *wait,   \
       cl_handle *event))                                                      \
    X(finish, clFinish, int, (cl_handle queue))                                \
    X(release_buffer, clReleaseMemObject, int, (cl_handle buffer))             \
    X(release_kernel, clReleaseKernel, int, (cl_handle kernel))                \
    X(release_program, clReleaseProgram, int, (cl_handle program))             \
    X(release_queue, clReleaseCommandQueue, int, (cl_handle queue))            \
    X(release_context, clReleaseContext, int, (cl_handle context))

static struct opencl_driver {
    tn_dl *library;
#define MEMBER(name, symbol, result, parameters) result(*name) parameters;
    FUNCTIONS(MEMBER)
#undef MEMBER
    cl_handle device;
    cl_handle context;
    cl_handle queue;
    cl_handle program;
    cl_handle empty;
    cl_handle saxpy;
    cl_handle sum;
    cl_handle x;
    cl_handle y;
    cl_handle pinned;
    uint64_t bytes;
} the;

static void check(int result, const char *call)
{
    if (result != 0) {
        exit(report_error(EXIT_FAILED, "OpenCL's %s: error %d", call, result));
    }
}

#define CHECK(name, ...) check(the.name(__VA_ARGS__), #name)

/* ---- opening ---- */

static const char *find_functions(void)
{
    static tn_sentence why;

    if (tn_dl_open("libOpenCL.so.1", &the.library, &why) != TN_OK) {
        return "libOpenCL.so.1 is not there; install an OpenCL ICD loader";
    }
#define FIND(name, symbol, result, parameters)                                 \
    the.name = (result(*) parameters)tn_dl_function(the.library, #symbol);     \
    if (the.name == NULL) {                                                    \
        return "the loader lacks " #symbol;                                    \
    }
    FUNCTIONS(FIND)
#undef FIND
    return NULL;
}

static bool is_named(cl_handle device, const char *name)
{
    char text[NAME_BYTES] = "";

    CHECK(device_info, device, DEVICE_NAME, sizeof text - 1, text, NULL);
    return strstr(text, name) != NULL;
}

static bool find_on(cl_handle platform, const char *name)
{
    cl_handle devices[DEVICES_MAX];
    unsigned count = 0;

    if (the.devices(platform, ALL_DEVICES, DEVICES_MAX, devices, &count) != 0) {
        return false;
    }
    for (unsigned i = 0; i < count && i < DEVICES_MAX; ++i) {
        if (is_named(devices[i], name)) {
            the.device = devices[i];
            return true;
        }
    }
    return false;
}

static bool find_device(const char *name)
{
    cl_handle platforms[PLATFORMS_MAX];
    unsigned count = 0;

    CHECK(platforms, PLATFORMS_MAX, platforms, &count);
    for (unsigned i = 0; i < count && i < PLATFORMS_MAX; ++i) {
        if (find_on(platforms[i], name)) {
            return true;
        }
    }
    return false;
}

static cl_handle build(void)
{
    const char *text = raw_opencl_code;
    int result;
    cl_handle program =
        the.create_program(the.context, 1, &text, NULL, &result);

    check(result, "clCreateProgramWithSource");
    CHECK(build, program, 1, &the.device, "", NULL, NULL);
    return program;
}

static cl_handle kernel_of(cl_handle program, const char *name)
{
    int result;
    cl_handle kernel = the.create_kernel(program, name, &result);

    check(result, "clCreateKernel");
    return kernel;
}

static void load(void *unused)
{
    cl_handle program = build();

    (void)unused;
    CHECK(release_kernel, kernel_of(program, "add"));
    CHECK(release_program, program);
}

static void open_device(void)
{
    int result;

    the.context = the.create_context(NULL, 1, &the.device, NULL, NULL, &result);
    check(result, "clCreateContext");
    the.queue = the.create_queue(the.context, the.device, 0, &result);
    check(result, "clCreateCommandQueue");
    the.program = build();
}

static void close_device(void)
{
    CHECK(release_program, the.program);
    CHECK(release_queue, the.queue);
    CHECK(release_context, the.context);
}

static const char *open_driver(const tn_device_info *info)
{
    const char *why = find_functions();

    if (why != NULL) {
        return why;
    }
    if (!find_device(info->name)) {
        return "no platform has a device of that name";
    }
    open_device();
    the.empty = kernel_of(the.program, "add");
    the.saxpy = kernel_of(the.program, "saxpy");
    the.sum = kernel_of(the.program, "sum");
    return NULL;
}

static void free_buffers(void)
{
    if (the.x != NULL) {
        CHECK(release_buffer, the.x);
        CHECK(release_buffer, the.y);
    }
}

static void close_driver(void)
{
    free_buffers();
    if (the.pinned != NULL) {
        CHECK(release_buffer, the.pinned);
    }
    CHECK(release_kernel, the.empty);
    CHECK(release_kernel, the.saxpy);
    CHECK(release_kernel, the.sum);
    close_device();
}

static cl_handle new_buffer(uint64_t flags, uint64_t bytes)
{
    int result;
    cl_handle buffer =
        the.create_buffer(the.context, flags, bytes, NULL, &result);

    check(result, "clCreateBuffer");
    return buffer;
}

static void set_arguments(void)
{
    float k = 0.5f;
    unsigned none = 0;

    CHECK(set_argument, the.empty, 0, sizeof the.x, &the.x);
    CHECK(set_argument, the.empty, 1, sizeof the.x, &the.y);
    CHECK(set_argument, the.empty, 2, sizeof the.x, &the.y);
    CHECK(set_argument, the.empty, 3, sizeof none, &none);
    CHECK(set_argument, the.saxpy, 0, sizeof k, &k);
    CHECK(set_argument, the.saxpy, 1, sizeof the.x, &the.x);
    CHECK(set_argument, the.saxpy, 2, sizeof the.x, &the.y);
    CHECK(set_argument, the.sum, 0, sizeof the.x, &the.x);
    CHECK(set_argument, the.sum, 1, sizeof the.x, &the.y);
}

static void *map(cl_handle buffer, uint64_t bytes)
{
    int result;
    void *host = the.map(the.queue, buffer, 1, MAP_READ_WRITE, 0, bytes, 0,
                         NULL, NULL, &result);

    check(result, "clEnqueueMapBuffer");
    return memset(host, 0, bytes);
}

static void reserve(uint64_t bytes)
{
    if (bytes <= the.bytes) {
        return;
    }
    free_buffers();
    the.x = new_buffer(READ_WRITE, bytes);
    the.y = new_buffer(READ_WRITE, bytes);
    the.bytes = bytes;
    set_arguments();
}

static void *pinned(uint64_t bytes)
{
    if (the.pinned != NULL) {
        CHECK(release_buffer, the.pinned);
    }
    the.pinned = new_buffer(READ_WRITE | ALLOC_HOST_POINTER, bytes);
    return map(the.pinned, bytes);
}

/* ---- work ---- */

static void wait(void *unused)
{
    (void)unused;
    CHECK(finish, the.queue);
}

static void enqueue(cl_handle kernel, size_t items)
{
    size_t group = RAW_ITEMS;

    CHECK(launch, the.queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL);
}

static void submit(void *unused)
{
    (void)unused;
    enqueue(the.empty, (size_t)RAW_GROUPS * RAW_ITEMS);
}

static void launch(void *unused)
{
    submit(unused);
    wait(unused);
}

static void chain(void *unused)
{
    for (int i = 0; i < RAW_CHAIN; ++i) {
        submit(unused);
    }
    wait(unused);
}

static void allocate(void *bytes)
{
    CHECK(release_buffer, new_buffer(READ_WRITE, *(uint64_t *)bytes));
}

static void copy(void *data)
{
    const raw_copy *c = data;

    if (c->to_device) {
        CHECK(write, the.queue, the.x, 1, 0, c->bytes, c->host, 0, NULL, NULL);
    } else {
        CHECK(read, the.queue, the.x, 1, 0, c->bytes, c->host, 0, NULL, NULL);
    }
}

static size_t whole_groups(uint32_t count)
{
    return ((size_t)count + RAW_ITEMS - 1) / RAW_ITEMS * RAW_ITEMS;
}

static void saxpy(void *count)
{
    CHECK(set_argument, the.saxpy, 3, sizeof(uint32_t), count);
    enqueue(the.saxpy, whole_groups(*(uint32_t *)count));
    wait(NULL);
}

static void sum(void *count)
{
    CHECK(set_argument, the.sum, 2, sizeof(uint32_t), count);
    enqueue(the.sum, whole_groups(*(uint32_t *)count));
    wait(NULL);
}

static void first(void *unused)
{
    const struct opencl_driver kept = the;
    float k = 1, value = 1;
    unsigned n = 1;

    (void)unused;
    open_device();
    cl_handle kernel = kernel_of(the.program, "saxpy");
    cl_handle memory = new_buffer(READ_WRITE, sizeof value);

    CHECK(write, the.queue, memory, 1, 0, sizeof value, &value, 0, NULL, NULL);
    CHECK(set_argument, kernel, 0, sizeof k, &k);
    CHECK(set_argument, kernel, 1, sizeof memory, &memory);
    CHECK(set_argument, kernel, 2, sizeof memory, &memory);
    CHECK(set_argument, kernel, 3, sizeof n, &n);
    enqueue(kernel, RAW_ITEMS);
    CHECK(read, the.queue, memory, 1, 0, sizeof value, &value, 0, NULL, NULL);
    raw_check_first(value);
    CHECK(release_buffer, memory);
    CHECK(release_kernel, kernel);
    close_device();
    the = kept;
}

const raw_driver raw_opencl = {
    .backend = "opencl",
    .name = "OpenCL",
    .open = open_driver,
    .close = close_driver,
    .submit = submit,
    .wait = wait,
    .launch = launch,
    .chain = chain,
    .allocate = allocate,
    .reserve = reserve,
    .pinned = pinned,
    .copy = copy,
    .saxpy = saxpy,
    .sum = sum,
    .first = first,
    .load = load,
    .code = raw_opencl_code,
};
