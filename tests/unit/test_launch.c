/* SPDX-License-Identifier: MIT */
/* A launch: what the plugin is given. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/backends.h"

static backends_fixture the;

static tn_kernel *begin(const char *kernel)
{
    return backends_begin_kernel(&the, "works", kernel);
}

/* The kind of argument i of the last launch. */
static tn_type kind(uint32_t i)
{
    return (tn_type)(the.seen->launch.kinds[i / 16] >> i % 16 * 4) & 15;
}

/* ---- right launches ---- */

static void the_vector_addition_adds(void)
{
    enum {
        N = 1000
    };
    float numbers[N];
    tn_kernel *add = begin(ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, sizeof numbers);
    tn_buffer *b = backends_buffer(the.device, sizeof numbers);
    tn_buffer *c = backends_buffer(the.device, sizeof numbers);

    for (int i = 0; i < N; ++i) {
        numbers[i] = (float)i;
    }
    WORKS(tn_copy_to(the.stream, a, 0, numbers, sizeof numbers));
    WORKS(tn_copy_to(the.stream, b, 0, numbers, sizeof numbers));
    WORKS(tn_launch(the.stream, add, tn_items(N), a, b, c, (uint32_t)N));
    WORKS(tn_copy_from(the.stream, c, 0, numbers, sizeof numbers));
    for (int i = 0; i < N; ++i) {
        CU_ASSERT_EQUAL(numbers[i], (float)(2 * i));
    }
    SAME(the.seen->kernel, "add");
    CU_ASSERT_EQUAL(the.seen->launch.size, sizeof(tn_plugin_launch));
    CU_ASSERT_EQUAL(the.seen->launch.argument_count, 4);
    CU_ASSERT_EQUAL(the.seen->launch.slot_count, 4);
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], 4); /* of 256 */
    CU_ASSERT_EQUAL(the.seen->launch.items[0], 256);
    CU_ASSERT_EQUAL(the.seen->launch.kinds[0], 0x9111);
    CU_ASSERT_EQUAL(the.seen->launch.kinds[1], 0);
    backends_end(&the);
}

static void a_grid_is_rounded_up_to_whole_groups(void)
{
    tn_kernel *kernel = begin("kernel nop()");
    const tn_plugin_launch *launch = &the.seen->launch;
    tn_grid grid = tn_in_groups(tn_items3(17, 8, 5), 16, 4, 2);

    grid.local_bytes = 96;
    WORKS(tn_launch(the.stream, kernel, grid));
    CU_ASSERT_EQUAL(launch->groups[0], 2);
    CU_ASSERT_EQUAL(launch->groups[1], 2);
    CU_ASSERT_EQUAL(launch->groups[2], 3);
    CU_ASSERT_EQUAL(launch->items[0], 16);
    CU_ASSERT_EQUAL(launch->items[1], 4);
    CU_ASSERT_EQUAL(launch->items[2], 2);
    CU_ASSERT_EQUAL(launch->local_bytes, 96);
    CU_ASSERT_EQUAL(launch->argument_count, 0);
    CU_ASSERT_EQUAL(launch->slot_count, 0);
    WORKS(tn_launch(the.stream, kernel, tn_items2(1, 3)));
    CU_ASSERT_EQUAL(launch->groups[0], 1);
    CU_ASSERT_EQUAL(launch->groups[1], 3);
    CU_ASSERT_EQUAL(launch->items[1], 1);
    CU_ASSERT_EQUAL(launch->local_bytes, 0);
    backends_end(&the);
}

static void the_kernels_own_group_size_is_taken(void)
{
    tn_kernel *preferred = begin("kernel a() preferred 32");
    tn_kernel *required = backends_kernel(the.device, "kernel b() items 8 4 2");
    tn_kernel *small = backends_kernel(the.device, "kernel c() max 100");
    tn_kernel *clipped =
        backends_kernel(the.device, "kernel d() preferred 2000");

    WORKS(tn_launch(the.stream, preferred, tn_items(64)));
    CU_ASSERT_EQUAL(the.seen->launch.items[0], 32);
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], 2);
    WORKS(tn_launch(the.stream, required, tn_items3(16, 4, 2)));
    CU_ASSERT_EQUAL(the.seen->launch.items[2], 2);
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], 2);
    WORKS(tn_launch(the.stream, small, tn_items(200)));
    CU_ASSERT_EQUAL(the.seen->launch.items[0], 100);
    WORKS(tn_launch(the.stream, clipped, tn_items(1)));
    CU_ASSERT_EQUAL(the.seen->launch.items[0], FAKE_MAX_ITEMS);
    backends_end(&the);
}

