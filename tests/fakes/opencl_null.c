/* SPDX-License-Identifier: MIT */
/*
 * An OpenCL library whose one device does nothing, at once: what is left of a
 * call is what its caller does. For counting instructions.
 */
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdlib.h>
#include <string.h>

/* What it is asked is all the same to it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define EXPORT __attribute__((visibility("default")))

static char object; /* that every handle points to */

/* ---- questions ---- */

#define ANSWERS size_t size, void *value, size_t *bytes

static cl_int answer(const void *from, size_t from_bytes, ANSWERS)
{
    if (value != NULL) {
        memcpy(value, from, from_bytes < size ? from_bytes : size);
    }
    if (bytes != NULL) {
        *bytes = from_bytes;
    }
    return CL_SUCCESS;
}

/* A number as wide as it was asked for. */
static cl_int answer_number(cl_ulong number, ANSWERS)
{
    cl_ulong numbers[8] = {number, number, number};

    return answer(numbers, value != NULL && size < sizeof numbers ? size : 8,
                  size, value, bytes);
}

EXPORT cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, ANSWERS)
{
    static const char text[] = "OpenCL 1.2 of nothing";
    static const char language[] = "OpenCL C 1.2";

    switch (what) {
    case CL_DEVICE_NAME:
    case CL_DEVICE_VERSION:
    case CL_DRIVER_VERSION:
    case CL_DEVICE_VENDOR:
        return answer(text, sizeof text, size, value, bytes);
    case CL_DEVICE_OPENCL_C_VERSION:
        return answer(language, sizeof language, size, value, bytes);
    case CL_DEVICE_MAX_WORK_ITEM_SIZES:
        return answer((size_t[]){4096, 4096, 4096}, 3 * sizeof(size_t), size,
                      value, bytes);
    case CL_DEVICE_EXTENSIONS:
        return answer("", 1, size, value, bytes);
    case CL_DEVICE_TYPE:
        return answer_number(CL_DEVICE_TYPE_GPU, size, value, bytes);
    case CL_DEVICE_AVAILABLE:
    case CL_DEVICE_COMPILER_AVAILABLE:
        return answer_number(CL_TRUE, size, value, bytes);
    default:
        return answer_number(4096, size, value, bytes);
    }
}

#define QUESTION(name, handle, kind)                                           \
    EXPORT cl_int name(handle of, kind what, ANSWERS)                          \
    {                                                                          \
        return answer_number(0, size, value, bytes);                           \
    }
QUESTION(clGetPlatformInfo, cl_platform_id, cl_platform_info)
QUESTION(clGetCommandQueueInfo, cl_command_queue, cl_command_queue_info)
QUESTION(clGetMemObjectInfo, cl_mem, cl_mem_info)
QUESTION(clGetEventInfo, cl_event, cl_event_info)
QUESTION(clGetEventProfilingInfo, cl_event, cl_profiling_info)

EXPORT cl_int clGetPlatformIDs(cl_uint entries, cl_platform_id *platforms,
                               cl_uint *count)
{
    if (entries > 0) {
        platforms[0] = (cl_platform_id)(void *)&object;
    }
    if (count != NULL) {
        *count = 1;
    }
    return CL_SUCCESS;
}

EXPORT cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type,
                             cl_uint entries, cl_device_id *devices,
                             cl_uint *count)
{
    if (entries > 0) {
        devices[0] = (cl_device_id)(void *)&object;
    }
    if (count != NULL) {
        *count = 1;
    }
    return CL_SUCCESS;
}

EXPORT cl_int clGetProgramInfo(cl_program program, cl_program_info what,
                               ANSWERS)
{
    return what == CL_PROGRAM_KERNEL_NAMES
               ? answer("add", 4, size, value, bytes)
               : answer_number(0, size, value, bytes);
}

EXPORT cl_int clGetProgramBuildInfo(cl_program program, cl_device_id device,
                                    cl_program_build_info what, ANSWERS)
{
    return answer_number(0, size, value, bytes);
}

EXPORT cl_int clGetKernelInfo(cl_kernel kernel, cl_kernel_info what, ANSWERS)
{
    return answer_number(what == CL_KERNEL_NUM_ARGS ? 4 : 0, size, value,
                         bytes);
}

EXPORT cl_int clGetKernelWorkGroupInfo(cl_kernel kernel, cl_device_id device,
                                       cl_kernel_work_group_info what, ANSWERS)
{
    return answer_number(what == CL_KERNEL_WORK_GROUP_SIZE ? 1024 : 0, size,
                         value, bytes);
}

/* ---- objects ---- */

static void *made(cl_int *error)
{
    if (error != NULL) {
        *error = CL_SUCCESS;
    }
    return &object;
}

