/* SPDX-License-Identifier: MIT */
/* Loaders and drivers that lack something, lie or fail. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/opencl/opencl_test.h"

/* Whether all works again when nothing misbehaves. */
static void check_next(void)
{
    opened o;

    script("");
    CU_ASSERT(fake_host_set("library", driver_path));
    open_all(&o);
    tn_plugin_memory *memory = memory_of(&o, 64);
    uint32_t numbers[16];

    fill_u32(o.stream, memory, 7, 16);
    fetch_u32(o.stream, memory, numbers, 16);
    CU_ASSERT_EQUAL(numbers[15], 7);
    the.plugin.memory_destroy(memory, NULL);
    close_all(&o);
}

static void refuses_start(const char *words)
{
    opened o;

    FAILS_SAYING(start(&o), TN_ERROR_UNAVAILABLE, words);
    CU_ASSERT_PTR_NULL(o.instance);
    CU_ASSERT_EQUAL(o.host.blocks, 0);
}

static void no_loader(void)
{
    CU_ASSERT(fake_host_set("library", "/nowhere/libOpenCL.so.1"));
    refuses_start("/nowhere/libOpenCL.so.1 not found; install an OpenCL ICD "
                  "loader (ocl-icd-libopencl1)");
    CU_ASSERT(fake_host_set("library", conformance_path));
    refuses_start("cannot be opened");
    SAYS("install an OpenCL ICD loader");
    CU_ASSERT(fake_host_set("library", the.path));
    refuses_start("has no clGetPlatformIDs");
    check_next();
}

static void no_platform(void)
{
    static const char words[] = "the loader found no platform; install a "
                                "driver such as pocl-opencl-icd";

    script("clGetPlatformIDs=-1001");
    refuses_start(words);
    script("platforms=0");
    refuses_start(words);
    check_next();
}

static void nonsense_of_platforms(void)
{
    script("platforms=4000000000");
    refuses_start("the loader claims 4000000000 platforms");
    script("clGetPlatformIDs=-6");
    refuses_start("CL_OUT_OF_HOST_MEMORY, -6");
    script("clGetPlatformIDs@2=-30");
    refuses_start("CL_INVALID_VALUE, -30");
    script("clGetPlatformIDs=77");
    refuses_start("unknown code, 77");
    check_next();
}

/* What is left out, the log tells with the reason. */
static void leaves_out(const char *text, const char *reason)
{
    forget_log();
    script(text);
    refuses_start("no device that works; install a driver");
    bool told = strstr(log_text(), reason) != NULL;

    if (!told) {
        fprintf(stderr, "\n%s: not in the log: %s\n", reason, log_text());
    }
    CU_ASSERT(told);
}

static void nonsense_of_devices(void)
{
    leaves_out("devices=70000", "it claims 70000 devices");
    leaves_out("clGetDeviceIDs=-32", "CL_INVALID_PLATFORM, -32");
    leaves_out("clGetDeviceIDs@2=-5", "CL_OUT_OF_RESOURCES, -5");
    leaves_out("clGetDeviceInfo=-33", "tells neither name nor version");
    leaves_out("text:0x102b=", "tells neither name nor version");
    leaves_out("text:0x102f=", "tells neither name nor version");
    leaves_out("text:0x102f=Metal 3", "tells neither name nor version");
    leaves_out("text:0x102f=OpenCL 1.1 old", "less than OpenCL 1.2");
    leaves_out("info:0x1027=0", "not available");
    leaves_out("info:0x101f=0", "it has no memory");
    script("clGetDeviceIDs=-1"); /* a platform without devices is none */
    refuses_start("no device that works");
    check_next();
}

/* Numbers that a host would stumble over become some that it does not. */
static void nonsense_of_limits(void)
{
    static const char *const scripts[] = {
        "info:0x1004=0",                  /* items of a group */
        "info:0x1005=0",                  /* its sides */
        "info:0x1019=7",                  /* alignment in bits */
        "info:0x1010=0xffffffffffffffff", /* largest allocation */
        "info:0x1053=0xff",               /* shared memory of all kinds */
        "text:0x1030=",                   /* extensions */
        "clGetPlatformInfo=-32",
    };

    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; ++i) {
        opened o;

        script(scripts[i]);
        open_all(&o);
        CU_ASSERT(o.info.max_items >= 1);
        CU_ASSERT(o.info.max_items_dim[2] >= 1);
        CU_ASSERT(o.info.offset_alignment >= 1);
        CU_ASSERT_EQUAL(o.info.offset_alignment & (o.info.offset_alignment - 1),
                        0);
        CU_ASSERT(o.info.allocation_bytes <= o.info.memory_bytes);
        CU_ASSERT(o.info.name[0] != '\0');
        close_all(&o);
    }
    check_next();
}

