/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "tests/kernels/library.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int32_t lengths[] = {0, 1, 3, 4, 1023, 1024, 1025, 5000, 40001};
static const uint64_t seeds[] = {0, 0x123456789abcdef0u, UINT64_MAX};

/* ---- Philox 4x32-10, as in the paper ---- */

static void philox(uint32_t c[4], const uint32_t seed[2])
{
    uint32_t key[2] = {seed[0], seed[1]};

    for (int round = 0; round < 10; ++round) {
        uint64_t p = (uint64_t)0xd2511f53u * c[0];
        uint64_t q = (uint64_t)0xcd9e8d57u * c[2];
        const uint32_t next[4] = {
            (uint32_t)(q >> 32) ^ c[1] ^ key[0], (uint32_t)q,
            (uint32_t)(p >> 32) ^ c[3] ^ key[1], (uint32_t)p};

        memcpy(c, next, sizeof next);
        key[0] += 0x9e3779b9u;
        key[1] += 0xbb67ae85u;
    }
}

static uint32_t word_of(uint64_t seed, uint64_t first, int32_t i)
{
    uint64_t block = first + (uint64_t)i / 4;
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t c[4] = {(uint32_t)block, (uint32_t)(block >> 32), 0, 0};

    philox(c, key);
    return c[i % 4];
}

/* The known answers that the authors publish with Random123. */
static void check_known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } known[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (size_t i = 0; i < COUNT(known); ++i) {
        uint32_t c[4];

        memcpy(c, known[i].counter, sizeof c);
        philox(c, known[i].key);
        library_expect(memcmp(c, known[i].answer, sizeof c) == 0,
                       "Philox gives the known answers");
    }
}

/* ---- */

static uint64_t seed_of(size_t s)
{
    return seeds[s % COUNT(seeds)];
}

/* From the second case on, the blocks' numbers have more than 32 bits. */
static uint64_t first_of(size_t s)
{
    return s == 0 ? 0 : 0xfffffff0u + s;
}

static tn_grid grid_of(int32_t n)
{
    return tn_items((uint64_t)(n + 3) / 4);
}

static void test_words(void)
{
    tn_kernel *kernel = library_begin("random", "words", 0, "");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];
        size_t bytes = (size_t)n * sizeof(uint32_t);

        library_case("%d", (int)n);
        uint32_t *expected = LIBRARY_ZEROS(n, uint32_t);
        tn_buffer *out = library_out(bytes);

        check_known_answers();
        for (int32_t i = 0; i < n; ++i) {
            expected[i] = word_of(seed_of(s), first_of(s), i);
        }
        LIBRARY_LAUNCH(kernel, grid_of(n), out, seed_of(s), first_of(s), n);
        library_compare_bytes(out, expected, bytes);
    }
    library_end();
}

static void test_uniform(void)
{
    tn_kernel *kernel = library_begin("random", "uniform", 0, "");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];
        size_t bytes = (size_t)n * sizeof(float);

        library_case("%d", (int)n);
        float *expected = LIBRARY_ZEROS(n, float);
        tn_buffer *out = library_out(bytes);

        for (int32_t i = 0; i < n; ++i) {
            expected[i] =
                (float)(word_of(seed_of(s), first_of(s), i) >> 8) * 0x1p-24f;
        }
        LIBRARY_LAUNCH(kernel, grid_of(n), out, seed_of(s), first_of(s), n);
        library_compare_bytes(out, expected, bytes);
    }
    library_end();
}

static double normal_of(uint64_t seed, uint64_t first, int32_t i)
{
    double u = (word_of(seed, first, i & ~1) >> 8) * 0x1p-24 + 0x1p-24;
    double v = (word_of(seed, first, i | 1) >> 8) * 0x1p-24;
    double r = sqrt(-2.0 * log(u));

    return r * (i % 2 == 0 ? cos(2.0 * M_PI * v) : sin(2.0 * M_PI * v));
}

static void test_normal(void)
{
    tn_kernel *kernel = library_begin("random", "normal", 4e-6, "1");

    for (size_t s = 0; s < COUNT(lengths); ++s) {
        int32_t n = lengths[s];
        double mean = 0.0, square = 0.0;

        library_case("%d", (int)n);
        double *expected = LIBRARY_ZEROS(n, double);
        double *scale = LIBRARY_ZEROS(n, double);
        tn_buffer *out = library_out_floats((size_t)n);

        for (int32_t i = 0; i < n; ++i) {
            expected[i] = normal_of(seed_of(s), first_of(s), i);
            scale[i] = 1.0;
            mean += expected[i] / n;
            square += expected[i] * expected[i] / n;
        }
        LIBRARY_LAUNCH(kernel, grid_of(n), out, seed_of(s), first_of(s), n);
        library_compare(out, expected, scale, (size_t)n);
        library_expect(n < 40000 || fabs(mean) < 0.02, "the mean is 0");
        library_expect(n < 40000 || fabs(square - 1) < 0.03, "variance is 1");
    }
    library_end();
}

void library_test_random(void)
{
    test_words();
    test_uniform();
    test_normal();
}
