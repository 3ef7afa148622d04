/* SPDX-License-Identifier: MIT */
/* Each call of the driver fails once, in work that uses all of the backend. */
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

/*
 * Those that give something back; where one fails, it is not given back. That
 * cuCtxPopCurrent() fails is left out: its context would stay current.
 */
#define ENDING_FUNCTIONS(X)                                                    \
    X(cuDevicePrimaryCtxRelease_v2)                                            \
    X(cuEventDestroy_v2)                                                       \
    X(cuGraphDestroy)                                                          \
    X(cuGraphExecDestroy)                                                      \
    X(cuMemFree_v2)                                                            \
    X(cuMemFreeAsync)                                                          \
    X(cuMemFreeHost)                                                           \
    X(cuMemPoolDestroy)                                                        \
    X(cuModuleUnload)                                                          \
    X(cuStreamDestroy_v2)

#define OTHER_FUNCTIONS(X)                                                     \
    X(cuInit)                                                                  \
    X(cuDriverGetVersion)                                                      \
    X(cuDeviceGetCount)                                                        \
    X(cuDeviceGet)                                                             \
    X(cuDeviceGetName)                                                         \
    X(cuDeviceTotalMem_v2)                                                     \
    X(cuDeviceGetAttribute)                                                    \
    X(cuDeviceGetPCIBusId)                                                     \
    X(cuDeviceGetUuid_v2)                                                      \
    X(cuDevicePrimaryCtxRetain)                                                \
    X(cuCtxPushCurrent_v2)                                                     \
    X(cuCtxGetStreamPriorityRange)                                             \
    X(cuMemGetInfo_v2)                                                         \
    X(cuMemAlloc_v2)                                                           \
    X(cuMemHostAlloc)                                                          \
    X(cuMemHostGetDevicePointer_v2)                                            \
    X(cuMemPoolCreate)                                                         \
    X(cuMemPoolSetAttribute)                                                   \
    X(cuMemPoolGetAttribute)                                                   \
    X(cuMemPoolTrimTo)                                                         \
    X(cuMemAllocFromPoolAsync)                                                 \
    X(cuMemcpyHtoDAsync_v2)                                                    \
    X(cuMemcpyDtoHAsync_v2)                                                    \
    X(cuMemcpyDtoDAsync_v2)                                                    \
    X(cuMemsetD8Async)                                                         \
    X(cuMemsetD32Async)                                                        \
    X(cuMemsetD2D32Async)                                                      \
    X(cuStreamCreateWithPriority)                                              \
    X(cuStreamQuery)                                                           \
    X(cuStreamSynchronize)                                                     \
    X(cuStreamWaitEvent)                                                       \
    X(cuLaunchHostFunc)                                                        \
    X(cuEventCreate)                                                           \
    X(cuEventRecord)                                                           \
    X(cuEventQuery)                                                            \
    X(cuEventSynchronize)                                                      \
    X(cuEventElapsedTime)                                                      \
    X(cuModuleLoadDataEx)                                                      \
    X(cuModuleGetFunction)                                                     \
    X(cuModuleGetGlobal_v2)                                                    \
    X(cuFuncGetAttribute)                                                      \
    X(cuFuncSetAttribute)                                                      \
    X(cuLaunchKernel)                                                          \
    X(cuStreamBeginCapture_v2)                                                 \
    X(cuStreamGetCaptureInfo_v2)                                               \
    X(cuStreamEndCapture)                                                      \
    X(cuGraphInstantiateWithFlags)                                             \
    X(cuGraphExecKernelNodeSetParams)                                          \
    X(cuGraphLaunch)

enum {
    CALLS_MAX = 40 /* of one function that fail, one after the other */
};

static unsigned failures; /* calls of the plugin that failed */

/* A call may fail, but not without a sentence. */
static bool attempt(tn_status status)
{
    if (status == TN_OK || status == TN_NOT_READY || status == TN_TIMEOUT) {
        return true;
    }
    CU_ASSERT(fake_host_error()[0] != '\0');
    fake_host_forget();
    ++failures;
    return false;
}

static void be_called(void *data, tn_status status)
{
    (void)status;
    __atomic_add_fetch((int *)data, 1, __ATOMIC_RELEASE);
}

typedef struct things {
    tn_plugin_memory *memory;
    tn_plugin_memory *pinned;
    tn_plugin_stream *streams[2];
    tn_plugin_event *events[2];
    tn_plugin_module *module;
} things;