static void no_compiler(void)
{
    opened o;
    tn_plugin_module *module = NULL;
    uint32_t rank = 77;

    script("info:0x1028=0"); /* CL_DEVICE_COMPILER_AVAILABLE */
    open_all(&o);
    WORKS(the.plugin.module_rank(o.device, "clc", "", &rank));
    CU_ASSERT_EQUAL(rank, 0);
    FAILS_SAYING(load_text(&o, "kernel void k() {}", "", &module),
                 TN_ERROR_FORMAT, "has no compiler for OpenCL C");
    close_all(&o);
    check_next();
}

/* It says that it shares memory, and then does not. */
static void claims_shared_memory(void)
{
    opened o;

    script("clSVMAlloc=-59");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_memory *list = memory_of(&o, 4096);
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .bytes = 64, .kind = TN_MEMORY_SHARED};
    tn_plugin_memory *shared = NULL;
    uint32_t numbers[2];
    launching l;

    fill_u32(o.stream, list, 0, 1024);
    WORKS(append(o.stream, kernel_of(module, "append"), list, 9));
    fetch_u32(o.stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[1], 9);
    FAILS_SAYING(the.plugin.memory_create(o.device, &desc, &shared),
                 TN_ERROR_NO_MEMORY, "no memory for a buffer of 64 bytes");
    launching_init(&l, 1, 1);
    launching_buffer(&l, list, 4);
    launching_u32(&l, 1);
    FAILS_SAYING(launching_go(&l, o.stream, kernel_of(module, "append")),
                 TN_ERROR_RANGE, "such offsets are multiples of 128");
    the.plugin.memory_destroy(list, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
    check_next();
}

/* It claims 3.0, and its library has no function newer than 1.2. */
static void lacks_functions(void)
{
    opened o;

    CU_ASSERT(fake_host_set("library", old_driver_path));
    CU_ASSERT(fake_host_set("cache", "no")); /* where parameters are known */
    open_all(&o);
    CU_ASSERT_EQUAL(o.info.features & TN_FEATURE_SHARED, 0);
    CU_ASSERT_EQUAL(o.info.offset_alignment, 128);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_memory *list = memory_of(&o, 64);
    tn_parameter parameter = {.size = sizeof parameter};
    uint32_t numbers[2];

    WORKS(the.plugin.kernel_parameter(kernel_of(module, "add"), 0, &parameter));
    CU_ASSERT_EQUAL(parameter.type, TN_TYPE_NONE);
    fill_u32(o.stream, list, 0, 16);
    WORKS(append(o.stream, kernel_of(module, "append"), list, 9));
    fetch_u32(o.stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[1], 9);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
    CU_ASSERT(fake_host_set("cache", NULL));
    check_next();
}

static void work_fails_later(void)
{
    opened o;
    tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    uint32_t number;

    script("");
    open_all(&o);
    tn_plugin_memory *memory = memory_of(&o, 64);

    WORKS(the.plugin.event_create(o.device, &desc, &event));
    fill_u32(o.stream, memory, 7, 16);
    WORKS(the.plugin.event_record(event, o.stream));
    script("event=-5");
    FAILS_SAYING(the.plugin.event_sync(event, TN_FOREVER), TN_ERROR_DEVICE,
                 "CL_OUT_OF_RESOURCES, -5");
    FAILS_SAYING(the.plugin.stream_sync(o.stream, TN_FOREVER), TN_ERROR_DEVICE,
                 "CL_OUT_OF_RESOURCES, -5");
    script("");
    /* it sticks to the stream, whoever asks */
    FAILS_SAYING(the.plugin.stream_status(o.stream), TN_ERROR_DEVICE,
                 "work of this stream failed");
    FAILS_SAYING(the.plugin.copy_from(o.stream, memory, 0, &number, 4),
                 TN_ERROR_DEVICE, "work of this stream failed");
    the.plugin.event_destroy(event);
    the.plugin.memory_destroy(memory, NULL);
    close_all(&o);
    check_next();
}

/* ---- work that another device waits for ---- */

typedef struct second {
    tn_plugin_device *device;
    tn_plugin_stream *stream;
    tn_plugin_memory *memory;
    void *mapped;
} second;

