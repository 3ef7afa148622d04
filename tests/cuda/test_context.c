/* SPDX-License-Identifier: MIT */
/* The caller's current context, the primary one, and streams of others. */
#include <pthread.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

/* ---- left as found ---- */

/* One of each operation, by number; false when there is no such number. */
static bool operate(opened *o, int number)
{
    tn_plugin_event_desc event_desc = {.size = sizeof event_desc};
    static _Thread_local tn_plugin_memory *memory;
    static _Thread_local tn_plugin_memory *pinned;
    static _Thread_local tn_plugin_stream *stream;
    static _Thread_local tn_plugin_event *event;
    static _Thread_local tn_plugin_module *module;
    tn_plugin_memory *none = NULL;
    uint32_t numbers[2] = {0, 0};
    uint64_t bytes = 0;
    tn_kernel_info info = {.size = sizeof info};

    switch (number) {
    case 0:
        stream = stream_of(o);
        return true;
    case 1:
        memory = memory_of(o, 64);
        return true;
    case 2:
        WORKS(make_memory(o, TN_MEMORY_PINNED, 64, &pinned));
        return true;
    case 3:
        WORKS(the.plugin.event_create(o->device, &event_desc, &event));
        return true;
    case 4:
        module = module_of_text(o, PTX_HEAD PTX_APPEND);
        return true;
    case 5:
        WORKS(the.plugin.fill(stream, memory, 0, 64, "\0", 1));
        return true;
    case 6:
        WORKS(append(stream, kernel_of(module, "append"), memory, 3));
        return true;
    case 7:
        WORKS(the.plugin.copy_from(stream, memory, 0, numbers, 8));
        CU_ASSERT_EQUAL(numbers[1], 3);
        return true;
    case 8:
        WORKS(the.plugin.copy_to(stream, memory, 0, numbers, 8));
        return true;
    case 9:
        WORKS(the.plugin.copy(stream, pinned, 0, memory, 0, 8));
        return true;
    case 10:
        WORKS(the.plugin.event_record(event, stream));
        WORKS(the.plugin.stream_wait(stream, event));
        return true;
    case 11:
        WORKS(the.plugin.event_sync(event, TN_FOREVER));
        return true;
    case 12:
        WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
        WORKS(the.plugin.stream_sync(stream, 1000000000));
        return true;
    case 13:
        WORKS(the.plugin.kernel_info(kernel_of(module, "append"), &info));
        WORKS(the.plugin.device_memory_free(o->device, &bytes));
        return true;
    case 14:
        FAILS(make_memory(o, TN_MEMORY_DEVICE, (uint64_t)1 << 50, &none),
              TN_ERROR_NO_MEMORY);
        FAILS(load_text(o, PTX_HEAD "}", &module), TN_ERROR_BUILD);
        return true;
    case 15:
        the.plugin.module_destroy(module);
        the.plugin.event_destroy(event);
        return true;
    case 16:
        the.plugin.memory_destroy(pinned, stream);
        the.plugin.memory_destroy(memory, NULL);
        the.plugin.stream_destroy(stream);
        return true;
    default:
        return false;
    }
}

static void check_kept(opened *o, CUcontext own)
{
    CUcontext found = NULL;

    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(own), 0);
    for (int i = 0; operate(o, i); ++i) {
        CU_ASSERT_EQUAL(raw.cuCtxGetCurrent(&found), 0);
        CU_ASSERT_PTR_EQUAL(found, own);
    }
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(NULL), 0);
}

static opened shared;
static CUcontext foreign;

static void *check_on_thread(void *data)
{
    check_kept(&shared, data != NULL ? foreign : NULL);
    return NULL;
}

static void context_is_left_as_found(void)
{
    pthread_t threads[2];

    open_script(&shared, "");
    CU_ASSERT_EQUAL(raw.cuCtxCreate_v2(&foreign, 0, 0), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(NULL), 0);
    check_kept(&shared, NULL);
    check_kept(&shared, foreign);
    CU_ASSERT_EQUAL(pthread_create(&threads[0], NULL, check_on_thread, NULL),
                    0);
    CU_ASSERT_EQUAL(pthread_create(&threads[1], NULL, check_on_thread, &shared),
                    0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    CU_ASSERT_EQUAL(raw.cuCtxDestroy_v2(foreign), 0);
    close_opened(&shared);
}

/* The primary context of a program that uses CUDA beside Tenon. */
static void primary_context_is_shared(void)
{
    CUcontext theirs = NULL;
    uint64_t ours = 0;
    CUdeviceptr address = 0;
    opened o;

    raw.tn_fake_cuda_script("");
    CU_ASSERT_EQUAL(raw.cuInit(0), 0);
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRetain(&theirs, 0), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(theirs), 0);
    CU_ASSERT_EQUAL(raw.cuMemAlloc_v2(&address, 64), 0);
    open_script(&o, NULL);
    WORKS(the.plugin.device_native(o.device, &ours));
    CU_ASSERT_EQUAL(ours, (uintptr_t)theirs);
    CU_ASSERT(still_works(&o));
    the.plugin.stream_destroy(o.stream);
    the.plugin.device_close(o.device);
    the.plugin.instance_destroy(o.instance);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_users(0), 1); /* theirs lives on */
    CU_ASSERT_EQUAL(raw.cuMemFree_v2(address), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(NULL), 0);
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRelease_v2(0), 0);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_blocks(), 0);
}

