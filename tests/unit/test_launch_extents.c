/* SPDX-License-Identifier: MIT */
/* A launch whose buffers are shorter than the kernel's signature says. */
#include <stdint.h>

#include "tests/unit/backends.h"

static backends_fixture the;

static tn_kernel *begin(const char *kernel)
{
    return backends_begin_kernel(&the, "works", kernel);
}

#define SIZED "kernel add(in f32* a [n], in f32* b [n], out f32* c [n], u32 n)"

static void a_buffer_shorter_than_its_extent_is_refused(void)
{
    tn_kernel *add = begin(SIZED);
    tn_buffer *full = backends_buffer(the.device, 4000);
    tn_buffer *small = backends_buffer(the.device, 403);
    unsigned launches = the.seen->launches;

    for (int i = 0; i < 3; ++i) { /* of all launches, the later ones too */
        FAILS(tn_launch(the.stream, add, tn_items(1000), full, small, full,
                        1000u),
              TN_ERROR_RANGE,
              "kernel add: argument 1 b holds 100 elements, needs n = 1000; "
              "pass a buffer of 4000 bytes or more");
        FAILS(tn_launch(the.stream, add, tn_items(1), full, full, full, 1001u),
              TN_ERROR_RANGE,
              "argument 0 a holds 1000 elements, needs n = "
              "1001");
        FAILS(tn_launch(the.stream, add, tn_items(1), full, full,
                        tn_at(full, 16), 1000u),
              TN_ERROR_RANGE,
              "argument 2 c holds 996 elements from its offset on, needs n = "
              "1000; pass a buffer of 4016 bytes or more");
        FAILS(tn_launch(the.stream, add, tn_items(1), full, full, full,
                        UINT32_MAX),
              TN_ERROR_RANGE,
              "needs n = 4294967295; pass a buffer of "
              "17179869180 bytes or more");
        CU_ASSERT_EQUAL(the.seen->launches, launches);
        WORKS(tn_launch(the.stream, add, tn_items(1000), full, full, full,
                        1000u));
        WORKS(tn_launch(the.stream, add, tn_items(1), full, tn_at(full, 16),
                        small, 100u));
        WORKS(tn_launch(the.stream, add, tn_items(1), small, small, small, 0u));
        launches = the.seen->launches;
    }
    backends_end(&the);
}

/* No buffer has less than 16 bytes: the elements are large enough. */
static void extents_are_calculated_from_the_values(void)
{
    tn_kernel *kernel = begin("kernel k(i8 x, u8 m, i16 y, u16 p, i64 z, u64 q,"
                              " in f64* a [m * p / (x + 2) - y + z + q])");
    tn_buffer *buffer = backends_buffer(the.device, 800);
    int8_t x = 0;
    int16_t y = 0;
    int64_t z = 0;

/* by words and by arguments */
#define LAUNCH(m, p, q)                                                        \
    (i % 2 == 0                                                                \
         ? tn_launch(the.stream, kernel, tn_items(1), x, (uint8_t)(m), y,      \
                     (uint16_t)(p), z, (uint64_t)(q), buffer)                  \
         : tn_launch(the.stream, kernel, tn_items(1), x, (uint8_t)(m), y,      \
                     (uint16_t)(p), z, (uint64_t)(q), tn_at(buffer, 0)))
    for (int i = 0; i < 4; ++i) {
        WORKS(LAUNCH(2, 100, 0));
        FAILS(LAUNCH(2, 101, 0), TN_ERROR_RANGE,
              "argument 6 a holds 100 elements, needs m * p / (x + 2) - y + z "
              "+ q = 101; pass a buffer of 808 bytes or more");
        FAILS(LAUNCH(255, 65535, 0), TN_ERROR_RANGE, "= 8355712;");
        x = -1;
        FAILS(LAUNCH(1, 101, 0), TN_ERROR_RANGE, "= 101;");
        y = -1;
        FAILS(LAUNCH(1, 100, 0), TN_ERROR_RANGE, "= 101;");
        z = -1;
        WORKS(LAUNCH(1, 100, 0));
        FAILS(LAUNCH(1, 100, INT64_MAX), TN_ERROR_RANGE,
              "argument 6 a needs m * p / (x + 2) - y + z + q elements, which "
              "is beyond 64 bits; pass other values");
        FAILS(LAUNCH(1, 100, UINT64_MAX), TN_ERROR_RANGE, "is beyond 64 bits");
        FAILS(LAUNCH(0, 0, INT64_MAX), TN_ERROR_RANGE,
              "= 9223372036854775807; pass smaller values");
        x = -2;
        FAILS(LAUNCH(1, 100, 0), TN_ERROR_RANGE, "which divides by 0");
        x = 0;
        y = 0;
        z = INT64_MIN;
        WORKS(LAUNCH(1, 100, 0));
        z = 0;
        WORKS(LAUNCH(0, 100, 0));
    }
#undef LAUNCH
    backends_end(&the);
}

