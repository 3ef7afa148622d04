/* SPDX-License-Identifier: MIT */
/* Work that fails while it is queued, and machines that refuse threads. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/cpu/cpu_test.h"

/* Makes a launch fail: there is no memory for its local block. */
static void fail_stream(opened *o, tn_plugin_module *module,
                        tn_plugin_memory *memory)
{
    gate held;
    launching l;

    launching_init(&l, 4, 1);
    launching_local(&l, 1000);
    launching_local(&l, 1000);
    launching_buffer(&l, memory, 0);
    gate_close(&held, o->stream);
    WORKS(launching_go(&l, o->stream, kernel_of(module, "dynamic")));
    __atomic_store_n(&o->host.refuse, 1, __ATOMIC_SEQ_CST);
    gate_open(&held);
    FAILS(the.plugin.stream_sync(o->stream, TN_FOREVER), TN_ERROR_NO_MEMORY);
    __atomic_store_n(&o->host.refuse, 0, __ATOMIC_SEQ_CST);
}

static void note_status(void *data, tn_status status)
{
    __atomic_store_n((tn_status *)data, status, __ATOMIC_RELEASE);
}

static void failure_stays(void)
{
    tn_status called = TN_OK;
    uint64_t told[6] = {0};
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    opened o;

    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_stream *other = stream_of(&o);

    fail_stream(&o, module, memory);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "kernel dynamic"));
    WORKS(the.plugin.fill(other, memory, 0, 64, "\1", 1));
    WORKS(the.plugin.stream_sync(other, TN_FOREVER));
    FAILS(the.plugin.stream_sync(o.stream, TN_FOREVER), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.stream_status(o.stream), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.copy_to(o.stream, memory, 0, told, 8), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.copy_from(o.stream, memory, 0, told, 8),
          TN_ERROR_NO_MEMORY);
    FAILS(linger(&o, module, o.stream, memory, 1, 1), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.fill(o.stream, memory, 0, 64, "x", 1), TN_ERROR_NO_MEMORY);
    WORKS(the.plugin.stream_call(o.stream, note_status, &called));
    the.plugin.stream_sync(o.stream, TN_FOREVER);
    CU_ASSERT_EQUAL(__atomic_load_n(&called, __ATOMIC_ACQUIRE),
                    TN_ERROR_NO_MEMORY);
    /* what came after it was left out */
    WORKS(the.plugin.copy_from(other, memory, 0, told, 8));
    CU_ASSERT_EQUAL(told[0], 0x0101010101010101);
    /* the event knows, and who waits for it */
    WORKS(the.plugin.event_create(o.device, &desc, &event));
    WORKS(the.plugin.event_record(event, o.stream));
    FAILS(the.plugin.event_sync(event, TN_FOREVER), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.event_status(event), TN_ERROR_NO_MEMORY);
    WORKS(the.plugin.stream_sync(other, TN_FOREVER));
    the.plugin.stream_wait(other, event);
    FAILS(the.plugin.stream_sync(other, TN_FOREVER), TN_ERROR_NO_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "kernel dynamic"));
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(other);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void others_go_on(void)
{
    uint32_t counted = 0;
    opened o;

    open_with(&o, "2");
    tn_plugin_memory *memory = memory_of(&o, 64);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_stream *other = stream_of(&o);

    fail_stream(&o, module, memory);
    WORKS(the.plugin.copy_to(other, memory, 0, &counted, 4));
    WORKS(linger(&o, module, other, memory, 5, 1));
    WORKS(the.plugin.copy_from(other, memory, 0, &counted, 4));
    CU_ASSERT_EQUAL(counted, 5);
    the.plugin.stream_destroy(other);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void no_memory_for_objects(void)
{
    tn_plugin_stream_desc stream_desc = {.size = sizeof stream_desc};
    tn_plugin_event_desc event_desc = {.size = sizeof event_desc};
    tn_plugin_memory_desc memory_desc = {.size = sizeof memory_desc,
                                         .bytes = 64};
    tn_plugin_stream *stream = NULL;
    tn_plugin_event *event = NULL;
    tn_plugin_memory *memory = NULL;
    tn_plugin_instance *instance = NULL;
    opened o;

    open_with(&o, "2");
    tn_plugin_memory *kept = memory_of(&o, 1 << 20);

    o.host.refuse = 1;
    FAILS(the.plugin.instance_create(&o.host.table, &o.host, &instance),
          TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.stream_create(o.device, &stream_desc, &stream),
          TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.event_create(o.device, &event_desc, &event),
          TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.memory_create(o.device, &memory_desc, &memory),
          TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.fill(o.stream, kept, 0, 64, "x", 1), TN_ERROR_NO_MEMORY);
    FAILS(the.plugin.stream_call(o.stream, note_status, NULL),
          TN_ERROR_NO_MEMORY);
    o.host.refuse = 0;
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.memory_destroy(kept, NULL);
    close_opened(&o);
}

/* ---- in a child ---- */

/* No more threads for this user: root has no limit, so become somebody. */
static bool forbid_threads(void)
{
    struct rlimit none = {1, 1};

    return setrlimit(RLIMIT_NPROC, &none) == 0 &&
           (getuid() != 0 || setuid(65534) == 0);
}

static bool works_alone(opened *o, tn_plugin_module *module,
                        tn_plugin_memory *memory)
{
    uint32_t counted = 0;
    tn_status status = TN_NOT_READY;
    tn_plugin_stream *other = stream_of(o);
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;

    /* who asks, who waits, and who waits for another stream's work */
    bool right = linger(o, module, o->stream, memory, 10, 1) == TN_OK;

    for (int i = 0; i < 100 && status == TN_NOT_READY; ++i) {
        status = the.plugin.stream_status(o->stream);
    }
    right &= status == TN_OK;
    right &= the.plugin.event_create(o->device, &desc, &event) == TN_OK;
    right &= linger(o, module, o->stream, memory, 10, 1) == TN_OK;
    right &= the.plugin.event_record(event, o->stream) == TN_OK;
    right &= the.plugin.stream_wait(other, event) == TN_OK;
    right &= linger(o, module, other, memory, 10, 1) == TN_OK;
    right &= the.plugin.stream_sync(other, 5000000000) == TN_OK;
    right &= the.plugin.copy_from(other, memory, 0, &counted, 4) == TN_OK;
    the.plugin.event_destroy(event);
    the.plugin.stream_destroy(other);
    return right && counted == 30;
}

/* A host whose log looks at the stream that the line may be about. */
static opened *logged;
static void (*fake_log)(void *data, tn_log_level level, const char *line);

static void log_and_ask(void *data, tn_log_level level, const char *line)
{
    (void)the.plugin.stream_status(logged->stream);
    fake_log(data, level, line);
}

static int run_without_threads(void)
{
    opened o;

    open_with(&o, "4");
    logged = &o;
    fake_log = o.host.table.log;
    o.host.table.log = log_and_ask;
    tn_plugin_memory *memory = memory_of(&o, 4);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    uint32_t zero = 0;
    tn_status status = the.plugin.copy_to(o.stream, memory, 0, &zero, 4);

    if (status != TN_OK || !forbid_threads()) {
        return 77;
    }
    bool right = works_alone(&o, module, memory);

    if (o.host.warnings == 0 && count_entries("/proc/self/task") > 1) {
        return 77; /* there are threads after all */
    }
    right &= o.host.warnings == 1;
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
    return right && o.host.blocks == 0 ? 0 : 1;
}

static void no_threads(void)
{
    static const char *const pin[] = {"no", "yes"};

    for (int i = 0; i < 2; ++i) {
        CU_ASSERT_FATAL(fake_host_set("pin", pin[i]));
        int status = in_child(run_without_threads);

        CU_ASSERT_FATAL(fake_host_set("pin", NULL));
        if (status == 77) {
            skip("threads cannot be forbidden here");
            return;
        }
        CU_ASSERT_EQUAL(status, 0);
    }
}

static opened before_fork;

static int destroy_in_child(void)
{
    the.plugin.device_close(before_fork.device);
    the.plugin.instance_destroy(before_fork.instance);
    return 5;
}

static void destroy_after_fork(void)
{
    uint32_t zero = 0;

    open_with(&before_fork, "2");
    tn_plugin_memory *memory = memory_of(&before_fork, 1 << 20);

    WORKS(the.plugin.fill(before_fork.stream, memory, 0, 1 << 20, &zero, 4));
    WORKS(the.plugin.stream_sync(before_fork.stream, TN_FOREVER));
    CU_ASSERT_EQUAL(in_child(destroy_in_child), 5);
    WORKS(the.plugin.fill(before_fork.stream, memory, 0, 1 << 20, &zero, 4));
    WORKS(the.plugin.stream_sync(before_fork.stream, TN_FOREVER));
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&before_fork);
}

void add_failure_tests(CU_pSuite tests)
{
    CU_add_test(tests, "what fails on the way sticks to the stream",
                failure_stays);
    CU_add_test(tests, "other streams go on after a failure", others_go_on);
    CU_add_test(tests, "without memory, calls say so and leave nothing",
                no_memory_for_objects);
    CU_add_test(tests, "without threads, who waits or asks does the work",
                no_threads);
    CU_add_test(tests, "after fork(), destroying does nothing",
                destroy_after_fork);
}