static bool second_open(second *s, const opened *o)
{
    const tn_plugin_stream_desc stream = {.size = sizeof stream};
    const tn_plugin_memory_desc memory = {
        .size = sizeof memory, .bytes = 64, .kind = TN_MEMORY_PINNED};

    if (the.plugin.device_open(o->instance, 1, &s->device) != TN_OK) {
        return false;
    }
    WORKS_FATAL(the.plugin.stream_create(s->device, &stream, &s->stream));
    WORKS_FATAL(the.plugin.memory_create(s->device, &memory, &s->memory));
    WORKS_FATAL(the.plugin.memory_map(s->memory, 0, 64, TN_ACCESS_READ_WRITE,
                                      &s->mapped));
    memset(s->mapped, 0, 64);
    return true;
}

static void second_close(second *s)
{
    the.plugin.memory_unmap(s->memory, s->mapped);
    the.plugin.memory_destroy(s->memory, NULL);
    the.plugin.stream_destroy(s->stream);
    the.plugin.device_close(s->device);
}

/* Without asking the driver, which tells then that all has failed. */
static bool becomes(const uint32_t *number, uint32_t value)
{
    const struct timespec moment = {0, 1000000};

    for (int i = 0; i < 20000; ++i) {
        if (__atomic_load_n(number, __ATOMIC_ACQUIRE) == value) {
            return true;
        }
        nanosleep(&moment, NULL);
    }
    return false;
}

/* Only the event of the first device is told to have failed. */
static void check_waiting(opened *o, second *s)
{
    const tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    uint32_t number = 0;
    gate held;

    WORKS_FATAL(the.plugin.event_create(o->device, &desc, &event));
    gate_close(&held, o->stream);
    WORKS(the.plugin.event_record(event, o->stream));
    WORKS(the.plugin.stream_wait(s->stream, event));
    fill_u32(s->stream, s->memory, 7, 16);
    script("event=-5");
    gate_open(&held);
    CU_ASSERT(becomes(s->mapped, 7));
    script("");
    FAILS_SAYING(the.plugin.stream_sync(s->stream, TN_FOREVER), TN_ERROR_DEVICE,
                 "CL_OUT_OF_RESOURCES, -5");
    FAILS(the.plugin.stream_status(s->stream), TN_ERROR_DEVICE);
    FAILS(the.plugin.copy_from(s->stream, s->memory, 0, &number, 4),
          TN_ERROR_DEVICE);
    the.plugin.event_destroy(event);
}

static void failures_pass_on(void)
{
    second s = {.stream = NULL};
    opened o;

    script("");
    open_all(&o);
    if (second_open(&s, &o)) {
        check_waiting(&o, &s);
        second_close(&s);
    } else {
        skip("PoCL was started with one device");
    }
    close_all(&o);
    check_next();
}

/* ---- each function of the driver fails once ---- */

static tn_status run_module(opened *o, tn_plugin_module *module)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = 4096};
    tn_plugin_memory *list = NULL;
    tn_plugin_kernel *kernel = NULL;
    uint32_t zero = 0;
    uint32_t numbers[2] = {0, 0};
    tn_status status = the.plugin.memory_create(o->device, &desc, &list);

    if (status != TN_OK) {
        return status;
    }
    status = the.plugin.fill(o->stream, list, 0, 4096, &zero, 4);
    if (status == TN_OK) {
        status = the.plugin.kernel_get(module, "append", &kernel);
    }
    if (status == TN_OK) {
        status = append(o->stream, kernel, list, 5);
    }
    if (status == TN_OK) {
        status = the.plugin.copy_to(o->stream, list, 8, &zero, 4);
    }
    if (status == TN_OK) {
        status = the.plugin.copy(o->stream, list, 2048, list, 0, 8);
    }
    if (status == TN_OK) {
        status = the.plugin.copy_from(o->stream, list, 2048, numbers, 8);
        CU_ASSERT(status != TN_OK || numbers[1] == 5);
    }
    the.plugin.memory_destroy(list, o->stream);
    return status;
}

static void note(void *data, tn_status status)
{
    (void)status;
    __atomic_fetch_add((int *)data, 1, __ATOMIC_RELEASE);
}

static tn_status run_events(opened *o)
{
    static int called;
    tn_plugin_event_desc desc = {.size = sizeof desc, .timed = 1};
    tn_plugin_event *event = NULL;
    uint64_t elapsed = 0;
    tn_status status = the.plugin.event_create(o->device, &desc, &event);

    if (status != TN_OK) {
        return status;
    }
    status = the.plugin.event_record(event, o->stream);
    if (status == TN_OK) {
        status = the.plugin.stream_call(o->stream, note, &called);
    }
    if (status == TN_OK) {
        status = the.plugin.stream_wait(o->stream, event);
    }
    if (status == TN_OK) {
        status = the.plugin.stream_sync(o->stream, TN_FOREVER);
    }
    if (status == TN_OK) {
        status = the.plugin.event_elapsed(event, event, &elapsed);
    }
    the.plugin.event_destroy(event);
    return status;
}

