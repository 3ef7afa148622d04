/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/conformance/conformance.h"

/* Bytes that differ from their neighbours, also far ones. */
static unsigned char byte_at(uint64_t i)
{
    return (unsigned char)(i ^ i >> 8 ^ i >> 16);
}

/* To the device and back at an odd offset; what is around stays. */
static void round_trip(uint64_t bytes)
{
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(bytes + 16);
    unsigned char *out = malloc(bytes);
    unsigned char *in = malloc(bytes + 16);
    uint64_t wrong = 0;

    CU_ASSERT_FATAL(out != NULL && in != NULL);
    for (uint64_t i = 0; i < bytes; ++i) {
        out[i] = byte_at(i);
    }
    WORKS(the.plugin.fill(stream, memory, 0, bytes + 16, "\xcc", 1));
    WORKS(the.plugin.copy_to(stream, memory, 7, out, bytes));
    memset(out, 0, bytes); /* free to be used again */
    WORKS(the.plugin.copy_from(stream, memory, 0, in, bytes + 16));
    for (uint64_t i = 0; i < bytes; ++i) {
        wrong += in[i + 7] != byte_at(i);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(in[6], 0xcc);
    CU_ASSERT_EQUAL(in[bytes + 7], 0xcc);
    free(in);
    free(out);
    the.plugin.memory_destroy(memory, stream);
    the.plugin.stream_destroy(stream);
}

static void round_trips(void)
{
    round_trip(1);
    round_trip(4096);
    round_trip(4097);
    round_trip((256 << 10) + 1);
    round_trip((9 << 20) + 3);
}

static void source_is_free_at_once(void)
{
    static const uint64_t sizes[] = {8, 4096, 100000, 3 << 20};

    NEEDS_ASYNCHRONOUS;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        tn_plugin_stream *stream = new_stream();
        tn_plugin_memory *memory = new_memory(sizes[i]);
        unsigned char *bytes = malloc(sizes[i]);
        uint64_t wrong = 0;

        CU_ASSERT_FATAL(bytes != NULL);
        memset(bytes, 1, sizes[i]);
        /* enough work before it that nothing is done at once */
        WORKS(the.plugin.fill(stream, memory, 0, sizes[i], "\2", 1));
        WORKS(the.plugin.copy_to(stream, memory, 0, bytes, sizes[i]));
        memset(bytes, 3, sizes[i]);
        WORKS(the.plugin.copy_from(stream, memory, 0, bytes, sizes[i]));
        for (uint64_t k = 0; k < sizes[i]; ++k) {
            wrong += bytes[k] != 1;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        free(bytes);
        the.plugin.memory_destroy(memory, NULL);
        the.plugin.stream_destroy(stream);
    }
}

static void take_a_while(void *data, tn_status status)
{
    struct timespec moment = {0, 5000000};

    (void)data;
    (void)status;
    nanosleep(&moment, NULL);
}

static void copies_take_their_turn(void)
{
    static const uint64_t sizes[] = {4, 4096, 5000, 1 << 20};

    NEEDS(stream_call);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        tn_plugin_stream *stream = new_stream();
        tn_plugin_memory *memory = new_memory(sizes[i]);
        unsigned char *bytes = malloc(sizes[i]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
        memset(bytes, 5, sizes[i]);
        WORKS(the.plugin.stream_call(stream, take_a_while, NULL));
        WORKS(the.plugin.fill(stream, memory, 0, sizes[i], "\1", 1));
        WORKS(the.plugin.copy_to(stream, memory, 0, bytes, sizes[i]));
        memset(bytes, 6, sizes[i]);
        WORKS(the.plugin.copy_from(stream, memory, 0, bytes, sizes[i]));
        CU_ASSERT_EQUAL(bytes[0], 5);
        CU_ASSERT_EQUAL(bytes[sizes[i] - 1], 5);
        free(bytes);
        the.plugin.memory_destroy(memory, NULL);
        the.plugin.stream_destroy(stream);
    }
}

static void asynchronous_copy_behind_gate(void)
{
    NEEDS_ASYNCHRONOUS;
    NEEDS(copy_to_async);
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(8);
    uint32_t source = 5;
    uint32_t numbers[2];
    gate held;

    gate_close(&held, stream);
    fill_u32(stream, memory, 1, 2);
    WORKS(the.plugin.copy_to_async(stream, memory, 4, &source, 4));
    gate_open(&held);
    fetch_u32(stream, memory, numbers, 2);
    CU_ASSERT_EQUAL(numbers[0], 1);
    CU_ASSERT_EQUAL(numbers[1], 5);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void asynchronous_copies(void)
{
    enum {
        COUNT = 300000
    };
    NEEDS(copy_to_async);
    NEEDS(copy_from_async);
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(COUNT * sizeof(uint32_t));
    uint32_t *numbers = malloc(2 * COUNT * sizeof *numbers);
    uint64_t wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
    for (uint32_t i = 0; i < COUNT; ++i) {
        numbers[i] = i * 3;
    }
    WORKS(the.plugin.copy_to_async(stream, memory, 0, numbers,
                                   COUNT * sizeof *numbers));
    WORKS(the.plugin.copy_from_async(stream, memory, 0, numbers + COUNT,
                                     COUNT * sizeof *numbers));
    WORKS(the.plugin.stream_sync(stream, TN_FOREVER));
    for (uint32_t i = 0; i < COUNT; ++i) {
        wrong += numbers[COUNT + i] != i * 3;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(numbers);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void copies_on_the_device(void)
{
    enum {
        COUNT = 400000
    };
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *from = new_memory(COUNT * 4);
    tn_plugin_memory *to = new_memory(COUNT * 4);
    uint32_t *numbers = malloc(COUNT * sizeof *numbers);
    uint64_t wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
    fill_u32(stream, from, 11, COUNT);
    fill_u32(stream, to, 22, COUNT);
    WORKS(the.plugin.copy(stream, to, 8, from, 0, COUNT * 4 - 16));
    WORKS(the.plugin.copy(stream, to, 0, to, 8, 4)); /* within one buffer */
    fetch_u32(stream, to, numbers, COUNT);
    for (uint32_t i = 2; i < COUNT - 2; ++i) {
        wrong += numbers[i] != 11;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(numbers[0], 11);
    CU_ASSERT_EQUAL(numbers[1], 22);
    CU_ASSERT_EQUAL(numbers[COUNT - 2], 22);
    free(numbers);
    the.plugin.memory_destroy(from, NULL);
    the.plugin.memory_destroy(to, NULL);
    the.plugin.stream_destroy(stream);
}

/* `patterns` of them, behind one of them that is left out. */
static void check_fill(uint32_t pattern_bytes, uint64_t patterns)
{
    static const unsigned char pattern[16] = {1, 2,  3,  4,  5,  6,  7,  8,
                                              9, 10, 11, 12, 13, 14, 15, 16};
    uint64_t bytes = pattern_bytes * patterns;
    uint64_t all = bytes + 2 * pattern_bytes;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(all);
    unsigned char *found = malloc(all);
    uint64_t wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    WORKS(the.plugin.fill(stream, memory, 0, all, "\xdd", 1));
    WORKS(the.plugin.fill(stream, memory, pattern_bytes, bytes, pattern,
                          pattern_bytes));
    WORKS(the.plugin.copy_from(stream, memory, 0, found, all));
    for (uint64_t i = 0; i < bytes; ++i) {
        wrong += found[pattern_bytes + i] != pattern[i % pattern_bytes];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(found[pattern_bytes - 1], 0xdd);
    CU_ASSERT_EQUAL(found[all - pattern_bytes], 0xdd);
    free(found);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

static void fills(void)
{
    for (uint32_t bytes = 1; bytes <= 16; bytes *= 2) {
        check_fill(bytes, 1);
        check_fill(bytes, 3);
        check_fill(bytes, (1 << 20) / bytes + 1); /* several pieces */
    }
}

static void nothing_to_do(void)
{
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(4);
    uint32_t number = 1;

    fill_u32(stream, memory, 8, 1);
    WORKS(the.plugin.copy_to(stream, memory, 4, &number, 0));
    WORKS(the.plugin.copy_from(stream, memory, 4, &number, 0));
    WORKS(the.plugin.copy(stream, memory, 0, memory, 4, 0));
    WORKS(the.plugin.fill(stream, memory, 0, 0, &number, 4));
    fetch_u32(stream, memory, &number, 1);
    CU_ASSERT_EQUAL(number, 8);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

/* Wherever it lies in a page: there and back, and nothing beside it. */
static void host_memory_lies_anywhere(void)
{
    static const size_t places[] = {0, 1, 16, 48, 63, 64, 65, 4095};
    static const size_t sizes[] = {1, 511, 512, 513, 1024, 1025, 5000, 70000};
    static unsigned char from[80000];
    static unsigned char to[80000] __attribute__((aligned(4096)));
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *memory = new_memory(sizeof from);

    for (size_t i = 0; i < sizeof from; ++i) {
        from[i] = (unsigned char)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; ++i) {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; ++k) {
            unsigned char *place = to + places[i];

            memset(to, 0xee, sizeof to);
            WORKS(the.plugin.copy_to(stream, memory, 0, from + places[i],
                                     sizes[k]));
            WORKS(the.plugin.copy_from(stream, memory, 0, place, sizes[k]));
            CU_ASSERT_EQUAL(memcmp(place, from + places[i], sizes[k]), 0);
            CU_ASSERT_EQUAL(place[sizes[k]], 0xee);
            CU_ASSERT(places[i] == 0 || place[-1] == 0xee);
        }
    }
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
}

void add_copy_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[8] host memory of a copy lies anywhere in a page",
                host_memory_lies_anywhere);
    CU_add_test(tests, "[12] copies of all sizes arrive at their offset",
                round_trips);
    CU_add_test(tests, "[12] what was copied from may be used again at once",
                source_is_free_at_once);
    CU_add_test(tests, "[9] copies of all sizes wait for earlier work",
                copies_take_their_turn);
    CU_add_test(tests, "[9] an asynchronous copy returns when it is queued",
                asynchronous_copy_behind_gate);
    CU_add_test(tests, "[12] asynchronous copies run in order",
                asynchronous_copies);
    CU_add_test(tests, "[12] buffers are copied on the device",
                copies_on_the_device);
    CU_add_test(tests, "[12] patterns of 1, 2, 4, 8 and 16 bytes repeat",
                fills);
    CU_add_test(tests, "[12] copies and fills of no bytes do nothing",
                nothing_to_do);
}
