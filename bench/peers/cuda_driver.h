/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The CUDA driver called plainly, as a program without Tenon does: the peer of
 * bench/cuda.c.
 */
#ifndef TENON_BENCH_PEERS_CUDA_DRIVER_H
#define TENON_BENCH_PEERS_CUDA_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned long long cu_address;

/* X(name, parameters) */
#define CU_FUNCTIONS(X)                                                        \
    X(cuInit, (unsigned flags))                                                \
    X(cuDriverGetVersion, (int *version))                                      \
    X(cuCtxSetCurrent, (void *context))                                        \
    X(cuStreamCreate, (void **stream, unsigned flags))                         \
    X(cuStreamSynchronize, (void *stream))                                     \
    X(cuModuleLoadData, (void **module, const void *image))                    \
    X(cuModuleGetFunction, (void **function, void *module, const char *name))  \
    X(cuMemcpyHtoDAsync_v2,                                                    \
      (cu_address to, const void *from, size_t bytes, void *stream))           \
    X(cuMemcpyDtoHAsync_v2,                                                    \
      (void *to, cu_address from, size_t bytes, void *stream))                 \
    X(cuMemcpyDtoDAsync_v2,                                                    \
      (cu_address to, cu_address from, size_t bytes, void *stream))            \
    X(cuLaunchKernel, (void *function, unsigned groups_x, unsigned groups_y,   \
                       unsigned groups_z, unsigned items_x, unsigned items_y,  \
                       unsigned items_z, unsigned shared, void *stream,        \
                       void **arguments, void **extra))

typedef struct cu_driver {
#define CU_MEMBER(name, parameters) int(*name) parameters;
    CU_FUNCTIONS(CU_MEMBER)
#undef CU_MEMBER
} cu_driver;

/** Opens it; false where it is not there or does not start. */
bool cu_open(cu_driver *driver, const char *library);

/** Ends the program unless a call answered 0. */
#define CU(call) cu_check(call, #call)
void cu_check(int result, const char *call);

#endif
