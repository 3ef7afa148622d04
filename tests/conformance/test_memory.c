/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

static tn_status create(uint64_t bytes, uint64_t alignment, uint32_t kind,
                        tn_plugin_memory **memory)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc,
                                  .kind = kind,
                                  .bytes = bytes,
                                  .alignment = alignment};

    return the.plugin.memory_create(the.device, &desc, memory);
}

/* Whether the last byte holds what is written to it. */
static void check_last_byte(tn_plugin_memory *memory, uint64_t bytes)
{
    tn_plugin_stream *stream = new_stream();
    char byte = 0;

    WORKS(the.plugin.fill(stream, memory, bytes - 1, 1, "e", 1));
    WORKS(the.plugin.copy_from(stream, memory, bytes - 1, &byte, 1));
    CU_ASSERT_EQUAL(byte, 'e');
    the.plugin.stream_destroy(stream);
}

static void all_sizes(void)
{
    static const uint64_t sizes[] = {1,    2,    63,      64,           65,
                                     4095, 4097, 1 << 21, (1 << 21) + 1};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        tn_plugin_memory *memory = new_memory(sizes[i]);

        check_last_byte(memory, sizes[i]);
        the.plugin.memory_destroy(memory, NULL);
    }
}

static void aligned_as_asked(void)
{
    NEEDS(memory_native);
    if ((the.info.features & TN_FEATURE_HOST_MEMORY) == 0) {
        skip("native handles are no host addresses");
        return;
    }
    for (uint64_t alignment = 1; alignment <= 1 << 16; alignment *= 4) {
        tn_plugin_memory *memory = NULL;
        uint64_t address = 1;

        WORKS_FATAL(create(100, alignment, TN_MEMORY_DEVICE, &memory));
        WORKS(the.plugin.memory_native(memory, &address));
        CU_ASSERT_EQUAL(address % alignment, 0);
        the.plugin.memory_destroy(memory, NULL);
    }
}

static void check_kind(uint32_t kind, uint32_t feature)
{
    tn_plugin_memory *memory = NULL;

    if ((the.info.features & feature) == 0) {
        FAILS(create(4096, 0, kind, &memory), TN_ERROR_UNSUPPORTED);
        skip("the device has no such memory");
        return;
    }
    WORKS_FATAL(create(4096, 0, kind, &memory));
    check_last_byte(memory, 4096);
    the.plugin.memory_destroy(memory, NULL);
}

static void pinned(void)
{
    check_kind(TN_MEMORY_PINNED, TN_FEATURE_PINNED);
}

static void shared(void)
{
    check_kind(TN_MEMORY_SHARED, TN_FEATURE_SHARED);
}

static void unknown_kind(void)
{
    tn_plugin_memory *memory = NULL;

    FAILS(create(4096, 0, 77, &memory), TN_ERROR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(memory);
}

static void too_large(void)
{
    tn_plugin_memory *memory = NULL;

    FAILS(create((uint64_t)1 << 63, 0, TN_MEMORY_DEVICE, &memory),
          TN_ERROR_NO_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "9223372036854775808"));
    FAILS(create(UINT64_MAX, 0, TN_MEMORY_DEVICE, &memory), TN_ERROR_NO_MEMORY);
    FAILS(create(UINT64_MAX - 63, 64, TN_MEMORY_DEVICE, &memory),
          TN_ERROR_NO_MEMORY);
    CU_ASSERT_PTR_NULL(memory);
}

static void of_a_stream(void)
{
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .bytes = 64, .stream = stream};
    tn_plugin_memory *memory = NULL;
    uint32_t numbers[16];

    WORKS_FATAL(the.plugin.memory_create(the.device, &desc, &memory));
    fill_u32(stream, memory, 5, 16);
    fetch_u32(stream, memory, numbers, 16);
    CU_ASSERT_EQUAL(numbers[15], 5);
    the.plugin.memory_destroy(memory, stream);
    the.plugin.stream_destroy(stream);
}

static void maps(void)
{
    NEEDS(memory_map);
    NEEDS(memory_unmap);
    tn_plugin_memory *memory = new_memory(256);
    tn_plugin_stream *stream = new_stream();
    uint32_t numbers[64];
    void *pointer = NULL;

    fill_u32(stream, memory, 0x01010101, 64);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    WORKS_FATAL(
        the.plugin.memory_map(memory, 8, 16, TN_ACCESS_READ_WRITE, &pointer));
    CU_ASSERT_EQUAL(memcmp(pointer, "\1\1\1\1", 4), 0);
    memset(pointer, 2, 16);
    WORKS(the.plugin.memory_unmap(memory, pointer));
    fetch_u32(stream, memory, numbers, 64);
    CU_ASSERT_EQUAL(numbers[1], 0x01010101);
    CU_ASSERT_EQUAL(numbers[2], 0x02020202);
    CU_ASSERT_EQUAL(numbers[5], 0x02020202);
    CU_ASSERT_EQUAL(numbers[6], 0x01010101);
    the.plugin.stream_destroy(stream);
    the.plugin.memory_destroy(memory, NULL);
}

