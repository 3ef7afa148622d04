/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Devices of all platforms, in the order that the loader tells them. Each has a
 * context of its own while it is open.
 */
#ifndef TENON_OPENCL_DEVICE_H
#define TENON_OPENCL_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include <tenon/plugin.h>

#include "plugins/opencl/command_buffer.h"
#include "plugins/opencl/opencl.h"

struct tn_plugin_device {
    tn_plugin_instance *instance;
    cl_platform_id platform;
    cl_device_id id;
    tn_device_info info;
    char driver_version[256]; /* CL_DRIVER_VERSION and CL_DEVICE_VERSION */
    char *extensions;         /* separated by spaces, one at both ends */
    uint32_t language;        /* of OpenCL C: 12, 20, 30; 0 without compiler */
    uint32_t address_bits;
    uint32_t sub_buffer_alignment; /* bytes */
    bool svm;                      /* memory is shared virtual memory */
    bool fine;                     /* and the host may use it unmapped */
    ocl_command_buffers command_buffers;

    cl_context context;     /* of here on: while open */
    cl_command_queue queue; /* for what is done at once: maps */
    pthread_mutex_t lock;
    tn_plugin_stream *streams;    /* that exist */
    tn_plugin_stream *leaving;    /* destroyed, with work */
    tn_plugin_graph *graphs;      /* destroyed, while they ran */
    atomic_uint_fast64_t serial;  /* of the next memory */
    atomic_uint_fast64_t changes; /* memories that are another thing now */
};

/** Finds them; at least one on success. */
tn_status ocl_devices_find(tn_plugin_instance *instance);
void ocl_devices_forget(tn_plugin_instance *instance);

/**
 * Reads what there is to know of a device.
 *
 * @return false where it cannot be used; a line in the log says why
 */
bool ocl_device_describe(tn_plugin_device *device);

/**
 * A text of the driver, of whatever length, whole or cut; "" where there is
 * none.
 */
void ocl_device_text(const tn_plugin_device *device, cl_device_info what,
                     char *text, size_t size);

/** Whether an extension or feature is there. */
bool ocl_device_has(const tn_plugin_device *device, const char *extension,
                    size_t bytes);

tn_status ocl_device_count(tn_plugin_instance *instance, uint32_t *count);
tn_status ocl_device_info(tn_plugin_instance *instance, uint32_t index,
                          tn_device_info *info);
tn_status ocl_device_open(tn_plugin_instance *instance, uint32_t index,
                          tn_plugin_device **device);
void ocl_device_close(tn_plugin_device *device);
tn_status ocl_device_status(tn_plugin_device *device);
tn_status ocl_device_native(tn_plugin_device *device, uint64_t *handle);
tn_status ocl_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank);

#endif
