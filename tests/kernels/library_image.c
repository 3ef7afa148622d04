/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- convolution ---- */

static const struct {
    int32_t width, height, planes, columns, rows;
} images[] = {{1, 1, 1, 1, 1},   {1, 1, 1, 5, 3},    {32, 8, 1, 3, 3},
              {33, 9, 2, 3, 3},  {100, 37, 3, 5, 7}, {64, 64, 1, 4, 2},
              {7, 50, 1, 17, 1}, {130, 20, 2, 1, 15}};

static int32_t clamp(int32_t i, int32_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static void test_convolve(void)
{
    tn_kernel *kernel = library_begin("image", "convolve", 1e-6, "sum |w x|");

    for (size_t s = 0; s < 2 * COUNT(images); ++s) {
        const int32_t width = images[s / 2].width, rows = images[s / 2].rows;
        const int32_t height = images[s / 2].height, border = s % 2;
        const int32_t planes = images[s / 2].planes;
        const int32_t columns = images[s / 2].columns;
        const int32_t count = width * height * planes;

        library_case("%dx%dx%d:%dx%d%s", (int)planes, (int)height, (int)width,
                     (int)rows, (int)columns, border ? "b" : "");
        float *x = library_floats((size_t)count, -9, 9);
        float *weights = library_floats((size_t)(rows * columns), -1, 1);
        double *expected = LIBRARY_ZEROS(count, double);
        double *scale = LIBRARY_ZEROS(count, double);
        tn_buffer *y = library_out_floats((size_t)count);

        for (int32_t to = 0; to < count * rows * columns; ++to) {
            int32_t pixel = to / (rows * columns),
                    weight = to % (rows * columns);
            int32_t c = pixel % width + weight % columns - columns / 2;
            int32_t r = pixel / width % height + weight / columns - rows / 2;
            int32_t from = pixel / (width * height) * height;
            int32_t inside = c == clamp(c, width) && r == clamp(r, height);

            if (inside || border) {
                from = (from + clamp(r, height)) * width + clamp(c, width);
                double term = (double)weights[weight] * (double)x[from];

                expected[pixel] += term;
                scale[pixel] += fabs(term);
            }
        }
        LIBRARY_LAUNCH(
            kernel,
            tn_items3((uint64_t)width, (uint64_t)height, (uint64_t)planes),
            library_in_floats(x, (size_t)count),
            library_in_floats(weights, (size_t)(rows * columns)), y,
            tn_local((uint32_t)((31 + columns) * (7 + rows) * 4)), width,
            height, columns, rows, border);
        library_compare(y, expected, scale, (size_t)count);
    }
    library_end();
}

/* ---- histogram ---- */

static void test_histogram(void)
{
    static const int32_t lengths[] = {0, 1, 255, 256, 257, 5000, 100003};
    tn_kernel *kernel = library_begin("image", "histogram", 0, "");

    for (size_t s = 0; s < 2 * COUNT(lengths); ++s) {
        int32_t n = lengths[s / 2];
        uint64_t items = s % 2 == 0 ? 256 : ((uint64_t)n + 63) / 64 + 256;

        library_case("%d/%d", (int)n, (int)(items + 255) / 256);
        uint8_t *x = LIBRARY_ZEROS(n, uint8_t);
        uint32_t *expected = LIBRARY_ZEROS(256, uint32_t);
        tn_buffer *bins;

        for (int i = 0; i < 256; ++i) {
            expected[i] = library_word(); /* what is there is added to */
        }
        bins = library_in(expected, 256 * sizeof *expected);
        for (int32_t i = 0; i < n; ++i) {
            x[i] = (uint8_t)(library_word() & (s % 4 < 2 ? 0xff : 0x81));
            ++expected[x[i]];
        }
        LIBRARY_LAUNCH(kernel, tn_items(items), library_in(x, (size_t)n), bins,
                       n);
        library_compare_bytes(bins, expected, 256 * sizeof *expected);
    }
    library_end();
}

void library_test_image(void)
{
    test_convolve();
    test_histogram();
}
