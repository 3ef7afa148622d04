/* SPDX-License-Identifier: MIT */
/* Launches that are refused before a plugin sees them. */
#include <stdint.h>
#include <string.h>

#include "tests/unit/backends.h"

static backends_fixture the;

static tn_kernel *begin(const char *kernel)
{
    return backends_begin_kernel(&the, "works", kernel);
}

/* ---- arguments that do not fit ---- */

static void a_wrong_count_is_told_with_what_is_missing(void)
{
    tn_kernel *add = begin(ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 64);

    FAILS(tn_launch(the.stream, add, tn_items(1)), TN_ERROR_SIGNATURE,
          "kernel add takes 4 arguments, given 0; the first that is missing "
          "is 0 a (buffer); pass a tn_buffer *");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a), TN_ERROR_SIGNATURE,
          "given 3; the first that is missing is 3 n (u32); pass (uint32_t)");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, 1u, 2u),
          TN_ERROR_SIGNATURE, "kernel add takes 4 arguments, given 5");
    WORKS(tn_launch(the.stream, add, tn_items(1), a, a, a, 1u));
    backends_end(&the);
}

static void a_wrong_type_is_told_with_kernel_and_argument(void)
{
    tn_kernel *add = begin(ADD_KERNEL);
    tn_buffer *a = backends_buffer(the.device, 64);
    unsigned launches = the.seen->launches;

    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, 1),
          TN_ERROR_SIGNATURE,
          "kernel add: argument 3 n is u32, given i32; pass (uint32_t)");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, 1.0),
          TN_ERROR_SIGNATURE, "argument 3 n is u32, given f64");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, 1u, a, 1u),
          TN_ERROR_SIGNATURE,
          "argument 1 b is buffer, given u32; pass a tn_buffer *");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, a),
          TN_ERROR_SIGNATURE, "argument 3 n is u32, given buffer");
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, tn_local(4)),
          TN_ERROR_SIGNATURE, "argument 3 n is u32, given local");
    tn_argument wrong = TN_ARGUMENT(1u);

    wrong.type = 99;
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, wrong),
          TN_ERROR_SIGNATURE, "argument 3 has the unknown type 99");
    wrong.type = TN_TYPE_NONE;
    FAILS(tn_launch(the.stream, add, tn_items(1), a, a, a, wrong),
          TN_ERROR_SIGNATURE, "argument 3 has the unknown type 0");
    CU_ASSERT_EQUAL(the.seen->launches, launches);
    backends_end(&the);
}

static void a_struct_of_another_size_is_told(void)
{
    tn_kernel *kernel = begin("kernel s(struct:24 p)");
    char bytes[8192] = {0};

    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 23)),
          TN_ERROR_SIGNATURE, "kernel s: argument 0 p has 24 bytes, given 23");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 0)),
          TN_ERROR_INVALID, "argument 0 is a struct without data");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(NULL, 24)),
          TN_ERROR_INVALID, "argument 0 is a struct without data");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 8192)),
          TN_ERROR_RANGE,
          "argument 0 of 8192 bytes is too large; structs have at most 3072 in "
          "a launch");
    FAILS(tn_launch(the.stream, kernel, tn_items(1),
                    tn_struct(bytes, UINT32_MAX)),
          TN_ERROR_RANGE, "pass it in a buffer");
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 24)));
    backends_end(&the);
}

/* What a signature may declare can be passed, wherever it stands. */
static void the_largest_struct_is_passed(void)
{
    tn_kernel *one = begin("kernel one(struct:3072 p)");
    tn_kernel *any = backends_kernel(the.device, "kernel any() untold");
    static char bytes[TN_STRUCT_BYTES_MAX + 1];
    tn_argument arguments[TN_ARGUMENT_LIMIT];

    WORKS(tn_launch(the.stream, one, tn_items(1), tn_struct(bytes, 3072)));
    FAILS(tn_launch(the.stream, any, tn_items(1), tn_struct(bytes, 3073)),
          TN_ERROR_RANGE, "argument 0 of 3073 bytes");
    for (uint32_t i = 0; i < TN_ARGUMENT_LIMIT; ++i) {
        arguments[i] = TN_ARGUMENT(i);
    }
    arguments[63] = tn_struct(bytes, TN_STRUCT_BYTES_MAX);
    WORKS(tn_launch_arguments(the.stream, any, tn_items(1), arguments, 64));
    CU_ASSERT_EQUAL(the.seen->launch.slot_count, FAKE_SLOTS_MAX);
    arguments[0] = tn_struct(bytes, 1);
    FAILS(tn_launch_arguments(the.stream, any, tn_items(1), arguments, 64),
          TN_ERROR_RANGE, "argument 63 of 3072 bytes is too large");
    backends_end(&the);
}

