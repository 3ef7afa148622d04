/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What all parts of the cuda backend know: the instance, the way an error
 * takes, and how a device's context comes to be current.
 */
#ifndef TENON_CUDA_H
#define TENON_CUDA_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/binaries.h"
#include "common/host.h"
#include "plugins/cuda/device.h"
#include "plugins/cuda/driver.h"

#define CUDA_VERSION_TEXT "0.1"

enum {
    /* Local blocks of a launch begin at multiples of it. */
    CUDA_LOCAL_ALIGNMENT = 64,
    /* Group memory that a kernel gets without asking for more. */
    CUDA_SHARED_DEFAULT = 48 << 10,
    /* Of all arguments of a launch; later drivers take 32764 from sm_70 on. */
    CUDA_ARGUMENT_BYTES = 4096
};

struct tn_plugin_instance {
    const tn_host *host;
    void *host_data;
    cuda_driver driver;
    bool wait_for_legacy; /* streams wait for the legacy stream */
    tn_binaries binaries; /* of PTX */
    bool staging;         /* large copies take several threads */
    unsigned staging_threads;
    atomic_bool staging_failed; /* and the log tells why */
    bool abandoned;             /* a thread of the driver may still come back */
    uint32_t device_count;
    tn_plugin_device *devices;
};

/** Tells the host why the call in progress fails. @return status */
#define cuda_fail(instance, ...)                                               \
    tn_host_fail((instance)->host, (instance)->host_data, __VA_ARGS__)

/** cuda_fail() for want of memory for an object. */
#define cuda_fail_memory(instance, what)                                       \
    tn_host_fail_memory((instance)->host, (instance)->host_data, what)

/** Zeroed memory of the host's allocator, or NULL; and its release. */
#define cuda_allocate(instance, bytes)                                         \
    tn_host_allocate((instance)->host, (instance)->host_data, bytes)
#define cuda_release(instance, pointer)                                        \
    (instance)->host->release((instance)->host_data, pointer)

/** Asking the driver again and again, for some time. */
typedef struct cuda_wait {
    uint64_t begin; /* by tn_clock_now() */
    uint64_t deadline;
} cuda_wait;

/** @param timeout  nanoseconds; TN_FOREVER */
cuda_wait cuda_wait_begin(uint64_t timeout);

/**
 * Waits a little before a question is asked again: briefly at first, so that
 * short work is noticed at once, then asleep. False: the time is over.
 */
bool cuda_wait_more(const cuda_wait *wait);

tn_status cuda_instance_create(const tn_host *host, void *host_data,
                               tn_plugin_instance **instance);
void cuda_instance_destroy(tn_plugin_instance *instance);

#endif
