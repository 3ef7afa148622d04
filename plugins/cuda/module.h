/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Modules and their kernels.
 */
#ifndef TENON_CUDA_MODULE_H
#define TENON_CUDA_MODULE_H

#include <pthread.h>
#include <stdatomic.h>

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"
#include "plugins/cuda/reap.h"

enum {
    CUDA_NO_KINDS = 15 /* no type has this number */
};

struct tn_plugin_kernel {
    cuda_function function;
    /* dynamic group memory that a launch may have as things are */
    atomic_uint shared_ready;
    uint32_t parameter_count;
    uint32_t plain_buffers; /* bit i: argument i of plain_kinds is a buffer */
    /* types of the first launch of CUDA_PLAIN_ARGUMENTS buffers and values at
     * most; CUDA_NO_KINDS: none was */
    _Atomic(uint64_t) plain_kinds;
    tn_parameter *parameters;
    tn_plugin_module *module;
    tn_plugin_kernel *next; /* of the module, in the file's order */
    uint32_t items[3];      /* the only group size; 0: any */
    char *symbol;           /* in the code */
    char *name;             /* for people */
};

/** A variable that was asked for. */
typedef struct cuda_symbol cuda_symbol;

struct tn_plugin_module {
    tn_plugin_device *device;
    cuda_code code;
    pthread_mutex_t lock; /* for what is looked up later */
    tn_plugin_kernel *kernels;
    uint32_t kernel_count;
    const char **names; /* of all kernels; NULL where the driver lists none */
    cuda_symbol *symbols;
    cuda_garbage garbage;
};

/**
 * Has the driver load code, PTX through its compiler, whose log goes to the
 * host. The device's context is current.
 */
tn_status cuda_build(tn_plugin_device *device,
                     const tn_plugin_module_desc *desc, const void *image,
                     cuda_code *code);

/**
 * The same for PTX, which is text: compiled, or taken from the user's cache.
 */
tn_status cuda_build_ptx(tn_plugin_device *device,
                         const tn_plugin_module_desc *desc, char *text,
                         size_t bytes, cuda_code *code);

/**
 * Adds a kernel to a module, whose code is loaded.
 *
 * @param name        of the symbol, bytes long
 * @param count       of parameters; TN_UNKNOWN: ask the driver
 * @param parameters  borrowed
 */
tn_status cuda_kernel_add(tn_plugin_module *module, const char *name,
                          size_t bytes, const uint32_t items[3], uint32_t count,
                          const tn_parameter *parameters);

/** Gives the kernels their plain names; they are all there. */
tn_status cuda_kernels_name(tn_plugin_module *module);
void cuda_kernels_free(tn_plugin_module *module);

/** Lets a kernel have so much dynamic group memory, where that is possible. */
tn_status cuda_kernel_allow_shared(tn_plugin_kernel *kernel, uint64_t bytes);

tn_status cuda_module_create(tn_plugin_device *device,
                             const tn_plugin_module_desc *desc,
                             tn_plugin_module **module);
void cuda_module_destroy(tn_plugin_module *module);
tn_status cuda_module_kernels(tn_plugin_module *module,
                              const char *const **names, uint32_t *count);
tn_status cuda_module_symbol(tn_plugin_module *module, const char *name,
                             tn_plugin_memory **memory, uint64_t *bytes);
void cuda_symbols_free(tn_plugin_module *module);
tn_status cuda_kernel_get(tn_plugin_module *module, const char *name,
                          tn_plugin_kernel **kernel);
tn_status cuda_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info);
tn_status cuda_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                                tn_parameter *parameter);
/** What the driver is told of a launch's arguments. */
typedef struct cuda_arguments {
    void *pointers[TN_ARGUMENTS_MAX];
    uint64_t words[TN_ARGUMENTS_MAX]; /* addresses and offsets */
    uint64_t shared;                  /* bytes of all local blocks */
} cuda_arguments;

/**
 * Writes what a launch's arguments are, and lets the kernel have their group
 * memory; valid with the launch's slots.
 */
tn_status cuda_launch_arguments(cuda_arguments *arguments,
                                tn_plugin_kernel *kernel,
                                const tn_plugin_launch *launch);
tn_status cuda_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                      const tn_plugin_launch *launch);

#endif