static void arguments_beyond_the_devices_bytes_are_refused(void)
{
    static const char bytes[2048];

    backends_begin(&the, "narrow");
    tn_kernel *kernel = backends_kernel(the.device, "kernel any() untold");
    tn_buffer *buffer = backends_buffer(the.device, 64);

    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 1012),
                    buffer, 7u, tn_local(64)));
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 1013),
                    buffer, 7u, tn_local(64)),
          TN_ERROR_RANGE,
          "kernel any: 1025 bytes of arguments; a launch takes at most 1024 "
          "here; pass structs in a buffer");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_struct(bytes, 600),
                    tn_struct(bytes, 600)),
          TN_ERROR_RANGE, "1200 bytes of arguments");

    tn_stream *second = NULL;
    tn_kernel *other = backends_kernel(the.other, "kernel any() untold");

    NEEDS(tn_stream_create(the.other, &second));
    WORKS(tn_launch(second, other, tn_items(1), tn_struct(bytes, 2048)));
    tn_stream_destroy(second);
    backends_end(&the);
}

/* However structs are placed, the slots suffice or the launch is refused. */
static void structs_never_overflow_the_slots(void)
{
    static const char bytes[4096];
    tn_argument arguments[TN_ARGUMENT_LIMIT];
    tn_kernel *kernel = begin("kernel any() untold");

    for (uint32_t first = 0; first <= 63; first += 7) {
        for (uint32_t size = 1; size <= 4096; size += 61) {
            for (uint32_t i = 0; i < 64; ++i) {
                arguments[i] = i % 9 == first % 9 && i >= first
                                   ? tn_struct(bytes, size)
                                   : TN_ARGUMENT(i);
            }
            tn_status status = tn_launch_arguments(the.stream, kernel,
                                                   tn_items(1), arguments, 64);

            CU_ASSERT(status == TN_OK || status == TN_ERROR_RANGE);
            if (status == TN_OK) {
                CU_ASSERT(the.seen->launch.slot_count <= FAKE_SLOTS_MAX);
            }
        }
    }
    backends_end(&the);
}

static void a_kernel_that_tells_nothing_takes_anything(void)
{
    tn_kernel *kernel = begin("kernel any(u32 n) untold");

    WORKS(tn_launch(the.stream, kernel, tn_items(1)));
    WORKS(tn_launch(the.stream, kernel, tn_items(1), 1.0, tn_local(8)));
    CU_ASSERT_EQUAL(the.seen->launch.argument_count, 2);
    FAILS(tn_launch(the.stream, kernel, tn_items(1), (tn_buffer *)NULL),
          TN_ERROR_INVALID, "kernel any: argument 0 is NULL");
    backends_end(&the);
}

static void where_only_sizes_are_known_they_are_compared(void)
{
    tn_kernel *kernel = begin("kernel any(u32 n, f64 x) untyped");

    WORKS(tn_launch(the.stream, kernel, tn_items(1), 1.0f, 2ULL));
    FAILS(tn_launch(the.stream, kernel, tn_items(1), 1.0, 2ULL),
          TN_ERROR_SIGNATURE, "argument 0 n has 4 bytes, given 8");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), 1), TN_ERROR_SIGNATURE,
          "takes 2 arguments, given 1; the first that is missing is 1 x");
    backends_end(&the);
}

static void local_memory_that_is_missing_is_told(void)
{
    tn_kernel *kernel = begin("kernel k(local f32* tile, inout f32* a, u32 n)");
    tn_buffer *a = backends_buffer(the.device, 64);

    FAILS(tn_launch(the.stream, kernel, tn_items(1), a, 1u), TN_ERROR_SIGNATURE,
          "takes 3 arguments, given 2; the first that is missing is 0 tile "
          "(local); pass tn_local(bytes)");
    FAILS(tn_launch(the.stream, kernel, tn_items(1), a, a, 1u),
          TN_ERROR_SIGNATURE,
          "argument 0 tile is local, given buffer; pass tn_local(bytes)");
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_local(4), a, 1u));
    backends_end(&the);
}

static void what_a_plugin_tells_of_kernels_is_made_sane(void)
{
    backends_begin(&the, "askew");
    tn_kernel *kernel = backends_kernel(the.device, "kernel a()");

    WORKS(tn_launch(the.stream, kernel, tn_items(65), 1, 2, 3, 4));
    CU_ASSERT_EQUAL(the.seen->launch.items[1], 1);
    CU_ASSERT_EQUAL(the.seen->launch.items[2], 1);
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], 2);
    FAILS(tn_launch(the.stream, kernel, tn_items(1), 1), TN_ERROR_SIGNATURE,
          "kernel a takes 4 arguments, given 1");
    backends_end(&the);
}

/* ---- groups and grids beyond the limits ---- */

