/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Kernels add(a, b, c, n), saxpy(k, x, y, n) and sum(a, partial, n) in the
 * languages of the drivers.
 */
#ifndef TENON_TOOLS_BENCH_RAW_CODE_H
#define TENON_TOOLS_BENCH_RAW_CODE_H

extern const char raw_cuda_code[];   /**< PTX, NUL-terminated */
extern const char raw_opencl_code[]; /**< OpenCL C */

#endif
