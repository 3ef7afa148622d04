/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The types and constants of NVIDIA's driver API that this backend uses, in
 * names of its own: it builds where no CUDA toolkit is. Handles have NVIDIA's
 * struct tags, enumerations cross as unsigned int, so that each prototype made
 * of them is compatible with the one in <cuda.h>; tests/cuda_header proves it.
 */
#ifndef TENON_CUDA_DRIVER_TYPES_H
#define TENON_CUDA_DRIVER_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned int cuda_result;
typedef int cuda_ordinal;
typedef unsigned long long cuda_address;
typedef struct CUctx_st *cuda_context;
typedef struct CUmod_st *cuda_code;
typedef struct CUfunc_st *cuda_function;
typedef struct CUstream_st *cuda_queue;
typedef struct CUevent_st *cuda_mark;
typedef struct CUmemPoolHandle_st *cuda_pool;
typedef struct CUgraph_st *cuda_graph;
typedef struct CUgraphNode_st *cuda_node;
typedef struct CUgraphExec_st *cuda_executable;
typedef struct CUlinkState_st *cuda_linker;
typedef void (*cuda_host_function)(void *data);

typedef struct cuda_uuid {
    char bytes[16];
} cuda_uuid;

typedef struct cuda_location {
    unsigned int type;
    int id;
} cuda_location;

typedef struct cuda_access {
    cuda_location location;
    unsigned int flags;
} cuda_access;

typedef struct cuda_pool_properties {
    unsigned int allocation;
    unsigned int handles;
    cuda_location location;
    void *security;
    size_t max_size;
    unsigned short usage;
    unsigned char reserved[54];
} cuda_pool_properties;

/** A launch in a graph. */
typedef struct cuda_node_launch {
    cuda_function function;
    unsigned int groups_x;
    unsigned int groups_y;
    unsigned int groups_z;
    unsigned int items_x;
    unsigned int items_y;
    unsigned int items_z;
    unsigned int shared_bytes;
    void **arguments;
    void **extra;
} cuda_node_launch;

/*
 * X(name, number, meaning): what the driver answers. tests/cuda_header compares
 * each number with <cuda.h>.
 */
#define CUDA_RESULTS(X)                                                        \
    X(CUDA_SUCCESS, 0, "success")                                              \
    X(CUDA_ERROR_INVALID_VALUE, 1, "the driver refuses an argument")           \
    X(CUDA_ERROR_OUT_OF_MEMORY, 2, "out of memory")                            \
    X(CUDA_ERROR_NOT_INITIALIZED, 3, "the driver was not started")             \
    X(CUDA_ERROR_DEINITIALIZED, 4, "the driver is shutting down")              \
    X(CUDA_ERROR_STUB_LIBRARY, 34, "it is the toolkit's stub library")         \
    X(CUDA_ERROR_DEVICE_UNAVAILABLE, 46,                                       \
      "the device is used by another process alone")                           \
    X(CUDA_ERROR_NO_DEVICE, 100, "no NVIDIA GPU is visible")                   \
    X(CUDA_ERROR_INVALID_DEVICE, 101, "no such device")                        \
    X(CUDA_ERROR_DEVICE_NOT_LICENSED, 102, "the virtual GPU has no license")   \
    X(CUDA_ERROR_INVALID_IMAGE, 200, "the code is damaged")                    \
    X(CUDA_ERROR_INVALID_CONTEXT, 201, "no context is current")                \
    X(CUDA_ERROR_NO_BINARY_FOR_GPU, 209, "the code is for another GPU")        \
    X(CUDA_ERROR_ECC_UNCORRECTABLE, 214,                                       \
      "memory of the GPU has an error that ECC cannot correct")                \
    X(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED, 217,                                 \
      "the two GPUs cannot reach each other's memory")                         \
    X(CUDA_ERROR_INVALID_PTX, 218, "the PTX is wrong")                         \
    X(CUDA_ERROR_NVLINK_UNCORRECTABLE, 220,                                    \
      "NVLink has an error that it cannot correct")                            \
    X(CUDA_ERROR_JIT_COMPILER_NOT_FOUND, 221,                                  \
      "libnvidia-ptxjitcompiler.so.1 was not found")                           \
    X(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, 222,                                 \
      "the PTX is newer than the driver")                                      \
    X(CUDA_ERROR_JIT_COMPILATION_DISABLED, 223, "compiling PTX is disabled")   \
    X(CUDA_ERROR_INVALID_SOURCE, 300, "the source is invalid")                 \
    X(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, 303,                               \
      "a library of the driver did not start")                                 \
    X(CUDA_ERROR_OPERATING_SYSTEM, 304, "a call of the system failed")         \
    X(CUDA_ERROR_INVALID_HANDLE, 400, "the driver does not know a handle")     \
    X(CUDA_ERROR_ILLEGAL_STATE, 401, "not possible in this state")             \
    X(CUDA_ERROR_NOT_FOUND, 500, "no such name")                               \
    X(CUDA_ERROR_NOT_READY, 600, "not finished yet")                           \
    X(CUDA_ERROR_ILLEGAL_ADDRESS, 700,                                         \
      "a kernel read or wrote where no memory is")                             \
    X(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, 701,                                 \
      "the group needs more registers or memory than there are")               \
    X(CUDA_ERROR_LAUNCH_TIMEOUT, 702, "a kernel ran longer than allowed here") \
    X(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, 704,                             \
      "peer access is enabled already")                                        \
    X(CUDA_ERROR_CONTEXT_IS_DESTROYED, 709,                                    \
      "somebody else in this process reset the device")                        \
    X(CUDA_ERROR_ASSERT, 710, "an assert() of a kernel failed")                \
    X(CUDA_ERROR_HARDWARE_STACK_ERROR, 714,                                    \
      "a kernel's stack overflowed or was damaged")                            \
    X(CUDA_ERROR_ILLEGAL_INSTRUCTION, 715,                                     \
      "a kernel ran an illegal instruction")                                   \
    X(CUDA_ERROR_MISALIGNED_ADDRESS, 716,                                      \
      "a kernel read or wrote at an address that is not aligned for it")       \
    X(CUDA_ERROR_INVALID_ADDRESS_SPACE, 717,                                   \
      "a kernel used an address of another kind of memory")                    \
    X(CUDA_ERROR_INVALID_PC, 718, "a kernel jumped to where no code is")       \
    X(CUDA_ERROR_LAUNCH_FAILED, 719, "a kernel failed while it ran")           \
    X(CUDA_ERROR_NOT_PERMITTED, 800, "not permitted")                          \
    X(CUDA_ERROR_NOT_SUPPORTED, 801, "not supported here")                     \
    X(CUDA_ERROR_SYSTEM_NOT_READY, 802, "the system is not ready")             \
    X(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803,                                  \
      "the library and the kernel module are of different versions")           \
    X(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, 804,                          \
      "the compatibility library does not work with this GPU")                 \
    X(CUDA_ERROR_MPS_CONNECTION_FAILED, 805, "the MPS server cannot be asked") \
    X(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, 900, "no graph can do that")      \
    X(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, 901,                              \
      "an error ended the capture of a graph")                                 \
    X(CUDA_ERROR_UNKNOWN, 999, "the driver does not say why")

