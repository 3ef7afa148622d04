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

    (void)device;
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
        (void)of;                                                              \
        (void)what;                                                            \
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
    (void)platform;
    (void)type;
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
    (void)program;
    return what == CL_PROGRAM_KERNEL_NAMES
               ? answer("add", 4, size, value, bytes)
               : answer_number(0, size, value, bytes);
}

EXPORT cl_int clGetProgramBuildInfo(cl_program program, cl_device_id device,
                                    cl_program_build_info what, ANSWERS)
{
    (void)program;
    (void)device;
    (void)what;
    return answer_number(0, size, value, bytes);
}

EXPORT cl_int clGetKernelInfo(cl_kernel kernel, cl_kernel_info what, ANSWERS)
{
    (void)kernel;
    return answer_number(what == CL_KERNEL_NUM_ARGS ? 4 : 0, size, value,
                         bytes);
}

EXPORT cl_int clGetKernelWorkGroupInfo(cl_kernel kernel, cl_device_id device,
                                       cl_kernel_work_group_info what, ANSWERS)
{
    (void)kernel;
    (void)device;
    return answer_number(what == CL_KERNEL_WORK_GROUP_SIZE ? 1024 : 0, size,
                         value, bytes);
}

/* ---- objects ---- */

#define MADE(type)                                                             \
    {                                                                          \
        if (error != NULL) {                                                   \
            *error = CL_SUCCESS;                                               \
        }                                                                      \
        return (type)(void *)&object;                                          \
    }
#define UNUSED __attribute__((unused))

EXPORT cl_context
clCreateContext(UNUSED const cl_context_properties *properties,
                UNUSED cl_uint count, UNUSED const cl_device_id *devices,
                UNUSED void(CL_CALLBACK *notify)(const char *, const void *,
                                                 size_t, void *),
                UNUSED void *data, cl_int *error)
    MADE(cl_context) EXPORT cl_command_queue
    clCreateCommandQueue(UNUSED cl_context context, UNUSED cl_device_id device,
                         UNUSED cl_command_queue_properties properties,
                         cl_int *error) MADE(cl_command_queue) EXPORT cl_mem
    clCreateBuffer(UNUSED cl_context context, UNUSED cl_mem_flags flags,
                   UNUSED size_t bytes, UNUSED void *host, cl_int *error)
        MADE(cl_mem) EXPORT cl_mem
    clCreateSubBuffer(UNUSED cl_mem buffer, UNUSED cl_mem_flags flags,
                      UNUSED cl_buffer_create_type type,
                      UNUSED const void *region, cl_int *error)
        MADE(cl_mem) EXPORT cl_program
    clCreateProgramWithSource(UNUSED cl_context context, UNUSED cl_uint count,
                              UNUSED const char **texts,
                              UNUSED const size_t *lengths, cl_int *error)
        MADE(cl_program) EXPORT cl_program
    clCreateProgramWithBinary(UNUSED cl_context context, UNUSED cl_uint count,
                              UNUSED const cl_device_id *devices,
                              UNUSED const size_t *lengths,
                              UNUSED const unsigned char **images,
                              UNUSED cl_int *codes, cl_int *error)
        MADE(cl_program) EXPORT cl_kernel
    clCreateKernel(UNUSED cl_program program, UNUSED const char *name,
                   cl_int *error) MADE(cl_kernel) EXPORT cl_event
    clCreateUserEvent(UNUSED cl_context context, cl_int *error) MADE(cl_event)