/* Each group covers its items times their elements. */
static void elements_of_items_make_fewer_groups(void)
{
    tn_kernel *wide = begin("kernel a(u32 n) elements 4");
    tn_kernel *narrow = backends_kernel(the.device, "kernel b(u32 n)");
    const tn_plugin_launch *launch = &the.seen->launch;
    const uint64_t counts[] = {1, 1023, 1024, 1025, 4096, 100000};

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
        uint64_t n = counts[i];

        WORKS(tn_launch(the.stream, wide, tn_items(n), 1u));
        CU_ASSERT_EQUAL(launch->groups[0], (n + 1023) / 1024);
        CU_ASSERT_EQUAL(launch->items[0], 256);
        WORKS(tn_launch(the.stream, narrow, tn_items(n), 1u));
        CU_ASSERT_EQUAL(launch->groups[0], (n + 255) / 256);
        WORKS(tn_launch(the.stream, wide,
                        tn_in_groups(tn_items2(n, 6), 100, 2, 1), 1u));
        CU_ASSERT_EQUAL(launch->groups[0], (n + 399) / 400);
        CU_ASSERT_EQUAL(launch->groups[1], 3);
        CU_ASSERT_EQUAL(launch->items[0], 100);
    }
    backends_end(&the);
}

/* An empty grid does nothing, but wrong arguments stay wrong. */
static void an_empty_grid_does_nothing(void)
{
    tn_kernel *kernel = begin("kernel one(u32 n)");
    unsigned launches = the.seen->launches;

    WORKS(tn_launch(the.stream, kernel, tn_items(0), 1u));
    WORKS(tn_launch(the.stream, kernel, tn_items3(1, 0, 1), 1u));
    WORKS(tn_launch(the.stream, kernel, tn_items3(1, 1, 0), 1u));
    WORKS(tn_launch(the.stream, kernel, tn_items3(UINT32_MAX, 0, 1), 1u));
    CU_ASSERT_EQUAL(the.seen->launches, launches);
    FAILS(tn_launch(the.stream, kernel, tn_items(0)), TN_ERROR_SIGNATURE,
          "takes 1 arguments");
    backends_end(&the);
}

static void a_buffer_is_memory_and_offset(void)
{
    tn_kernel *kernel = begin("kernel two(in u8* a, out u8* b)");
    tn_buffer *buffer = backends_buffer(the.device, 64);
    const tn_plugin_slot *slots = the.seen->slots;

    WORKS(
        tn_launch(the.stream, kernel, tn_items(1), tn_at(buffer, 48), buffer));
    CU_ASSERT_PTR_NOT_NULL(slots[0].buffer.memory);
    CU_ASSERT_PTR_EQUAL(slots[0].buffer.memory, slots[1].buffer.memory);
    CU_ASSERT_EQUAL(slots[0].buffer.offset, 48);
    CU_ASSERT_EQUAL(slots[1].buffer.offset, 0);
    CU_ASSERT_EQUAL(kind(0), TN_TYPE_BUFFER);
    backends_end(&the);
}

typedef struct point {
    float x;
    double y;
    char name[8];
} point; /* 24 bytes: two slots behind the one with its size */

static void structs_stand_inline_behind_their_size(void)
{
    tn_kernel *kernel =
        begin("kernel s(u8 a, struct:24 p, local f32* t, u8 b)");
    const tn_plugin_slot *slots = the.seen->slots;
    point p = {1.5f, -2.5, "abcdefg"};

    WORKS(tn_launch(the.stream, kernel, tn_items(1), (uint8_t)1,
                    tn_struct(&p, sizeof p), tn_local(512), (uint8_t)2));
    CU_ASSERT_EQUAL(the.seen->launch.argument_count, 4);
    CU_ASSERT_EQUAL(the.seen->launch.slot_count, 6);
    CU_ASSERT_EQUAL(slots[0].value[0], 1);
    CU_ASSERT_EQUAL(slots[1].bytes, 24);
    CU_ASSERT_EQUAL(memcmp(&slots[2], &p, sizeof p), 0);
    CU_ASSERT_EQUAL(slots[3].words[1], 0); /* behind the value */
    CU_ASSERT_EQUAL(slots[4].bytes, 512);
    CU_ASSERT_EQUAL(slots[5].value[0], 2);
    CU_ASSERT_EQUAL(kind(0), TN_TYPE_U8);
    CU_ASSERT_EQUAL(kind(1), TN_TYPE_STRUCT);
    CU_ASSERT_EQUAL(kind(2), TN_TYPE_LOCAL);
    CU_ASSERT_EQUAL(kind(3), TN_TYPE_U8);
    backends_end(&the);
}

