/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What all parts of the opencl backend know: the instance, and the way an error
 * takes.
 */
#ifndef TENON_OPENCL_H
#define TENON_OPENCL_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/binaries.h"
#include "common/host.h"
#include "plugins/opencl/symbols.h"

#define OCL_VERSION "0.1"
#define OCL_LIBRARY "libOpenCL.so.1"

struct tn_plugin_instance {
    const tn_host *host;
    void *host_data;
    ocl_symbols cl;
    const char *options;  /* of the configuration; "" for none */
    const char *include;  /* folder that kernels may include from, or NULL */
    tn_binaries binaries; /* of programs */
    bool command_buffers; /* whether graphs are made of them */
    tn_plugin_device *devices;
    uint32_t device_count;
};

/** Tells the host why the call in progress fails. @return status */
#define ocl_fail(instance, ...)                                                \
    tn_host_fail((instance)->host, (instance)->host_data, __VA_ARGS__)

/**
 * The same for a call of OpenCL that answered a code, whose name, number and
 * meaning follow the text. @return the status that goes with the code
 */
tn_status ocl_fail_code(tn_plugin_instance *instance, cl_int code,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** ocl_fail() for want of memory for an object. */
#define ocl_fail_memory(instance, what)                                        \
    tn_host_fail_memory((instance)->host, (instance)->host_data, what)

/** A line for the application's log. */
#define ocl_log(instance, ...)                                                 \
    tn_host_log((instance)->host, (instance)->host_data, __VA_ARGS__)

/** Zeroed memory of the host's allocator, or NULL; and its release. */
#define ocl_allocate(instance, bytes)                                          \
    tn_host_allocate((instance)->host, (instance)->host_data, bytes)
#define ocl_release(instance, pointer)                                         \
    (instance)->host->release((instance)->host_data, pointer)

/** A moment of tn_clock_now() so many nanoseconds ahead; TN_FOREVER stays. */
uint64_t ocl_deadline(uint64_t timeout);

tn_status ocl_instance_create(const tn_host *host, void *host_data,
                              tn_plugin_instance **instance);
void ocl_instance_destroy(tn_plugin_instance *instance);

#endif