static void make_things(opened *o, things *t)
{
    static const char text[] =
        PTX_HEAD ".visible .global .align 4 .u32 counter = 7;\n" PTX_APPEND;
    tn_plugin_stream_desc stream = {.size = sizeof stream};
    tn_plugin_event_desc event = {.size = sizeof event, .timed = 1};

    memset(t, 0, sizeof *t);
    for (int i = 0; i < 2; ++i) {
        attempt(the.plugin.stream_create(o->device, &stream, &t->streams[i]));
        attempt(the.plugin.event_create(o->device, &event, &t->events[i]));
    }
    attempt(make_memory(o, TN_MEMORY_DEVICE, 4096, &t->memory));
    attempt(make_memory(o, TN_MEMORY_PINNED, 4096, &t->pinned));
    attempt(load_text(o, text, &t->module));
}

static void use_kernel(opened *o, const things *t)
{
    tn_plugin_kernel *kernel = NULL;
    tn_plugin_memory *variable = NULL;
    tn_kernel_info info = {.size = sizeof info};
    uint64_t bytes = 0;
    launching l;

    if (t->module == NULL || t->memory == NULL || t->streams[0] == NULL) {
        return;
    }
    attempt(the.plugin.module_symbol(t->module, "counter", &variable, &bytes));
    if (attempt(the.plugin.kernel_get(t->module, "append", &kernel))) {
        attempt(the.plugin.kernel_info(kernel, &info));
        attempt(the.plugin.fill(t->streams[0], t->memory, 0, 4096, "\0", 1));
        launching_init(&l, 1, 1);
        launching_buffer(&l, t->memory, 0);
        launching_u32(&l, 5);
        attempt(launching_go(&l, t->streams[0], kernel));
        l.launch.local_bytes = 100000;
        attempt(launching_go(&l, t->streams[0], kernel));
    }
    attempt(the.plugin.device_memory_free(o->device, &bytes));
}

/* Fills, appends what is bound, and copies. */
static void use_graph(opened *o, const things *t)
{
    tn_plugin_command commands[3] = {{.kind = TN_COMMAND_FILL},
                                     {.kind = TN_COMMAND_LAUNCH},
                                     {.kind = TN_COMMAND_COPY}};
    tn_plugin_binding binding = {.command = 1, .slot = 0};
    tn_plugin_graph *graph = NULL;
    launching l;

    if (t->module == NULL || t->memory == NULL || t->streams[0] == NULL ||
        !attempt(the.plugin.kernel_get(t->module, "append",
                                       &commands[1].as.launch.kernel))) {
        return;
    }
    commands[0].as.fill.memory = t->memory;
    commands[0].as.fill.bytes = 4096;
    commands[0].as.fill.pattern[0] = 0;
    commands[0].as.fill.pattern_bytes = 16;
    launching_init(&l, 1, 1);
    launching_buffer(&l, NULL, 0);
    launching_u32(&l, 5);
    l.launch.slots = l.slots;
    commands[1].as.launch.record = &l.launch;
    commands[2].as.copy.to = t->memory;
    commands[2].as.copy.to_offset = 2048;
    commands[2].as.copy.from = t->memory;
    commands[2].as.copy.bytes = 2048;
    binding.value.buffer.memory = t->memory;
    if (attempt(the.plugin.graph_create(o->device, commands, 3, &graph))) {
        attempt(the.plugin.graph_launch(graph, t->streams[0], &binding, 1));
        the.plugin.graph_destroy(graph);
    }
}

/* No work uses the memory; the last one waits for what the first left. */
static void map_memory(const things *t)
{
    static const tn_access accesses[2] = {TN_ACCESS_READ_WRITE, TN_ACCESS_READ};
    void *mapped = NULL;

    for (int i = 0; i < 2 && t->memory != NULL; ++i) {
        if (attempt(the.plugin.memory_map(t->memory, 0, 64, accesses[i],
                                          &mapped))) {
            attempt(the.plugin.memory_unmap(t->memory, mapped));
        }
    }
}

static void use_memory(const things *t)
{
    static const uint32_t pattern[4] = {1, 2, 3, 4};
    uint32_t numbers[4] = {0, 0, 0, 0};
    tn_plugin_stream *s = t->streams[0];

    if (t->memory == NULL || s == NULL) {
        return;
    }
    attempt(the.plugin.fill(s, t->memory, 0, 4096, pattern, 4));
    attempt(the.plugin.fill(s, t->memory, 0, 4096, pattern, 16));
    attempt(the.plugin.copy_to(s, t->memory, 0, numbers, 16));
    attempt(the.plugin.copy_to_async(s, t->memory, 16, pattern, 16));
    if (t->pinned != NULL) {
        attempt(the.plugin.copy(s, t->pinned, 0, t->memory, 0, 4096));
    }
    attempt(the.plugin.copy_from(s, t->memory, 0, numbers, 16));
}

