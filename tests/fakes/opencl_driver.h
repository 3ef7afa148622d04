/* SPDX-License-Identifier: MIT */
/**
 * @file
 * An OpenCL library that hands each call on to the machine's own one, except
 * where a script says otherwise. Tests put the script into the environment
 * variable TN_FAKE_OPENCL, at any time; its parts are separated by ';':
 *
 *     clCreateBuffer=-4       each call fails with that code
 *     clCreateBuffer@2=-4     the second call fails; calls are counted from
 *                             where the script was set
 *     platforms=0             the loader tells of so many platforms
 *     devices=70000           a platform tells of so many devices
 *     info:0x1053=0           a question for a device (CL_DEVICE_...) is
 *                             answered with a number
 *     text:0x102f=OpenCL 3.0  ... with a text
 *     event=-5                commands that have run are told to have failed
 *     without=clCreateCommandBufferKHR
 *                             a function of an extension is not there
 */
#ifndef TENON_TESTS_OPENCL_DRIVER_H
#define TENON_TESTS_OPENCL_DRIVER_H

#define FAKE_OPENCL_SCRIPT "TN_FAKE_OPENCL"

/* What can fail; each of them is a function of OpenCL. */
#define FAKE_OPENCL_FUNCTIONS(X)                                               \
    X(clGetPlatformIDs)                                                        \
    X(clGetPlatformInfo)                                                       \
    X(clGetDeviceIDs)                                                          \
    X(clGetDeviceInfo)                                                         \
    X(clCreateContext)                                                         \
    X(clCreateCommandQueue)                                                    \
    X(clGetCommandQueueInfo)                                                   \
    X(clCreateBuffer)                                                          \
    X(clCreateSubBuffer)                                                       \
    X(clGetMemObjectInfo)                                                      \
    X(clCreateProgramWithSource)                                               \
    X(clCreateProgramWithBinary)                                               \
    X(clBuildProgram)                                                          \
    X(clGetProgramInfo)                                                        \
    X(clGetProgramBuildInfo)                                                   \
    X(clCreateKernel)                                                          \
    X(clSetKernelArg)                                                          \
    X(clGetKernelInfo)                                                         \
    X(clGetKernelArgInfo)                                                      \
    X(clGetKernelWorkGroupInfo)                                                \
    X(clWaitForEvents)                                                         \
    X(clGetEventInfo)                                                          \
    X(clCreateUserEvent)                                                       \
    X(clGetEventProfilingInfo)                                                 \
    X(clFlush)                                                                 \
    X(clEnqueueReadBuffer)                                                     \
    X(clEnqueueWriteBuffer)                                                    \
    X(clEnqueueCopyBuffer)                                                     \
    X(clEnqueueFillBuffer)                                                     \
    X(clEnqueueMapBuffer)                                                      \
    X(clEnqueueUnmapMemObject)                                                 \
    X(clEnqueueNDRangeKernel)                                                  \
    X(clEnqueueMarkerWithWaitList)                                             \
    X(clEnqueueBarrierWithWaitList)                                            \
    X(clSVMAlloc)                                                              \
    X(clSetKernelArgSVMPointer)                                                \
    X(clEnqueueSVMFree)                                                        \
    X(clEnqueueSVMMemcpy)                                                      \
    X(clEnqueueSVMMemFill)                                                     \
    X(clEnqueueSVMMap)                                                         \
    X(clEnqueueSVMUnmap)

/* The same of cl_khr_command_buffer. */
#define FAKE_OPENCL_COMMAND_BUFFER_FUNCTIONS(X)                                \
    X(clCreateCommandBufferKHR)                                                \
    X(clCommandNDRangeKernelKHR)                                               \
    X(clFinalizeCommandBufferKHR)                                              \
    X(clEnqueueCommandBufferKHR)

#endif
