/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What all parts of the cpu backend know: the instance, its limits, and the way
 * an error takes.
 */
#ifndef TENON_CPU_H
#define TENON_CPU_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/host.h"
#include "common/size.h"
#include "plugins/cpu/clock.h"
#include "plugins/cpu/device.h"
#include "plugins/cpu/places.h"
#include "plugins/cpu/pool.h"

#define CPU_VERSION "0.1"

enum {
    CPU_ALIGNMENT = 64,           /* of buffers and group memory */
    CPU_THREADS_MAX = 1024,       /* of the key `threads` */
    CPU_ITEMS_MAX = 1024,         /* of one group; kernels size arrays by it */
    CPU_LOCAL_BYTES = 1 << 20,    /* of group memory: what an L2 cache holds */
    CPU_ARGUMENT_BYTES = 1 << 16, /* of all arguments of a launch */
    CPU_GROUPS_X = 0x7fffffff,    /* with 65535 in y and z, the number of */
    CPU_GROUPS_YZ = 65535         /* groups fits 63 bits */
};

struct tn_plugin_instance {
    const tn_host *host;
    void *host_data;
    cpu_places places;
    cpu_pool pool;
    tn_plugin_device device;
};

/** Tells the host why the call in progress fails. @return status */
#define cpu_fail(instance, ...)                                                \
    tn_host_fail((instance)->host, (instance)->host_data, __VA_ARGS__)

/** cpu_fail() for want of memory for an object. */
#define cpu_fail_memory(instance, what)                                        \
    tn_host_fail_memory((instance)->host, (instance)->host_data, what)

/** Zeroed memory of the host's allocator, or NULL; and its release. */
#define cpu_allocate(instance, bytes)                                          \
    tn_host_allocate((instance)->host, (instance)->host_data, bytes)
#define cpu_release(instance, pointer)                                         \
    (instance)->host->release((instance)->host_data, pointer)

/** Writes a struct that begins with its size into one that the host owns. */
#define cpu_answer(answer, from, bytes) tn_copy_sized(answer, from, bytes)

/** Reads the keys of the section; on failure places may hold a list. */
tn_status cpu_settings_read(tn_plugin_instance *instance);

tn_status cpu_instance_create(const tn_host *host, void *host_data,
                              tn_plugin_instance **instance);
void cpu_instance_destroy(tn_plugin_instance *instance);

#endif
