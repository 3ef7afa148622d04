/* SPDX-License-Identifier: MIT */
/* Memory that runs out, and launches that do not fit. */
#include <string.h>

#include "tests/cuda/cuda_test.h"

#define MIB ((uint64_t)1 << 20)

/* ---- memory ---- */

static void out_of_memory(void)
{
    static const char *const scripts[] = {"memory=64M", "memory=64M; pools=no"};
    opened o;

    for (int i = 0; i < 2; ++i) {
        tn_plugin_memory *memory = NULL;

        open_script(&o, scripts[i]);
        FAILS_SAYING(make_memory(&o, TN_MEMORY_DEVICE, 65 * MIB, &memory),
                     TN_ERROR_NO_MEMORY,
                     "no memory for a buffer of 68157440 bytes: NVIDIA Fake 0 "
                     "has 67108864");
        CU_ASSERT_PTR_NULL(memory);
        tn_plugin_memory *most = memory_of(&o, 48 * MIB);

        FAILS_SAYING(make_memory(&o, TN_MEMORY_DEVICE, 32 * MIB, &memory),
                     TN_ERROR_NO_MEMORY, "of which 16777216 are free");
        CU_ASSERT(still_works(&o));
        tn_plugin_memory *rest = memory_of(&o, 16 * MIB);

        the.plugin.memory_destroy(most, NULL);
        most = memory_of(&o, 48 * MIB);
        the.plugin.memory_destroy(most, o.stream);
        most = memory_of(&o, 48 * MIB);
        the.plugin.memory_destroy(most, NULL);
        the.plugin.memory_destroy(rest, NULL);
        close_opened(&o);
    }
}

static void out_of_memory_once(void)
{
    static const char *const scripts[] = {"cuMemAllocFromPoolAsync:1=2",
                                          "cuMemAlloc_v2:1=2; pools=no"};
    opened o;

    for (int i = 0; i < 2; ++i) { /* what was freed has come back by then */
        open_script(&o, scripts[i]);
        CU_ASSERT(still_works(&o));
        close_opened(&o);
    }
}

static void out_of_pinned_memory(void)
{
    tn_plugin_memory *memory = NULL;
    opened o;

    open_script(&o, "cuMemHostAlloc:1+=2");
    FAILS_SAYING(make_memory(&o, TN_MEMORY_PINNED, 4096, &memory),
                 TN_ERROR_NO_MEMORY, "no page-locked memory of the host");
    CU_ASSERT(still_works(&o));
    close_opened(&o);
    open_script(&o, "cuMemHostGetDevicePointer_v2:1=1");
    FAILS(make_memory(&o, TN_MEMORY_PINNED, 4096, &memory), TN_ERROR_INVALID);
    close_opened(&o);
}

/* Memory whose stream has not passed its last use is waited for. */
static void freed_memory_comes_back(void)
{
    tn_plugin_memory *memory = NULL;
    gate held;
    opened o;

    open_script(&o, "memory=8M");
    tn_plugin_memory *first = memory_of(&o, 6 * MIB);

    gate_close(&held, o.stream);
    WORKS(the.plugin.fill(o.stream, first, 0, 6 * MIB, "\1", 1));
    the.plugin.memory_destroy(first, NULL);
    gate_open(&held);
    WORKS(make_memory(&o, TN_MEMORY_DEVICE, 6 * MIB, &memory));
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
}

static void foreign_memory(void)
{
    tn_plugin_import_desc desc = {
        .size = sizeof desc, .handle_kind = TN_HANDLE_NATIVE, .bytes = 64};
    tn_plugin_memory *memory = NULL;
    uint32_t numbers[16];
    CUcontext context = NULL;
    CUdeviceptr address = 0;
    opened o;

    open_script(&o, "");
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRetain(&context, 0), 0);
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(context), 0);
    CU_ASSERT_EQUAL(raw.cuMemAlloc_v2(&address, 64), 0);
    desc.handle = address;
    WORKS_FATAL(the.plugin.memory_import(o.device, &desc, &memory));
    fill_u32(o.stream, memory, 9, 16);
    fetch_u32(o.stream, memory, numbers, 16);
    CU_ASSERT_EQUAL(numbers[15], 9);
    the.plugin.memory_destroy(memory, NULL);
    CU_ASSERT_EQUAL(raw.cuMemFree_v2(address), 0); /* ours still */
    desc.handle = (uintptr_t)numbers; /* of the host, and not page-locked */
    FAILS_SAYING(the.plugin.memory_import(o.device, &desc, &memory),
                 TN_ERROR_INVALID, "is no address that CUDA knows");
    CU_ASSERT_EQUAL(raw.cuCtxSetCurrent(NULL), 0);
    CU_ASSERT_EQUAL(raw.cuDevicePrimaryCtxRelease_v2(0), 0);
    close_opened(&o);
}