/* One value of each type, given as C has it. */
static void every_type_of_c_becomes_its_argument(void)
{
    static const tn_type types[] = {
        TN_TYPE_I8,  TN_TYPE_U8,  TN_TYPE_I16, TN_TYPE_U16, TN_TYPE_I32,
        TN_TYPE_U32, TN_TYPE_I64, TN_TYPE_U64, TN_TYPE_I64, TN_TYPE_U64,
        TN_TYPE_F16, TN_TYPE_F32, TN_TYPE_F64};
    tn_kernel *kernel = begin(
        "kernel all(i8 a, u8 b, i16 c, u16 d, i32 e, u32 f, i64 g, u64 h, "
        "i64 i, u64 j, f16 k, f32 l, f64 m)");
    const tn_plugin_slot *slots = the.seen->slots;
    float f32 = -1.25f;
    double f64 = 6.5;

    WORKS(tn_launch(the.stream, kernel, tn_items(1), (signed char)-1,
                    (unsigned char)255, (short)-2, (unsigned short)65535, -3,
                    4000000000u, -4L, 5UL, -6LL, 7ULL, tn_half(0x3c00), f32,
                    f64));
    for (uint32_t i = 0; i < 13; ++i) {
        CU_ASSERT_EQUAL(kind(i), types[i]);
        CU_ASSERT_EQUAL(slots[i].words[1], 0);
    }
    CU_ASSERT_EQUAL(slots[0].value[0], 255);
    CU_ASSERT_EQUAL(slots[1].words[0], 255);
    CU_ASSERT_EQUAL(memcmp(&slots[2], &(short){-2}, 2), 0);
    CU_ASSERT_EQUAL(slots[3].words[0], 65535);
    CU_ASSERT_EQUAL(memcmp(&slots[4], &(int){-3}, 4), 0);
    CU_ASSERT_EQUAL(slots[5].words[0], 4000000000u);
    CU_ASSERT_EQUAL(memcmp(&slots[6], &(int64_t){-4}, 8), 0);
    CU_ASSERT_EQUAL(slots[7].words[0], 5);
    CU_ASSERT_EQUAL(memcmp(&slots[8], &(int64_t){-6}, 8), 0);
    CU_ASSERT_EQUAL(slots[9].words[0], 7);
    CU_ASSERT_EQUAL(slots[10].words[0], 0x3c00);
    CU_ASSERT_EQUAL(memcmp(&slots[11], &f32, 4), 0);
    CU_ASSERT_EQUAL(memcmp(&slots[12], &f64, 8), 0);
    backends_end(&the);
}

/* A kernel with so many u32 arguments. */
static const char *many(unsigned count)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "kernel many(");

    for (unsigned i = 0; i < count; ++i) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%su32 a%u",
                                 i > 0 ? ", " : "", i);
    }
    snprintf(text + used, sizeof text - used, ")");
    return suite_text("%s", text);
}

