/* SPDX-License-Identifier: MIT */
/* tools/structure.c: structs as text. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tools/structure.h"

#define CHECK(text, type, ...)                                                 \
    do {                                                                       \
        const type expected = __VA_ARGS__;                                     \
                                                                               \
        check(text, &expected, sizeof expected);                               \
    } while (0)

/* Bytes between the members are 0 on both sides. */
static void check(const char *text, const void *expected, size_t bytes)
{
    tool_structure made = {NULL, 0};
    tool_problem problem = {""};
    bool read = structure_parse(text, &made, &problem);

    suite_check(read, text, problem.text, __FILE__, __LINE__);
    CU_ASSERT_EQUAL_FATAL(made.bytes, bytes);
    CU_ASSERT_EQUAL(memcmp(made.data, expected, bytes), 0);
    free(made.data);
}

static void members_are_laid_out_as_c_does(void)
{
    typedef struct one {
        uint8_t a;
    } one;
    typedef struct mixed {
        float a;
        uint8_t b;
        uint8_t hole[3];
        int64_t c;
        uint16_t d;
        uint8_t end[6];
    } mixed;
    typedef struct vector {
        float x, y, z;
    } vector;
    typedef struct doubles {
        uint8_t a;
        uint8_t hole[7];
        double b;
        int8_t c;
        uint8_t hole2;
        int16_t d;
        int32_t e;
    } doubles;

    CHECK("u8:3", one, {3});
    CHECK("f32:1.5,u8:3,i64:-2,u16:7", mixed, {1.5f, 3, {0}, -2, 7, {0}});
    CHECK("f32:1,f32:2,f32:-0.5", vector, {1, 2, -0.5f});
    CHECK("u8:1,f64:0.1,i8:-1,i16:-300,i32:7", doubles,
          {1, {0}, 0.1, -1, 0, -300, 7});
    CHECK("f16:0.5,u16:0xffff", uint32_t, 0xffff3800);
    CHECK("u64:0xffffffffffffffff", uint64_t, UINT64_MAX);
}

static void refused(const char *text, const char *words)
{
    tool_structure untouched = {NULL, 77};
    tool_problem problem = {""};

    CU_ASSERT_FALSE(structure_parse(text, &untouched, &problem));
    CONTAINS(problem.text, words);
    CU_ASSERT_EQUAL(untouched.bytes, 77);
}

static void what_is_no_struct_is_refused(void)
{
    refused("", "'' is no member, write DTYPE:VALUE with one of i8 u8");
    refused("u8", "'u8' is no member");
    refused("u8:1,", "'' is no member");
    refused("u8:1,buffer:2", "'buffer:2' is no member");
    refused("u8:256", "256 is out of range");
    refused("f32:x", "'x' is no number");
}

static void the_largest_struct_is_that_of_a_launch(void)
{
    enum {
        MEMBERS = TN_STRUCT_BYTES_MAX / 8
    };
    static char text[(MEMBERS + 1) * 6 + 1];
    static uint64_t zeros[MEMBERS];

    for (int i = 0; i < MEMBERS; ++i) {
        strcat(text, i > 0 ? ",u64:0" : "u64:0");
    }
    check(text, zeros, sizeof zeros);
    refused(suite_text("%s,u8:1", text), "a struct has at most 3072 bytes");
}

#define TESTS(X)                                                               \
    X(members_are_laid_out_as_c_does)                                          \
    X(what_is_no_struct_is_refused)                                            \
    X(the_largest_struct_is_that_of_a_launch)

SUITE_MAIN("structure", TESTS)
