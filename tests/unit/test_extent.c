/* SPDX-License-Identifier: MIT */
/* common/extent.c: expressions, what they give and what is none. */
#include <stdlib.h>
#include <string.h>

#include "common/extent.h"
#include "tests/unit/suite.h"

static const tn_parameter parameters[] = {
    {.type = TN_TYPE_BUFFER, .element = TN_TYPE_F32, .name = "a"},
    {.type = TN_TYPE_U32, .name = "n"},
    {.type = TN_TYPE_I32, .name = "rows"},
    {.type = TN_TYPE_I64, .name = "_columns2"},
    {.type = TN_TYPE_F32, .name = "scale"},
    {.type = TN_TYPE_U64, .name = "seed"},
};
enum {
    COUNT = sizeof parameters / sizeof parameters[0]
};

static int64_t values[COUNT];
static tn_sentence why;

static bool value_of(void *data, uint32_t parameter, int64_t *value)
{
    (void)data;
    *value = values[parameter];
    return parameters[parameter].type != TN_TYPE_U64 || *value >= 0;
}

/* Of a copy that ends where the text ends. */
static tn_status parse(const char *text, tn_extent *extent)
{
    size_t bytes = strlen(text);
    char *copy = malloc(bytes > 0 ? bytes : 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, text, bytes);
    why.text[0] = '\0';
    tn_status status =
        tn_extent_parse(copy, bytes, parameters, COUNT, extent, &why);

    free(copy);
    return status;
}

static void gives(const char *text, uint64_t expected)
{
    tn_extent extent;
    uint64_t elements = 4711;

    CU_ASSERT_EQUAL_FATAL(parse(text, &extent), TN_OK);
    CU_ASSERT_PTR_NULL(tn_extent_count(&extent, value_of, NULL, &elements));
    if (elements != expected) {
        fprintf(stderr, "\n%s: %llu\n", text, (unsigned long long)elements);
    }
    CU_ASSERT_EQUAL(elements, expected);
}

static void gives_none(const char *text, const char *words)
{
    tn_extent extent;
    uint64_t elements = 4711;

    CU_ASSERT_EQUAL_FATAL(parse(text, &extent), TN_OK);
    const char *told = tn_extent_count(&extent, value_of, NULL, &elements);

    CU_ASSERT_PTR_NOT_NULL_FATAL(told);
    SAME(told, words);
    CU_ASSERT_EQUAL(elements, 4711);
}

static void refuse(const char *text, const char *words)
{
    tn_extent extent;

    CU_ASSERT_EQUAL(parse(text, &extent), TN_ERROR_INVALID);
    CONTAINS(why.text, "the extent \"");
    CONTAINS(why.text, words);
}

/* ---- */

static void operators_bind_as_in_c(void)
{
    values[1] = 10;
    values[2] = 3;
    values[3] = 7;
    gives("n", 10);
    gives("42", 42);
    gives("n * rows", 30);
    gives("n+rows*_columns2", 31);
    gives("(n + rows) * _columns2", 91);
    gives(" n\t-rows - 2 ", 5);
    gives("n - (rows - 2)", 9);
    gives("n / rows / 2", 1);
    gives("n / (rows / 2)", 10);
    gives("n * rows / 4", 7);
    gives("n / 4 * rows", 6);
    gives("((((n))))", 10);
    gives("2 * (n + 1) * (rows - 1) / (_columns2 - 4)", 14);
}

static void division_rounds_towards_0(void)
{
    values[1] = 1023;
    gives("(n + 1023) / 1024", 1);
    values[1] = 1025;
    gives("(n + 1023) / 1024", 2);
    values[2] = -7;
    gives("10 + rows / 2", 7);
    gives("10 + rows / (0 - 2)", 13);
}

static void what_is_negative_counts_as_0(void)
{
    values[1] = 0;
    values[2] = -5;
    gives("n", 0);
    gives("rows", 0);
    gives("rows * rows", 25);
    gives("n - 1", 0);
    values[3] = INT64_MIN;
    gives("_columns2", 0);
}

static void what_64_bits_do_not_hold_has_no_value(void)
{
    values[2] = INT32_MAX;
    values[3] = INT64_MAX;
    gives("_columns2", INT64_MAX);
    gives("9223372036854775807", INT64_MAX);
    gives_none("_columns2 + 1", "is beyond 64 bits");
    gives_none("(_columns2 + 1) / 2", "is beyond 64 bits");
    gives_none("_columns2 * rows", "is beyond 64 bits");
    gives_none("0 - _columns2 - 2", "is beyond 64 bits");
    values[3] = INT64_MIN;
    gives_none("_columns2 / (0 - 1)", "is beyond 64 bits");
    values[5] = INT64_MAX;
    gives("seed", INT64_MAX);
    values[5] = -1; /* 2^64 - 1 */
    gives_none("seed / 2", "is beyond 64 bits");
}

