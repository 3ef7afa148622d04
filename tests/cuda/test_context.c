/* SPDX-License-Identifier: MIT */
/* The caller's current context, the primary one, and streams of others. */
#include <pthread.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

/* ---- left as found ---- */

/* What a thread makes, uses and destroys meanwhile. */
typedef struct objects {
    opened *o;
    tn_plugin_stream *stream;
    tn_plugin_memory *memory;
    tn_plugin_memory *pinned;
    tn_plugin_event *event;
    tn_plugin_module *module;
} objects;

static void make_stream(objects *x)
{
    x->stream = stream_of(x->o);
}

static void make_buffer(objects *x)
{
    x->memory = memory_of(x->o, 64);
}

static void make_pinned_buffer(objects *x)
{
    WORKS(make_memory(x->o, TN_MEMORY_PINNED, 64, &x->pinned));
}

static void make_event(objects *x)
{
    tn_plugin_event_desc desc = {.size = sizeof desc};

    WORKS(the.plugin.event_create(x->o->device, &desc, &x->event));
}

static void load_module(objects *x)
{
    x->module = module_of_text(x->o, PTX_HEAD PTX_APPEND);
}

static void fill(objects *x)
{
    WORKS(the.plugin.fill(x->stream, x->memory, 0, 64, "\0", 1));
}

static void launch(objects *x)
{
    WORKS(append(x->stream, kernel_of(x->module, "append"), x->memory, 3));
}

static void copy_to_host(objects *x)
{
    uint32_t numbers[2] = {0, 0};

    WORKS(the.plugin.copy_from(x->stream, x->memory, 0, numbers, 8));
    CU_ASSERT_EQUAL(numbers[1], 3);
}

static void copy_from_host(objects *x)
{
    const uint32_t numbers[2] = {0, 0};

    WORKS(the.plugin.copy_to(x->stream, x->memory, 0, numbers, 8));
}

static void copy(objects *x)
{
    WORKS(the.plugin.copy(x->stream, x->pinned, 0, x->memory, 0, 8));
}

static void record_and_wait(objects *x)
{
    WORKS(the.plugin.event_record(x->event, x->stream));
    WORKS(the.plugin.stream_wait(x->stream, x->event));
}

static void sync_event(objects *x)
{
    WORKS(the.plugin.event_sync(x->event, TN_FOREVER));
}

static void sync_stream(objects *x)
{
    WORKS(the.plugin.stream_sync(x->stream, TN_FOREVER));
    WORKS(the.plugin.stream_sync(x->stream, 1000000000));
}

static void ask(objects *x)
{
    tn_kernel_info info = {.size = sizeof info};
    uint64_t bytes = 0;

    WORKS(the.plugin.kernel_info(kernel_of(x->module, "append"), &info));
    WORKS(the.plugin.device_memory_free(x->o->device, &bytes));
}

static void fail(objects *x)
{
    tn_plugin_memory *memory = NULL;
    tn_plugin_module *module = NULL;

    FAILS(make_memory(x->o, TN_MEMORY_DEVICE, (uint64_t)1 << 50, &memory),
          TN_ERROR_NO_MEMORY);
    FAILS(load_text(x->o, PTX_HEAD "}", &module), TN_ERROR_BUILD);
}

static void destroy_code(objects *x)
{
    the.plugin.module_destroy(x->module);
    the.plugin.event_destroy(x->event);
}

static void destroy_memory(objects *x)
{
    the.plugin.memory_destroy(x->pinned, x->stream);
    the.plugin.memory_destroy(x->memory, NULL);
    the.plugin.stream_destroy(x->stream);
}

static void check_kept(opened *o, CUcontext own)
{
    static void (*const steps[])(objects *) = {make_stream,
                                               make_buffer,
                                               make_pinned_buffer,
                                               make_event,
                                               load_module,
                                               fill,
                                               launch,
                                               copy_to_host,
                                               copy_from_host,
                                               copy,
                                               record_and_wait,
                                               sync_event,
                                               sync_stream,
                                               ask,
                                               fail,
                                               destroy_code,
                                               destroy_memory};
    objects x = {.o = o};
    CUcontext found = NULL;

    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(own), 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; ++i) {
        steps[i](&x);
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
