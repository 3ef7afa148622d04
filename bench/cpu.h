/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The benchmarks of the cpu backend, and the peers beside it: plain OpenMP
 * loops on libgomp, and PoCL through libOpenCL.
 */
#ifndef TENON_BENCH_CPU_H
#define TENON_BENCH_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/tenon.h>

#include "bench/check.h"

/* ---- ours ---- */

typedef struct ours {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
} ours;

/** The cpu backend with its defaults; bench/kernels where asked for. */
void ours_open(ours *o, bool with_kernels);
void ours_close(ours *o);
/** A file NAME of bench/kernels, as it is built for this machine. */
tn_module *ours_load(const ours *o, const char *name);
tn_kernel *ours_kernel(const ours *o, const char *name);
/** A buffer of floats, and where they are. */
tn_buffer *ours_floats(const ours *o, size_t count, float **host);

/** The file of the configuration, and the folder with the kernels. */
extern const char *bench_settings;
extern const char *bench_kernels;

/* ---- OpenMP ---- */

/** An empty `parallel for` of that many iterations. */
void openmp_empty(int count);
void openmp_add(const float *a, const float *b, float *c, int n);
void openmp_triad(float *a, const float *b, const float *c, float k, int n);
/** b = a transposed; a is m x n. */
void openmp_transpose(const float *a, float *b, int m, int n);
/** The nbody bundle's accelerate; bodies: x, y, z, mass; pulls: ax, ay, az. */
void openmp_bodies(const float *const *bodies, float *const *pulls,
                   float softening, int n);

/* ---- OpenCL, by PoCL ---- */

typedef struct opencl_launch opencl_launch;

/** Opens PoCL; NULL, or why there is none. */
const char *opencl_open(void);
/** A kernel of the same name and text as ours; its arguments follow. */
opencl_launch *opencl_kernel(const char *name);
/** A buffer that begins with these floats. */
void opencl_floats(opencl_launch *launch, const float *host, size_t count);
void opencl_int(opencl_launch *launch, int32_t value);
void opencl_grid(opencl_launch *launch, size_t items_x, size_t items_y,
                 size_t group_x, size_t group_y);
/** Runs it and waits; for measure_side. */
uint64_t opencl_run(void *launch);
/** The same so many times, with one wait. */
void opencl_chain(const opencl_launch *launch, uint32_t count);
/** The floats of an argument, copied back. */
void opencl_read(opencl_launch *launch, uint32_t argument, float *host,
                 size_t count);

/* ---- the cases ---- */

/* no_opencl: why there is no PoCL, or NULL. */
void bench_empty(const ours *o, const char *no_opencl);
void bench_chain(const ours *o, const char *no_opencl);
void bench_busy(const ours *o);
void bench_bandwidth(const ours *o);
void bench_barriers(const ours *o, const char *no_opencl);
void bench_nbody(const ours *o, const char *no_opencl);
void bench_gemm(const ours *o, const char *no_opencl);
void bench_library(const ours *o);
/** Programs of their own: this one, with another argument. */
void bench_open(const char *self, const char *no_opencl);
/** What such a program does; false where the word is none of these. */
bool bench_open_child(const char *word);

#endif
