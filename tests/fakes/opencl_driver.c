/* SPDX-License-Identifier: MIT */
/*
 * See opencl_driver.h. Built again without what OpenCL 1.2 has not
 * (-DFAKE_OPENCL_12), for a driver that claims more than it has.
 */
#define _GNU_SOURCE
#include "tests/fakes/opencl_driver.h"

#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/dl.h"

#define EXPORT __attribute__((visibility("default")))

/* ---- the script ---- */

enum {
    SCRIPT_BYTES = 512,
    FUNCTIONS = 64
};

static struct {
    char script[SCRIPT_BYTES];
    const char *names[FUNCTIONS]; /* that were called since it was set */
    unsigned calls[FUNCTIONS];
} state;

static const char *current_script(void)
{
    const char *script = getenv(FAKE_OPENCL_SCRIPT);

    script = script != NULL ? script : "";
    if (strcmp(script, state.script) != 0) {
        memset(&state, 0, sizeof state);
        strncpy(state.script, script, sizeof state.script - 1);
    }
    return state.script;
}

static unsigned count_call(const char *name)
{
    for (unsigned i = 0; i < FUNCTIONS; ++i) {
        if (state.names[i] == NULL) {
            state.names[i] = name;
        }
        if (state.names[i] == name) {
            return __atomic_add_fetch(&state.calls[i], 1, __ATOMIC_RELAXED);
        }
    }
    return 0;
}

/* What stands behind KEY= in the script, NULL where there is none. */
static const char *value_of(const char *key)
{
    const char *part = current_script();
    size_t length = strlen(key);

    while (*part != '\0') {
        if (strncmp(part, key, length) == 0 && part[length] == '=') {
            return part + length + 1;
        }
        part += strcspn(part, ";");
        part += *part == ';';
    }
    return NULL;
}

/* Whether a call is to fail. */
static bool told(const char *name, cl_int *code)
{
    char nth[64];
    const char *value = value_of(name);

    if (value == NULL) {
        snprintf(nth, sizeof nth, "%s@%u", name, count_call(name));
        value = value_of(nth);
    }
    if (value != NULL) {
        *code = (cl_int)strtol(value, NULL, 10);
    }
    return value != NULL;
}

/* ---- the real library ---- */

static void (*real(const char *name))(void)
{
    static tn_dl *library;
    tn_sentence why;

    if (library == NULL &&
        tn_dl_open("libOpenCL.so.1", &library, &why) != TN_OK) {
        abort(); /* whoever uses this has looked for it */
    }
    return tn_dl_function(library, name);
}

#define REAL(name) ((__typeof__(&name))real(#name))

/* A function that answers a code, and one that answers an object. */
#define CODE(name, parameters, arguments)                                      \
    EXPORT cl_int name parameters                                              \
    {                                                                          \
        cl_int code;                                                           \
                                                                               \
        return told(#name, &code) ? code : REAL(name) arguments;               \
    }
#define OBJECT(type, name, parameters, arguments)                              \
    EXPORT type name parameters                                                \
    {                                                                          \
        cl_int code;                                                           \
                                                                               \
        if (told(#name, &code)) {                                              \
            if (error != NULL) {                                               \
                *error = code;                                                 \
            }                                                                  \
            return NULL;                                                       \
        }                                                                      \
        return REAL(name) arguments;                                           \
    }

/* The end of each function that queues a command. */
#define WAITS cl_uint count, const cl_event *list, cl_event *event
#define WAITING count, list, event
/* And of each that answers a question. */
#define ANSWERS size_t size, void *value, size_t *bytes
#define ANSWERING size, value, bytes

/* ---- platforms and devices ---- */

EXPORT cl_int clGetPlatformIDs(cl_uint entries, cl_platform_id *platforms,
                               cl_uint *count)
{
    const char *claimed = value_of("platforms");
    cl_int code;

    if (told("clGetPlatformIDs", &code)) {
        return code;
    }
    if (claimed != NULL && platforms == NULL) {
        *count = (cl_uint)strtoul(claimed, NULL, 10);
        return CL_SUCCESS;
    }
    return REAL(clGetPlatformIDs)(entries, platforms, count);
}

EXPORT cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type,
                             cl_uint entries, cl_device_id *devices,
                             cl_uint *count)
{
    const char *claimed = value_of("devices");
    cl_int code;

    if (told("clGetDeviceIDs", &code)) {
        return code;
    }
    if (claimed != NULL && devices == NULL) {
        *count = (cl_uint)strtoul(claimed, NULL, 10);
        return CL_SUCCESS;
    }
    return REAL(clGetDeviceIDs)(platform, type, entries, devices, count);
}

static cl_int answer(const void *from, size_t from_bytes, ANSWERS)
{
    if (value != NULL && size < from_bytes) {
        return CL_INVALID_VALUE;
    }
    if (value != NULL) {
        memcpy(value, from, from_bytes);
    }
    if (bytes != NULL) {
        *bytes = from_bytes;
    }
    return CL_SUCCESS;
}

EXPORT cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, ANSWERS)
{
    char key[32];
    cl_int code;

    if (told("clGetDeviceInfo", &code)) {
        return code;
    }
    snprintf(key, sizeof key, "info:0x%x", (unsigned)what);
    const char *number = value_of(key);

    snprintf(key, sizeof key, "text:0x%x", (unsigned)what);
    const char *text = value_of(key);

    if (text != NULL) {
        char copy[SCRIPT_BYTES];
        size_t length = strcspn(text, ";");

        memcpy(copy, text, length);
        copy[length] = '\0';
        return answer(copy, length + 1, ANSWERING);
    }
    if (number != NULL) {
        cl_ulong all[4] = {strtoull(number, NULL, 0)};
        size_t wide = value != NULL && size <= sizeof all ? size : 8;

        return answer(all, wide, ANSWERING);
    }
    return REAL(clGetDeviceInfo)(device, what, ANSWERING);
}

