/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <CUnit/Basic.h>

#include "common/signature.h"

static tn_sentence why;

/* Of a copy without NUL that ends where the text ends. */
static tn_status parse(const char *text, tn_parameter *parameter)
{
    size_t bytes = strlen(text);
    char *copy = malloc(bytes > 0 ? bytes : 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, text, bytes);
    why.text[0] = '\0';
    tn_status status = tn_signature_parse(copy, bytes, parameter, &why);

    free(copy);
    return status;
}

static void check(const char *text, tn_type type, tn_type element,
                  tn_access access, uint64_t bytes, const char *name)
{
    tn_parameter parameter;

    memset(&parameter, 0xa5, sizeof parameter);
    CU_ASSERT_EQUAL_FATAL(parse(text, &parameter), TN_OK);
    CU_ASSERT_EQUAL(parameter.size, sizeof parameter);
    CU_ASSERT_EQUAL(parameter.type, type);
    CU_ASSERT_EQUAL(parameter.element, element);
    CU_ASSERT_EQUAL(parameter.access, access);
    CU_ASSERT_EQUAL(parameter.bytes, bytes);
    CU_ASSERT_STRING_EQUAL(parameter.name, name);
}

/* Refused with a sentence that quotes the text and holds a word. */
static void refuse(const char *text, const char *word)
{
    tn_parameter parameter = {.size = 4711};

    CU_ASSERT_EQUAL(parse(text, &parameter), TN_ERROR_INVALID);
    CU_ASSERT_EQUAL(parameter.size, 4711);
    CU_ASSERT_EQUAL(why.text[0], '"');
    CU_ASSERT_EQUAL(strncmp(why.text + 1, text, strcspn(text, "\t\n")), 0);
    if (strstr(why.text, word) == NULL) {
        fprintf(stderr, "\n%s\nlacks: %s\n", why.text, word);
        CU_FAIL("the sentence lacks a word");
    }
}

static void buffers(void)
{
    check("in f32* a", TN_TYPE_BUFFER, TN_TYPE_F32, TN_ACCESS_READ, 0, "a");
    check("out u8* bytes", TN_TYPE_BUFFER, TN_TYPE_U8, TN_ACCESS_WRITE, 0,
          "bytes");
    check("inout f64* y", TN_TYPE_BUFFER, TN_TYPE_F64, TN_ACCESS_READ_WRITE, 0,
          "y");
}

static void locals(void)
{
    check("local f32* tile", TN_TYPE_LOCAL, TN_TYPE_F32, 0, 0, "tile");
}

