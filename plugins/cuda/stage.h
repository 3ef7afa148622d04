/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Large copies between the device and pageable memory of the host. The driver
 * copies those on one thread; here several threads do.
 */
#ifndef TENON_CUDA_STAGE_H
#define TENON_CUDA_STAGE_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cuda/driver.h"

/** Reads `staging` and `staging_threads`. */
tn_status cuda_stage_settings(tn_plugin_instance *instance);

/** A copy between device and host, behind what is queued. */
typedef struct cuda_transfer {
    tn_plugin_device *device;
    cuda_queue queue;
    bool foreign; /* the queue is also others', who may capture it */
    cuda_address address;
    unsigned char *host;
    uint64_t bytes;
    bool out;  /* to the host */
    bool wait; /* it has ended when the call returns */
} cuda_transfer;

/** Does it, staged or not. The context is current. @return the driver's answer */
cuda_result cuda_transfer_do(const cuda_transfer *transfer);

#endif