CODE(clGetPlatformInfo, (cl_platform_id p, cl_platform_info what, ANSWERS),
     (p, what, ANSWERING))

/* ---- objects ---- */

OBJECT(cl_context, clCreateContext,
       (const cl_context_properties *properties, cl_uint count,
        const cl_device_id *devices,
        void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *),
        void *data, cl_int *error),
       (properties, count, devices, notify, data, error))
CODE(clReleaseContext, (cl_context context), (context))
OBJECT(cl_command_queue, clCreateCommandQueue,
       (cl_context context, cl_device_id device,
        cl_command_queue_properties properties, cl_int *error),
       (context, device, properties, error))
CODE(clRetainCommandQueue, (cl_command_queue queue), (queue))
CODE(clReleaseCommandQueue, (cl_command_queue queue), (queue))
CODE(clGetCommandQueueInfo,
     (cl_command_queue queue, cl_command_queue_info what, ANSWERS),
     (queue, what, ANSWERING))
OBJECT(cl_mem, clCreateBuffer,
       (cl_context context, cl_mem_flags flags, size_t bytes, void *host,
        cl_int *error),
       (context, flags, bytes, host, error))
OBJECT(cl_mem, clCreateSubBuffer,
       (cl_mem buffer, cl_mem_flags flags, cl_buffer_create_type type,
        const void *region, cl_int *error),
       (buffer, flags, type, region, error))
CODE(clRetainMemObject, (cl_mem memory), (memory))
CODE(clReleaseMemObject, (cl_mem memory), (memory))
CODE(clGetMemObjectInfo, (cl_mem memory, cl_mem_info what, ANSWERS),
     (memory, what, ANSWERING))

/* ---- programs and kernels ---- */

OBJECT(cl_program, clCreateProgramWithSource,
       (cl_context context, cl_uint count, const char **texts,
        const size_t *lengths, cl_int *error),
       (context, count, texts, lengths, error))
OBJECT(cl_program, clCreateProgramWithBinary,
       (cl_context context, cl_uint count, const cl_device_id *devices,
        const size_t *lengths, const unsigned char **images, cl_int *codes,
        cl_int *error),
       (context, count, devices, lengths, images, codes, error))
CODE(clReleaseProgram, (cl_program program), (program))
CODE(clBuildProgram,
     (cl_program program, cl_uint count, const cl_device_id *devices,
      const char *options,
      void(CL_CALLBACK *notify)(cl_program program, void *data), void *data),
     (program, count, devices, options, notify, data))
CODE(clGetProgramInfo, (cl_program program, cl_program_info what, ANSWERS),
     (program, what, ANSWERING))
CODE(clGetProgramBuildInfo,
     (cl_program program, cl_device_id device, cl_program_build_info what,
      ANSWERS),
     (program, device, what, ANSWERING))
OBJECT(cl_kernel, clCreateKernel,
       (cl_program program, const char *name, cl_int *error),
       (program, name, error))
CODE(clReleaseKernel, (cl_kernel kernel), (kernel))
CODE(clSetKernelArg,
     (cl_kernel kernel, cl_uint index, size_t bytes, const void *value),
     (kernel, index, bytes, value))