static void scalars(void)
{
#define CHECK_SCALAR(NAME, number, text, bytes)                                \
    if (bytes != 0) {                                                          \
        check(text " value", TN_TYPE_##NAME, TN_TYPE_NONE, 0, bytes, "value"); \
    }
    TN_TYPE_LIST(CHECK_SCALAR)
#undef CHECK_SCALAR
}

static void structs(void)
{
    check("struct:24 params", TN_TYPE_STRUCT, 0, 0, 24, "params");
    check("struct:1 p", TN_TYPE_STRUCT, 0, 0, 1, "p");
    check("struct:3072 p", TN_TYPE_STRUCT, 0, 0, TN_STRUCT_BYTES_MAX, "p");
}

static void check_extent(const char *text, const char *extent)
{
    tn_parameter parameter;

    memset(&parameter, 0xa5, sizeof parameter);
    CU_ASSERT_EQUAL_FATAL(parse(text, &parameter), TN_OK);
    CU_ASSERT_STRING_EQUAL(parameter.name, "a");
    CU_ASSERT_STRING_EQUAL(parameter.extent, extent);
}

static void extents(void)
{
    check_extent("in f32* a", "");
    check_extent("in f32* a [n]", "n");
    check_extent("out f16* a[ n * (m + 1)\t]", "n * (m + 1)");
    check_extent("inout u8* a [256] ", "256");
    check_extent("local f64* a [items]", "items");
    check_extent("in f32* a [] ", "");
    check_extent("in f32* a [ ]", "");
}

static void wrong_extents(void)
{
    tn_parameter parameter;

    refuse("u32 n [3]", "only a pointer has an extent");
    refuse("struct:8 p [n]", "only a pointer has an extent");
    CU_ASSERT_EQUAL(parse("in f32* a [n +]", &parameter), TN_ERROR_INVALID);
    CU_ASSERT_STRING_EQUAL(why.text,
                           "the extent \"n +\": takes names of integers, "
                           "numbers, + - * / and parentheses");
    CU_ASSERT_EQUAL(parse("in f32* a [n % 2]", &parameter), TN_ERROR_INVALID);
    CU_ASSERT_EQUAL(parse("in f32* a [b[0]]", &parameter), TN_ERROR_INVALID);
}

static void spaces(void)
{
    check("  in\tf32 *a\t", TN_TYPE_BUFFER, TN_TYPE_F32, TN_ACCESS_READ, 0,
          "a");
    check("in f32*a", TN_TYPE_BUFFER, TN_TYPE_F32, TN_ACCESS_READ, 0, "a");
    check("u32 n\r", TN_TYPE_U32, 0, 0, 4, "n");
}

static void names(void)
{
    check("u32 _Name_9", TN_TYPE_U32, 0, 0, 4, "_Name_9");
    check("u32 in", TN_TYPE_U32, 0, 0, 4, "in");
    check("u32 a23456789012345678901234567890123456789012345678901234567890123",
          TN_TYPE_U32, 0, 0, 4,
          "a23456789012345678901234567890123456789012345678901234567890123");
    refuse("u32 "
           "a234567890123456789012345678901234567890123456789012345678901234",
           "64 bytes");
    refuse("u32 9n", "no name");
    refuse("u32 a:b", "no name");
    refuse("u32", "name is missing");
    refuse("in f32*", "name is missing");
    refuse("in f32* [n]", "name is missing");
    refuse("u32 -n", "name is missing");
}

static void types(void)
{
    refuse("in f23* a", "did you mean f32?");
    refuse("i23 n", "no type");
    refuse("float x", "no type");
    refuse("buffer b", "no type");
    refuse("local* b", "type is missing");
    refuse("in", "type is missing");
    refuse("", "type is missing");
    refuse("   ", "type is missing");
    refuse("* a", "type is missing");
    refuse("in struct:4* a", "no type");
    refuse("F32 a", "no type");
    refuse("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
           "aa b",
           "no type");
}

static void directions(void)
{
    refuse("f32* a", "in, out, inout or local f32*");
    refuse("in u32 n", "in u32* name");
    refuse("local u32 n", "local u32* name");
    refuse("inn f32* a", "no type");
    refuse("in out f32* a", "no type");
}

static void wrong_structs(void)
{
    refuse("struct p", "struct:BYTES");
    refuse("struct: p", "struct:BYTES");
    refuse("struct:0 p", "struct:BYTES");
    refuse("struct:65537 p", "struct:BYTES");
    refuse("struct:18446744073709551617 p", "struct:BYTES");
    refuse("struct:4x p", "struct:BYTES");
    refuse("struct:-1 p", "struct:BYTES");
    refuse("structs:4 p", "no type");
}

static void ends(void)
{
    refuse("u32 n m", "unexpected 'm'");
    refuse("in f32* a [n", "']'");
    refuse("in f32* a [n] b", "unexpected 'b'");
    refuse("in f32** a", "name is missing");
    refuse("u32 n;", "unexpected ';'");
    refuse("in f32* a ]", "unexpected ']'");
}

static void bytes_of_all_kinds(void)
{
    static const char text[] = "inout f64* name [n]";
    tn_parameter parameter;

    for (size_t at = 0; at < sizeof text - 1; ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            char copy[sizeof text];

            memcpy(copy, text, sizeof text);
            copy[at] = (char)byte;
            tn_status status =
                tn_signature_parse(copy, sizeof text - 1, &parameter, &why);

            CU_ASSERT(status == TN_OK || status == TN_ERROR_INVALID);
        }
    }
}

static void long_texts(void)
{
    char text[5000];
    tn_parameter parameter;

    memset(text, 'x', sizeof text);
    CU_ASSERT_EQUAL(tn_signature_parse(text, sizeof text, &parameter, &why),
                    TN_ERROR_INVALID);
    CU_ASSERT(strlen(why.text) < 400);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("signature", NULL, NULL);

    CU_add_test(suite, "a direction and a pointer make a buffer", buffers);
    CU_add_test(suite, "local makes a block of group memory", locals);
    CU_add_test(suite, "each scalar type has its bytes", scalars);
    CU_add_test(suite, "a struct has the bytes that it tells", structs);
    CU_add_test(suite, "a pointer may have an extent", extents);
    CU_add_test(suite, "an extent is an expression", wrong_extents);
    CU_add_test(suite, "spaces do not matter", spaces);
    CU_add_test(suite, "names are identifiers of at most 63 bytes", names);
    CU_add_test(suite, "an unknown type is named, with the nearest", types);
    CU_add_test(suite, "directions and pointers belong together", directions);
    CU_add_test(suite, "a struct without a sane size is refused",
                wrong_structs);
    CU_add_test(suite, "nothing may follow", ends);
    CU_add_test(suite, "any byte anywhere is parsed or refused",
                bytes_of_all_kinds);
    CU_add_test(suite, "long texts are quoted in part", long_texts);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();

    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