static void use_streams(const things *t)
{
    static int called;
    uint64_t time = 0;

    if (t->streams[0] == NULL || t->streams[1] == NULL) {
        return;
    }
    for (int i = 0; i < 2; ++i) {
        if (t->events[i] != NULL) {
            attempt(the.plugin.event_record(t->events[i], t->streams[0]));
            attempt(the.plugin.stream_wait(t->streams[1], t->events[i]));
            attempt(the.plugin.event_sync(t->events[i], 1000000000));
            attempt(the.plugin.event_sync(t->events[i], TN_FOREVER));
            attempt(the.plugin.event_status(t->events[i]));
        }
        attempt(the.plugin.stream_call(t->streams[i], be_called, &called));
        attempt(the.plugin.stream_status(t->streams[i]));
        attempt(the.plugin.stream_sync(t->streams[i], 1000000000));
        attempt(the.plugin.stream_sync(t->streams[i], TN_FOREVER));
    }
    if (t->events[0] != NULL && t->events[1] != NULL) {
        attempt(the.plugin.event_elapsed(t->events[0], t->events[1], &time));
    }
}

static void destroy_things(const things *t)
{
    if (t->memory != NULL) {
        the.plugin.memory_destroy(t->memory, t->streams[0]);
    }
    if (t->module != NULL) {
        the.plugin.module_destroy(t->module);
    }
    for (int i = 0; i < 2; ++i) {
        if (t->streams[i] != NULL) {
            the.plugin.stream_destroy(t->streams[i]);
        }
        if (t->events[i] != NULL) {
            the.plugin.event_destroy(t->events[i]);
        }
    }
    if (t->pinned != NULL) {
        the.plugin.memory_destroy(t->pinned, NULL);
    }
}

/* Work with all of the backend, and the end of it. */
static void live(opened *o, const char *script)
{
    things t;

    if (!attempt(start(o, script))) {
        CU_ASSERT_EQUAL(o->host.blocks, 0);
        return;
    }
    if (attempt(the.plugin.device_open(o->instance, 0, &o->device))) {
        make_things(o, &t);
        map_memory(&t);
        use_memory(&t);
        use_kernel(o, &t);
        use_graph(o, &t);
        use_streams(&t);
        destroy_things(&t);
        the.plugin.device_close(o->device);
    }
    the.plugin.instance_destroy(o->instance);
    CU_ASSERT_EQUAL(o->host.blocks, 0);
    CU_ASSERT_EQUAL(o->host.strangers, 0);
}

/* Call after call of a function, until it is not called so often. */
static void sweep(const char *function, const char *more, int answer,
                  bool all_comes_back)
{
    char script[128];

    for (int n = 1; n <= CALLS_MAX; ++n) {
        opened o;

        snprintf(script, sizeof script, "%s:%d=%d; %s", function, n, answer,
                 more);
        failures = 0;
        live(&o, script);
        if (raw.tn_fake_cuda_calls(function) < n) {
            CU_ASSERT_EQUAL(failures, 0);
            return;
        }
        if (all_comes_back) {
            CU_ASSERT_EQUAL(raw.tn_fake_cuda_users(0), 0);
            CU_ASSERT_EQUAL(raw.tn_fake_cuda_blocks(), 0);
            CU_ASSERT_EQUAL(raw.tn_fake_cuda_objects(), 0);
        }
    }
}

static void each_call_fails(void)
{
#define SWEEP_ENDING(function)                                                 \
    sweep(#function, "", 999, false);                                          \
    sweep(#function, "pools=no", 999, false);
#define SWEEP_OTHER(function)                                                  \
    sweep(#function, "", 2, true);                                             \
    sweep(#function, "", 999, true);                                           \
    sweep(#function, "pools=no", 2, true);
    ENDING_FUNCTIONS(SWEEP_ENDING)
    OTHER_FUNCTIONS(SWEEP_OTHER)
#undef SWEEP_ENDING
#undef SWEEP_OTHER
}

static void each_call_loses_the_device(void)
{
#define SWEEP_ENDING(function) sweep(#function, "", 700, false);
#define SWEEP_OTHER(function) sweep(#function, "", 700, true);
    ENDING_FUNCTIONS(SWEEP_ENDING)
    OTHER_FUNCTIONS(SWEEP_OTHER)
#undef SWEEP_ENDING
#undef SWEEP_OTHER
}

void add_sweep_tests(CU_pSuite tests)
{
    CU_add_test(tests, "each call of the driver may fail, and nothing leaks",
                each_call_fails);
    CU_add_test(tests, "each call of the driver may lose the device",
                each_call_loses_the_device);
}
