/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The part of NVIDIA's <cuda.h> that the fake driver implements, in words of
 * our own so that it builds without the toolkit. With FAKE_CUDA_H it is the
 * real one, which proves each prototype: names and types are the same.
 */
#ifndef TENON_TESTS_FAKE_CUDA_DRIVER_H
#define TENON_TESTS_FAKE_CUDA_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* X(NAME, number, what cuGetErrorString() says) */
#define FAKE_ERRORS(X)                                                         \
    X(SUCCESS, 0, "no error")                                                  \
    X(ERROR_INVALID_VALUE, 1, "invalid argument")                              \
    X(ERROR_OUT_OF_MEMORY, 2, "out of memory")                                 \
    X(ERROR_NOT_INITIALIZED, 3, "initialization error")                        \
    X(ERROR_DEINITIALIZED, 4, "driver shutting down")                          \
    X(ERROR_STUB_LIBRARY, 34, "CUDA driver is a stub library")                 \
    X(ERROR_DEVICE_UNAVAILABLE, 46,                                            \
      "CUDA-capable device(s) is/are busy or unavailable")                     \
    X(ERROR_NO_DEVICE, 100, "no CUDA-capable device is detected")              \
    X(ERROR_INVALID_DEVICE, 101, "invalid device ordinal")                     \
    X(ERROR_INVALID_IMAGE, 200, "device kernel image is invalid")              \
    X(ERROR_INVALID_CONTEXT, 201, "invalid device context")                    \
    X(ERROR_NO_BINARY_FOR_GPU, 209,                                            \
      "no kernel image is available for execution on the device")              \
    X(ERROR_ECC_UNCORRECTABLE, 214, "uncorrectable ECC error encountered")     \
    X(ERROR_PEER_ACCESS_UNSUPPORTED, 217,                                      \
      "peer access is not supported between these two devices")                \
    X(ERROR_INVALID_PTX, 218, "a PTX JIT compilation failed")                  \
    X(ERROR_NVLINK_UNCORRECTABLE, 220,                                         \
      "uncorrectable NVLink error detected during the execution")              \
    X(ERROR_JIT_COMPILER_NOT_FOUND, 221, "PTX JIT compiler library not found") \
    X(ERROR_UNSUPPORTED_PTX_VERSION, 222,                                      \
      "the provided PTX was compiled with an unsupported toolchain.")          \
    X(ERROR_INVALID_HANDLE, 400, "invalid resource handle")                    \
    X(ERROR_NOT_FOUND, 500, "named symbol not found")                          \
    X(ERROR_NOT_READY, 600, "device not ready")                                \
    X(ERROR_ILLEGAL_ADDRESS, 700, "an illegal memory access was encountered")  \
    X(ERROR_LAUNCH_OUT_OF_RESOURCES, 701,                                      \
      "too many resources requested for launch")                               \
    X(ERROR_LAUNCH_TIMEOUT, 702, "the launch timed out and was terminated")    \
    X(ERROR_PEER_ACCESS_ALREADY_ENABLED, 704,                                  \
      "peer access is already enabled")                                        \
    X(ERROR_PEER_ACCESS_NOT_ENABLED, 705, "peer access has not been enabled")  \
    X(ERROR_PRIMARY_CONTEXT_ACTIVE, 708,                                       \
      "cannot set while device is active in this process")                     \
    X(ERROR_CONTEXT_IS_DESTROYED, 709, "context is destroyed")                 \
    X(ERROR_ASSERT, 710, "device-side assert triggered")                       \
    X(ERROR_HOST_MEMORY_ALREADY_REGISTERED, 712,                               \
      "part or all of the requested memory range is already mapped")           \
    X(ERROR_HOST_MEMORY_NOT_REGISTERED, 713,                                   \
      "pointer does not correspond to a registered memory region")             \
    X(ERROR_HARDWARE_STACK_ERROR, 714, "hardware stack error")                 \
    X(ERROR_ILLEGAL_INSTRUCTION, 715,                                          \
      "an illegal instruction was encountered")                                \
    X(ERROR_MISALIGNED_ADDRESS, 716, "misaligned address")                     \
    X(ERROR_INVALID_ADDRESS_SPACE, 717,                                        \
      "operation not supported on global/shared address space")                \
    X(ERROR_INVALID_PC, 718, "invalid program counter")                        \
    X(ERROR_LAUNCH_FAILED, 719, "unspecified launch failure")                  \
    X(ERROR_NOT_PERMITTED, 800, "operation not permitted")                     \
    X(ERROR_NOT_SUPPORTED, 801, "operation not supported")                     \
    X(ERROR_SYSTEM_NOT_READY, 802, "system not yet initialized")               \
    X(ERROR_SYSTEM_DRIVER_MISMATCH, 803,                                       \
      "system has unsupported display driver / cuda driver combination")       \
    X(ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, 804,                               \
      "forward compatibility was attempted on non supported HW")               \
    X(ERROR_STREAM_CAPTURE_UNSUPPORTED, 900,                                   \
      "operation not permitted when stream is capturing")                      \
    X(ERROR_STREAM_CAPTURE_INVALIDATED, 901,                                   \
      "operation failed due to a previous error during capture")               \
    X(ERROR_UNKNOWN, 999, "unknown error")

