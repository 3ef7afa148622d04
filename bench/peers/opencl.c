/* SPDX-License-Identifier: MIT */
/* PoCL, by OpenCL's own calls. */
#include <stdlib.h>
#include <string.h>

#include "bench/cpu.h"
#include "bench/measure.h"

#if defined(HAVE_OPENCL)
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

enum {
    PLATFORMS = 16,
    ARGUMENTS = 8
};

/* The same as bench/kernels/bench.c, as one writes it for OpenCL. */
static const char text[] =
    "__kernel void empty(int n) {}\n"
    "__kernel void add(__global const float *a, __global const float *b,\n"
    "                  __global float *c, int n) {\n"
    "    int i = get_global_id(0);\n"
    "    if (i < n) { c[i] = a[i] + b[i]; }\n"
    "}\n"
    "__kernel __attribute__((reqd_work_group_size(256, 1, 1)))\n"
    "void reduce(__global const float *a, __global float *partial, int n) {\n"
    "    __local float tile[256];\n"
    "    int i = get_global_id(0), l = get_local_id(0);\n"
    "    tile[l] = i < n ? a[i] : 0.0f;\n"
    "    barrier(CLK_LOCAL_MEM_FENCE);\n"
    "#pragma unroll\n"
    "    for (int step = 128; step > 0; step /= 2) {\n"
    "        if (l < step) { tile[l] += tile[l + step]; }\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "    }\n"
    "    if (l == 0) { partial[get_group_id(0)] = tile[0]; }\n"
    "}\n"
    "__kernel void nbody(__global const float *x, __global const float *y,\n"
    "                    __global const float *z, __global const float *mass,\n"
    "                    __global float *ax, __global float *ay,\n"
    "                    __global float *az, int n) {\n"
    "    int i = get_global_id(0);\n"
    "    float sum_x = 0.0f, sum_y = 0.0f, sum_z = 0.0f;\n"
    "    if (i >= n) { return; }\n"
    "    for (int j = 0; j < n; ++j) {\n"
    "        float dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];\n"
    "        float inverse =\n"
    "            1.0f / sqrt(dx * dx + dy * dy + dz * dz + 1e-3f);\n"
    "        float pull = mass[j] * inverse * inverse * inverse;\n"
    "        sum_x += pull * dx; sum_y += pull * dy; sum_z += pull * dz;\n"
    "    }\n"
    "    ax[i] = sum_x; ay[i] = sum_y; az[i] = sum_z;\n"
    "}\n"
    "__kernel void gemm(__global const float *a, __global const float *b,\n"
    "                   __global float *c, int n) {\n"
    "    int column = get_global_id(0), row = get_global_id(1);\n"
    "    float sum = 0.0f;\n"
    "    if (column >= n || row >= n) { return; }\n"
    "    for (int k = 0; k < n; ++k) {\n"
    "        sum += a[row * n + k] * b[k * n + column];\n"
    "    }\n"
    "    c[row * n + column] = sum;\n"
    "}\n";

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program;

struct opencl_launch {
    cl_kernel kernel;
    cl_mem buffers[ARGUMENTS];
    cl_uint count; /* of arguments */
    cl_uint dimensions;
    size_t items[2];
    size_t group[2];
};

static void check(cl_int error, const char *call)
{
    if (error != CL_SUCCESS) {
        measure_die("%s: error %d of OpenCL", call, (int)error);
    }
}

static bool find_device(void)
{
    cl_platform_id platforms[PLATFORMS];
    cl_uint count = 0;
    char name[64];

    if (clGetPlatformIDs(PLATFORMS, platforms, &count) != CL_SUCCESS) {
        return false;
    }
    for (cl_uint i = 0; i < count && i < PLATFORMS; ++i) {
        if (clGetPlatformInfo(platforms[i], CL_PLATFORM_NAME, sizeof name, name,
                              NULL) == CL_SUCCESS &&
            strstr(name, "Portable Computing Language") != NULL &&
            clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_CPU, 1, &device,
                           NULL) == CL_SUCCESS) {
            return true;
        }
    }
    return false;
}

