/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

/* n additions in groups of `items`, at offsets into one buffer. */
static void check_add(uint32_t n, uint32_t items)
{
    tn_plugin_kernel *kernel = kernel_of(the.module, "add");
    tn_plugin_stream *stream = new_stream();
    uint64_t aligned = ((uint64_t)n * 4 + 4095) / 4096 * 4096;
    tn_plugin_memory *memory = new_memory(3 * aligned);
    uint32_t *numbers = calloc(3 * aligned, 1);
    uint32_t *b = numbers + aligned / 4;
    uint32_t *c = b + aligned / 4;
    uint64_t wrong = 0;
    launching l;

    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
    for (uint32_t i = 0; i < n; ++i) {
        numbers[i] = i;
        b[i] = 2 * i;
    }
    WORKS(the.plugin.copy_to(stream, memory, 0, numbers, 3 * aligned));
    launching_init(&l, (n + items - 1) / items, items);
    launching_buffer(&l, memory, 0);
    launching_buffer(&l, memory, aligned);
    launching_buffer(&l, memory, 2 * aligned);
    launching_u32(&l, n);
    WORKS(launching_go(&l, stream, kernel));
    WORKS(the.plugin.copy_from(stream, memory, 0, numbers, 3 * aligned));
    for (uint32_t i = 0; i < aligned / 4; ++i) {
        wrong += c[i] != (i < n ? 3 * i : 0);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(numbers);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void adds(void)
{
    NEEDS_KERNELS;
    check_add(1, 1);
    check_add(1024, 256);
    check_add(1000003, 256 < the.info.max_items ? 256 : the.info.max_items);
    check_add(777, the.info.max_items_dim[0]);
}

static void odd_offsets(void)
{
    NEEDS_KERNELS;
    uint32_t step =
        the.info.offset_alignment > 4 ? the.info.offset_alignment : 4;
    tn_plugin_kernel *kernel = kernel_of(the.module, "append");
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(3 * (uint64_t)step + 8);
    launching l;

    fill_u32(stream, memory, 0, (3 * (uint64_t)step + 8) / 4);
    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 3 * (uint64_t)step);
    launching_u32(&l, 1234);
    WORKS(launching_go(&l, stream, kernel));
    uint32_t numbers[2] = {0, 0};

    WORKS(the.plugin.copy_from(stream, memory, 3 * (uint64_t)step, numbers, 8));
    CU_ASSERT_EQUAL(numbers[0], 1);
    CU_ASSERT_EQUAL(numbers[1], 1234);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void check_grid(const uint32_t groups[3], const uint32_t items[3])
{
    tn_plugin_stream *stream = new_stream();
    uint32_t x = groups[0] * items[0];
    uint32_t y = groups[1] * items[1];
    uint32_t z = groups[2] * items[2];
    uint64_t count = (uint64_t)x * y * z;
    tn_plugin_memory *seen = new_memory(count * 4);
    uint32_t *numbers = malloc(count * 4);
    uint64_t wrong = 0;
    launching l;

    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
    fill_u32(stream, seen, 1, count);
    launching_init_3d(&l, groups, items);
    launching_buffer(&l, seen, 0);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "see")));
    fetch_u32(stream, seen, numbers, count);
    for (uint64_t i = 0; i < count; ++i) {
        wrong +=
            numbers[i] != 1 + i % x + 100 * (i / x % y) + 10000 * (i / x / y);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(numbers);
    the.plugin.memory_destroy(seen, NULL);
    the.plugin.stream_destroy(stream);
}

static void grids(void)
{
    static const uint32_t shapes[][2][3] = {
        {{1, 1, 1}, {1, 1, 1}},   {{7, 1, 1}, {3, 1, 1}},
        {{3, 5, 1}, {4, 2, 1}},   {{3, 4, 5}, {2, 3, 4}},
        {{1, 1, 50}, {1, 1, 8}},  {{1, 33, 2}, {1, 16, 1}},
        {{90, 90, 9}, {1, 1, 1}}, {{2, 2, 2}, {8, 8, 1}},
    };

    NEEDS_KERNELS;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; ++i) {
        check_grid(shapes[i][0], shapes[i][1]);
    }
}

