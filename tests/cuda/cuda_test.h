/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Tests of what the cuda backend alone promises, over the fake driver, which
 * each test tells what to do.
 */
#ifndef TENON_TESTS_CUDA_TEST_H
#define TENON_TESTS_CUDA_TEST_H

#include "tests/conformance/conformance.h"
#include "tests/fakes/cuda_driver/driver.h"

/* Functions of the driver that tests call past the plugin. */
#define RAW_FUNCTIONS(X)                                                       \
    X(CUresult, cuInit, (unsigned flags))                                      \
    X(CUresult, cuCtxGetCurrent, (CUcontext * context))                        \
    X(CUresult, cuCtxSetCurrent, (CUcontext context))                          \
    X(CUresult, cuCtxCreate_v2,                                                \
      (CUcontext * context, unsigned flags, CUdevice device))                  \
    X(CUresult, cuCtxDestroy_v2, (CUcontext context))                          \
    X(CUresult, cuDevicePrimaryCtxRetain,                                      \
      (CUcontext * context, CUdevice device))                                  \
    X(CUresult, cuDevicePrimaryCtxRelease_v2, (CUdevice device))               \
    X(CUresult, cuMemAlloc_v2, (CUdeviceptr * address, size_t bytes))          \
    X(CUresult, cuMemFree_v2, (CUdeviceptr address))                           \
    X(CUresult, cuMemcpyDtoH_v2, (void *to, CUdeviceptr from, size_t bytes))   \
    X(CUresult, cuStreamCreate, (CUstream * stream, unsigned flags))           \
    X(CUresult, cuStreamSynchronize, (CUstream stream))                        \
    X(CUresult, cuStreamDestroy_v2, (CUstream stream))                         \
    X(void, tn_fake_cuda_script, (const char *script))                         \
    X(long, tn_fake_cuda_calls, (const char *function))                        \
    X(long, tn_fake_cuda_blocks, (void))                                       \
    X(long, tn_fake_cuda_objects, (void))                                      \
    X(long, tn_fake_cuda_users, (int device))

typedef struct raw_functions {
#define RAW_MEMBER(type, name, parameters) type(*name) parameters;
    RAW_FUNCTIONS(RAW_MEMBER)
#undef RAW_MEMBER
} raw_functions;

extern raw_functions raw;

/** A runtime's worth of the plugin over a driver that does as a script says. */
typedef struct opened {
    fake_host host;
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    tn_plugin_stream *stream;
} opened;

/**
 * Starts the backend; what it answers. On success, o->instance.
 *
 * @param script  NULL: the driver stays as it is
 */
tn_status start(opened *o, const char *script);
/** Opens its first device and makes a stream, too. */
void open_script(opened *o, const char *script);
/** Closes; nothing is left with the driver, nor of the host's memory. */
void close_opened(opened *o);

/** That a call failed with this status, and a sentence that says both. */
bool failed(tn_status status, tn_status expected, const char *says,
            const char *file, int line);
#define FAILS_SAYING(call, expected, says)                                     \
    do {                                                                       \
        fake_host_forget();                                                    \
        CU_ASSERT(failed(call, expected, says, __FILE__, __LINE__));           \
    } while (0)

/* ---- code ---- */

#define PTX_HEAD ".version 6.3\n.target sm_70\n.address_size 64\n"
#define PTX_ENTRY(name, parameters)                                            \
    ".visible .entry " name "(" parameters ")\n{\n\tret;\n}\n"
#define PTX_APPEND                                                             \
    PTX_ENTRY("tn_k_append", ".param .u64 list, .param .u32 value")

tn_status load_as(opened *o, const char *format, const void *image,
                  uint64_t bytes, tn_plugin_module **module);
tn_status load_text(opened *o, const char *text, tn_plugin_module **module);
/** PTX that loads. */
tn_plugin_module *module_of_text(opened *o, const char *text);

tn_plugin_memory *memory_of(opened *o, uint64_t bytes);
tn_status make_memory(opened *o, tn_memory_kind kind, uint64_t bytes,
                      tn_plugin_memory **memory);
tn_plugin_stream *stream_of(opened *o);

/** A kernel without parameters, in one group of one item. */
tn_status launch_plain(opened *o, tn_plugin_module *module, const char *name);

/** That the device still loads code, runs it and copies. */
bool still_works(opened *o);

/** Threads of this process that stage copies; all take no signals. */
int count_helpers(bool asleep);

/* What access() and faccessat() say of files in /dev; NULL: the truth. */
extern const char *denied_path;

void add_start_tests(CU_pSuite tests);
void add_device_tests_of_cuda(CU_pSuite tests);
void add_code_tests(CU_pSuite tests);
void add_binary_tests(CU_pSuite tests);
void add_kept_tests(CU_pSuite tests);
void add_work_tests(CU_pSuite tests);
void add_staging_tests(CU_pSuite tests);
void add_loss_tests(CU_pSuite tests);
void add_graph_tests_of_cuda(CU_pSuite tests);
void add_sweep_tests(CU_pSuite tests);
void add_context_tests(CU_pSuite tests);

#endif
