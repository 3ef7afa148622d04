/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The driver's functions as one table, and how its answers become ours.
 */
#ifndef TENON_CUDA_DRIVER_H
#define TENON_CUDA_DRIVER_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/dl.h"
#include "plugins/cuda/driver_types.h"

/** CUDA 11.4, driver 470: what the functions without which nothing works need. */
#define CUDA_DRIVER_OLDEST 11040

/*
 * REQUIRED(name, parameters) and OPTIONAL(name, parameters): by the versioned
 * names that the library exports. Those that are optional are NULL in drivers
 * that lack them.
 */
#define CUDA_FUNCTIONS(REQUIRED, OPTIONAL)                                     \
    REQUIRED(cuInit, (unsigned int flags))                                     \
    REQUIRED(cuDriverGetVersion, (int *version))                               \
    REQUIRED(cuDeviceGetCount, (int *count))                                   \
    REQUIRED(cuDeviceGet, (cuda_ordinal * device, int index))                  \
    REQUIRED(cuDeviceGetName, (char *name, int bytes, cuda_ordinal device))    \
    REQUIRED(cuDeviceTotalMem_v2, (size_t * bytes, cuda_ordinal device))       \
    REQUIRED(cuDeviceGetAttribute,                                             \
             (int *value, unsigned int attribute, cuda_ordinal device))        \
    REQUIRED(cuDeviceGetPCIBusId,                                              \
             (char *address, int bytes, cuda_ordinal device))                  \
    REQUIRED(cuDeviceGetUuid, (cuda_uuid * uuid, cuda_ordinal device))         \
    OPTIONAL(cuDeviceGetUuid_v2, (cuda_uuid * uuid, cuda_ordinal device))      \
    REQUIRED(cuDeviceCanAccessPeer,                                            \
             (int *can, cuda_ordinal device, cuda_ordinal peer))               \
    OPTIONAL(cuGetErrorName, (cuda_result result, const char **name))          \
    OPTIONAL(cuGetErrorString, (cuda_result result, const char **text))        \
    REQUIRED(cuDevicePrimaryCtxRetain,                                         \
             (cuda_context * context, cuda_ordinal device))                    \
    REQUIRED(cuDevicePrimaryCtxRelease_v2, (cuda_ordinal device))              \
    REQUIRED(cuCtxPushCurrent_v2, (cuda_context context))                      \
    REQUIRED(cuCtxPopCurrent_v2, (cuda_context * context))                     \
    REQUIRED(cuCtxGetStreamPriorityRange, (int *least, int *greatest))         \
    REQUIRED(cuCtxEnablePeerAccess, (cuda_context peer, unsigned int flags))   \
    REQUIRED(cuMemGetInfo_v2, (size_t * available, size_t * total))            \
    REQUIRED(cuMemAlloc_v2, (cuda_address * address, size_t bytes))            \
    REQUIRED(cuMemFree_v2, (cuda_address address))                             \
    REQUIRED(cuMemHostAlloc,                                                   \
             (void **pointer, size_t bytes, unsigned int flags))               \
    REQUIRED(cuMemFreeHost, (void *pointer))                                   \
    REQUIRED(cuMemHostGetDevicePointer_v2,                                     \
             (cuda_address * address, void *pointer, unsigned int flags))      \
    REQUIRED(cuPointerGetAttribute,                                            \
             (void *value, unsigned int attribute, cuda_address address))      \
    OPTIONAL(cuMemPoolCreate,                                                  \
             (cuda_pool * pool, const cuda_pool_properties *properties))       \
    OPTIONAL(cuMemPoolDestroy, (cuda_pool pool))                               \
    OPTIONAL(cuMemPoolSetAttribute,                                            \
             (cuda_pool pool, unsigned int attribute, void *value))            \
    OPTIONAL(cuMemPoolGetAttribute,                                            \
             (cuda_pool pool, unsigned int attribute, void *value))            \
    OPTIONAL(cuMemPoolSetAccess,                                               \
             (cuda_pool pool, const cuda_access *access, size_t count))        \
    OPTIONAL(cuMemPoolTrimTo, (cuda_pool pool, size_t keep))                   \
    OPTIONAL(cuMemAllocFromPoolAsync, (cuda_address * address, size_t bytes,   \
                                       cuda_pool pool, cuda_queue queue))      \
    OPTIONAL(cuMemFreeAsync, (cuda_address address, cuda_queue queue))         \
    REQUIRED(cuMemcpyHtoDAsync_v2, (cuda_address to, const void *from,         \
                                    size_t bytes, cuda_queue queue))           \
    REQUIRED(cuMemcpyDtoHAsync_v2,                                             \
             (void *to, cuda_address from, size_t bytes, cuda_queue queue))    \
    REQUIRED(cuMemcpyDtoDAsync_v2, (cuda_address to, cuda_address from,        \
                                    size_t bytes, cuda_queue queue))           \
    REQUIRED(cuMemcpyPeerAsync,                                                \
             (cuda_address to, cuda_context to_context, cuda_address from,     \
              cuda_context from_context, size_t bytes, cuda_queue queue))      \
    REQUIRED(cuMemsetD8Async, (cuda_address address, unsigned char value,      \
                               size_t count, cuda_queue queue))                \
    REQUIRED(cuMemsetD16Async, (cuda_address address, unsigned short value,    \
                                size_t count, cuda_queue queue))               \
    REQUIRED(cuMemsetD32Async, (cuda_address address, unsigned int value,      \
                                size_t count, cuda_queue queue))               \
    REQUIRED(cuMemsetD2D32Async,                                               \
             (cuda_address address, size_t pitch, unsigned int value,          \
              size_t width, size_t height, cuda_queue queue))                  \
    REQUIRED(cuStreamCreateWithPriority,                                       \
             (cuda_queue * queue, unsigned int flags, int priority))           \
    REQUIRED(cuStreamDestroy_v2, (cuda_queue queue))                           \
    REQUIRED(cuStreamQuery, (cuda_queue queue))                                \
    REQUIRED(cuStreamSynchronize, (cuda_queue queue))                          \
    REQUIRED(cuStreamWaitEvent,                                                \
             (cuda_queue queue, cuda_mark mark, unsigned int flags))           \
    OPTIONAL(cuStreamGetCtx, (cuda_queue queue, cuda_context * context))       \
    REQUIRED(cuLaunchHostFunc,                                                 \
             (cuda_queue queue, cuda_host_function function, void *data))      \
    REQUIRED(cuEventCreate, (cuda_mark * mark, unsigned int flags))            \
    REQUIRED(cuEventDestroy_v2, (cuda_mark mark))                              \
    REQUIRED(cuEventRecord, (cuda_mark mark, cuda_queue queue))                \
    REQUIRED(cuEventQuery, (cuda_mark mark))                                   \
    REQUIRED(cuEventSynchronize, (cuda_mark mark))                             \
    REQUIRED(cuEventElapsedTime,                                               \
             (float *milliseconds, cuda_mark start, cuda_mark end))            \
    REQUIRED(cuModuleLoadDataEx,                                               \
             (cuda_code * code, const void *image, unsigned int count,         \
              unsigned int *options, void **values))                           \
    REQUIRED(cuModuleUnload, (cuda_code code))                                 \
    REQUIRED(cuModuleGetFunction,                                              \
             (cuda_function * function, cuda_code code, const char *name))     \
    REQUIRED(cuModuleGetGlobal_v2, (cuda_address * address, size_t * bytes,    \
                                    cuda_code code, const char *name))         \
    OPTIONAL(cuModuleGetFunctionCount, (unsigned int *count, cuda_code code))  \
    OPTIONAL(cuModuleEnumerateFunctions,                                       \
             (cuda_function * functions, unsigned int count, cuda_code code))  \
    OPTIONAL(cuFuncGetName, (const char **name, cuda_function function))       \
    OPTIONAL(cuFuncGetParamInfo, (cuda_function function, size_t index,        \
                                  size_t * offset, size_t * bytes))            \
    REQUIRED(cuFuncGetAttribute,                                               \
             (int *value, unsigned int attribute, cuda_function function))     \
    REQUIRED(cuFuncSetAttribute,                                               \
             (cuda_function function, unsigned int attribute, int value))      \
    REQUIRED(cuLaunchKernel,                                                   \
             (cuda_function function, unsigned int groups_x,                   \
              unsigned int groups_y, unsigned int groups_z,                    \
              unsigned int items_x, unsigned int items_y,                      \
              unsigned int items_z, unsigned int shared_bytes,                 \
              cuda_queue queue, void **arguments, void **extra))               \
    OPTIONAL(cuLinkCreate_v2, (unsigned int count, unsigned int *options,      \
                               void **values, cuda_linker *linker))            \
    OPTIONAL(cuLinkAddData_v2,                                                 \
             (cuda_linker linker, unsigned int kind, void *data, size_t bytes, \
              const char *name, unsigned int count, unsigned int *options,     \
              void **values))                                                  \
    OPTIONAL(cuLinkComplete,                                                   \
             (cuda_linker linker, void **cubin, size_t *bytes))                \
    OPTIONAL(cuLinkDestroy, (cuda_linker linker))                              \
    OPTIONAL(cuStreamBeginCapture_v2, (cuda_queue queue, unsigned int mode))   \
    OPTIONAL(cuStreamGetCaptureInfo_v2,                                        \
             (cuda_queue queue, unsigned int *state, uint64_t *id,             \
              cuda_graph *graph, const cuda_node **last, size_t *count))       \
    OPTIONAL(cuStreamEndCapture, (cuda_queue queue, cuda_graph * graph))       \
    OPTIONAL(cuGraphInstantiateWithFlags,                                      \
             (cuda_executable * executable, cuda_graph graph,                  \
              unsigned long long flags))                                       \
    OPTIONAL(cuGraphExecKernelNodeSetParams,                                   \
             (cuda_executable executable, cuda_node node,                      \
              const cuda_node_launch *launch))                                 \
    OPTIONAL(cuGraphLaunch, (cuda_executable executable, cuda_queue queue))    \
    OPTIONAL(cuGraphExecDestroy, (cuda_executable executable))                 \
    OPTIONAL(cuGraphDestroy, (cuda_graph graph))