#ifdef FAKE_CUDA_H

#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>

#else

typedef enum cudaError_enum {
#define FAKE_ERROR_CONSTANT(name, number, text) CUDA_##name = number,
    FAKE_ERRORS(FAKE_ERROR_CONSTANT)
#undef FAKE_ERROR_CONSTANT
} CUresult;

typedef uint32_t cuuint32_t;
typedef uint64_t cuuint64_t;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;
typedef struct CUmemPoolHandle_st *CUmemoryPool;
typedef struct CUlinkState_st *CUlinkState;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphNode_st *CUgraphNode;
typedef struct CUgraphExec_st *CUgraphExec;
typedef struct CUuuid_st {
    char bytes[16];
} CUuuid;
typedef void (*CUhostFn)(void *userData);

#define CU_STREAM_LEGACY ((CUstream)0x1)
#define CU_STREAM_PER_THREAD ((CUstream)0x2)
#define CU_LAUNCH_PARAM_END ((void *)0x00)
#define CU_LAUNCH_PARAM_BUFFER_POINTER ((void *)0x01)
#define CU_LAUNCH_PARAM_BUFFER_SIZE ((void *)0x02)

enum {
    CU_STREAM_NON_BLOCKING = 1,
    CU_EVENT_DISABLE_TIMING = 2,
    CU_MEMHOSTALLOC_PORTABLE = 1,
    CU_MEMHOSTALLOC_DEVICEMAP = 2
};

typedef enum CUdevice_attribute_enum {
    CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 1,
    CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X = 2,
    CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y = 3,
    CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z = 4,
    CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X = 5,
    CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y = 6,
    CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z = 7,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK = 8,
    CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY = 9,
    CU_DEVICE_ATTRIBUTE_WARP_SIZE = 10,
    CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK = 12,
    CU_DEVICE_ATTRIBUTE_CLOCK_RATE = 13,
    CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
    CU_DEVICE_ATTRIBUTE_INTEGRATED = 18,
    CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY = 19,
    CU_DEVICE_ATTRIBUTE_COMPUTE_MODE = 20,
    CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS = 31,
    CU_DEVICE_ATTRIBUTE_PCI_BUS_ID = 33,
    CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID = 34,
    CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT = 40,
    CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING = 41,
    CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID = 50,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
    CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED = 78,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR = 81,
    CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY = 83,
    CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS = 88,
    CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS = 89,
    CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH = 95,
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
    CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK = 111,
    CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED = 115,
    CU_DEVICE_ATTRIBUTE_NUMA_CONFIG = 130,
    CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID = 134
} CUdevice_attribute;

