/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Kernels, and the objects of OpenCL that launch them.
 *
 * clSetKernelArg() is not for several threads, so each stream that launches a
 * kernel has an object of its own: an ocl_bound, which knows the arguments that
 * are set and leaves those alone that stay.
 */
#ifndef TENON_OPENCL_KERNEL_H
#define TENON_OPENCL_KERNEL_H

#include <stdatomic.h>

#include <tenon/plugin.h>

#include "plugins/opencl/opencl.h"

enum {
    OCL_KIND_WORDS = TN_ARGUMENTS_MAX / 16
};

typedef struct ocl_bound ocl_bound;

struct tn_plugin_kernel {
    tn_plugin_module *module;
    const char *name;     /* that it is called by: without tn_k_ */
    const char *function; /* its name in the program */
    uint32_t number;      /* in the module */
    bool described;       /* what follows is known; device's lock */
    cl_kernel spare;      /* an object that no stream has taken yet */
    tn_kernel_info info;
    tn_parameter *parameters;
    ocl_bound *bounds; /* device's lock */
};

struct ocl_bound {
    _Atomic(tn_plugin_kernel *) kernel; /* NULL: unloaded */
    cl_kernel object;
    struct ocl_bound *next; /* of the stream; its thread alone */
    struct {                /* of the kernel; device's lock */
        struct ocl_bound *next;
        struct ocl_bound *previous;
    } others;

    /* the arguments that are set; slot_count 0 where none is sure */
    uint64_t changes; /* of the device, when they were compared */
    uint32_t argument_count;
    uint32_t slot_count;
    uint32_t slot_capacity;
    uint64_t kinds[OCL_KIND_WORDS];
    tn_plugin_slot *slots;
    uint64_t serials[TN_ARGUMENTS_MAX]; /* of memories, by argument */
};

/** The stream's object for a kernel; NULL after ocl_fail(). */
ocl_bound *ocl_bound_find(tn_plugin_stream *stream, tn_plugin_kernel *kernel);

/** Sets those arguments that are not what the launch wants. */
tn_status ocl_bound_set(ocl_bound *bound, tn_plugin_stream *stream,
                        tn_plugin_kernel *kernel,
                        const tn_plugin_launch *launch);

/** Sets all arguments in an object that is no stream's. */
tn_status ocl_arguments_set(cl_kernel object, const tn_plugin_kernel *kernel,
                            const tn_plugin_launch *launch);

/** What an argument of a launch is, and how many slots it takes. */
tn_type ocl_argument_kind(const tn_plugin_launch *launch, uint32_t index);
uint32_t ocl_argument_slots(tn_type kind, const tn_plugin_slot *slot);

/** Gives back all that a stream has. */
void ocl_bounds_release(tn_plugin_stream *stream);
/** Takes a kernel that is unloaded away from all streams. */
void ocl_kernel_unload(tn_plugin_kernel *kernel);

/** Learns what is known of a kernel, once. */
tn_status ocl_kernel_describe(tn_plugin_kernel *kernel);

tn_status ocl_kernel_get(tn_plugin_module *module, const char *name,
                         tn_plugin_kernel **kernel);
tn_status ocl_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info);
tn_status ocl_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                               tn_parameter *parameter);

/** Reads one parameter of a kernel; its type stays NONE where nobody knows. */
void ocl_parameter_read(const ocl_symbols *cl, cl_kernel object, uint32_t index,
                        tn_parameter *parameter);

tn_status ocl_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                     const tn_plugin_launch *launch);

#endif