static void twenty_arguments(void)
{
    NEEDS_KERNELS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(3 * 4096);
    uint64_t step =
        the.info.offset_alignment > 8 ? the.info.offset_alignment : 8;
    uint32_t k = 17;
    float l_value = 0.5f;
    double expected = -1 * 1.0 + 200 * 2.0 + -300 * 3.0 + 60000 * 4.0 +
                      -70000 * 5.0 + 4000000000u * 6.0 + -5000000000.0 * 7.0 +
                      6000000000.0 * 8.0 + 1.25 * 9.0 + -2.5 * 10.0 +
                      17 * 11.0 + 0.5 * 12.0 + 19 * 0x3c00;
    double sum = 0;
    launching l;

    WORKS(the.plugin.copy_to(stream, memory, step, &k, sizeof k));
    WORKS(
        the.plugin.copy_to(stream, memory, 2 * step, &l_value, sizeof l_value));
    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    launching_value(&l, TN_TYPE_I8, &(int8_t){-1});
    launching_value(&l, TN_TYPE_U8, &(uint8_t){200});
    launching_value(&l, TN_TYPE_I16, &(int16_t){-300});
    launching_value(&l, TN_TYPE_U16, &(uint16_t){60000});
    launching_value(&l, TN_TYPE_I32, &(int32_t){-70000});
    launching_u32(&l, 4000000000u);
    launching_value(&l, TN_TYPE_I64, &(int64_t){-5000000000});
    launching_value(&l, TN_TYPE_U64, &(uint64_t){6000000000});
    launching_value(&l, TN_TYPE_F32, &(float){1.25f});
    launching_value(&l, TN_TYPE_F64, &(double){-2.5});
    launching_buffer(&l, memory, step);
    launching_buffer(&l, memory, 2 * step);
    for (uint32_t i = 13; i < 19; ++i) {
        launching_u32(&l, i);
        expected += i * i;
    }
    launching_value(&l, TN_TYPE_F16, &(uint16_t){0x3c00});
    CU_ASSERT_EQUAL(l.launch.argument_count, 20);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "many")));
    WORKS(the.plugin.copy_from(stream, memory, 0, &sum, sizeof sum));
    CU_ASSERT_EQUAL(sum, expected);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void struct_arguments(void)
{
    NEEDS_KERNELS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(49);
    unsigned char large[40];
    unsigned char bytes[49];
    uint32_t between = 0x04030201;
    launching l;

    for (int i = 0; i < 40; ++i) {
        large[i] = (unsigned char)(100 + i);
    }
    launching_init(&l, 1, 1);
    launching_struct(&l, "small", 5);
    launching_u32(&l, between);
    launching_struct(&l, large, 40);
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "structs")));
    WORKS(the.plugin.copy_from(stream, memory, 0, bytes, sizeof bytes));
    CU_ASSERT_EQUAL(memcmp(bytes, "small", 5), 0);
    CU_ASSERT_EQUAL(memcmp(bytes + 5, &between, 4), 0);
    CU_ASSERT_EQUAL(memcmp(bytes + 9, large, 40), 0);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

/* Local blocks of na u32 and nb u64, and some bytes beside. */
static tn_status launch_locals(tn_plugin_stream *stream,
                               tn_plugin_memory *right, uint32_t groups,
                               uint32_t na, uint32_t nb, uint32_t beside)
{
    launching l;

    launching_init(&l, groups, 1);
    launching_local(&l, (uint64_t)na * 4);
    launching_local(&l, (uint64_t)nb * 8);
    launching_buffer(&l, right, 0);
    launching_u32(&l, na);
    launching_u32(&l, nb);
    l.launch.local_bytes = beside;
    return launching_go(&l, stream, kernel_of(the.module, "locals"));
}