typedef enum CUfunction_attribute_enum {
    CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0,
    CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
    CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES = 2,
    CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES = 3,
    CU_FUNC_ATTRIBUTE_NUM_REGS = 4,
    CU_FUNC_ATTRIBUTE_PTX_VERSION = 5,
    CU_FUNC_ATTRIBUTE_BINARY_VERSION = 6,
    CU_FUNC_ATTRIBUTE_CACHE_MODE_CA = 7,
    CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
    CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT = 9
} CUfunction_attribute;

typedef enum CUjit_option_enum {
    CU_JIT_MAX_REGISTERS = 0,
    CU_JIT_INFO_LOG_BUFFER = 3,
    CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES = 4,
    CU_JIT_ERROR_LOG_BUFFER = 5,
    CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
    CU_JIT_NUM_OPTIONS = 34
} CUjit_option;

typedef enum CUjitInputType_enum {
    CU_JIT_INPUT_PTX = 1
} CUjitInputType;

typedef enum CUpointer_attribute_enum {
    CU_POINTER_ATTRIBUTE_CONTEXT = 1,
    CU_POINTER_ATTRIBUTE_MEMORY_TYPE = 2,
    CU_POINTER_ATTRIBUTE_DEVICE_POINTER = 3,
    CU_POINTER_ATTRIBUTE_HOST_POINTER = 4,
    CU_POINTER_ATTRIBUTE_IS_MANAGED = 8,
    CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL = 9,
    CU_POINTER_ATTRIBUTE_RANGE_START_ADDR = 11,
    CU_POINTER_ATTRIBUTE_RANGE_SIZE = 12
} CUpointer_attribute;

enum {
    CU_MEMORYTYPE_HOST = 1,
    CU_MEMORYTYPE_DEVICE = 2
};

typedef struct CUmemLocation_st {
    int type;
    int id;
} CUmemLocation;

typedef struct CUmemAccessDesc_st {
    CUmemLocation location;
    int flags;
} CUmemAccessDesc;

typedef struct CUmemPoolProps_st {
    int allocType;
    int handleTypes;
    CUmemLocation location;
    void *win32SecurityAttributes;
    size_t maxSize;
    unsigned short usage;
    unsigned char reserved[54];
} CUmemPoolProps;

enum {
    CU_MEM_ALLOCATION_TYPE_PINNED = 1,
    CU_MEM_LOCATION_TYPE_DEVICE = 1
};

typedef enum CUmemPool_attribute_enum {
    CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES = 1,
    CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC = 2,
    CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES = 3,
    CU_MEMPOOL_ATTR_RELEASE_THRESHOLD = 4,
    CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT = 5,
    CU_MEMPOOL_ATTR_USED_MEM_CURRENT = 7
} CUmemPool_attribute;

typedef enum CUstreamCaptureMode_enum {
    CU_STREAM_CAPTURE_MODE_GLOBAL = 0,
    CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1,
    CU_STREAM_CAPTURE_MODE_RELAXED = 2
} CUstreamCaptureMode;

typedef enum CUstreamCaptureStatus_enum {
    CU_STREAM_CAPTURE_STATUS_NONE = 0,
    CU_STREAM_CAPTURE_STATUS_ACTIVE = 1
} CUstreamCaptureStatus;

typedef struct CUDA_KERNEL_NODE_PARAMS_st {
    CUfunction func;
    unsigned gridDimX;
    unsigned gridDimY;
    unsigned gridDimZ;
    unsigned blockDimX;
    unsigned blockDimY;
    unsigned blockDimZ;
    unsigned sharedMemBytes;
    void **kernelParams;
    void **extra;
} CUDA_KERNEL_NODE_PARAMS_v1;

typedef enum CUdriverProcAddressQueryResult_enum {
    CU_GET_PROC_ADDRESS_SUCCESS = 0,
    CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND = 1,
    CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT = 2
} CUdriverProcAddressQueryResult;

#endif

#endif
