/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The CUDA side of <tenon/kernel.h>: nothing yet.
 */
#if defined(TN_TARGET_CUDA)
#error "tenon/kernel.h does not build for CUDA yet; build for the CPU"
#endif
