/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    BLOCK = 1024
};

static const int32_t lengths[] = {0,    1,    2,    255,  1000, 1023,
                                  1024, 1025, 4096, 5000, 40001};

static uint32_t blocks_of(int32_t n)
{
    return (uint32_t)(n + BLOCK - 1) / BLOCK;
}

/* The three steps: blocks, their totals, and these added. */
static void scan(tn_kernel *kernel, tn_kernel *add, tn_buffer *a, tn_buffer *b,
                 int32_t n, int32_t exclusive)
{
    uint32_t blocks = blocks_of(n);
    tn_buffer *totals = library_out(blocks * sizeof(uint32_t));
    tn_buffer *offsets = library_out(blocks * sizeof(uint32_t));
    tn_buffer *total = library_out(sizeof(uint32_t));

    LIBRARY_LAUNCH(kernel, tn_items((uint64_t)(n + 3) / 4), a, b, totals, n,
                   exclusive);
    LIBRARY_LAUNCH(kernel, tn_items((blocks + 3) / 4), totals, offsets, total,
                   (int32_t)blocks, (int32_t)1);
    LIBRARY_LAUNCH(add, tn_items((uint64_t)(n + 3) / 4), offsets, b, n);
}

static void test_i32(const char *name)
{
    tn_kernel *kernel = library_begin("scan", "scan_i32", 0, "");
    tn_kernel *add = library_begin("scan", "add_offsets_i32", 0, "");

    library_begin("scan", name, 0, "");
    for (size_t s = 0; s < 2 * COUNT(lengths); ++s) {
        int32_t n = lengths[s / 2], exclusive = s % 2;
        size_t bytes = (size_t)n * sizeof(uint32_t);

        library_case("%d%s", (int)n, exclusive ? "e" : "");
        uint32_t *a = LIBRARY_ZEROS(n, uint32_t);
        uint32_t *expected = LIBRARY_ZEROS(n, uint32_t);
        uint32_t sum = 0;

        for (int32_t i = 0; i < n; ++i) {
            a[i] = library_word();
            expected[i] = sum + (exclusive ? 0 : a[i]);
            sum += a[i];
        }
        tn_buffer *b = library_in(a, bytes); /* in place */

        scan(kernel, add, b, b, n, exclusive);
        library_compare_bytes(b, expected, bytes);
    }
    library_end();
}

static void test_f32(const char *name)
{
    tn_kernel *kernel = library_begin("scan", "scan_f32", 0, "");
    tn_kernel *add = library_begin("scan", "add_offsets_f32", 0, "");

    library_begin("scan", name, 1e-6, "sum |a|");
    for (size_t s = 0; s < 2 * COUNT(lengths); ++s) {
        int32_t n = lengths[s / 2], exclusive = s % 2;

        library_case("%d%s", (int)n, exclusive ? "e" : "");
        float *a = library_floats((size_t)n, -9, 9);
        double *expected = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        double sum = 0.0, size = 0.0;
        tn_buffer *b = library_out_floats((size_t)n);

        for (int32_t i = 0; i < n; ++i) {
            double value = (double)a[i];

            expected[i] = sum + (exclusive ? 0.0 : value);
            sum += value;
            size += fabs(value);
            scale[i] = size;
        }
        scan(kernel, add, library_in_floats(a, (size_t)n), b, n, exclusive);
        library_compare(b, expected, scale, (size_t)n);
    }
    library_end();
}

void library_test_scan(void)
{
    test_i32("scan_i32");
    test_i32("add_offsets_i32");
    test_f32("scan_f32");
    test_f32("add_offsets_f32");
}
