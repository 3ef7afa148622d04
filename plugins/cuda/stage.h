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

/** A copy that a stream is asked for. */
typedef struct cuda_transfer {
    tn_plugin_stream *stream;
    cuda_address address;
    unsigned char *host;
    uint64_t bytes;
    bool out;  /* to the host */
    bool wait; /* it has ended when the call returns */
} cuda_transfer;

/**
 * Does it, if it is one to be staged. The context is current.
 *
 * @param result  the driver's answer
 * @return false: nothing was done, and the driver shall copy
 */
bool cuda_stage(const cuda_transfer *transfer, cuda_result *result);

#endif