static void a_launch_has_up_to_64_arguments(void)
{
    tn_kernel *kernel = begin(many(TN_ARGUMENT_LIMIT));
    tn_argument arguments[TN_ARGUMENT_LIMIT + 1];

    for (unsigned i = 0; i <= TN_ARGUMENT_LIMIT; ++i) {
        arguments[i] = TN_ARGUMENT(i);
    }
    WORKS(tn_launch_arguments(the.stream, kernel, tn_items(1), arguments, 64));
    CU_ASSERT_EQUAL(the.seen->launch.argument_count, 64);
    CU_ASSERT_EQUAL(the.seen->launch.slot_count, 64);
    for (unsigned i = 0; i < 64; ++i) {
        CU_ASSERT_EQUAL(kind(i), TN_TYPE_U32);
        CU_ASSERT_EQUAL(the.seen->slots[i].words[0], i);
    }
    FAILS(tn_launch_arguments(the.stream, kernel, tn_items(1), arguments, 65),
          TN_ERROR_SIGNATURE,
          "kernel many: 65 arguments; a launch has at most "
          "64");
    arguments[63] = TN_ARGUMENT(1.0f);
    FAILS(tn_launch_arguments(the.stream, kernel, tn_items(1), arguments, 64),
          TN_ERROR_SIGNATURE, "argument 63 a63 is u32, given f32");
    arguments[63] = TN_ARGUMENT(63u);
    arguments[16] = TN_ARGUMENT(16);
    FAILS(tn_launch_arguments(the.stream, kernel, tn_items(1), arguments, 64),
          TN_ERROR_SIGNATURE, "argument 16 a16 is u32, given i32");
    FAILS(tn_launch_arguments(the.stream, kernel, tn_items(1), NULL, 64),
          TN_ERROR_INVALID, "arguments is NULL");
    FAILS(tn_launch_arguments(the.stream, kernel, tn_items(1), arguments,
                              SIZE_MAX),
          TN_ERROR_SIGNATURE, "a launch has at most 64");
    backends_end(&the);
}

static void the_macro_takes_32_arguments(void)
{
    tn_kernel *kernel = begin(many(32));

    WORKS(tn_launch(the.stream, kernel, tn_items(1), 0u, 1u, 2u, 3u, 4u, 5u, 6u,
                    7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u, 17u, 18u,
                    19u, 20u, 21u, 22u, 23u, 24u, 25u, 26u, 27u, 28u, 29u, 30u,
                    31u));
    for (unsigned i = 0; i < 32; ++i) {
        CU_ASSERT_EQUAL(the.seen->slots[i].words[0], i);
    }
    backends_end(&the);
}

static void words_are_arguments_too(void)
{
    tn_kernel *kernel = begin("kernel k(i8 a, in u8* b, f32 c, f64 d, u64 e)");
    tn_buffer *buffer = backends_buffer(the.device, 64);
    const tn_plugin_slot *slots = the.seen->slots;
    const tn_grid grid = tn_items(1);
    const double d = 6.5;
    const float c = -1.25f;
    uint64_t words[5] = {(uint64_t)-3, (uint64_t)(uintptr_t)buffer, 0, 0,
                         UINT64_MAX};

    memcpy(&words[2], &c, sizeof c);
    memcpy(&words[3], &d, sizeof d);
    for (int i = 0; i < 2; ++i) { /* the first one, and later ones */
        WORKS(tn_launch_words(the.stream, kernel, &grid, 0x41deb, words));
        CU_ASSERT_EQUAL(the.seen->launch.kinds[0], 0xbed14);
        CU_ASSERT_EQUAL(the.seen->launch.argument_count, 5);
        CU_ASSERT_EQUAL(slots[0].value[0], 0xfd);
        CU_ASSERT_EQUAL(slots[1].buffer.offset, 0);
        CU_ASSERT_EQUAL(memcmp(&slots[2], &c, sizeof c), 0);
        CU_ASSERT_EQUAL(memcmp(&slots[3], &d, sizeof d), 0);
        CU_ASSERT_EQUAL(slots[4].words[0], UINT64_MAX);
        FAILS(tn_launch_words(the.stream, kernel, &grid, 0x41dea, words),
              TN_ERROR_SIGNATURE, "argument 4 e is u64, given i64");
        FAILS(tn_launch_words(the.stream, kernel, &grid, 0x41de, words),
              TN_ERROR_SIGNATURE, "takes 5 arguments, given 4");
        FAILS(tn_launch_words(the.stream, kernel, &grid, 0, words),
              TN_ERROR_SIGNATURE, "takes 5 arguments, given 0");
        words[1] = 0;
        FAILS(tn_launch_words(the.stream, kernel, &grid, 0x41deb, words),
              TN_ERROR_INVALID, "kernel k: argument 1 is NULL");
        words[1] = (uint64_t)(uintptr_t)buffer;
    }
    FAILS(tn_launch_words(NULL, kernel, &grid, 0x41deb, words),
          TN_ERROR_INVALID, "stream is NULL");
    FAILS(tn_launch_words(the.stream, NULL, &grid, 0x41deb, words),
          TN_ERROR_INVALID, "kernel is NULL");
    backends_end(&the);
}