static void a_division_by_0_has_no_value(void)
{
    values[1] = 10;
    values[2] = 0;
    gives_none("n / rows", "divides by 0");
    gives_none("n / (rows * n)", "divides by 0");
    gives("rows / n", 0);
    refuse("n / 0", "divides by 0");
    refuse("n / ( 1 ) / 0", "divides by 0");
}

static void what_is_no_expression_is_refused(void)
{
    static const char *const wrong[] = {
        "",     "n n",   "n *",  "* n",   "-n",     "+n",   "n ** 2",
        "(n",   "n)",    "()",   "n % 2", "n << 1", "n, 2", "n ? 1 : 2",
        "a[0]", "n 1.5", "f(n)", "n]",    "n;",     "~n",   "n == 2",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        tn_extent extent;

        CU_ASSERT_EQUAL(parse(wrong[i], &extent), TN_ERROR_INVALID);
        CONTAINS(why.text, "the extent \"");
    }
    refuse("(n", "a ')' is missing");
    refuse("n)", "takes no ')' there");
    refuse("n *", "names of integers, numbers, + - * / and parentheses");
}

static void numbers_are_plain(void)
{
    gives("0", 0);
    refuse("010", "010 is no plain number");
    refuse("0x10", "0x10 is no plain number");
    refuse("4u", "4u is no plain number");
    refuse("9223372036854775808", "is no plain number");
    refuse("99999999999999999999999", "is no plain number");
    refuse("1.5", "takes no '.' there");
    refuse("2 * s.rows", "s.rows is a member of a struct, and no parameter; "
                         "pass it by itself, as in TN_VALUE(tn_i32, rows), and "
                         "write rows");
    refuse("n.", "n. is a member of a struct");
}

static void names_are_those_of_integers(void)
{
    refuse("m", "the kernel has no parameter m");
    refuse("row * n", "no parameter row (did you mean rows?)");
    refuse("rowss", "(did you mean rows?)");
    refuse("a", "a is no integer passed by value");
    refuse("2 * scale", "scale is no integer passed by value");
    LACKS(why.text, "did you mean");
    refuse("a23456789012345678901234567890123456789012345678901234567890123456",
           "no parameter of so long a name");
}

static void sixteen_operands_are_the_most(void)
{
    const char *fifteen = "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1";
    const char *deep = "1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(";

    gives(suite_text("%s+1", fifteen), 16);
    refuse(suite_text("%s+1+1", fifteen), "more than 16 names and numbers");
    gives(suite_text("%s1)))))))))))))))", deep), 16);
}

static void a_text_has_127_bytes_at_most(void)
{
    char deep[TN_EXTENT_BYTES];

    gives(suite_text("%127d", 1), 1);
    refuse(suite_text("%128d", 1), "has 128 bytes, more than 127");
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refuse(deep, "takes names of integers");
}

static void any_byte_anywhere_is_parsed_or_refused(void)
{
    static const char text[] = "(n + 12) * rows / 3";

    for (size_t at = 0; at < sizeof text - 1; ++at) {
        for (int byte = 1; byte < 256; ++byte) {
            char copy[sizeof text];
            tn_extent extent;

            memcpy(copy, text, sizeof text);
            copy[at] = (char)byte;
            tn_status status = parse(copy, &extent);

            CU_ASSERT(status == TN_OK || status == TN_ERROR_INVALID);
        }
    }
}

#define TESTS(X)                                                               \
    X(operators_bind_as_in_c)                                                  \
    X(division_rounds_towards_0)                                               \
    X(what_is_negative_counts_as_0)                                            \
    X(what_64_bits_do_not_hold_has_no_value)                                   \
    X(a_division_by_0_has_no_value)                                            \
    X(what_is_no_expression_is_refused)                                        \
    X(numbers_are_plain)                                                       \
    X(names_are_those_of_integers)                                             \
    X(sixteen_operands_are_the_most)                                           \
    X(a_text_has_127_bytes_at_most)                                            \
    X(any_byte_anywhere_is_parsed_or_refused)

SUITE_MAIN("extent", TESTS)