/* ---- streams of others ---- */

static tn_status wrap(opened *o, uint64_t handle, tn_plugin_stream **stream)
{
    tn_plugin_stream_desc desc = {
        .size = sizeof desc, .handle_kind = TN_HANDLE_NATIVE, .handle = handle};

    return the.plugin.stream_create(o->device, &desc, stream);
}

static void check_wrapped(opened *o, uint64_t handle)
{
    tn_plugin_stream *stream = NULL;
    tn_plugin_module *module = module_of_text(o, PTX_HEAD PTX_APPEND);
    tn_plugin_memory *list = memory_of(o, 8);
    uint32_t numbers[2];

    WORKS_FATAL(wrap(o, handle, &stream));
    fill_u32(stream, list, 0, 2);
    WORKS(append(stream, kernel_of(module, "append"), list, 8));
    fetch_u32(stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[1], 8);
    the.plugin.memory_destroy(list, stream);
    the.plugin.stream_destroy(stream);
    the.plugin.module_destroy(module);
}

static void streams_are_wrapped(void)
{
    CUcontext primary = NULL;
    CUcontext other = NULL;
    CUstream theirs = NULL;
    CUstream elsewhere = NULL;
    tn_plugin_stream *stream = NULL;
    opened o;

    open_script(&o, "");
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRetain(&primary, 0), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(primary), 0);
    CU_ASSERT_EQUAL(raw.cuStreamCreate(&theirs, 0), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(NULL), 0);
    check_wrapped(&o, (uintptr_t)theirs);
    CU_ASSERT_EQUAL(raw.cuStreamSynchronize(theirs),
                    0); /* it is theirs still */
    check_wrapped(&o, 0);
    check_wrapped(&o, 1); /* CU_STREAM_LEGACY */
    FAILS_SAYING(wrap(&o, 2, &stream), TN_ERROR_UNSUPPORTED,
                 "CU_STREAM_PER_THREAD");
    CU_ASSERT_EQUAL(raw.cuCtxCreate_v2(&other, 0, 0), 0);
    CU_ASSERT_EQUAL(raw.cuStreamCreate(&elsewhere, 0), 0);
    FAILS_SAYING(wrap(&o, (uintptr_t)elsewhere, &stream), TN_ERROR_INVALID,
                 "of another context");
    CU_ASSERT_EQUAL(raw.cuStreamDestroy_v2(elsewhere), 0);
    CU_ASSERT_EQUAL(raw.cuCtxDestroy_v2(other), 0);
    CU_ASSERT_EQUAL(raw.cuStreamDestroy_v2(theirs), 0);
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRelease_v2(0), 0);
    close_opened(&o);
}

/* What a stream does within a time while the legacy stream is held up. */
static tn_status beside_legacy(const char *setting, uint64_t timeout)
{
    tn_plugin_stream *legacy = NULL;
    gate held;
    opened o;

    CU_ASSERT(fake_host_set("legacy_stream", setting));
    open_script(&o, "");
    tn_plugin_memory *memory = memory_of(&o, 64);

    WORKS_FATAL(wrap(&o, 0, &legacy));
    gate_close(&held, legacy);
    WORKS(the.plugin.fill(o.stream, memory, 0, 64, "\1", 1));
    tn_status status = the.plugin.stream_sync(o.stream, timeout);

    gate_open(&held);
    WORKS(the.plugin.stream_sync(legacy, TN_FOREVER));
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.stream_destroy(legacy);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
    CU_ASSERT(fake_host_set("legacy_stream", NULL));
    return status;
}

static void legacy_stream(void)
{
    CU_ASSERT_EQUAL(beside_legacy(NULL, TN_FOREVER), TN_OK);
    CU_ASSERT_EQUAL(beside_legacy("ignore", TN_FOREVER), TN_OK);
    CU_ASSERT_EQUAL(beside_legacy("wait", 50000000), TN_TIMEOUT);
}

void add_context_tests(CU_pSuite tests)
{
    CU_add_test(tests, "the current context is left as it was found",
                context_is_left_as_found);
    CU_add_test(tests, "the primary context is shared and not destroyed",
                primary_context_is_shared);
    CU_add_test(tests, "streams of others are wrapped and left to them",
                streams_are_wrapped);
    CU_add_test(tests, "streams wait for the legacy stream if asked to",
                legacy_stream);
}
