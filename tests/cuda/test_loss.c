/* SPDX-License-Identifier: MIT */
/* Kernels that break the device, and kernels that never end. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/cuda/cuda_test.h"

#define PTX_FAULTS                                                             \
    PTX_HEAD PTX_ENTRY("tn_k_illegal_address", "") PTX_ENTRY("trap", "")       \
        PTX_ENTRY("fault_710", "") PTX_ENTRY("fault_714", "")                  \
            PTX_ENTRY("fault_715", "") PTX_ENTRY("fault_716", "")              \
                PTX_ENTRY("fault_717", "") PTX_ENTRY("fault_718", "")          \
                    PTX_ENTRY("fault_214", "") PTX_ENTRY("endless", "")        \
                        PTX_ENTRY("plain", "")

static void note_status(void *data, tn_status status)
{
    __atomic_store_n((tn_status *)data, status, __ATOMIC_RELEASE);
}

/* All that asks the device now says what broke it, without the driver. */
static void check_lost(opened *o, tn_plugin_module *module, const char *says)
{
    tn_plugin_event_desc event_desc = {.size = sizeof event_desc};
    tn_plugin_stream_desc stream_desc = {.size = sizeof stream_desc};
    tn_plugin_event *event = NULL;
    tn_plugin_stream *stream = NULL;
    tn_plugin_memory *memory = NULL;
    tn_plugin_module *other = NULL;
    uint64_t bytes = 0;
    long calls = raw.tn_fake_cuda_calls("cuCtxPushCurrent_v2") +
                 raw.tn_fake_cuda_calls("cuLaunchKernel");

    FAILS_SAYING(the.plugin.stream_sync(o->stream, TN_FOREVER),
                 TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(the.plugin.stream_status(o->stream), TN_ERROR_DEVICE_LOST,
                 says);
    FAILS_SAYING(the.plugin.device_status(o->device), TN_ERROR_DEVICE_LOST,
                 says);
    FAILS_SAYING(make_memory(o, TN_MEMORY_DEVICE, 64, &memory),
                 TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(make_memory(o, TN_MEMORY_PINNED, 64, &memory),
                 TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(load_text(o, PTX_FAULTS, &other), TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(launch_plain(o, module, "plain"), TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(the.plugin.event_create(o->device, &event_desc, &event),
                 TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(the.plugin.stream_create(o->device, &stream_desc, &stream),
                 TN_ERROR_DEVICE_LOST, says);
    FAILS_SAYING(the.plugin.device_memory_free(o->device, &bytes),
                 TN_ERROR_DEVICE_LOST, says);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuCtxPushCurrent_v2") +
                        raw.tn_fake_cuda_calls("cuLaunchKernel"),
                    calls);
}

static void check_fault(const char *kernel, const char *says)
{
    tn_status called = TN_OK;
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    tn_plugin_memory *pinned = NULL;
    gate held;
    opened o;

    open_script(&o, "cuCtxPushCurrent_v2=0; cuLaunchKernel=0");
    tn_plugin_module *module = module_of_text(&o, PTX_FAULTS);
    tn_plugin_memory *memory = memory_of(&o, 64);

    WORKS(make_memory(&o, TN_MEMORY_PINNED, 64, &pinned));
    WORKS_FATAL(the.plugin.event_create(o.device, &desc, &event));
    gate_close(&held, o.stream);
    WORKS(launch_plain(&o, module, kernel));
    WORKS(the.plugin.event_record(event, o.stream));
    WORKS(the.plugin.stream_call(o.stream, note_status, &called));
    gate_open(&held);
    FAILS_SAYING(the.plugin.stream_sync(o.stream, TN_FOREVER),
                 TN_ERROR_DEVICE_LOST, says);
    /* the driver never calls, yet who waits for that hears of it */
    CU_ASSERT_EQUAL(__atomic_load_n(&called, __ATOMIC_ACQUIRE),
                    TN_ERROR_DEVICE_LOST);
    check_lost(&o, module, says);
    FAILS(the.plugin.event_sync(event, TN_FOREVER), TN_ERROR_DEVICE_LOST);
    FAILS(the.plugin.copy_from(o.stream, memory, 0, &called, 4),
          TN_ERROR_DEVICE_LOST);
    the.plugin.event_destroy(event);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.memory_destroy(pinned, o.stream);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void broken_devices(void)
{
    static const char *const cases[][2] = {
        {"illegal_address", "NVIDIA Fake 0 is lost to this process since "
                            "waiting for a stream: CUDA_ERROR_ILLEGAL_ADDRESS "
                            "(700)"},
        {"trap", "CUDA_ERROR_LAUNCH_FAILED (719)"},
        {"fault_710", "(710)"},
        {"fault_714", "CUDA_ERROR_HARDWARE_STACK_ERROR (714)"},
        {"fault_715", "CUDA_ERROR_ILLEGAL_INSTRUCTION (715)"},
        {"fault_716", "CUDA_ERROR_MISALIGNED_ADDRESS (716)"},
        {"fault_717", "CUDA_ERROR_INVALID_ADDRESS_SPACE (717)"},
        {"fault_718", "CUDA_ERROR_INVALID_PC (718)"},
        {"fault_214", "(214)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        check_fault(cases[i][0], cases[i][1]);
    }
}

/* The driver does not open the device again in this process. */
static void it_stays_lost(void)
{
    tn_plugin_instance *instance = NULL;
    tn_plugin_device *device = NULL;
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, PTX_FAULTS);

    WORKS(launch_plain(&o, module, "trap"));
    FAILS(the.plugin.stream_sync(o.stream, TN_FOREVER), TN_ERROR_DEVICE_LOST);
    the.plugin.module_destroy(module);
    close_opened(&o);
    WORKS_FATAL(the.plugin.instance_create(&o.host.table, &o.host, &instance));
    FAILS_SAYING(the.plugin.device_open(instance, 0, &device),
                 TN_ERROR_DEVICE_LOST, "(719)");
    the.plugin.instance_destroy(instance);
    CU_ASSERT_EQUAL(o.host.blocks, 0);
    open_script(&o, ""); /* as in a new process */
    CU_ASSERT(still_works(&o));
    close_opened(&o);
}

/* ---- without end ---- */

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A copy that is staged, so that there are threads and chunks. */
static void copy_much(opened *o)
{
    enum {
        BYTES = 2 << 20
    };
    tn_plugin_memory *memory = memory_of(o, BYTES);
    void *host = calloc(1, BYTES);

    CU_ASSERT_PTR_NOT_NULL_FATAL(host);
    WORKS(the.plugin.copy_to(o->stream, memory, 0, host, BYTES));
    free(host);
    the.plugin.memory_destroy(memory, NULL);
    CU_ASSERT_EQUAL(count_helpers(false), 3);
}

/*
 * The plugin leaves to such a kernel what it uses: the host stays, and the
 * objects stay known, so that they are no leaks.
 */
static void endless_kernel(void)
{
    static opened o;
    static tn_plugin_module *module;
    static tn_plugin_memory *memory;
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;

    CU_ASSERT(fake_host_set("staging_threads", "4"));
    open_script(&o, "");
    copy_much(&o);
    uint64_t begin = milliseconds();

    module = module_of_text(&o, PTX_FAULTS);
    memory = memory_of(&o, 64);

    WORKS_FATAL(the.plugin.event_create(o.device, &desc, &event));
    WORKS(launch_plain(&o, module, "endless"));
    WORKS(the.plugin.event_record(event, o.stream));
    CU_ASSERT_EQUAL(the.plugin.stream_sync(o.stream, 30000000), TN_TIMEOUT);
    CU_ASSERT_EQUAL(the.plugin.event_sync(event, 30000000), TN_TIMEOUT);
    CU_ASSERT_EQUAL(the.plugin.stream_status(o.stream), TN_NOT_READY);
    CU_ASSERT_EQUAL(the.plugin.event_status(event), TN_NOT_READY);
    CU_ASSERT(milliseconds() - begin >= 60);
    CU_ASSERT(milliseconds() - begin < 30000); /* of a busy machine */
    the.plugin.event_destroy(event);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    the.plugin.stream_destroy(o.stream);
    the.plugin.device_close(o.device);
    the.plugin.instance_destroy(o.instance);
    CU_ASSERT(milliseconds() - begin < 60000);
    CU_ASSERT_EQUAL(o.host.warnings, 1);
    CU_ASSERT_EQUAL(o.host.strangers, 0);
    CU_ASSERT_EQUAL(count_helpers(false), 0);
    CU_ASSERT(fake_host_set("staging_threads", NULL));
}

/* A call of the driver that waits might never come back. */
static void limited_waits_only_ask(void)
{
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    opened o;

    open_script(&o, "pools=no; cuStreamSynchronize=hang; "
                    "cuEventSynchronize=hang; cuCtxSynchronize=hang");
    tn_plugin_module *module = module_of_text(&o, PTX_FAULTS);
    tn_plugin_memory *memory = memory_of(&o, 64);

    WORKS_FATAL(the.plugin.event_create(o.device, &desc, &event));
    WORKS(the.plugin.fill(o.stream, memory, 0, 64, "\1", 1));
    WORKS(launch_plain(&o, module, "plain"));
    WORKS(the.plugin.event_record(event, o.stream));
    WORKS(the.plugin.event_sync(event, 10000000000u));
    WORKS(the.plugin.stream_sync(o.stream, 10000000000u));
    the.plugin.event_destroy(event);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

/* Slow work that was only late for a sync is waited for. */
static void late_work(void)
{
    gate held;
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, PTX_FAULTS);

    gate_close(&held, o.stream);
    WORKS(launch_plain(&o, module, "plain"));
    CU_ASSERT_EQUAL(the.plugin.stream_sync(o.stream, 1000000), TN_TIMEOUT);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    CU_ASSERT(still_works(&o));
    the.plugin.module_destroy(module);
    close_opened(&o);
    CU_ASSERT_EQUAL(o.host.warnings, 0);
}

void add_loss_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a broken device says at once what broke it",
                broken_devices);
    CU_add_test(tests, "a device stays lost until the process ends",
                it_stays_lost);
    CU_add_test(tests, "a kernel without end is reported and abandoned",
                endless_kernel);
    CU_add_test(tests, "waiting with a time limit calls nothing that waits",
                limited_waits_only_ask);
    CU_add_test(tests, "work that ends late is not abandoned", late_work);
}
