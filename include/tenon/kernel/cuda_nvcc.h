/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What kernel/cuda.h needs of nvcc, NVRTC, and clang with a CUDA toolkit: all
 * of it is theirs.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_TARGET_CUDA) && !defined(TENON_KERNEL_CUDA_NVCC_H)
#define TENON_KERNEL_CUDA_NVCC_H

#if !defined(__clang__)
/* An index that a block does not use is nothing to warn of. */
#pragma nv_diag_suppress 550
#endif

#define TN_REGISTER(name, axis) TN_REGISTER_(name, axis)
#define TN_REGISTER_(name, axis) TN_REGISTER_##name.axis
#define TN_REGISTER_tid threadIdx
#define TN_REGISTER_ctaid blockIdx
#define TN_REGISTER_nctaid gridDim
#define TN_REGISTER_ntid blockDim

#define TN_BITS_OF_FLOAT(x) __float_as_uint(x)
#define TN_FLOAT_OF_BITS(u) __uint_as_float(u)

#define TN_ATOMIC_ADD(p, v) atomicAdd((p), (v))
#define TN_ATOMIC_MIN(p, v) atomicMin((p), (v))
#define TN_ATOMIC_MAX(p, v) atomicMax((p), (v))
#define TN_ATOMIC_EXCHANGE(p, v) atomicExch((p), (v))
#define TN_ATOMIC_CAS(p, expected, desired)                                    \
    atomicCAS((p), (expected), (desired))
#define TN_ATOMIC_ADD_F32(p, v) atomicAdd((p), (v))

#endif