static void groups_beyond_the_limits_are_refused(void)
{
    tn_kernel *kernel = begin("kernel nop()");
    tn_kernel *sized = backends_kernel(the.device, "kernel b() items 8 4 2");
    tn_kernel *small = backends_kernel(the.device, "kernel c() max 100");
    tn_grid grid = tn_items3(4, 4, 4);

    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 0, 1, 1)),
          TN_ERROR_RANGE, "kernel nop: a group of 0 x 1 x 1 items; each side");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1, 0, 1)),
          TN_ERROR_RANGE, "a group of 1 x 0 x 1 items");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1, 1, 0)),
          TN_ERROR_RANGE, "a group of 1 x 1 x 0 items");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1025, 1, 1)),
          TN_ERROR_RANGE,
          "a group of 1025 x 1 x 1 items; at most 1024 in all and 1024 x 1024 "
          "x 64 are possible here");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 64, 32, 1)),
          TN_ERROR_RANGE, "at most 1024 in all");
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1, 1, 65)),
          TN_ERROR_RANGE, "a group of 1 x 1 x 65 items");
    FAILS(tn_launch(the.stream, kernel,
                    tn_in_groups(grid, UINT32_MAX, UINT32_MAX, UINT32_MAX)),
          TN_ERROR_RANGE, "a group of 4294967295 x 4294967295");
    FAILS(
        tn_launch(the.stream, kernel, tn_in_groups(grid, 65536, 65536, 65536)),
        TN_ERROR_RANGE, "a group of 65536 x");
    FAILS(tn_launch(the.stream, sized, tn_in_groups(grid, 8, 4, 1)),
          TN_ERROR_RANGE,
          "kernel b: a group of 8 x 4 x 1 items; it takes only 8 x 4 x 2");
    WORKS(tn_launch(the.stream, sized, tn_in_groups(grid, 8, 4, 2)));
    FAILS(tn_launch(the.stream, small, tn_in_groups(grid, 101, 1, 1)),
          TN_ERROR_RANGE, "at most 100 in all");
    WORKS(tn_launch(the.stream, small, tn_in_groups(grid, 100, 1, 1)));
    FAILS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1024, 1, 2)),
          TN_ERROR_RANGE, "a group of 1024 x 1 x 2 items");
    WORKS(tn_launch(the.stream, kernel, tn_in_groups(grid, 1, 16, 64)));
    backends_end(&the);
}

static void grids_beyond_the_limits_are_refused(void)
{
    tn_kernel *kernel = begin("kernel nop()");

    WORKS(tn_launch(the.stream, kernel,
                    tn_items((uint64_t)256 * FAKE_MAX_GROUPS_X)));
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], FAKE_MAX_GROUPS_X);
    FAILS(tn_launch(the.stream, kernel,
                    tn_items((uint64_t)256 * FAKE_MAX_GROUPS_X + 1)),
          TN_ERROR_RANGE,
          "kernel nop: 1048577 groups in x; at most 1048576 are possible here");
    FAILS(tn_launch(the.stream, kernel, tn_items2(1, 65536)), TN_ERROR_RANGE,
          "65536 groups in y; at most 65535");
    FAILS(tn_launch(the.stream, kernel, tn_items3(1, 1, UINT64_MAX)),
          TN_ERROR_RANGE, "18446744073709551615 groups in z");
    backends_end(&the);
}

/* A kernel's index is an int. */
static void grids_of_more_than_2_31_items_are_refused(void)
{
    const uint64_t most = (uint64_t)1 << 31;

    backends_begin(&the, "endless");
    tn_kernel *kernel = backends_kernel(the.device, "kernel nop()");

    WORKS(tn_launch(the.stream, kernel, tn_items(most)));
    CU_ASSERT_EQUAL(the.seen->launch.groups[0], most / 256);
    FAILS(tn_launch(the.stream, kernel, tn_items(most + 1)), TN_ERROR_RANGE,
          "kernel nop: 2147483904 items in x; kernels count to 2147483648; "
          "launch it in parts");
    FAILS(tn_launch(the.stream, kernel, tn_items3(1, 1, most + 1)),
          TN_ERROR_RANGE, "2147483649 items in z");
    /* in whole groups */
    FAILS(tn_launch(the.stream, kernel,
                    tn_in_groups(tn_items2(1, most - 1), 1, 3, 1)),
          TN_ERROR_RANGE, "2147483649 items in y");
    FAILS(tn_launch(the.stream, kernel,
                    tn_in_groups(tn_items(UINT64_MAX), 1024, 1, 1)),
          TN_ERROR_RANGE, "groups in x; at most 4294967295");
    WORKS(tn_launch(the.stream, kernel, tn_items3(most, most, most)));
    WORKS(tn_launch(the.stream, kernel, tn_items2(most + 1, 0)));
    kernel = backends_kernel(the.device, "kernel a(u32 n) elements 3");
    for (int i = 0; i < 2; ++i) { /* both ways through a launch */
        WORKS(tn_launch(the.stream, kernel, tn_items(most - most % 768), 1u));
        CU_ASSERT_EQUAL(the.seen->launch.groups[0], most / 768);
        FAILS(tn_launch(the.stream, kernel, tn_items(most), 1u), TN_ERROR_RANGE,
              "kernel a: 2147483904 items in x");
    }
    backends_end(&the);
}