const char *opencl_open(void)
{
    const char *source = text;
    cl_int error;

    if (!find_device()) {
        return "no PoCL here; install pocl-opencl-icd";
    }
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &error);
    check(error, "clCreateContext");
    queue = clCreateCommandQueue(context, device, 0, &error);
    check(error, "clCreateCommandQueue");
    program = clCreateProgramWithSource(context, 1, &source, NULL, &error);
    check(error, "clCreateProgramWithSource");
    check(clBuildProgram(program, 1, &device, "", NULL, NULL),
          "clBuildProgram");
    return NULL;
}

opencl_launch *opencl_kernel(const char *name)
{
    opencl_launch *launch = calloc(1, sizeof *launch);
    cl_int error;

    if (launch == NULL) {
        measure_die("no memory for a launch");
    }
    launch->kernel = clCreateKernel(program, name, &error);
    check(error, "clCreateKernel");
    return launch;
}

void opencl_floats(opencl_launch *launch, const float *host, size_t count)
{
    cl_int error;
    float *same = malloc(count * sizeof *host);

    if (same == NULL) {
        measure_die("no memory for %zu floats", count);
    }
    memcpy(same, host, count * sizeof *host);
    cl_mem buffer =
        clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                       count * sizeof *host, same, &error);

    free(same);
    check(error, "clCreateBuffer");
    launch->buffers[launch->count] = buffer;
    check(
        clSetKernelArg(launch->kernel, launch->count++, sizeof buffer, &buffer),
        "clSetKernelArg");
}

void opencl_int(opencl_launch *launch, int32_t value)
{
    check(clSetKernelArg(launch->kernel, launch->count++, sizeof value, &value),
          "clSetKernelArg");
}

void opencl_grid(opencl_launch *launch, size_t items_x, size_t items_y,
                 size_t group_x, size_t group_y)
{
    launch->dimensions = items_y > 1 ? 2 : 1;
    launch->items[0] = items_x;
    launch->items[1] = items_y;
    launch->group[0] = group_x;
    launch->group[1] = group_y;
}

void opencl_chain(const opencl_launch *launch, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) {
        check(clEnqueueNDRangeKernel(queue, launch->kernel, launch->dimensions,
                                     NULL, launch->items, launch->group, 0,
                                     NULL, NULL),
              "clEnqueueNDRangeKernel");
    }
    check(clFinish(queue), "clFinish");
}

uint64_t opencl_run(void *launch)
{
    opencl_chain(launch, 1);
    return 0;
}

void opencl_read(opencl_launch *launch, uint32_t argument, float *host,
                 size_t count)
{
    check(clEnqueueReadBuffer(queue, launch->buffers[argument], CL_TRUE, 0,
                              count * sizeof *host, host, 0, NULL, NULL),
          "clEnqueueReadBuffer");
}

#else /* without its headers */

const char *opencl_open(void)
{
    return "built without OpenCL; install ocl-icd-opencl-dev";
}

opencl_launch *opencl_kernel(const char *name)
{
    measure_die("no OpenCL for %s", name);
}

void opencl_floats(opencl_launch *launch, const float *host, size_t count)
{
    (void)launch;
    (void)host;
    (void)count;
}

void opencl_int(opencl_launch *launch, int32_t value)
{
    (void)launch;
    (void)value;
}

void opencl_grid(opencl_launch *launch, size_t items_x, size_t items_y,
                 size_t group_x, size_t group_y)
{
    (void)launch;
    (void)items_x;
    (void)items_y;
    (void)group_x;
    (void)group_y;
}

uint64_t opencl_run(void *launch)
{
    (void)launch;
    return 0;
}

void opencl_chain(const opencl_launch *launch, uint32_t count)
{
    (void)launch;
    (void)count;
}

void opencl_read(opencl_launch *launch, uint32_t argument, float *host,
                 size_t count)
{
    (void)launch;
    (void)argument;
    (void)host;
    (void)count;
}
#endif
