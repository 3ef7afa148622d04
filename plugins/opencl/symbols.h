/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The functions of OpenCL that this backend calls, looked up in a library that
 * is opened when the backend starts.
 */
#ifndef TENON_OPENCL_SYMBOLS_H
#define TENON_OPENCL_SYMBOLS_H

#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>

#include <tenon/status.h>

#include "common/sentence.h"

/* What every loader of OpenCL 1.2 has. X(name without cl) */
#define OCL_REQUIRED_SYMBOLS(X)                                                \
    X(GetPlatformIDs)                                                          \
    X(GetPlatformInfo)                                                         \
    X(GetDeviceIDs)                                                            \
    X(GetDeviceInfo)                                                           \
    X(CreateContext)                                                           \
    X(ReleaseContext)                                                          \
    X(CreateCommandQueue)                                                      \
    X(RetainCommandQueue)                                                      \
    X(ReleaseCommandQueue)                                                     \
    X(GetCommandQueueInfo)                                                     \
    X(CreateBuffer)                                                            \
    X(CreateSubBuffer)                                                         \
    X(RetainMemObject)                                                         \
    X(ReleaseMemObject)                                                        \
    X(GetMemObjectInfo)                                                        \
    X(CreateProgramWithSource)                                                 \
    X(CreateProgramWithBinary)                                                 \
    X(ReleaseProgram)                                                          \
    X(BuildProgram)                                                            \
    X(GetProgramInfo)                                                          \
    X(GetProgramBuildInfo)                                                     \
    X(CreateKernel)                                                            \
    X(ReleaseKernel)                                                           \
    X(SetKernelArg)                                                            \
    X(GetKernelInfo)                                                           \
    X(GetKernelWorkGroupInfo)                                                  \
    X(WaitForEvents)                                                           \
    X(GetEventInfo)                                                            \
    X(CreateUserEvent)                                                         \
    X(SetUserEventStatus)                                                      \
    X(RetainEvent)                                                             \
    X(ReleaseEvent)                                                            \
    X(GetEventProfilingInfo)                                                   \
    X(Flush)                                                                   \
    X(Finish)                                                                  \
    X(EnqueueReadBuffer)                                                       \
    X(EnqueueWriteBuffer)                                                      \
    X(EnqueueCopyBuffer)                                                       \
    X(EnqueueFillBuffer)                                                       \
    X(EnqueueMapBuffer)                                                        \
    X(EnqueueUnmapMemObject)                                                   \
    X(EnqueueNDRangeKernel)                                                    \
    X(EnqueueMarkerWithWaitList)                                               \
    X(EnqueueBarrierWithWaitList)

/* What may be missing; then it is NULL, and so is what it is for. */
#define OCL_OPTIONAL_SYMBOLS(X)                                                \
    X(GetKernelArgInfo)                                                        \
    X(GetExtensionFunctionAddressForPlatform)                                  \
    X(SVMAlloc)                                                                \
    X(SVMFree)                                                                 \
    X(SetKernelArgSVMPointer)                                                  \
    X(EnqueueSVMFree)                                                          \
    X(EnqueueSVMMemcpy)                                                        \
    X(EnqueueSVMMemFill)                                                       \
    X(EnqueueSVMMap)                                                           \
    X(EnqueueSVMUnmap)

typedef struct ocl_symbols {
#define OCL_SYMBOL(name) __typeof__(&cl##name) name;
    OCL_REQUIRED_SYMBOLS(OCL_SYMBOL)
    OCL_OPTIONAL_SYMBOLS(OCL_SYMBOL)
#undef OCL_SYMBOL
} ocl_symbols;

/**
 * Opens an ICD loader, for the rest of the process.
 *
 * @param library  a name that dlopen() searches, or a path
 * @param symbols  complete on success
 * @param why      what is missing, and what to install
 *
 * @return TN_OK; TN_ERROR_UNAVAILABLE
 */
tn_status ocl_symbols_open(const char *library, ocl_symbols *symbols,
                           tn_sentence *why);

/** Whether all is there that shared virtual memory needs. */
int ocl_symbols_have_svm(const ocl_symbols *symbols);

#endif