#define NOTHING(name, parameters)                                              \
    EXPORT cl_int name parameters                                              \
    {                                                                          \
        return CL_SUCCESS;                                                     \
    }
        NOTHING(clReleaseContext, (UNUSED cl_context context)) NOTHING(
            clRetainCommandQueue,
            (UNUSED cl_command_queue queue)) NOTHING(clReleaseCommandQueue,
                                                     (UNUSED cl_command_queue
                                                          queue))
            NOTHING(clRetainMemObject,
                    (UNUSED cl_mem memory)) NOTHING(clReleaseMemObject,
                                                    (UNUSED cl_mem memory))
                NOTHING(clReleaseProgram, (UNUSED cl_program program)) NOTHING(
                    clReleaseKernel,
                    (UNUSED cl_kernel kernel)) NOTHING(clRetainEvent,
                                                       (UNUSED cl_event event))
                    NOTHING(clReleaseEvent, (UNUSED cl_event event)) NOTHING(
                        clWaitForEvents,
                        (UNUSED cl_uint count, UNUSED const cl_event *events))
                        NOTHING(clSetUserEventStatus,
                                (UNUSED cl_event event,
                                 UNUSED cl_int
                                     status)) NOTHING(clFlush,
                                                      (UNUSED cl_command_queue
                                                           queue))
                            NOTHING(clFinish, (UNUSED cl_command_queue queue)) NOTHING(
                                clBuildProgram,
                                (UNUSED cl_program program,
                                 UNUSED cl_uint
                                     count,
                                 UNUSED const cl_device_id
                                     *devices,
                                 UNUSED const char
                                     *options,
                                 UNUSED void(CL_CALLBACK *notify)(
                                     cl_program program,
                                     void *data),
                                 UNUSED void
                                     *data))
                                NOTHING(
                                    clSetKernelArg,
                                    (
                                        UNUSED cl_kernel
                                            kernel,
                                        UNUSED cl_uint index,
                                        UNUSED size_t bytes,
                                        UNUSED const void *value))

/* ---- commands, which have run when they are queued ---- */

#define WAITS UNUSED cl_uint count, UNUSED const cl_event *list, cl_event *event
#define COMMAND(name, ...)                                                     \
    EXPORT cl_int name(UNUSED cl_command_queue queue, __VA_ARGS__)             \
    {                                                                          \
        if (event != NULL) {                                                   \
            *event = (cl_event)(void *)&object;                                \
        }                                                                      \
        return CL_SUCCESS;                                                     \
    }
                                    COMMAND(
                                        clEnqueueReadBuffer,
                                        UNUSED cl_mem memory,
                                        UNUSED cl_bool blocking,
                                        UNUSED size_t offset,
                                        UNUSED size_t bytes, UNUSED void *host,
                                        WAITS) COMMAND(clEnqueueWriteBuffer,
                                                       UNUSED cl_mem memory,
                                                       UNUSED cl_bool blocking,
                                                       UNUSED size_t offset,
                                                       UNUSED size_t bytes,
                                                       UNUSED const void *host,
                                                       WAITS)
                                        COMMAND(
                                            clEnqueueCopyBuffer,
                                            UNUSED cl_mem from,
                                            UNUSED cl_mem to,
                                            UNUSED size_t from_offset,
                                            UNUSED size_t to_offset,
                                            UNUSED size_t bytes,
                                            WAITS) COMMAND(clEnqueueFillBuffer,
                                                           UNUSED cl_mem memory,
                                                           UNUSED const void *
                                                               pattern,
                                                           UNUSED size_t pattern_bytes,
                                                           UNUSED size_t offset,
                                                           UNUSED size_t bytes,
                                                           WAITS)
                                            COMMAND(
                                                clEnqueueUnmapMemObject,
                                                UNUSED cl_mem memory,
                                                UNUSED void
                                                    *mapped,
                                                WAITS)
                                                COMMAND(
                                                    clEnqueueNDRangeKernel,
                                                    UNUSED cl_kernel kernel,
                                                    UNUSED cl_uint dimensions,
                                                    UNUSED const size_t *offset,
                                                    UNUSED const size_t *items,
                                                    UNUSED const size_t *group,
                                                    WAITS)
                                                    COMMAND(
                                                        clEnqueueMarkerWithWaitList,
                                                        WAITS)
                                                        COMMAND(
                                                            clEnqueueBarrierWithWaitList,
                                                            WAITS)

                                                            EXPORT
    void *clEnqueueMapBuffer(UNUSED cl_command_queue queue,
                             UNUSED cl_mem memory, UNUSED cl_bool blocking,
                             UNUSED cl_map_flags flags, UNUSED size_t offset,
                             UNUSED size_t bytes, WAITS, cl_int *error)
{
    *error = CL_MAP_FAILURE;
    *event = NULL;
    return NULL;
}
