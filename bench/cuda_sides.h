/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Tenon's cuda backend, and the driver called plainly, in one context.
 */
#ifndef TENON_BENCH_CUDA_SIDES_H
#define TENON_BENCH_CUDA_SIDES_H

#include <stdbool.h>

#include <tenon/tenon.h>

#include "bench/peers/cuda_driver.h"

typedef struct cuda_sides {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    cu_driver driver;
    void *queue; /* the driver's, for the peer */
} cuda_sides;

/**
 * Opens both, and makes the context current.
 *
 * @param program  names itself where it is left out
 * @param library  the driver's
 *
 * @return false: there is no GPU or no driver, and stdout tells
 */
bool cuda_sides_open(cuda_sides *sides, const char *program,
                     const char *library);

#endif
