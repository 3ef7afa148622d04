/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The OpenCL C side of <tenon/kernel.h>: nothing yet.
 */
#if defined(TN_TARGET_OPENCL)
#error "tenon/kernel.h does not build for OpenCL C yet; build for the CPU"
#endif