CODE(clGetKernelInfo, (cl_kernel kernel, cl_kernel_info what, ANSWERS),
     (kernel, what, ANSWERING))
CODE(clGetKernelWorkGroupInfo,
     (cl_kernel kernel, cl_device_id device, cl_kernel_work_group_info what,
      ANSWERS),
     (kernel, device, what, ANSWERING))

/* ---- events ---- */

CODE(clWaitForEvents, (cl_uint count, const cl_event *events), (count, events))
OBJECT(cl_event, clCreateUserEvent, (cl_context context, cl_int *error),
       (context, error))
CODE(clSetUserEventStatus, (cl_event event, cl_int status), (event, status))
CODE(clRetainEvent, (cl_event event), (event))
CODE(clReleaseEvent, (cl_event event), (event))
CODE(clGetEventProfilingInfo, (cl_event event, cl_profiling_info what, ANSWERS),
     (event, what, ANSWERING))

EXPORT cl_int clGetEventInfo(cl_event event, cl_event_info what, ANSWERS)
{
    const char *failure = value_of("event");
    cl_int code;

    if (told("clGetEventInfo", &code)) {
        return code;
    }
    code = REAL(clGetEventInfo)(event, what, ANSWERING);
    if (code == CL_SUCCESS && failure != NULL && value != NULL &&
        what == CL_EVENT_COMMAND_EXECUTION_STATUS &&
        *(cl_int *)value == CL_COMPLETE) {
        *(cl_int *)value = (cl_int)strtol(failure, NULL, 10);
    }
    return code;
}

/* ---- commands ---- */

CODE(clFlush, (cl_command_queue queue), (queue))
CODE(clFinish, (cl_command_queue queue), (queue))
CODE(clEnqueueReadBuffer,
     (cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset,
      size_t bytes, void *host, WAITS),
     (queue, memory, blocking, offset, bytes, host, WAITING))
CODE(clEnqueueWriteBuffer,
     (cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset,
      size_t bytes, const void *host, WAITS),
     (queue, memory, blocking, offset, bytes, host, WAITING))
CODE(clEnqueueCopyBuffer,
     (cl_command_queue queue, cl_mem from, cl_mem to, size_t from_offset,
      size_t to_offset, size_t bytes, WAITS),
     (queue, from, to, from_offset, to_offset, bytes, WAITING))
CODE(clEnqueueFillBuffer,
     (cl_command_queue queue, cl_mem memory, const void *pattern,
      size_t pattern_bytes, size_t offset, size_t bytes, WAITS),
     (queue, memory, pattern, pattern_bytes, offset, bytes, WAITING))
OBJECT(void *, clEnqueueMapBuffer,
       (cl_command_queue queue, cl_mem memory, cl_bool blocking,
        cl_map_flags flags, size_t offset, size_t bytes, WAITS, cl_int *error),
       (queue, memory, blocking, flags, offset, bytes, WAITING, error))
CODE(clEnqueueUnmapMemObject,
     (cl_command_queue queue, cl_mem memory, void *mapped, WAITS),
     (queue, memory, mapped, WAITING))
CODE(clEnqueueNDRangeKernel,
     (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
      const size_t *offset, const size_t *items, const size_t *group, WAITS),
     (queue, kernel, dimensions, offset, items, group, WAITING))
CODE(clEnqueueMarkerWithWaitList, (cl_command_queue queue, WAITS),
     (queue, WAITING))
CODE(clEnqueueBarrierWithWaitList, (cl_command_queue queue, WAITS),
     (queue, WAITING))

/* ---- what may be missing ---- */

#ifndef FAKE_OPENCL_12
CODE(clGetKernelArgInfo,
     (cl_kernel kernel, cl_uint index, cl_kernel_arg_info what, ANSWERS),
     (kernel, index, what, ANSWERING))

EXPORT void *clSVMAlloc(cl_context context, cl_svm_mem_flags flags,
                        size_t bytes, cl_uint alignment)
{
    cl_int code;

    return told("clSVMAlloc", &code)
               ? NULL
               : REAL(clSVMAlloc)(context, flags, bytes, alignment);
}

EXPORT void clSVMFree(cl_context context, void *pointer)
{
    REAL(clSVMFree)(context, pointer);
}

CODE(clSetKernelArgSVMPointer,
     (cl_kernel kernel, cl_uint index, const void *pointer),
     (kernel, index, pointer))