typedef struct cuda_driver {
#define CUDA_MEMBER(name, parameters) cuda_result(*name) parameters;
    CUDA_FUNCTIONS(CUDA_MEMBER, CUDA_MEMBER)
#undef CUDA_MEMBER
    int version;         /* 12040 for CUDA 12.4 */
    const char *library; /* its file, for sentences */
} cuda_driver;

/**
 * Opens the library and finds its functions; runs none of them.
 *
 * @param library  a name or path for dlopen(); stays valid
 * @param why      what is missing, and the fix
 * @return TN_OK; TN_ERROR_UNAVAILABLE
 */
tn_status cuda_driver_open(cuda_driver *driver, const char *library,
                           tn_sentence *why);

/**
 * Starts the driver, cuInit().
 *
 * @param why  the reason, and the fix
 * @return TN_OK; TN_ERROR_UNAVAILABLE
 */
tn_status cuda_driver_start(cuda_driver *driver, tn_sentence *why);

/** An answer of the driver as "CUDA_ERROR_NO_DEVICE (100): no GPU ...". */
const char *cuda_result_text(const cuda_driver *driver, cuda_result result,
                             tn_sentence *text);

/** Our status for an answer of the driver. */
tn_status cuda_result_status(cuda_result result);

/** Whether nothing works in this context any more after that answer. */
bool cuda_result_is_final(cuda_result result);

#endif