static tn_status run_mapped(opened *o)
{
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .bytes = 64, .kind = TN_MEMORY_PINNED};
    tn_plugin_memory *memory = NULL;
    void *pointer = NULL;
    tn_status status = the.plugin.memory_create(o->device, &desc, &memory);

    if (status != TN_OK) {
        return status;
    }
    status =
        the.plugin.memory_map(memory, 0, 64, TN_ACCESS_READ_WRITE, &pointer);
    if (status == TN_OK) {
        memset(pointer, 1, 64);
        status = the.plugin.memory_unmap(memory, pointer);
    }
    the.plugin.memory_destroy(memory, NULL);
    return status;
}

static tn_status run_device(opened *o, const char *text)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    tn_plugin_module *module = NULL;
    tn_status status = the.plugin.stream_create(o->device, &desc, &o->stream);

    if (status != TN_OK) {
        return status;
    }
    status = load_text(o, text, "", &module);
    if (status == TN_OK) {
        status = run_module(o, module);
        the.plugin.module_destroy(module);
    }
    if (status == TN_OK) {
        status = run_events(o);
    }
    if (status == TN_OK) {
        status = run_mapped(o);
    }
    the.plugin.stream_destroy(o->stream);
    return status;
}

static tn_status run_everything(const char *text)
{
    opened o;
    tn_status status = start(&o);

    if (status != TN_OK) {
        CU_ASSERT_EQUAL(o.host.blocks, 0);
        return status;
    }
    status = the.plugin.device_open(o.instance, 0, &o.device);
    if (status == TN_OK) {
        status = run_device(&o, text);
        the.plugin.device_close(o.device);
    }
    the.plugin.instance_destroy(o.instance);
    CU_ASSERT_EQUAL(o.host.blocks, 0);
    return status;
}

/* The first, second, third call ... of a function, until none is left. */
static unsigned fail_each_call(const char *name, const char *hidden,
                               const char *text)
{
    unsigned failed = 0;

    for (unsigned nth = 1; nth <= 4; ++nth) {
        char failure[128];

        snprintf(failure, sizeof failure, "%s@%u=-5%s", name, nth, hidden);
        script(failure);
        fake_host_forget();
        if (run_everything(text) != TN_OK) {
            ++failed;
            if (fake_host_error()[0] == '\0') {
                fprintf(stderr, "\n%s: no sentence\n", failure);
                CU_FAIL("no sentence");
            }
        }
    }
    return failed;
}

static void every_function_fails(void)
{
    static const char *const functions[] = {
#define NAME(name) #name,
        FAKE_OPENCL_FUNCTIONS(NAME)
#undef NAME
    };
    static const char *const hidden[] = {"", ";info:0x1053=0",
                                         ";info:0x1053=1"};
    size_t bytes;
    char *text = read_file(conformance_path, &bytes);
    unsigned failed = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    text[bytes] = '\0';
    for (size_t k = 0; k < 3; ++k) {
        script(hidden[k] + (k > 0));
        WORKS(run_everything(text));
        for (size_t i = 0; i < sizeof functions / sizeof functions[0]; ++i) {
            failed += fail_each_call(functions[i], hidden[k], text);
        }
    }
    CU_ASSERT(failed > 60); /* the script did reach the driver */
    free(text);
    check_next();
}

void add_driver_tests(CU_pSuite tests)
{
    CU_add_test(tests, "no loader, or what is none, is told", no_loader);
    CU_add_test(tests, "a loader without platforms is told", no_platform);
    CU_add_test(tests, "nonsense of the loader is refused",
                nonsense_of_platforms);
    CU_add_test(tests, "a device whose driver tells nonsense is left out",
                nonsense_of_devices);
    CU_add_test(tests, "limits that cannot be are replaced",
                nonsense_of_limits);
    CU_add_test(tests, "a driver without compiler takes no code", no_compiler);
    CU_add_test(tests, "shared memory that is claimed only is not needed",
                claims_shared_memory);
    CU_add_test(tests, "a driver of 3.0 without optional functions works",
                lacks_functions);
    CU_add_test(tests, "what fails later sticks to the stream",
                work_fails_later);
    CU_add_test(tests, "what fails passes on to a device that waits for it",
                failures_pass_on);
    CU_add_test(tests, "each call of the driver may fail",
                every_function_fails);
}
