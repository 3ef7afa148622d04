/* SPDX-License-Identifier: MIT */
/* Drivers that are missing, old, wrong or without a device. */
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

typedef struct start_case {
    const char *script;
    const char *says;
} start_case;

static const start_case wrong_starts[] = {
    {"cuInit=34", "CUDA_ERROR_STUB_LIBRARY (34): it is the toolkit's stub "
                  "library; take the folder `stubs`"},
    {"cuInit=100", "CUDA_ERROR_NO_DEVICE (100): no NVIDIA GPU is visible; "},
    {"cuInit=802", "(802): the system is not ready; start nvidia-fabric"},
    {"cuInit=803", "(803): the library and the kernel module are of different "
                   "versions; reboot"},
    {"cuInit=804", "(804): the compatibility library does not work with this "
                   "GPU; take the folder cuda-compat out"},
    {"cuInit=999", "CUDA_ERROR_UNKNOWN (999)"},
    {"cuInit=999", "nvidia_uvm, or reboot"},
    {"cuInit=3", "(3)"},
    {"cuInit=12345", "(12345)"},
    {"devices=0", "no NVIDIA GPU is visible"},
    {"cuDeviceGetCount=100", "no NVIDIA GPU is visible"},
    {"cuDriverGetVersion=999", "(999)"},
    {"version=11030", "a driver for CUDA 11.3; install the NVIDIA driver 470"},
    {"version=10020", "a driver for CUDA 10.2; install the NVIDIA driver 470"},
    {"missing=cuLaunchKernel",
     "has no function cuLaunchKernel; install the NVIDIA driver 470"},
    {"missing=cuInit", "has no function cuInit"},
    {"missing=cuMemAlloc_v2", "has no function cuMemAlloc_v2"},
    {"cuDeviceGetName=999", "asking device 0: CUDA_ERROR_UNKNOWN (999)"},
    {"devices=2; cuDeviceTotalMem_v2:2=46", "asking device 1: "},
};

static void wrong_drivers(void)
{
    opened o;

    for (size_t i = 0; i < sizeof wrong_starts / sizeof wrong_starts[0]; ++i) {
        FAILS_SAYING(start(&o, wrong_starts[i].script), TN_ERROR_UNAVAILABLE,
                     wrong_starts[i].says);
        CU_ASSERT_PTR_NULL(o.instance);
        CU_ASSERT_EQUAL(o.host.blocks, 0);
        WORKS_FATAL(start(&o, "")); /* as soon as that is mended */
        close_opened(&o);
    }
}

static void no_library(void)
{
    opened o;

    memset(&o, 0, sizeof o);
    fake_host_init(&o.host);
    o.host.key = "library";
    o.host.value = "libcuda-of-nobody.so.1";
    FAILS_SAYING(
        the.plugin.instance_create(&o.host.table, &o.host, &o.instance),
        TN_ERROR_UNAVAILABLE,
        "libcuda-of-nobody.so.1 not found; install the NVIDIA driver, or "
        "correct `library`");
    o.host.value = the.path; /* a library, but none of NVIDIA's */
    FAILS_SAYING(
        the.plugin.instance_create(&o.host.table, &o.host, &o.instance),
        TN_ERROR_UNAVAILABLE, "has no function cuInit");
    CU_ASSERT_EQUAL(o.host.blocks, 0);
}

static void no_permission(void)
{
    static const char *const files[] = {"/dev/nvidiactl", "/dev/nvidia-uvm",
                                        "/dev/nvidia0"};
    char says[80];
    opened o;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        denied_path = files[i];
        snprintf(says, sizeof says, "this user may not open %s: join",
                 files[i]);
        FAILS_SAYING(start(&o, "cuInit=100"), TN_ERROR_UNAVAILABLE, says);
        FAILS_SAYING(start(&o, "cuInit=999"), TN_ERROR_UNAVAILABLE, says);
        denied_path = NULL;
    }
    WORKS_FATAL(start(&o, ""));
    close_opened(&o);
}

static void wrong_settings(void)
{
    opened o;

    memset(&o, 0, sizeof o);
    fake_host_init(&o.host);
    o.host.key = "legacy_stream";
    o.host.value = "maybe";
    FAILS_SAYING(
        the.plugin.instance_create(&o.host.table, &o.host, &o.instance),
        TN_ERROR_CONFIG, "/etc/fake.ini:7: legacy_stream = maybe is neither");
    o.host.key = "cache";
    FAILS_SAYING(
        the.plugin.instance_create(&o.host.table, &o.host, &o.instance),
        TN_ERROR_CONFIG, "/etc/fake.ini:7: cache = maybe is neither yes nor");
}

/* Each function that opening a device calls, failing once. */
static void device_does_not_open(void)
{
    static const struct {
        const char *script;
        tn_status status;
    } cases[] = {
        {"cuDevicePrimaryCtxRetain:1=2", TN_ERROR_NO_MEMORY},
        {"cuDevicePrimaryCtxRetain:1=46", TN_ERROR_UNAVAILABLE},
        {"cuCtxPushCurrent_v2:1=201", TN_ERROR_DEVICE},
        {"cuCtxGetStreamPriorityRange:1=999", TN_ERROR_DEVICE},
        {"cuMemPoolCreate:1=2", TN_ERROR_NO_MEMORY},
        {"cuMemPoolSetAttribute:1=1", TN_ERROR_INVALID},
        {"cuMemPoolSetAttribute:2=1", TN_ERROR_INVALID},
        {"cuStreamCreateWithPriority:1=2", TN_ERROR_NO_MEMORY},
        {"cuStreamCreateWithPriority:2=2", TN_ERROR_NO_MEMORY},
    };
    opened o;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        WORKS_FATAL(start(&o, cases[i].script));
        FAILS(the.plugin.device_open(o.instance, 0, &o.device),
              cases[i].status);
        CU_ASSERT_PTR_NULL(o.device);
        CU_ASSERT_EQUAL(raw.tn_fake_cuda_users(0), 0);
        CU_ASSERT_EQUAL(raw.tn_fake_cuda_objects(), 0);
        WORKS_FATAL(the.plugin.device_open(o.instance, 0, &o.device));
        o.stream = stream_of(&o);
        CU_ASSERT(still_works(&o));
        close_opened(&o);
    }
}

void add_start_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a driver that does not start says why", wrong_drivers);
    CU_add_test(tests, "a library that is none is named", no_library);
    CU_add_test(tests, "files in /dev that may not be opened are named",
                no_permission);
    CU_add_test(tests, "a wrong setting is named with its place",
                wrong_settings);
    CU_add_test(tests, "a device that does not open leaves nothing",
                device_does_not_open);
}