/* Whoever makes the second launch of a kernel comes another way, plain.h. */
static void later_launches_are_the_same_and_checked_as_well(void)
{
    tn_kernel *add = begin(ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 4096);
    tn_buffer *there = backends_buffer(the.other, 4096);
    const tn_plugin_launch *launch = &the.seen->launch;
    const uint32_t n = 1000;

#define LAUNCH(grid, ...) tn_launch(the.stream, add, grid, __VA_ARGS__)
    for (int i = 0; i < 3; ++i) {
        WORKS(LAUNCH(tn_items(n), a, tn_at(a, 16), a, n));
        CU_ASSERT_EQUAL(launch->size, sizeof *launch);
        CU_ASSERT_EQUAL(launch->argument_count, 4);
        CU_ASSERT_EQUAL(launch->slot_count, 4);
        CU_ASSERT_EQUAL(launch->kinds[0], 0x9111);
        CU_ASSERT_EQUAL(launch->kinds[3], 0);
        CU_ASSERT_EQUAL(launch->groups[0], 4);
        CU_ASSERT_EQUAL(launch->groups[2], 1);
        CU_ASSERT_EQUAL(launch->items[0], 256);
        CU_ASSERT_EQUAL(launch->local_bytes, 0);
    }
    FAILS(LAUNCH(tn_items(n), a, a, a, (int32_t)n), TN_ERROR_SIGNATURE,
          "argument 3 n is u32, given i32");
    FAILS(LAUNCH(tn_items(n), a, a, n, n), TN_ERROR_SIGNATURE,
          "argument 2 c is buffer, given u32");
    FAILS(LAUNCH(tn_items(n), a, a, a), TN_ERROR_SIGNATURE, "given 3");
    FAILS(LAUNCH(tn_items(n), a, (tn_buffer *)NULL, a, n), TN_ERROR_INVALID,
          "argument 1 is NULL");
    FAILS(LAUNCH(tn_items(n), there, a, a, n), TN_ERROR_INVALID, "argument 0");
    FAILS(LAUNCH(tn_items(n), a, tn_at(a, 4096), a, n), TN_ERROR_RANGE,
          "argument 1 begins at 4096");
    FAILS(LAUNCH(tn_items(n), a, tn_at(a, 1), a, n), TN_ERROR_RANGE,
          "multiples of 16");
    FAILS(LAUNCH(tn_items(n), a, a, a, tn_slot(0, TN_TYPE_U32)),
          TN_ERROR_INVALID, "argument 3 is open");
    FAILS(LAUNCH(tn_items((uint64_t)1 << 40), a, a, a, n), TN_ERROR_RANGE,
          "at most");
    unsigned launches = the.seen->launches;

    WORKS(LAUNCH(tn_items(0), a, a, a, n));
    CU_ASSERT_EQUAL(the.seen->launches, launches);
    WORKS(LAUNCH(tn_in_groups(tn_items2(n, 2), 10, 2, 1), a, a, a, n));
    CU_ASSERT_EQUAL(launch->groups[0], 100);
    CU_ASSERT_EQUAL(launch->items[1], 2);
    WORKS(LAUNCH(tn_items(1), a, a, a, n));
    CU_ASSERT_EQUAL(launch->groups[0], 1);
    CU_ASSERT_EQUAL(launch->items[0], 256);
    CU_ASSERT_EQUAL(launch->items[1], 1);
#undef LAUNCH
    backends_end(&the);
}

/* Where only sizes are known, the types may be others each time. */
static void later_launches_may_have_other_types_that_fit(void)
{
    tn_kernel *kernel = begin("kernel f(u32 a, u64 b) untyped");
    tn_buffer *buffer = backends_buffer(the.device, 64);

    for (int i = 0; i < 2; ++i) {
        WORKS(tn_launch(the.stream, kernel, tn_items(1), (uint32_t)1, buffer));
        CU_ASSERT_EQUAL(the.seen->launch.kinds[0], 0x19);
        WORKS(tn_launch(the.stream, kernel, tn_items(1), 1.0f, (uint64_t)2));
        CU_ASSERT_EQUAL(the.seen->launch.kinds[0], 0xbd);
        FAILS(tn_launch(the.stream, kernel, tn_items(1), 1.0, buffer),
              TN_ERROR_SIGNATURE, "argument 0");
    }
    backends_end(&the);
}

