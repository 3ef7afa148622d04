/* SPDX-License-Identifier: MIT */
/* The first device of the first OpenCL platform, by plain calls of OpenCL. */
#define CL_TARGET_OPENCL_VERSION 120
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CL/cl.h>

#include "common/dl.h"
#include "tests/kernels/device.h"

const char device_file[] = "dialect/dialect.cl";
const bool device_has_offsets = true;

/* The loader need not be there. */
#define FUNCTIONS(X)                                                           \
    X(clBuildProgram)                                                          \
    X(clCreateBuffer)                                                          \
    X(clCreateCommandQueue)                                                    \
    X(clCreateContext)                                                         \
    X(clCreateKernel)                                                          \
    X(clCreateProgramWithSource)                                               \
    X(clEnqueueNDRangeKernel)                                                  \
    X(clEnqueueReadBuffer)                                                     \
    X(clFinish)                                                                \
    X(clGetDeviceIDs)                                                          \
    X(clGetDeviceInfo)                                                         \
    X(clGetPlatformIDs)                                                        \
    X(clGetProgramBuildInfo)                                                   \
    X(clReleaseCommandQueue)                                                   \
    X(clReleaseContext)                                                        \
    X(clReleaseKernel)                                                         \
    X(clReleaseMemObject)                                                      \
    X(clReleaseProgram)                                                        \
    X(clSetKernelArg)

#define POINTER(name) static __typeof__(name) *p_##name;
FUNCTIONS(POINTER)

static tn_dl *library;
static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program;

static void check(cl_int error, const char *call)
{
    if (error != CL_SUCCESS) {
        fprintf(stderr, "%s: error %d\n", call, error);
        abort();
    }
}

static bool open_loader(void)
{
    tn_sentence why;

    if (tn_dl_open("libOpenCL.so.1", &library, &why) != TN_OK) {
        return false;
    }
#define FIND(name)                                                             \
    p_##name = (__typeof__(p_##name))tn_dl_function(library, #name);           \
    if (p_##name == NULL) {                                                    \
        return false;                                                          \
    }
    FUNCTIONS(FIND)
    return true;
}

static tn_status build(const char *text, tn_sentence *why)
{
    const char *options = getenv("TN_TEST_CL_OPTIONS");
    cl_int error;

    program = p_clCreateProgramWithSource(context, 1, &text, NULL, &error);
    check(error, "clCreateProgramWithSource");
    error = p_clBuildProgram(program, 1, &device,
                             options != NULL ? options : "", NULL, NULL);
    if (error != CL_SUCCESS) {
        char log[4096] = "";

        p_clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG,
                                sizeof log - 1, log, NULL);
        puts(log);
        tn_sentence_set(why, "clBuildProgram: error %d", error);
        return TN_ERROR_BUILD;
    }
    return TN_OK;
}

tn_status device_open(const char *text, tn_sentence *why)
{
    cl_platform_id platform;
    cl_uint count = 0;
    char name[256] = "";
    cl_int error;

    if (!open_loader() ||
        p_clGetPlatformIDs(1, &platform, &count) != CL_SUCCESS || count == 0 ||
        p_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL) !=
            CL_SUCCESS) {
        tn_sentence_set(why, "there is no OpenCL device; install "
                             "pocl-opencl-icd");
        return TN_ERROR_UNAVAILABLE;
    }
    p_clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name - 1, name, NULL);
    printf("device: %s\n", name);
    context = p_clCreateContext(NULL, 1, &device, NULL, NULL, &error);
    check(error, "clCreateContext");
    queue = p_clCreateCommandQueue(context, device, 0, &error);
    check(error, "clCreateCommandQueue");
    return build(text, why);
}

uint32_t device_max_items(void)
{
    size_t most = 0;

    p_clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof most, &most,
                      NULL);
    return (uint32_t)most;
}

static cl_mem set_argument(cl_kernel kernel, uint32_t i,
                           const device_argument *argument)
{
    cl_int error = CL_SUCCESS;
    cl_mem buffer = NULL;

    if (argument->type == TN_TYPE_BUFFER) {
        buffer =
            p_clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                             argument->bytes, argument->value, &error);
        check(error, "clCreateBuffer");
        error = p_clSetKernelArg(kernel, i, sizeof buffer, &buffer);
    } else {
        error = p_clSetKernelArg(
            kernel, i, argument->bytes,
            argument->type == TN_TYPE_LOCAL ? NULL : argument->value);
    }
    check(error, "clSetKernelArg");
    return buffer;
}

static void enqueue(cl_kernel kernel, const device_launch *launch)
{
    size_t offset[3] = {(size_t)launch->first * launch->items[0], 0, 0};
    size_t items[3], all[3];

    for (int d = 0; d < 3; ++d) {
        items[d] = launch->items[d];
        all[d] = items[d] * launch->groups[d];
    }
    check(p_clEnqueueNDRangeKernel(queue, kernel, 3, offset, all, items, 0,
                                   NULL, NULL),
          launch->kernel);
    check(p_clFinish(queue), launch->kernel);
}

void device_run(const device_launch *launch)
{
    cl_mem buffers[32] = {NULL};
    cl_int error;
    cl_kernel kernel = p_clCreateKernel(program, launch->kernel, &error);

    check(error, launch->kernel);
    for (uint32_t i = 0; i < launch->count; ++i) {
        buffers[i] = set_argument(kernel, i, &launch->arguments[i]);
    }
    enqueue(kernel, launch);
    for (uint32_t i = 0; i < launch->count; ++i) {
        if (buffers[i] != NULL) {
            check(p_clEnqueueReadBuffer(
                      queue, buffers[i], CL_TRUE, 0, launch->arguments[i].bytes,
                      launch->arguments[i].value, 0, NULL, NULL),
                  "clEnqueueReadBuffer");
            p_clReleaseMemObject(buffers[i]);
        }
    }
    p_clReleaseKernel(kernel);
}

void device_close(void)
{
    p_clReleaseProgram(program);
    p_clReleaseCommandQueue(queue);
    p_clReleaseContext(context);
}
