/* SPDX-License-Identifier: MIT */
/*
 * One launch through Tenon's opencl backend beside the same calls of OpenCL
 * written by hand, on the same context and buffers, arguments that stay.
 *
 *     opencl_launch            both in turn; fails over 1.02 times the time
 *     opencl_launch COUNT      COUNT of each, for tools that count
 *
 * Exit status 77 where there is no OpenCL device.
 */
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tenon/tenon.h>

#include "common/dl.h"

enum {
    ITEMS = 64,
    LAUNCHES = 50, /* of a sample */
    PAIRS = 401,
    SKIPPED = 77
};

static const char source[] =
    "__kernel void add(__global const uint *a, __global const uint *b,\n"
    "                  __global uint *c, uint n)\n"
    "{\n"
    "    size_t i = get_global_id(0);\n"
    "    if (i < n) {\n"
    "        c[i] = a[i] + b[i];\n"
    "    }\n"
    "}\n";

/* X(name without cl) */
#define FUNCTIONS(X)                                                           \
    X(GetCommandQueueInfo)                                                     \
    X(CreateCommandQueue)                                                      \
    X(CreateProgramWithSource)                                                 \
    X(BuildProgram)                                                            \
    X(CreateKernel)                                                            \
    X(CreateBuffer)                                                            \
    X(SetKernelArg)                                                            \
    X(EnqueueNDRangeKernel)                                                    \
    X(Flush)                                                                   \
    X(Finish)

static struct {
#define FUNCTION(name) __typeof__(&cl##name) name;
    FUNCTIONS(FUNCTION)
#undef FUNCTION
} cl;

/* The two sides. */
static tn_stream *stream;
static tn_kernel *kernel;
static tn_buffer *buffers[3];
static cl_command_queue queue;
static cl_kernel plain_kernel;

static void check(tn_status status)
{
    if (status != TN_OK) {
        fprintf(stderr, "opencl_launch: %s\n", tn_error_message());
        exit(status == TN_ERROR_UNAVAILABLE ? SKIPPED : EXIT_FAILURE);
    }
}

static void check_code(cl_int code)
{
    if (code != CL_SUCCESS) {
        fprintf(stderr, "opencl_launch: OpenCL answers %d\n", (int)code);
        exit(EXIT_FAILURE);
    }
}

static void open_tenon(tn_runtime **runtime)
{
    const tn_setting settings[] = {
        {.section = "runtime", .key = "backend", .value = "opencl"}};
    const tn_options options = {
        .size = sizeof options, .settings = settings, .setting_count = 1};
    tn_device *device;
    tn_module *module;

    check(tn_runtime_open_with(&options, runtime));
    check(tn_device_default(*runtime, &device));
    check(tn_stream_create(device, &stream));
    check(tn_module_load_data(device, source, sizeof source - 1, "", &module));
    check(tn_kernel_get(module, "add", &kernel));
    for (int i = 0; i < 3; ++i) {
        check(tn_buffer_create(device, ITEMS * sizeof(uint32_t), &buffers[i]));
    }
}

static void open_functions(void)
{
    tn_dl *library = NULL;
    tn_sentence why;

    if (tn_dl_open("libOpenCL.so.1", &library, &why) != TN_OK) {
        fprintf(stderr, "opencl_launch: %s\n", why.text);
        exit(SKIPPED);
    }
#define FIND(name)                                                             \
    cl.name = (__typeof__(cl.name))tn_dl_function(library, "cl" #name);
    FUNCTIONS(FIND)
#undef FIND
}

/* The same context, so that both sides have the same driver threads. */
static void open_plain(void)
{
    const char *text = source;
    cl_uint n = ITEMS;
    uint64_t native;
    cl_context context;
    cl_device_id device;
    cl_int code;

    open_functions();
    check(tn_stream_native(stream, &native));
    cl_command_queue ours = (cl_command_queue)(uintptr_t)native;

    check_code(cl.GetCommandQueueInfo(ours, CL_QUEUE_CONTEXT, sizeof context,
                                      &context, NULL));
    check_code(cl.GetCommandQueueInfo(ours, CL_QUEUE_DEVICE, sizeof device,
                                      &device, NULL));
    queue = cl.CreateCommandQueue(context, device, 0, &code);
    check_code(code);
    cl_program program =
        cl.CreateProgramWithSource(context, 1, &text, NULL, &code);

    check_code(code);
    check_code(cl.BuildProgram(program, 1, &device, "", NULL, NULL));
    plain_kernel = cl.CreateKernel(program, "add", &code);
    check_code(code);
    for (cl_uint i = 0; i < 3; ++i) {
        cl_mem buffer = cl.CreateBuffer(context, CL_MEM_READ_WRITE,
                                        ITEMS * sizeof(uint32_t), NULL, &code);

        check_code(code);
        check_code(cl.SetKernelArg(plain_kernel, i, sizeof buffer, &buffer));
    }
    check_code(cl.SetKernelArg(plain_kernel, 3, sizeof n, &n));
}

static void launch_through_tenon(void)
{
    const tn_grid grid = {.items = {ITEMS, 1, 1}, .group = {ITEMS, 1, 1}};

    check(tn_launch(stream, kernel, grid, buffers[0], buffers[1], buffers[2],
                    (uint32_t)ITEMS));
}

__attribute__((noinline)) static void launch_by_hand(void)
{
    const size_t items[3] = {ITEMS, 1, 1};

    check_code(cl.EnqueueNDRangeKernel(queue, plain_kernel, 3, NULL, items,
                                       items, 0, NULL, NULL));
    check_code(cl.Flush(queue));
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

/* Microseconds of one launch, with its part of a wait at the end. */
static double sample(void (*launch)(void), int count)
{
    double start = now();

    for (int i = 0; i < count; ++i) {
        launch();
    }
    check(tn_stream_sync(stream));
    check_code(cl.Finish(queue));
    return (now() - start) / count;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double sorted_at(double *values, double part)
{
    qsort(values, PAIRS, sizeof *values, compare);
    return values[(int)(part * (PAIRS - 1))];
}

static int measure(void)
{
    static double ratios[PAIRS];
    static double tenon[PAIRS];
    static double plain[PAIRS];

    for (int i = 0; i < PAIRS; ++i) {
        if (i % 2 == 0) {
            tenon[i] = sample(launch_through_tenon, LAUNCHES);
        }
        plain[i] = sample(launch_by_hand, LAUNCHES);
        if (i % 2 != 0) {
            tenon[i] = sample(launch_through_tenon, LAUNCHES);
        }
        ratios[i] = tenon[i] / plain[i];
    }
    double ratio = sorted_at(ratios, 0.5);

    printf("opencl_launch: through Tenon %.3f us, by hand %.3f us (medians)\n",
           sorted_at(tenon, 0.5), sorted_at(plain, 0.5));
    printf("opencl_launch: ratio %.3f, from %.3f to %.3f in half of %d pairs\n",
           ratio, sorted_at(ratios, 0.25), sorted_at(ratios, 0.75), PAIRS);
    return ratio <= 1.02 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    tn_runtime *runtime;
    int result = EXIT_SUCCESS;

    open_tenon(&runtime);
    open_plain();
    sample(launch_through_tenon, LAUNCHES);
    sample(launch_by_hand, LAUNCHES);
    if (argc > 1) {
        sample(launch_through_tenon, atoi(argv[1]));
        sample(launch_by_hand, atoi(argv[1]));
    } else {
        result = measure();
    }
    tn_runtime_close(runtime);
    return result;
}