/* Each function of a copy or fill that fails once, and what works then. */
static void work_that_is_refused(void)
{
    static const struct {
        const char *script;
        const char *says;
    } cases[] = {
        {"cuMemcpyHtoDAsync_v2:1=1", "copying to a buffer"},
        {"cuMemcpyDtoHAsync_v2:1=999", "copying from a buffer"},
        {"cuMemcpyDtoDAsync_v2:1=1", "copying between buffers"},
        {"cuMemsetD32Async:1=1", "filling a buffer"},
        {"cuStreamSynchronize:2=999", "copying"},
        {"cuEventRecord:1=400", "recording an event"},
        {"cuStreamWaitEvent:1=400", "wait for an event"},
    };
    tn_plugin_event_desc desc = {.size = sizeof desc};
    opened o;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        tn_plugin_event *event = NULL;
        uint32_t numbers[4] = {1, 2, 3, 4};
        unsigned failures = 0;

        open_script(&o, cases[i].script);
        tn_plugin_memory *memory = memory_of(&o, 32);

        WORKS_FATAL(the.plugin.event_create(o.device, &desc, &event));
        fake_host_forget();
        failures += the.plugin.copy_to(o.stream, memory, 0, numbers, 16) != 0;
        failures += the.plugin.copy_from(o.stream, memory, 0, numbers, 16) != 0;
        failures += the.plugin.copy(o.stream, memory, 16, memory, 0, 16) != 0;
        failures += the.plugin.fill(o.stream, memory, 0, 32, numbers, 4) != 0;
        failures += the.plugin.event_record(event, o.stream) != 0;
        failures += the.plugin.stream_wait(o.stream, event) != 0;
        CU_ASSERT_EQUAL(failures, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), cases[i].says));
        CU_ASSERT(still_works(&o));
        the.plugin.event_destroy(event);
        the.plugin.memory_destroy(memory, NULL);
        close_opened(&o);
    }
}

/* ---- launches ---- */

#define PTX_WORK                                                               \
    PTX_HEAD PTX_ENTRY("plain", "") PTX_APPEND                                 \
        ".visible .entry tile()\n{\n\t.shared .align 4 .b8 "                   \
        "t[40960];\n\tret;\n}\n"

typedef struct launch_case {
    const char *script;
    const char *kernel;
    uint32_t groups[3];
    uint32_t items[3];
    uint32_t shared;
    tn_status status;
    const char *says;
} launch_case;

static const launch_case wrong_launches[] = {
    {"",
     "plain",
     {1, 1, 1},
     {2048, 1, 1},
     0,
     TN_ERROR_RANGE,
     "kernel plain in 1 x 1 x 1 groups of 2048 x 1 x 1 items with 0 bytes "
     "of dynamic group memory: CUDA_ERROR_INVALID_VALUE (1)"},
    {"",
     "plain",
     {1, 70000, 1},
     {1, 1, 1},
     0,
     TN_ERROR_RANGE,
     "in 1 x 70000 x 1 groups"},
    {"",
     "plain",
     {1, 1, 1},
     {1, 1, 1},
     227 * 1024 + 1,
     TN_ERROR_RANGE,
     "kernel plain: 232449 bytes of dynamic group memory beside the 0 "
     "that it declares; a group has 232448"},
    {"",
     "tile",
     {1, 1, 1},
     {1, 1, 1},
     200000,
     TN_ERROR_RANGE,
     "beside the 40960 that it declares"},
    {"",
     "plain",
     {1, 1, 1},
     {1, 1, 1},
     4000000000u,
     TN_ERROR_RANGE,
     "4000000000 bytes"},
    {"cuLaunchKernel:1=701",
     "plain",
     {1, 1, 1},
     {1, 1, 1},
     0,
     TN_ERROR_RANGE,
     "needs more registers or memory"},
    {"cuLaunchKernel:1=2",
     "plain",
     {1, 1, 1},
     {1, 1, 1},
     0,
     TN_ERROR_NO_MEMORY,
     "out of memory"},
    {"cuFuncSetAttribute:1=1",
     "plain",
     {1, 1, 1},
     {1, 1, 1},
     100000,
     TN_ERROR_INVALID,
     "asking for more group memory"},
    {"",
     "append",
     {1, 1, 1},
     {1, 1, 1},
     0,
     TN_ERROR_SIGNATURE,
     "kernel append takes 2 arguments, not 0"},
};