static void group_memory_beyond_the_limit_is_refused(void)
{
    tn_kernel *own = begin("kernel a() local 49152");
    tn_kernel *local = backends_kernel(the.device, "kernel b(local f32* t)");
    tn_grid grid = tn_items(1);

    WORKS(tn_launch(the.stream, own, grid));
    grid.local_bytes = 1;
    FAILS(tn_launch(the.stream, own, grid), TN_ERROR_RANGE,
          "kernel a: 49153 bytes of group memory; a group has at most 49152");
    FAILS(tn_launch(the.stream, local, grid, tn_local(FAKE_LOCAL_BYTES)),
          TN_ERROR_RANGE, "kernel b: 49153 bytes of group memory");
    FAILS(tn_launch(the.stream, local, grid, tn_local(UINT32_MAX)),
          TN_ERROR_RANGE, "kernel b: 4294967296 bytes of group memory");
    grid.local_bytes = 0;
    WORKS(tn_launch(the.stream, local, grid, tn_local(FAKE_LOCAL_BYTES)));
    WORKS(tn_launch(the.stream, local, grid, tn_local(0)));
    backends_end(&the);
}

/* ---- buffers that cannot be arguments ---- */

static void offsets_outside_or_misaligned_are_refused(void)
{
    tn_kernel *kernel = begin("kernel one(in u8* a)");
    tn_buffer *buffer = backends_buffer(the.device, 64);

#define AT(offset)                                                             \
    tn_launch(the.stream, kernel, tn_items(1), tn_at(buffer, offset))
    FAILS(AT(64), TN_ERROR_RANGE,
          "kernel one: argument 0 begins at 64 of a buffer of 64 bytes");
    FAILS(AT(UINT64_MAX), TN_ERROR_RANGE, "begins at 18446744073709551615");
    FAILS(AT(8), TN_ERROR_RANGE,
          "argument 0 begins at 8; on works:0 offsets are multiples of 16");
    FAILS(AT(1), TN_ERROR_RANGE, "offsets are multiples of 16");
    WORKS(AT(16));
    WORKS(AT(48));
#undef AT
    FAILS(tn_launch(the.stream, kernel, tn_items(1), (tn_buffer *)NULL),
          TN_ERROR_INVALID, "kernel one: argument 0 is NULL");
    backends_end(&the);
}

static void objects_of_other_devices_are_refused(void)
{
    tn_kernel *kernel = begin("kernel one(in u8* a)");
    tn_buffer *there = backends_buffer(the.other, 64);
    tn_stream *stream = NULL;

    FAILS(tn_launch(the.stream, kernel, tn_items(1), there), TN_ERROR_INVALID,
          "kernel one: argument 0 is a buffer on works:1, the stream is on "
          "works:0");
    NEEDS(tn_stream_create(the.other, &stream));
    FAILS(tn_launch(stream, kernel, tn_items(1), there), TN_ERROR_INVALID,
          "one is on works:0, the stream on works:1");
    backends_end(&the);
}

static void an_open_slot_is_for_graphs_alone(void)
{
    tn_kernel *kernel = begin("kernel one(u32 n)");

    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_slot(0, TN_TYPE_U32)),
          TN_ERROR_INVALID, "kernel one: argument 0 is open (tn_slot)");
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(a_wrong_count_is_told_with_what_is_missing)                              \
    X(local_memory_that_is_missing_is_told)                                    \
    X(a_wrong_type_is_told_with_kernel_and_argument)                           \
    X(a_struct_of_another_size_is_told)                                        \
    X(the_largest_struct_is_passed)                                            \
    X(arguments_beyond_the_devices_bytes_are_refused)                          \
    X(structs_never_overflow_the_slots)                                        \
    X(a_kernel_that_tells_nothing_takes_anything)                              \
    X(where_only_sizes_are_known_they_are_compared)                            \
    X(what_a_plugin_tells_of_kernels_is_made_sane)                             \
    X(groups_beyond_the_limits_are_refused)                                    \
    X(grids_beyond_the_limits_are_refused)                                     \
    X(grids_of_more_than_2_31_items_are_refused)                               \
    X(group_memory_beyond_the_limit_is_refused)                                \
    X(offsets_outside_or_misaligned_are_refused)                               \
    X(objects_of_other_devices_are_refused)                                    \
    X(an_open_slot_is_for_graphs_alone)

SUITE_MAIN("launch refused", TESTS)