static void local_blocks(void)
{
    static const uint32_t sizes[][3] = {
        {1, 1, 0}, {17, 3, 0}, {3, 500, 100}, {2000, 1, 1}, {16, 8, 64}};
    enum {
        GROUPS = 100
    };

    NEEDS_KERNELS;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        tn_plugin_stream *stream = new_stream();
        tn_plugin_memory *right = new_memory(GROUPS * 4);
        uint32_t numbers[GROUPS];
        uint32_t wrong = 0;

        WORKS(launch_locals(stream, right, GROUPS, sizes[i][0], sizes[i][1],
                            sizes[i][2]));
        fetch_u32(stream, right, numbers, GROUPS);
        for (uint32_t k = 0; k < GROUPS; ++k) {
            wrong += numbers[k] != 1;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        the.plugin.memory_destroy(right, NULL);
        the.plugin.stream_destroy(stream);
    }
}

static void largest_local_block(void)
{
    NEEDS_KERNELS;
    if (the.info.local_bytes < 1024) {
        skip("the device tells of no group memory");
        return;
    }
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *right = new_memory(16);
    uint32_t numbers[4];

    WORKS(launch_locals(stream, right, 4,
                        (uint32_t)(the.info.local_bytes - 512) / 4, 1, 0));
    fetch_u32(stream, right, numbers, 4);
    CU_ASSERT_EQUAL(numbers[0], 1);
    CU_ASSERT_EQUAL(numbers[3], 1);
    the.plugin.memory_destroy(right, NULL);
    the.plugin.stream_destroy(stream);
}

static void required_size(void)
{
    NEEDS_KERNELS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(24);
    uint32_t numbers[6];
    launching l;

    launching_init_3d(&l, (uint32_t[3]){3, 2, 1}, (uint32_t[3]){8, 4, 2});
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "sized")));
    fetch_u32(stream, memory, numbers, 6);
    CU_ASSERT_EQUAL(numbers[0], 64);
    CU_ASSERT_EQUAL(numbers[5], 64);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void borrowed_data_is_copied(void)
{
    NEEDS_KERNELS;
    NEEDS_ASYNCHRONOUS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *list = new_memory(8);
    uint32_t numbers[2];
    gate held;
    launching l;

    fill_u32(stream, list, 0, 2);
    gate_close(&held, stream);
    launching_init(&l, 1, 1);
    launching_buffer(&l, list, 0);
    launching_u32(&l, 77);
    WORKS(launching_go(&l, stream, kernel_of(the.module, "append")));
    memset(&l, 0xff, sizeof l);
    gate_open(&held);
    fetch_u32(stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[0], 1);
    CU_ASSERT_EQUAL(numbers[1], 77);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.stream_destroy(stream);
}

static void millions_of_groups(void)
{
    NEEDS_KERNELS;
    uint32_t most = the.info.max_groups_dim[0];
    uint32_t groups = most < 3000000 ? most : 3000000;

    check_grid((uint32_t[3]){groups, 1, 1}, (uint32_t[3]){1, 1, 1});
}

void add_launch_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[10] every item of a grid runs", adds);
    CU_add_test(tests, "[8] an argument takes memory and offset", odd_offsets);
    CU_add_test(tests, "[10] grids of three dimensions run each item once",
                grids);
    CU_add_test(tests, "[10] a launch takes twenty arguments of all types",
                twenty_arguments);
    CU_add_test(tests, "[10] structs are passed by value", struct_arguments);
    CU_add_test(tests, "[10] groups have local blocks of their own",
                local_blocks);
    CU_add_test(tests, "[7] a local block may be as large as the info says",
                largest_local_block);
    CU_add_test(tests, "[10] a kernel runs in groups of the size it needs",
                required_size);
    CU_add_test(tests, "[10] what a launch borrows is copied",
                borrowed_data_is_copied);
    CU_add_test(tests, "[10] millions of groups run", millions_of_groups);
}
