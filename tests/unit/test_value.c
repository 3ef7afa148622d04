/* SPDX-License-Identifier: MIT */
/* tools/value.c: text to values and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tools/value.h"

static tn_argument parsed(tn_type type, const char *text)
{
    tn_argument value = {0};
    tool_problem problem = {""};
    bool read = value_parse(type, text, &value, &problem);

    suite_check(read, text, problem.text, __FILE__, __LINE__);
    CU_ASSERT_EQUAL(value.type, type);
    CU_ASSERT_EQUAL(value.bytes, value_type_bytes(type));
    return value;
}

static void refused(tn_type type, const char *text, const char *words)
{
    tn_argument value;
    tool_problem problem = {""};

    CU_ASSERT_FALSE(value_parse(type, text, &value, &problem));
    CONTAINS(problem.text, words);
}

static void names_are_those_of_the_api(void)
{
    CU_ASSERT_EQUAL(value_type_find("f32", 3), TN_TYPE_F32);
    CU_ASSERT_EQUAL(value_type_find("u8:300", 2), TN_TYPE_U8);
    CU_ASSERT_EQUAL(value_type_find("buffer", 6), TN_TYPE_NONE);
    CU_ASSERT_EQUAL(value_type_find("f3", 2), TN_TYPE_NONE);
    CU_ASSERT_EQUAL(value_type_find("", 0), TN_TYPE_NONE);
    CU_ASSERT_STRING_EQUAL(value_type_name(TN_TYPE_I16), "i16");
    CU_ASSERT_STRING_EQUAL(value_type_name(TN_TYPE_NONE), "?");
}

static void integers_reach_their_limits(void)
{
    CU_ASSERT_EQUAL(parsed(TN_TYPE_I8, "-128").value.i, -128);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_I8, "127").value.i, 127);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_U8, "255").value.u, 255);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_U8, "-0").value.u, 0);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_U32, "0xffffffff").value.u, UINT32_MAX);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_U32, "010").value.u, 10);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_I64, "-9223372036854775808").value.i,
                    INT64_MIN);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_I64, "9223372036854775807").value.i,
                    INT64_MAX);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_U64, "18446744073709551615").value.u,
                    UINT64_MAX);
}

static void integers_beyond_are_out_of_range(void)
{
    refused(TN_TYPE_I8, "128", "128 is out of range, i8 takes -128 to 127");
    refused(TN_TYPE_I8, "-129", "out of range");
    refused(TN_TYPE_U8, "300", "300 is out of range, u8 takes 0 to 255");
    refused(TN_TYPE_U8, "-1", "out of range");
    refused(TN_TYPE_U32, "4294967296", "out of range");
    refused(TN_TYPE_I64, "9223372036854775808", "out of range");
    refused(TN_TYPE_I64, "-9223372036854775809", "out of range");
    refused(TN_TYPE_U64, "18446744073709551616", "out of range");
    refused(TN_TYPE_U64, "-18446744073709551615", "out of range");
}

static void what_is_no_integer_is_told(void)
{
    static const char *const texts[] = {"",   "-",  "abc", "1.5", "1e3", " 1",
                                        "1 ", "+1", "--1", "0x",  "1,2", "1u"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        refused(TN_TYPE_I32, texts[i], "is no integer");
        refused(TN_TYPE_U32, texts[i], "is no integer");
    }
}

static void floats_are_read(void)
{
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F32, "0.1").value.f32, 0.1f);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F64, "-1e-3").value.f64, -1e-3);
    CU_ASSERT_TRUE(isinf(parsed(TN_TYPE_F64, "inf").value.f64));
    CU_ASSERT_TRUE(isnan((double)parsed(TN_TYPE_F32, "nan").value.f32));
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "-inf").value.u, 0xfc00);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F32, "1e-60").value.f32, 0);
    refused(TN_TYPE_F32, "abc", "'abc' is no number");
    refused(TN_TYPE_F32, "", "is no number");
    refused(TN_TYPE_F32, " 1", "is no number");
    refused(TN_TYPE_F32, "1x", "is no number");
    refused(TN_TYPE_F32, "1e39", "1e39 is out of range of f32");
    refused(TN_TYPE_F64, "-1e999", "out of range");
    refused(TN_TYPE_F16, "65520", "out of range");
}

static void every_f16_survives(void)
{
    unsigned wrong = 0;

    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        double value = value_from_f16((uint16_t)bits);

        if (!isnan(value) && value_to_f16(value) != bits) {
            ++wrong;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(value_from_f16(0x3c00), 1);
    CU_ASSERT_EQUAL(value_from_f16(0x0001), 0x1p-24);
    CU_ASSERT_EQUAL(value_from_f16(0x7bff), 65504);
    CU_ASSERT_TRUE(isnan(value_from_f16(0x7e00)));
    CU_ASSERT_EQUAL(value_to_f16((double)NAN) & 0x7c00, 0x7c00);
}

static void f16_rounds_to_nearest_even(void)
{
    unsigned wrong = 0;

    for (unsigned bits = 0; bits < 0x7bff; ++bits) {
        double low = value_from_f16((uint16_t)bits);
        double high = value_from_f16((uint16_t)(bits + 1));
        double middle = low + (high - low) / 2;

        wrong += value_to_f16(middle) != bits + (bits & 1);
        wrong += value_to_f16(nextafter(middle, 0)) != bits;
        wrong += value_to_f16(nextafter(middle, high)) != bits + 1;
        wrong += value_to_f16(-middle) != (0x8000 | (bits + (bits & 1)));
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Text beside the middle of two f16, nearer than a double can tell. */
static void f16_text_is_rounded_once(void)
{
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "1.00048828125").value.u, 0x3c00);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "1.0004882812500000000000001").value.u,
                    0x3c01);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "1.00146484375").value.u, 0x3c02);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "1.0014648437499999999999999").value.u,
                    0x3c01);
    CU_ASSERT_EQUAL(parsed(TN_TYPE_F16, "-1.0004882812500000000000001").value.u,
                    0xbc01);
}