/* Of values, of other elements, and beside a buffer of any size. */
static void buffers_may_have_different_extents(void)
{
    tn_kernel *kernel = begin("kernel k(in f32* a [m], u32 m, in f64* b [m], "
                              "out u8* c [n], i32 n, out f32* any)");
    tn_buffer *a = backends_buffer(the.device, 400);
    tn_buffer *b = backends_buffer(the.device, 800);
    tn_buffer *c = backends_buffer(the.device, 64);
    unsigned launches = the.seen->launches;

#define LAUNCH(a, m, b, c, n)                                                  \
    (i % 2 == 0 ? tn_launch(the.stream, kernel, tn_items(1), a, m, b, c, n, c) \
                : tn_launch(the.stream, kernel, tn_items(1), a, m, b, c, n,    \
                            tn_at(c, 0)))
    for (int i = 0; i < 4; ++i) {
        FAILS(LAUNCH(a, 101u, b, c, 64), TN_ERROR_RANGE,
              "argument 0 a holds 100 elements, needs m = 101");
        FAILS(LAUNCH(b, 101u, b, c, 64), TN_ERROR_RANGE,
              "argument 2 b holds 100 elements, needs m = 101");
        FAILS(LAUNCH(a, 100u, b, c, 65), TN_ERROR_RANGE,
              "argument 3 c holds 64 elements, needs n = 65");
        FAILS(LAUNCH(a, 100u, a, c, 64), TN_ERROR_RANGE,
              "argument 2 b holds 50 elements, needs m = 100");
        CU_ASSERT_EQUAL(the.seen->launches, launches);
        WORKS(LAUNCH(a, 100u, b, c, 64));
        WORKS(LAUNCH(a, 100u, b, c, -1));
        WORKS(LAUNCH(c, 0u, c, a, 400));
        launches = the.seen->launches;
    }
#undef LAUNCH
    backends_end(&the);
}

static void extents_without_names_are_limits(void)
{
    tn_kernel *kernel = begin("kernel k(inout u32* bins [256])");
    tn_buffer *right = backends_buffer(the.device, 1024);
    tn_buffer *small = backends_buffer(the.device, 1020);

    for (int i = 0; i < 2; ++i) {
        FAILS(tn_launch(the.stream, kernel, tn_items(1), small), TN_ERROR_RANGE,
              "kernel k: argument 0 bins holds 255 elements, needs 256; pass a "
              "buffer of 1024 bytes or more");
        WORKS(tn_launch(the.stream, kernel, tn_items(1), right));
    }
    backends_end(&the);
}

static void local_blocks_have_extents_too(void)
{
    tn_kernel *kernel = begin("kernel k(local f32* tile [n + 2], u32 n)");

    FAILS(tn_launch(the.stream, kernel, tn_items(1), tn_local(36), 8u),
          TN_ERROR_RANGE,
          "kernel k: argument 0 tile holds 9 elements, needs n + 2 = 10; pass "
          "tn_local(40)");
    WORKS(tn_launch(the.stream, kernel, tn_items(1), tn_local(40), 8u));
    backends_end(&the);
}

/* An extent that the host cannot read comes from a wrong plugin. */
static void a_plugins_wrong_extent_is_refused(void)
{
    backends_begin(&the, "works");
    tn_module *module =
        backends_load(the.device, "kernel k(in f32* a [m], u32 n)");
    tn_kernel *kernel = NULL;

    FAILS(tn_kernel_get(module, "k", &kernel), TN_ERROR_SIGNATURE,
          "kernel k: argument 0 a: the extent \"m\": the kernel has no "
          "parameter m");
    CU_ASSERT_PTR_NULL(kernel);
    backends_end(&the);
}

static void a_parameter_tells_its_extent(void)
{
    tn_kernel *add = begin(SIZED);
    tn_parameter parameter = {.size = sizeof parameter};

    WORKS(tn_kernel_parameter(add, 0, &parameter));
    SAME(parameter.extent, "n");
    WORKS(tn_kernel_parameter(add, 3, &parameter));
    SAME(parameter.extent, "");
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(a_buffer_shorter_than_its_extent_is_refused)                             \
    X(extents_are_calculated_from_the_values)                                  \
    X(buffers_may_have_different_extents)                                      \
    X(extents_without_names_are_limits)                                        \
    X(local_blocks_have_extents_too)                                           \
    X(a_plugins_wrong_extent_is_refused)                                       \
    X(a_parameter_tells_its_extent)

SUITE_MAIN("launch_extents", TESTS)
