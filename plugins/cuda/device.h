/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Devices, their contexts, and the way of an error of the driver.
 */
#ifndef TENON_CUDA_DEVICE_H
#define TENON_CUDA_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/sentence.h"
#include "plugins/cuda/driver.h"
#include "plugins/cuda/ring.h"

typedef struct cuda_garbage cuda_garbage;
typedef struct cuda_call cuda_call;

struct tn_plugin_device {
    tn_plugin_instance *instance;
    cuda_ordinal ordinal;
    uint32_t index;
    uint32_t sm;           /* 90 for sm_90 */
    uint32_t shared_bytes; /* of a group at most */
    uint64_t memory_bytes;
    tn_device_info info;

    /* while it is open */
    cuda_context context;
    cuda_pool pool;     /* NULL: the device or the driver has none */
    cuda_queue maker;   /* allocates what no stream asked for; never waits */
    cuda_queue reaper;  /* destroys after the work of all streams */
    int priority_least; /* of streams; larger numbers go last */
    int priority_most;
    uint64_t peers;      /* bit i: device i may be reached from here */
    atomic_uint overdue; /* streams that did not finish in time */
    atomic_uint garbage_count;
    atomic_bool lost;

    pthread_mutex_t lock; /* for all below */
    tn_sentence loss;     /* what happened */
    tn_plugin_stream *streams;
    cuda_garbage *garbage;
    cuda_call *calls;    /* functions that wait for their turn */
    cuda_call *given_up; /* and those that were called without it */
    cuda_ring rings[2];  /* to the device, and to the host; with own locks */
    bool abandoned;      /* closed with work that does not end */
};

/**
 * Makes the device's context the current one, on top of the caller's own, or
 * answers what the device was lost by.
 */
tn_status cuda_enter(tn_plugin_device *device);

/** The caller's own is the current one again. */
void cuda_leave(tn_plugin_device *device);

/**
 * What an answer of the driver means to the caller: TN_OK, or the sentence
 * "DOING: NAME (number): meaning" told to the host. An error that ends the
 * context makes the device lost.
 */
tn_status cuda_check(tn_plugin_device *device, cuda_result result,
                     const char *doing);

/** The sentence of a device that is lost, told to the host. */
tn_status cuda_report_loss(tn_plugin_device *device);

/** Reads what there is to know; @return TN_OK or with its sentence told. */
tn_status cuda_device_init(tn_plugin_device *device,
                           tn_plugin_instance *instance, uint32_t index);
void cuda_device_finish(tn_plugin_device *device);

tn_status cuda_device_count(tn_plugin_instance *instance, uint32_t *count);
tn_status cuda_device_info(tn_plugin_instance *instance, uint32_t index,
                           tn_device_info *info);
tn_status cuda_device_open(tn_plugin_instance *instance, uint32_t index,
                           tn_plugin_device **device);
void cuda_device_close(tn_plugin_device *device);
tn_status cuda_device_status(tn_plugin_device *device);
tn_status cuda_device_memory_free(tn_plugin_device *device, uint64_t *bytes);
tn_status cuda_device_native(tn_plugin_device *device, uint64_t *handle);
tn_status cuda_module_rank(tn_plugin_device *device, const char *format,
                           const char *requirements, uint32_t *rank);

#endif