static void count_release(void *data)
{
    __atomic_fetch_add((int *)data, 1, __ATOMIC_RELEASE);
}

static tn_status import(void *pointer, uint64_t bytes, int *released,
                        tn_plugin_memory **memory)
{
    tn_plugin_import_desc desc = {.size = sizeof desc,
                                  .handle_kind = TN_HANDLE_POINTER,
                                  .handle = (uintptr_t)pointer,
                                  .bytes = bytes,
                                  .release = count_release,
                                  .data = released};

    return the.plugin.memory_import(the.device, &desc, memory);
}

static bool imports_pointers(void)
{
    if (the.plugin.memory_import == NULL ||
        (the.info.features & TN_FEATURE_HOST_MEMORY) == 0) {
        skip("the plugin does not import host pointers");
        return false;
    }
    return true;
}

static void imports(void)
{
    if (!imports_pointers()) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = NULL;
    uint32_t own[4] = {1, 2, 3, 4};
    uint32_t numbers[4];
    int released = 0;

    WORKS_FATAL(import(own, sizeof own, &released, &memory));
    fetch_u32(stream, memory, numbers, 4);
    CU_ASSERT_EQUAL(memcmp(numbers, own, sizeof own), 0);
    fill_u32(stream, memory, 9, 4);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(own[3], 9);
    CU_ASSERT_EQUAL(released, 0);
    the.plugin.memory_destroy(memory, stream);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(__atomic_load_n(&released, __ATOMIC_ACQUIRE), 1);
    the.plugin.stream_destroy(stream);
}

static void releases_after_work(void)
{
    NEEDS_ASYNCHRONOUS;
    if (!imports_pointers()) {
        return;
    }
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = NULL;
    uint32_t own[1024] = {0};
    int released = 0;
    gate held;

    WORKS_FATAL(import(own, sizeof own, &released, &memory));
    gate_close(&held, stream);
    fill_u32(stream, memory, 3, 1024);
    the.plugin.memory_destroy(memory, NULL);
    CU_ASSERT_EQUAL(the.plugin.stream_sync(stream, 20000000), TN_TIMEOUT);
    CU_ASSERT_EQUAL(__atomic_load_n(&released, __ATOMIC_ACQUIRE), 0);
    gate_open(&held);
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    CU_ASSERT_EQUAL(__atomic_load_n(&released, __ATOMIC_ACQUIRE), 1);
    CU_ASSERT_EQUAL(own[1023], 3);
    the.plugin.stream_destroy(stream);
}

static void refused_import(void)
{
    NEEDS(memory_import);
    tn_plugin_import_desc desc = {.size = sizeof desc,
                                  .handle_kind = 99,
                                  .handle = 4096,
                                  .bytes = 1,
                                  .release = count_release};
    tn_plugin_memory *memory = NULL;
    int released = 0;

    desc.data = &released;
    FAILS(the.plugin.memory_import(the.device, &desc, &memory),
          TN_ERROR_UNSUPPORTED);
    CU_ASSERT_EQUAL(released, 0);
    CU_ASSERT_PTR_NULL(memory);
}

void add_memory_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[8] buffers of all sizes hold their last byte",
                all_sizes);
    CU_add_test(tests, "[8] a buffer is aligned as asked", aligned_as_asked);
    CU_add_test(tests, "[8] pinned memory works or is unsupported", pinned);
    CU_add_test(tests, "[8] shared memory works or is unsupported", shared);
    CU_add_test(tests, "[8] memory of an unknown kind is unsupported",
                unknown_kind);
    CU_add_test(tests, "[5] 2^63 bytes are refused in a sentence that says so",
                too_large);
    CU_add_test(tests, "[8] a buffer may be made and destroyed on a stream",
                of_a_stream);
    CU_add_test(tests, "[8] a mapped range is readable and writable", maps);
    CU_add_test(tests, "[8] imported memory is used in place and released once",
                imports);
    CU_add_test(tests, "[6] imported memory is released after its work",
                releases_after_work);
    CU_add_test(tests, "[8] a refused import releases nothing", refused_import);
}