/* A later launch of one grid leaves nothing behind for that of another. */
static void later_launches_may_have_any_grid(void)
{
    tn_kernel *kernel = begin("kernel nop(u32 n)");
    tn_kernel *sized =
        backends_kernel(the.device, "kernel s(u32 n) items 8 4 2");
    const tn_plugin_launch *launch = &the.seen->launch;

    for (int i = 0; i < 3; ++i) {
        tn_grid grid = tn_in_groups(tn_items3(17, 8, 5), 16, 4, 2);

        grid.local_bytes = 96;
        WORKS(tn_launch(the.stream, kernel, grid, 1u));
        CU_ASSERT_EQUAL(launch->groups[0], 2);
        CU_ASSERT_EQUAL(launch->groups[2], 3);
        CU_ASSERT_EQUAL(launch->items[2], 2);
        CU_ASSERT_EQUAL(launch->local_bytes, 96);
        WORKS(tn_launch(the.stream, kernel, tn_items(257), 1u));
        CU_ASSERT_EQUAL(launch->groups[0], 2);
        CU_ASSERT_EQUAL(launch->groups[2], 1);
        CU_ASSERT_EQUAL(launch->items[0], 256);
        CU_ASSERT_EQUAL(launch->items[2], 1);
        CU_ASSERT_EQUAL(launch->local_bytes, 0);
        WORKS(tn_launch(the.stream, kernel,
                        tn_in_groups(tn_items(257), 128, 1, 1), 1u));
        CU_ASSERT_EQUAL(launch->groups[0], 3);
        CU_ASSERT_EQUAL(launch->items[0], 128);
        WORKS(tn_launch(the.stream, sized, tn_items3(16, 5, 2), 1u));
        CU_ASSERT_EQUAL(launch->groups[1], 2);
        CU_ASSERT_EQUAL(launch->items[0], 8);
        FAILS(tn_launch(the.stream, sized,
                        tn_in_groups(tn_items3(16, 5, 2), 8, 4, 1), 1u),
              TN_ERROR_RANGE, "it takes only 8 x 4 x 2");
        FAILS(tn_launch(the.stream, kernel,
                        tn_in_groups(tn_items(1), 1025, 1, 1), 1u),
              TN_ERROR_RANGE, "a group of 1025 x 1 x 1 items");
        FAILS(tn_launch(the.stream, kernel,
                        tn_in_groups(tn_items(1), 1025, 1, 1), 1.0f),
              TN_ERROR_SIGNATURE, "argument 0");
    }
    backends_end(&the);
}

/* Kernels of a file of OpenCL C rely on it: no item is added. */
static void a_file_of_opencl_c_runs_the_items_it_is_told(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    backends_begin(&the, "works");
    suite_write("file.cl", "kernel f(u32 n)\n");
    NEEDS(tn_module_load(the.device, suite_path("file.cl"), &module));
    NEEDS(tn_kernel_get(module, "f", &kernel));
    for (int i = 0; i < 3; ++i) {
        WORKS(tn_launch(the.stream, kernel, tn_items(300), 1u));
        CU_ASSERT_EQUAL(the.seen->launch.items[0], 150);
        CU_ASSERT_EQUAL(the.seen->launch.groups[0], 2);
    }
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(the_vector_addition_adds)                                                \
    X(a_grid_is_rounded_up_to_whole_groups)                                    \
    X(the_kernels_own_group_size_is_taken)                                     \
    X(elements_of_items_make_fewer_groups)                                     \
    X(an_empty_grid_does_nothing)                                              \
    X(a_buffer_is_memory_and_offset)                                           \
    X(structs_stand_inline_behind_their_size)                                  \
    X(every_type_of_c_becomes_its_argument)                                    \
    X(a_launch_has_up_to_64_arguments)                                         \
    X(the_macro_takes_32_arguments)                                            \
    X(words_are_arguments_too)                                                 \
    X(later_launches_are_the_same_and_checked_as_well)                         \
    X(later_launches_may_have_other_types_that_fit)                            \
    X(later_launches_may_have_any_grid)                                        \
    X(a_file_of_opencl_c_runs_the_items_it_is_told)

SUITE_MAIN("launch", TESTS)