enum {
#define CUDA_RESULT_CONSTANT(name, number, meaning) TN_##name = number,
    CUDA_RESULTS(CUDA_RESULT_CONSTANT)
#undef CUDA_RESULT_CONSTANT
};

/* X(NAME, number): other constants of <cuda.h>, without their CU_. */
#define CUDA_CONSTANTS(X)                                                      \
    X(STREAM_NON_BLOCKING, 1)                                                  \
    X(STREAM_CAPTURE_MODE_RELAXED, 2)                                          \
    X(EVENT_DISABLE_TIMING, 2)                                                 \
    X(MEMHOSTALLOC_PORTABLE, 1)                                                \
    X(MEMHOSTALLOC_DEVICEMAP, 2)                                               \
    X(DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1)                               \
    X(DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 2)                                     \
    X(DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 3)                                     \
    X(DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 4)                                     \
    X(DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 5)                                      \
    X(DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 6)                                      \
    X(DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 7)                                      \
    X(DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 8)                         \
    X(DEVICE_ATTRIBUTE_WARP_SIZE, 10)                                          \
    X(DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 16)                               \
    X(DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 75)                           \
    X(DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 76)                           \
    X(DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 97)                  \
    X(DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, 115)                            \
    X(FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 0)                                 \
    X(FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, 1)                                     \
    X(FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, 3)                                      \
    X(FUNC_ATTRIBUTE_NUM_REGS, 4)                                              \
    X(FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 8)                         \
    X(POINTER_ATTRIBUTE_MEMORY_TYPE, 2)                                        \
    X(POINTER_ATTRIBUTE_DEVICE_ORDINAL, 9)                                     \
    X(JIT_MAX_REGISTERS, 0)                                                    \
    X(JIT_INFO_LOG_BUFFER, 3)                                                  \
    X(JIT_INFO_LOG_BUFFER_SIZE_BYTES, 4)                                       \
    X(JIT_ERROR_LOG_BUFFER, 5)                                                 \
    X(JIT_ERROR_LOG_BUFFER_SIZE_BYTES, 6)                                      \
    X(JIT_OPTIMIZATION_LEVEL, 7)                                               \
    X(JIT_GENERATE_DEBUG_INFO, 11)                                             \
    X(JIT_GENERATE_LINE_INFO, 13)                                              \
    X(JIT_INPUT_PTX, 1)                                                        \
    X(MEM_ALLOCATION_TYPE_PINNED, 1)                                           \
    X(MEM_LOCATION_TYPE_DEVICE, 1)                                             \
    X(MEM_ACCESS_FLAGS_PROT_READWRITE, 3)                                      \
    X(MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES, 3)                       \
    X(MEMPOOL_ATTR_RELEASE_THRESHOLD, 4)                                       \
    X(MEMPOOL_ATTR_RESERVED_MEM_CURRENT, 5)                                    \
    X(MEMPOOL_ATTR_USED_MEM_CURRENT, 7)

enum {
#define CUDA_CONSTANT(name, number) TN_CU_##name = number,
    CUDA_CONSTANTS(CUDA_CONSTANT)
#undef CUDA_CONSTANT
};

/** CU_STREAM_LEGACY and CU_STREAM_PER_THREAD: handles that are no pointers. */
#define CUDA_LEGACY_QUEUE 1u
#define CUDA_THREAD_QUEUE 2u

#endif