CODE(clEnqueueSVMFree,
     (cl_command_queue queue, cl_uint pointers, void *list_of[],
      void(CL_CALLBACK *release)(cl_command_queue queue, cl_uint pointers,
                                 void *list_of[], void *data),
      void *data, WAITS),
     (queue, pointers, list_of, release, data, WAITING))
CODE(clEnqueueSVMMemcpy,
     (cl_command_queue queue, cl_bool blocking, void *to, const void *from,
      size_t bytes, WAITS),
     (queue, blocking, to, from, bytes, WAITING))
CODE(clEnqueueSVMMemFill,
     (cl_command_queue queue, void *pointer, const void *pattern,
      size_t pattern_bytes, size_t bytes, WAITS),
     (queue, pointer, pattern, pattern_bytes, bytes, WAITING))
CODE(clEnqueueSVMMap,
     (cl_command_queue queue, cl_bool blocking, cl_map_flags flags,
      void *pointer, size_t bytes, WAITS),
     (queue, blocking, flags, pointer, bytes, WAITING))
CODE(clEnqueueSVMUnmap, (cl_command_queue queue, void *pointer, WAITS),
     (queue, pointer, WAITING))

/* ---- functions of extensions, which the driver itself tells ---- */

static cl_platform_id platform_asked;

/* Types of the extension, which not all headers have, are pointers here. */
static void *real_extension(const char *name)
{
    return REAL(clGetExtensionFunctionAddressForPlatform)(platform_asked, name);
}

#define EXTENSION(type, name, parameters)                                      \
    ((type(CL_API_CALL *) parameters)(uintptr_t)real_extension(name))

static void *CL_API_CALL create_buffer(cl_uint count,
                                       const cl_command_queue *queues,
                                       const uint64_t *properties,
                                       cl_int *error)
{
    static const char name[] = "clCreateCommandBufferKHR";

    if (told(name, error)) {
        return NULL;
    }
    return EXTENSION(void *, name,
                     (cl_uint, const cl_command_queue *, const uint64_t *,
                      cl_int *))(count, queues, properties, error);
}

static cl_int CL_API_CALL
record_launch(void *buffer, cl_command_queue queue, const uint64_t *properties,
              cl_kernel kernel, cl_uint dimensions, const size_t *offset,
              const size_t *items, const size_t *group, cl_uint count,
              const cl_uint *list, cl_uint *point, void *handle)
{
    static const char name[] = "clCommandNDRangeKernelKHR";
    cl_int code;

    return told(name, &code)
               ? code
               : EXTENSION(cl_int, name,
                           (void *, cl_command_queue, const uint64_t *,
                            cl_kernel, cl_uint, const size_t *, const size_t *,
                            const size_t *, cl_uint, const cl_uint *, cl_uint *,
                            void *))(buffer, queue, properties, kernel,
                                     dimensions, offset, items, group, count,
                                     list, point, handle);
}

static cl_int CL_API_CALL finalize_buffer(void *buffer)
{
    static const char name[] = "clFinalizeCommandBufferKHR";
    cl_int code;

    return told(name, &code) ? code : EXTENSION(cl_int, name, (void *))(buffer);
}

static cl_int CL_API_CALL enqueue_buffer(cl_uint queues,
                                         cl_command_queue *queue_list,
                                         void *buffer, WAITS)
{
    static const char name[] = "clEnqueueCommandBufferKHR";
    cl_int code;

    return told(name, &code)
               ? code
               : EXTENSION(cl_int, name,
                           (cl_uint, cl_command_queue *, void *, cl_uint,
                            const cl_event *, cl_event *))(queues, queue_list,
                                                           buffer, WAITING);
}

static const struct {
    const char *name;
    void (*function)(void);
} extensions[] = {
    {"clCreateCommandBufferKHR", (void (*)(void))create_buffer},
    {"clCommandNDRangeKernelKHR", (void (*)(void))record_launch},
    {"clFinalizeCommandBufferKHR", (void (*)(void))finalize_buffer},
    {"clEnqueueCommandBufferKHR", (void (*)(void))enqueue_buffer},
};

EXPORT void *clGetExtensionFunctionAddressForPlatform(cl_platform_id platform,
                                                      const char *name)
{
    const char *missing = value_of("without");

    platform_asked = platform;
    if (missing != NULL && strcspn(missing, ";") == strlen(name) &&
        strncmp(missing, name, strlen(name)) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; ++i) {
        if (strcmp(extensions[i].name, name) == 0 &&
            real_extension(name) != NULL) {
            return (void *)(uintptr_t)extensions[i].function;
        }
    }
    return real_extension(name);
}
#endif
