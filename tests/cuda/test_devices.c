/* SPDX-License-Identifier: MIT */
/* Which devices there are, who they are, and copies between them. */
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

static tn_device_info info_of(opened *o, uint32_t index)
{
    tn_device_info info = {.size = sizeof info};

    WORKS_FATAL(the.plugin.device_info(o->instance, index, &info));
    return info;
}

static void tells_who_it_is(void)
{
    opened o;

    WORKS_FATAL(start(&o, "devices=2; sm=89; version=12020; memory=512M"));
    tn_device_info info = info_of(&o, 1);

    CU_ASSERT_STRING_EQUAL(info.name, "NVIDIA Fake 1");
    CU_ASSERT_STRING_EQUAL(info.target, "sm_89");
    CU_ASSERT_STRING_EQUAL(info.driver, "CUDA 12.2");
    CU_ASSERT_STRING_EQUAL(info.pci_address, "0000:66:00.0");
    CU_ASSERT_EQUAL(info.uuid[0], 0x5b);
    CU_ASSERT_EQUAL(info.uuid[15], 1);
    CU_ASSERT_EQUAL(info.dlpack_type, 2);
    CU_ASSERT_EQUAL(info.dlpack_ordinal, 1);
    CU_ASSERT_EQUAL(info.memory_bytes, 512u << 20);
    CU_ASSERT_EQUAL(info.compute_units, 132);
    CU_ASSERT_EQUAL(info.subgroup_items, 32);
    CU_ASSERT_EQUAL(info.local_bytes, 227u << 10);
    CU_ASSERT_EQUAL(info.max_items, 1024);
    CU_ASSERT_EQUAL(info.max_items_dim[2], 64);
    CU_ASSERT_EQUAL(info.max_groups_dim[0], INT32_MAX);
    CU_ASSERT_EQUAL(info.max_groups_dim[1], 65535);
    CU_ASSERT_EQUAL(info.offset_alignment, 1);
    close_opened(&o);
}

/* A part of a GPU has a UUID of its own, which older drivers do not tell. */
static void parts_of_a_gpu(void)
{
    opened o;

    WORKS_FATAL(start(&o, "mig=yes"));
    tn_device_info part = info_of(&o, 0);

    close_opened(&o);
    WORKS_FATAL(start(&o, "mig=yes; missing=cuDeviceGetUuid_v2"));
    tn_device_info whole = info_of(&o, 0);

    close_opened(&o);
    CU_ASSERT_PTR_NOT_NULL(strstr(part.name, "MIG"));
    CU_ASSERT_NOT_EQUAL(memcmp(part.uuid, whole.uuid, 16), 0);
}

static void visible_devices(void)
{
    static const struct {
        const char *visible;
        const char *names; /* in order; "": none */
    } cases[] = {
        {"1", "NVIDIA Fake 1;"},
        {"2,0", "NVIDIA Fake 2;NVIDIA Fake 0;"},
        {"0,7,1", "NVIDIA Fake 0;"},
        {"GPU-5b9e110c", "NVIDIA Fake 1;"},
        {"", ""},
        {"7", ""},
        {"NoDevFiles", ""},
    };
    opened o;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        char names[256] = "";
        uint32_t count = 0;

        setenv("CUDA_VISIBLE_DEVICES", cases[i].visible, 1);
        if (*cases[i].names == '\0') {
            FAILS_SAYING(start(&o, "devices=3"), TN_ERROR_UNAVAILABLE,
                         "CUDA_VISIBLE_DEVICES is set and may hide it");
            continue;
        }
        WORKS_FATAL(start(&o, "devices=3"));
        WORKS(the.plugin.device_count(o.instance, &count));
        for (uint32_t d = 0; d < count; ++d) {
            strcat(strcat(names, info_of(&o, d).name), ";");
        }
        CU_ASSERT_STRING_EQUAL(names, cases[i].names);
        close_opened(&o);
    }
    unsetenv("CUDA_VISIBLE_DEVICES");
}

/* ---- two devices ---- */

typedef struct pair {
    opened o; /* and its first device */
    tn_plugin_device *second;
    tn_plugin_stream *stream; /* of the second */
} pair;

static void open_pair(pair *p, const char *script)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};

    open_script(&p->o, script);
    WORKS_FATAL(the.plugin.device_open(p->o.instance, 1, &p->second));
    WORKS_FATAL(the.plugin.stream_create(p->second, &desc, &p->stream));
}