static void extents_are_read(void)
{
    uint64_t extents[3];
    uint32_t count;

    CU_ASSERT_TRUE(value_parse_extents("4,0,5", extents, 3, &count));
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_EQUAL(extents[2], 5);
    CU_ASSERT_TRUE(value_parse_extents("7", extents, 3, &count));
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_FALSE(value_parse_extents("1,2,3,4", extents, 3, &count));
    CU_ASSERT_FALSE(value_parse_extents("", extents, 3, &count));
    CU_ASSERT_FALSE(value_parse_extents("1,", extents, 3, &count));
    CU_ASSERT_FALSE(value_parse_extents(",1", extents, 3, &count));
    CU_ASSERT_FALSE(value_parse_extents("-1", extents, 3, &count));
    CU_ASSERT_FALSE(value_parse_extents("1x", extents, 3, &count));
}

static void printed(tn_type type, const void *element, const char *expected)
{
    char text[64] = "";
    FILE *stream = fmemopen(text, sizeof text, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    value_print(stream, type, element);
    fclose(stream);
    SAME(text, expected);
}

static void values_are_printed(void)
{
    printed(TN_TYPE_I8, "\x80", "-128\n");
    printed(TN_TYPE_U8, "\x80", "128\n");
    printed(TN_TYPE_I16, "\xff\xff", "-1\n");
    printed(TN_TYPE_I64, &(int64_t){INT64_MIN}, "-9223372036854775808\n");
    printed(TN_TYPE_U64, &(uint64_t){UINT64_MAX}, "18446744073709551615\n");
    printed(TN_TYPE_F32, &(float){0.1f}, "0.1\n");
    printed(TN_TYPE_F32, &(float){16777216}, "16777216\n");
    printed(TN_TYPE_F32, &(float){3000008}, "3000008\n");
    printed(TN_TYPE_F64, &(double){0.1}, "0.1\n");
    printed(TN_TYPE_F64, &(double){1.0 / 3}, "0.3333333333333333\n");
    printed(TN_TYPE_F64, &(double){1e300}, "1e+300\n");
    printed(TN_TYPE_F64, &(double){-0.0}, "-0\n");
    printed(TN_TYPE_F64, &(double){HUGE_VAL}, "inf\n");
    printed(TN_TYPE_F16, &(uint16_t){0x3555}, "0.3333\n");
    printed(TN_TYPE_F16, &(uint16_t){0x0001}, "6e-08\n");
}

#define TESTS(X)                                                               \
    X(names_are_those_of_the_api)                                              \
    X(integers_reach_their_limits)                                             \
    X(integers_beyond_are_out_of_range)                                        \
    X(what_is_no_integer_is_told)                                              \
    X(floats_are_read)                                                         \
    X(every_f16_survives)                                                      \
    X(f16_rounds_to_nearest_even)                                              \
    X(f16_text_is_rounded_once)                                                \
    X(extents_are_read)                                                        \
    X(values_are_printed)

SUITE_MAIN("value", TESTS)
