/* SPDX-License-Identifier: MIT */
/* Kernels that were written for other hosts, and their arguments. */
#include <stdlib.h>
#include <string.h>

#include "tests/opencl/opencl_test.h"

typedef struct settings {
    float factor;
    int32_t offset;
    float bias[4] __attribute__((aligned(16)));
} settings;

static void structs_and_vectors(void)
{
    enum {
        COUNT = 100
    };
    opened o;
    float in[COUNT];
    float out[COUNT];
    unsigned wrong = 0;
    settings by_value = {2.5f, -3, {9, 0.25f, 9, 9}};
    float more[4] = {9, 9, 9, 100};
    launching l;

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, elsewhere_path, "");
    tn_plugin_memory *a = memory_of(&o, sizeof in);
    tn_plugin_memory *b = memory_of(&o, sizeof out);

    for (int i = 0; i < COUNT; ++i) {
        in[i] = (float)i;
    }
    WORKS(the.plugin.copy_to(o.stream, a, 0, in, sizeof in));
    launching_init(&l, 2, 64);
    launching_struct(&l, &by_value, sizeof by_value);
    launching_buffer(&l, a, 0);
    launching_buffer(&l, b, 0);
    launching_struct(&l, more, sizeof more);
    launching_u32(&l, COUNT);
    WORKS(launching_go(&l, o.stream, kernel_of(module, "transform")));
    WORKS(the.plugin.copy_from(o.stream, b, 0, out, sizeof out));
    for (int i = 0; i < COUNT; ++i) {
        wrong += out[i] != (float)i * 2.5f - 3 + 0.25f + 100;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(a, NULL);
    the.plugin.memory_destroy(b, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

static void local_in_the_middle(void)
{
    enum {
        SIZE = 32,
        COUNT = 4 * SIZE
    };
    opened o;
    int32_t numbers[COUNT];
    unsigned wrong = 0;
    int32_t by = 5;
    launching l;

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, elsewhere_path, "");
    tn_plugin_memory *in = memory_of(&o, sizeof numbers);
    tn_plugin_memory *out = memory_of(&o, sizeof numbers);

    for (int i = 0; i < COUNT; ++i) {
        numbers[i] = 10 * i;
    }
    WORKS(the.plugin.copy_to(o.stream, in, 0, numbers, sizeof numbers));
    launching_init(&l, COUNT / SIZE, SIZE);
    launching_buffer(&l, in, 0);
    launching_local(&l, SIZE * sizeof(int32_t));
    launching_value(&l, TN_TYPE_I32, &by);
    launching_local(&l, SIZE);
    launching_buffer(&l, out, 0);
    WORKS(launching_go(&l, o.stream, kernel_of(module, "rotate_groups")));
    WORKS(the.plugin.copy_from(o.stream, out, 0, numbers, sizeof numbers));
    for (int i = 0; i < COUNT; ++i) {
        wrong += numbers[i] != 10 * (i / SIZE * SIZE + (i % SIZE + by) % SIZE);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(in, NULL);
    the.plugin.memory_destroy(out, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

static void arguments_are_told(void)
{
    static const struct {
        const char *kernel;
        uint32_t index;
        const char *name;
        tn_type type;
        tn_type element;
        uint32_t bytes;
    } known[] = {
        {"transform", 0, "settings", TN_TYPE_NONE, TN_TYPE_NONE, 0},
        {"transform", 1, "in", TN_TYPE_BUFFER, TN_TYPE_F32, 0},
        {"transform", 3, "more", TN_TYPE_STRUCT, TN_TYPE_NONE, 16},
        {"transform", 4, "n", TN_TYPE_U32, TN_TYPE_NONE, 4},
        {"rotate_groups", 1, "tile", TN_TYPE_LOCAL, TN_TYPE_I32, 0},
        {"rotate_groups", 3, "seen", TN_TYPE_LOCAL, TN_TYPE_U8, 0},
        {"sum_twenty", 19, "s", TN_TYPE_I32, TN_TYPE_NONE, 4},
        {"mixed", 0, "table", TN_TYPE_BUFFER, TN_TYPE_U8, 0},
        {"mixed", 1, "out", TN_TYPE_BUFFER, TN_TYPE_I64, 0},
        {"mixed", 2, "a", TN_TYPE_I8, TN_TYPE_NONE, 1},
        {"mixed", 3, "b", TN_TYPE_U16, TN_TYPE_NONE, 2},
        {"mixed", 4, "c", TN_TYPE_U64, TN_TYPE_NONE, 8},
    };
    opened o;

    script("");
    open_all(&o);
    /* built, and then taken from the cache */
    for (int time = 0; time < 2; ++time) {
        tn_plugin_module *module = load_file(&o, elsewhere_path, "");

        for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
            tn_parameter p = {.size = sizeof p};

            WORKS(the.plugin.kernel_parameter(
                kernel_of(module, known[i].kernel), known[i].index, &p));
            CU_ASSERT_STRING_EQUAL(p.name, known[i].name);
            CU_ASSERT_EQUAL(p.type, known[i].type);
            CU_ASSERT_EQUAL(p.element, known[i].element);
            CU_ASSERT_EQUAL(p.bytes, known[i].bytes);
        }
        the.plugin.module_destroy(module);
    }
    close_all(&o);
}

static void wrong_arguments(void)
{
    opened o;
    launching l;
    tn_plugin_kernel *kernel;

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_memory *memory = memory_of(&o, 64);

    kernel = kernel_of(module, "append");
    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel append takes 2 arguments, not 1");
    launching_value(&l, TN_TYPE_U64, &(uint64_t){1});
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel append: argument 1 value is not of the kind");
    launching_init(&l, 1, 1);
    launching_local(&l, 64);
    launching_u32(&l, 1);
    FAILS_SAYING(launching_go(&l, o.stream, kernel), TN_ERROR_SIGNATURE,
                 "kernel append: argument 0 list is not of the kind");
    launching_init(&l, 1, 1);
    launching_local(&l, o.info.local_bytes * 1024);
    launching_local(&l, 8);
    launching_buffer(&l, memory, 0);
    launching_u32(&l, 1);
    launching_u32(&l, 1);
    script("clSetKernelArg@1=-51"); /* as a driver with limits says */
    FAILS_SAYING(launching_go(&l, o.stream, kernel_of(module, "locals")),
                 TN_ERROR_SIGNATURE,
                 "kernel locals: argument 0 a given as "
                 "local of ");
    SAYS("CL_INVALID_ARG_SIZE, -51");
    script("");
    fill_u32(o.stream, memory, 0, 16);
    WORKS(append(o.stream, kernel, memory, 3));
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

static void group_too_large(void)
{
    opened o;
    launching l;
    char limit[64];

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_memory *memory = memory_of(&o, 1 << 16);

    launching_init(&l, 1, 2 * o.info.max_items);
    launching_buffer(&l, memory, 0);
    snprintf(limit, sizeof limit, "groups of at most %u items",
             (unsigned)o.info.max_items);
    FAILS_SAYING(launching_go(&l, o.stream, kernel_of(module, "see")),
                 TN_ERROR_RANGE, limit);
    launching_init(&l, 1, 4);
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, o.stream, kernel_of(module, "see")));
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

/* What a kernel has as an argument is gone; another lies in its place. */
static void memories_follow_each_other(const char *text)
{
    opened o;

    script(text);
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_kernel *kernel = kernel_of(module, "append");
    unsigned wrong = 0;

    for (uint32_t i = 0; i < 200; ++i) {
        tn_plugin_memory *list = memory_of(&o, 64);
        uint32_t numbers[2];

        fill_u32(o.stream, list, 0, 16);
        WORKS(append(o.stream, kernel, list, i));
        fetch_u32(o.stream, list, numbers, 2);
        wrong += numbers[0] != 1 || numbers[1] != i;
        the.plugin.memory_destroy(list, i % 2 == 0 ? o.stream : NULL);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.module_destroy(module);
    close_all(&o);
}

static void arguments_are_never_stale(void)
{
    memories_follow_each_other("");
    memories_follow_each_other("info:0x1053=0");
}

/* A driver that fails to set arguments is not asked for those that stay. */
static void unchanged_arguments(void)
{
    static const char no_argument[] =
        "clSetKernelArg=-51;clSetKernelArgSVMPointer=-51";
    opened o;
    uint32_t numbers[5];

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_kernel *kernel = kernel_of(module, "append");
    tn_plugin_memory *list = memory_of(&o, 64);

    fill_u32(o.stream, list, 0, 16);
    WORKS(append(o.stream, kernel, list, 8));
    script(no_argument);
    WORKS(append(o.stream, kernel, list, 8));
    WORKS(append(o.stream, kernel, list, 8));
    FAILS_SAYING(append(o.stream, kernel, list, 9), TN_ERROR_SIGNATURE,
                 "argument 1 value");
    script("");
    WORKS(append(o.stream, kernel, list, 9));
    fetch_u32(o.stream, list, numbers, 5);
    CU_ASSERT_EQUAL(numbers[0], 4);
    CU_ASSERT_EQUAL(numbers[3], 8);
    CU_ASSERT_EQUAL(numbers[4], 9);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

/* More offsets than sub-buffers are kept, to and fro. */
static void many_offsets(void)
{
    enum {
        OFFSETS = 100
    };
    opened o;
    unsigned wrong = 0;

    script("info:0x1053=0");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, conformance_path, "");
    tn_plugin_kernel *kernel = kernel_of(module, "append");
    uint64_t step = o.info.offset_alignment;
    tn_plugin_memory *lists = memory_of(&o, OFFSETS * step);
    launching l;

    fill_u32(o.stream, lists, 0, OFFSETS * step / 4);
    for (uint32_t i = 0; i < 5 * OFFSETS; ++i) {
        launching_init(&l, 1, 1);
        launching_buffer(&l, lists, i % OFFSETS * step);
        launching_u32(&l, i);
        WORKS(launching_go(&l, o.stream, kernel));
    }
    for (uint32_t i = 0; i < OFFSETS; ++i) {
        uint32_t numbers[6];

        WORKS(the.plugin.copy_from(o.stream, lists, i * step, numbers,
                                   sizeof numbers));
        wrong +=
            numbers[0] != 5 || numbers[1] != i || numbers[5] != i + 4 * OFFSETS;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    the.plugin.memory_destroy(lists, NULL);
    the.plugin.module_destroy(module);
    close_all(&o);
}

/* Between memory that the host's pages hold and the device's own. */
static void copies_between_kinds(void)
{
    opened o;

    script("");
    open_all(&o);
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .bytes = 256, .kind = TN_MEMORY_PINNED};
    tn_plugin_memory *own = memory_of(&o, 256);
    tn_plugin_memory *pinned = NULL;
    uint32_t numbers[64];

    WORKS_FATAL(the.plugin.memory_create(o.device, &desc, &pinned));
    fill_u32(o.stream, pinned, 5, 64);
    fill_u32(o.stream, own, 6, 64);
    WORKS(the.plugin.copy(o.stream, own, 16, pinned, 8, 100));
    WORKS(the.plugin.copy(o.stream, pinned, 128, own, 0, 64));
    fetch_u32(o.stream, pinned, numbers, 64);
    CU_ASSERT_EQUAL(numbers[31], 5);
    CU_ASSERT_EQUAL(numbers[32], 6);
    CU_ASSERT_EQUAL(numbers[35], 6);
    CU_ASSERT_EQUAL(numbers[36], 5);
    CU_ASSERT_EQUAL(numbers[47], 5);
    CU_ASSERT_EQUAL(numbers[48], 5);
    fetch_u32(o.stream, own, numbers, 64);
    CU_ASSERT_EQUAL(numbers[3], 6);
    CU_ASSERT_EQUAL(numbers[4], 5);
    CU_ASSERT_EQUAL(numbers[28], 5);
    CU_ASSERT_EQUAL(numbers[29], 6);
    the.plugin.memory_destroy(own, NULL);
    the.plugin.memory_destroy(pinned, NULL);
    close_all(&o);
}

void add_kernel_tests(CU_pSuite tests)
{
    CU_add_test(tests, "structs and vectors go by value", structs_and_vectors);
    CU_add_test(tests, "local blocks stand between other arguments",
                local_in_the_middle);
    CU_add_test(tests, "parameters are told by name and type",
                arguments_are_told);
    CU_add_test(tests, "wrong arguments are told by name", wrong_arguments);
    CU_add_test(tests, "a group that is too large is told the limits",
                group_too_large);
    CU_add_test(tests, "no argument is stale", arguments_are_never_stale);
    CU_add_test(tests, "arguments that stay are not set again",
                unchanged_arguments);
    CU_add_test(tests, "more offsets than are kept", many_offsets);
    CU_add_test(tests, "copies go between kinds of memory",
                copies_between_kinds);
}