static void close_pair(pair *p)
{
    the.plugin.stream_destroy(p->stream);
    the.plugin.device_close(p->second);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_users(1), 0);
    close_opened(&p->o);
}

static void check_copies(const char *script)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = 4096};
    tn_plugin_memory *there = NULL;
    uint32_t numbers[1024];
    uint32_t wrong = 0;
    pair p;

    open_pair(&p, script);
    tn_plugin_memory *here = memory_of(&p.o, 4096);

    WORKS_FATAL(the.plugin.memory_create(p.second, &desc, &there));
    fill_u32(p.o.stream, here, 7, 1024);
    WORKS(the.plugin.copy(p.o.stream, there, 0, here, 0, 2048));
    WORKS(the.plugin.stream_sync(p.o.stream, TN_FOREVER));
    /* on the other's stream too, and at once destroyed */
    WORKS(the.plugin.copy(p.stream, there, 2048, here, 0, 2048));
    the.plugin.memory_destroy(here, NULL);
    fetch_u32(p.stream, there, numbers, 1024);
    for (int i = 0; i < 1024; ++i) {
        wrong += numbers[i] != 7;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(there, NULL);
    close_pair(&p);
}

static void copies_between_devices(void)
{
    check_copies("devices=2");
    check_copies("devices=2; peer=no");
    check_copies("devices=2; pools=no");
    check_copies("devices=2; cuCtxEnablePeerAccess=704");
    check_copies("devices=2; missing=cuMemPoolSetAccess");
}

static void devices_are_told_apart(void)
{
    tn_plugin_event_desc desc = {.size = sizeof desc, .timed = 1};
    tn_plugin_event *first = NULL;
    tn_plugin_event *second = NULL;
    uint64_t time = 0;
    pair p;

    open_pair(&p, "devices=2");
    WORKS_FATAL(the.plugin.event_create(p.o.device, &desc, &first));
    WORKS_FATAL(the.plugin.event_create(p.second, &desc, &second));
    WORKS(the.plugin.event_record(first, p.o.stream));
    WORKS(the.plugin.event_record(second, p.stream));
    WORKS(the.plugin.stream_wait(p.stream, first));
    WORKS(the.plugin.stream_sync(p.stream, TN_FOREVER));
    FAILS_SAYING(the.plugin.event_elapsed(first, second, &time),
                 TN_ERROR_INVALID, "of different devices");
    the.plugin.event_destroy(first);
    the.plugin.event_destroy(second);
    close_pair(&p);
}

/* What breaks one device does not break the other, which hears of it. */
static void one_device_is_lost(void)
{
    const tn_plugin_event_desc desc = {.size = sizeof desc};
    tn_plugin_event *event = NULL;
    pair p;

    open_pair(&p, "devices=2");
    WORKS_FATAL(the.plugin.event_create(p.o.device, &desc, &event));
    tn_plugin_module *module =
        module_of_text(&p.o, PTX_HEAD PTX_ENTRY("trap", ""));

    WORKS(the.plugin.event_record(event, p.o.stream));
    WORKS(launch_plain(&p.o, module, "trap"));
    FAILS(the.plugin.stream_sync(p.o.stream, TN_FOREVER), TN_ERROR_DEVICE_LOST);
    FAILS(the.plugin.device_status(p.o.device), TN_ERROR_DEVICE_LOST);
    FAILS_SAYING(the.plugin.stream_wait(p.stream, event), TN_ERROR_DEVICE_LOST,
                 "NVIDIA Fake 0 is lost to this process");
    the.plugin.event_destroy(event);
    WORKS(the.plugin.device_status(p.second));
    WORKS(the.plugin.stream_sync(p.stream, TN_FOREVER));
    the.plugin.module_destroy(module);
    close_pair(&p);
}

void add_device_tests_of_cuda(CU_pSuite tests)
{
    CU_add_test(tests, "a device tells who it is and what it has",
                tells_who_it_is);
    CU_add_test(tests, "a part of a GPU has a UUID of its own", parts_of_a_gpu);
    CU_add_test(tests, "CUDA_VISIBLE_DEVICES chooses and orders devices",
                visible_devices);
    CU_add_test(tests, "buffers are copied between devices",
                copies_between_devices);
    CU_add_test(tests, "events of two devices have no time between them",
                devices_are_told_apart);
    CU_add_test(tests, "one device is lost and the other works",
                one_device_is_lost);
}