static void launches_that_do_not_fit(void)
{
    opened o;

    for (size_t i = 0; i < sizeof wrong_launches / sizeof wrong_launches[0];
         ++i) {
        const launch_case *c = &wrong_launches[i];
        launching l;

        open_script(&o, c->script);
        tn_plugin_module *module = module_of_text(&o, PTX_WORK);

        launching_init_3d(&l, c->groups, c->items);
        l.launch.local_bytes = c->shared;
        FAILS_SAYING(launching_go(&l, o.stream, kernel_of(module, c->kernel)),
                     c->status, c->says);
        WORKS(launch_plain(&o, module, "plain"));
        CU_ASSERT(still_works(&o));
        the.plugin.module_destroy(module);
        close_opened(&o);
    }
}

/* From 48 KiB on, the kernel is told first; once. */
static void more_group_memory(void)
{
    static const uint32_t sizes[] = {49152, 49153, 100000, 232448};
    opened o;

    open_script(&o, "cuFuncSetAttribute=0");
    tn_plugin_module *module = module_of_text(&o, PTX_WORK);
    launching l;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        launching_init(&l, 1, 1);
        l.launch.local_bytes = sizes[i];
        WORKS(launching_go(&l, o.stream, kernel_of(module, "plain")));
        CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuFuncSetAttribute"), i > 0);
    }
    launching_init(&l, 1, 1);
    l.launch.local_bytes = 180000; /* beside 40960 */
    WORKS(launching_go(&l, o.stream, kernel_of(module, "tile")));
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void arguments_that_do_not_fit(void)
{
    static const char text[] =
        PTX_HEAD PTX_ENTRY("taker", ".param .align 8 .b8 s[40], .param .u64 a");
    unsigned char value[48] = {0};
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, text);
    tn_plugin_kernel *kernel = kernel_of(module, "taker");
    tn_plugin_memory *memory = memory_of(&o, 64);
    launching l;

    launching_init(&l, 1, 1);
    launching_struct(&l, value, 40);
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel taker takes 2 arguments, not 1");
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, o.stream, kernel));
    launching_u32(&l, 1);
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel taker takes 2 arguments, not 3");
    launching_init(&l, 1, 1);
    launching_struct(&l, value, 48);
    launching_buffer(&l, memory, 0);
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel taker: argument 0 has 40 bytes, not 48");
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

/* A launch is one call of the driver, and asks for no context. */
static void a_launch_is_one_call(void)
{
    opened o;

    open_script(&o, "cuLaunchKernel=0; cuCtxPushCurrent_v2=0; "
                    "cuCtxPopCurrent_v2=0; cuEventRecord=0; cuStreamQuery=0");
    tn_plugin_module *module = module_of_text(&o, PTX_WORK);
    tn_plugin_kernel *kernel = kernel_of(module, "plain");
    long pushes = raw.tn_fake_cuda_calls("cuCtxPushCurrent_v2");
    launching l;

    launching_init(&l, 1, 1);
    for (int i = 0; i < 10; ++i) {
        WORKS(launching_go(&l, o.stream, kernel));
    }
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuLaunchKernel"), 10);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuCtxPushCurrent_v2"), pushes);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_calls("cuStreamQuery"), 0);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

void add_work_tests(CU_pSuite tests)
{
    CU_add_test(tests, "after out of memory a smaller buffer works",
                out_of_memory);
    CU_add_test(tests, "out of memory is tried again after what was freed",
                out_of_memory_once);
    CU_add_test(tests, "page-locked memory may run out", out_of_pinned_memory);
    CU_add_test(tests, "memory in use is waited for before it runs out",
                freed_memory_comes_back);
    CU_add_test(tests, "memory of others is used and left to them",
                foreign_memory);
    CU_add_test(tests, "work that the driver refuses is reported once",
                work_that_is_refused);
    CU_add_test(tests, "a launch that does not fit is refused with its shape",
                launches_that_do_not_fit);
    CU_add_test(tests, "group memory beyond 48 KiB is asked for",
                more_group_memory);
    CU_add_test(tests, "arguments that do not fit are refused",
                arguments_that_do_not_fit);
    CU_add_test(tests, "a launch is one call of the driver",
                a_launch_is_one_call);
}