EXPORT cl_context clCreateContext(const cl_context_properties *properties,
                                  cl_uint count, const cl_device_id *devices,
                                  void(CL_CALLBACK *notify)(const char *,
                                                            const void *,
                                                            size_t, void *),
                                  void *data, cl_int *error)
{
    return made(error);
}

EXPORT cl_command_queue
clCreateCommandQueue(cl_context context, cl_device_id device,
                     cl_command_queue_properties properties, cl_int *error)
{
    return made(error);
}

EXPORT cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags,
                             size_t bytes, void *host, cl_int *error)
{
    return made(error);
}

EXPORT cl_mem clCreateSubBuffer(cl_mem buffer, cl_mem_flags flags,
                                cl_buffer_create_type type, const void *region,
                                cl_int *error)
{
    return made(error);
}

EXPORT cl_program clCreateProgramWithSource(cl_context context, cl_uint count,
                                            const char **texts,
                                            const size_t *lengths,
                                            cl_int *error)
{
    return made(error);
}

EXPORT cl_program clCreateProgramWithBinary(cl_context context, cl_uint count,
                                            const cl_device_id *devices,
                                            const size_t *lengths,
                                            const unsigned char **images,
                                            cl_int *codes, cl_int *error)
{
    return made(error);
}

EXPORT cl_kernel clCreateKernel(cl_program program, const char *name,
                                cl_int *error)
{
    return made(error);
}

EXPORT cl_event clCreateUserEvent(cl_context context, cl_int *error)
{
    return made(error);
}

#define KEPT(name, handle)                                                     \
    EXPORT cl_int name(handle of)                                              \
    {                                                                          \
        return CL_SUCCESS;                                                     \
    }
KEPT(clReleaseContext, cl_context)
KEPT(clRetainCommandQueue, cl_command_queue)
KEPT(clReleaseCommandQueue, cl_command_queue)
KEPT(clRetainMemObject, cl_mem)
KEPT(clReleaseMemObject, cl_mem)
KEPT(clReleaseProgram, cl_program)
KEPT(clReleaseKernel, cl_kernel)
KEPT(clRetainEvent, cl_event)
KEPT(clReleaseEvent, cl_event)
KEPT(clFlush, cl_command_queue)
KEPT(clFinish, cl_command_queue)

EXPORT cl_int clWaitForEvents(cl_uint count, const cl_event *events)
{
    return CL_SUCCESS;
}

EXPORT cl_int clSetUserEventStatus(cl_event event, cl_int status)
{
    return CL_SUCCESS;
}

EXPORT cl_int clBuildProgram(cl_program program, cl_uint count,
                             const cl_device_id *devices, const char *options,
                             void(CL_CALLBACK *notify)(cl_program program,
                                                       void *data),
                             void *data)
{
    return CL_SUCCESS;
}

EXPORT cl_int clSetKernelArg(cl_kernel kernel, cl_uint index, size_t bytes,
                             const void *value)
{
    return CL_SUCCESS;
}

/* ---- commands, which have run when they are queued ---- */

#define WAITS cl_uint count, const cl_event *list, cl_event *event

static cl_int queued(cl_event *event)
{
    if (event != NULL) {
        *event = (cl_event)(void *)&object;
    }
    return CL_SUCCESS;
}

EXPORT cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem memory,
                                  cl_bool blocking, size_t offset, size_t bytes,
                                  void *host, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueWriteBuffer(cl_command_queue queue, cl_mem memory,
                                   cl_bool blocking, size_t offset,
                                   size_t bytes, const void *host, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueCopyBuffer(cl_command_queue queue, cl_mem from,
                                  cl_mem to, size_t from_offset,
                                  size_t to_offset, size_t bytes, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueFillBuffer(cl_command_queue queue, cl_mem memory,
                                  const void *pattern, size_t pattern_bytes,
                                  size_t offset, size_t bytes, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueUnmapMemObject(cl_command_queue queue, cl_mem memory,
                                      void *mapped, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel,
                                     cl_uint dimensions, const size_t *offset,
                                     const size_t *items, const size_t *group,
                                     WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueMarkerWithWaitList(cl_command_queue queue, WAITS)
{
    return queued(event);
}

EXPORT cl_int clEnqueueBarrierWithWaitList(cl_command_queue queue, WAITS)
{
    return queued(event);
}

EXPORT void *clEnqueueMapBuffer(cl_command_queue queue, cl_mem memory,
                                cl_bool blocking, cl_map_flags flags,
                                size_t offset, size_t bytes, WAITS,
                                cl_int *error)
{
    *error = CL_MAP_FAILURE;
    *event = NULL;
    return NULL;
}
