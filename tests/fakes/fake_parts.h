/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the parts of the fake backend know of each other.
 */
#ifndef TENON_TESTS_FAKE_PARTS_H
#define TENON_TESTS_FAKE_PARTS_H

#include <string.h>

#include "tests/fakes/fake.h"

enum {
    FAKE_KERNELS_MAX = 16
};

struct tn_plugin_kernel {
    tn_plugin_module *module;
    char name[TN_NAME_BYTES];
    tn_kernel_info info;
    tn_parameter parameters[TN_ARGUMENTS_MAX];
};

struct tn_plugin_module {
    tn_plugin_device *device;
    tn_plugin_kernel *kernels;
    const char *names[FAKE_KERNELS_MAX];
    uint32_t count;
    char variable_name[TN_NAME_BYTES];
    uint64_t variable_bytes;
    tn_plugin_memory variable;
};

static inline void *create(const tn_plugin_instance *instance, size_t bytes)
{
    void *made = instance->host->allocate(instance->host_data, bytes, 0);

    return made != NULL ? memset(made, 0, bytes) : NULL;
}

static inline void destroy(const tn_plugin_instance *instance, void *object)
{
    instance->host->release(instance->host_data, object);
}

/** Modules and kernels. */
void fake_fill_modules(tn_plugin *table);

#endif
