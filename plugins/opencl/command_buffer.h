/* SPDX-License-Identifier: MIT */
/**
 * @file
 * cl_khr_command_buffer, in words of our own: versions of <CL/cl_ext.h> differ
 * in whether and how they declare it.
 */
#ifndef TENON_OPENCL_COMMAND_BUFFER_H
#define TENON_OPENCL_COMMAND_BUFFER_H

#include <stdbool.h>

#include "plugins/opencl/symbols.h"

typedef struct ocl_command_buffer_object *ocl_command_buffer;

/** Its functions; create is NULL where the device has no use for them. */
typedef struct ocl_command_buffers {
    ocl_command_buffer(CL_API_CALL *create)(cl_uint queues,
                                            const cl_command_queue *list,
                                            const uint64_t *properties,
                                            cl_int *code);
    cl_int(CL_API_CALL *finalize)(ocl_command_buffer buffer);
    cl_int(CL_API_CALL *release)(ocl_command_buffer buffer);
    cl_int(CL_API_CALL *enqueue)(cl_uint queues, cl_command_queue *list,
                                 ocl_command_buffer buffer, cl_uint events,
                                 const cl_event *wait_list, cl_event *event);
    cl_int(CL_API_CALL *launch)(ocl_command_buffer buffer,
                                cl_command_queue queue,
                                const uint64_t *properties, cl_kernel kernel,
                                cl_uint dimensions, const size_t *offset,
                                const size_t *items, const size_t *group,
                                cl_uint points, const cl_uint *wait_list,
                                cl_uint *point, void *handle);
} ocl_command_buffers;

/** Those that may run while they run already. */
#define OCL_COMMAND_BUFFER_SIMULTANEOUS_USE ((uint64_t)1 << 0)

/** A list of properties for create(): so they are made. */
#define OCL_COMMAND_BUFFER_FLAGS ((uint64_t)0x1293)

/** Of a queue that is not like the one that a buffer was made for. */
#define OCL_INCOMPATIBLE_COMMAND_QUEUE (-1139)

/** Finds the functions of a device that has all that graphs need. */
void ocl_command_buffers_find(tn_plugin_device *device);

#endif
