/* SPDX-License-Identifier: MIT */
/* runtime/bundle.c: bundle.ini and its drop-ins as they are read. */
#define _GNU_SOURCE
#include "runtime/bundle.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/bundles.h"

static tn_status read_bundle(tn_bundle **bundle)
{
    return tn_bundle_read(suite_path("kernels/vector"), bundle);
}

/* A bundle.ini is refused at a line, 0 for the whole file. */
static void refused(const char *ini, unsigned line, const char *words)
{
    tn_bundle *bundle = NULL;

    write_bundle(ini);
    FAILS(read_bundle(&bundle), TN_ERROR_BUNDLE,
          line > 0 ? ini_line(line) : suite_path("kernels/vector/bundle.ini"),
          words);
    CU_ASSERT_PTR_NULL(bundle);
}

/* ---- reading ---- */

static void a_bundle_is_read_whole(void)
{
    tn_bundle *bundle = NULL;

    write_bundle(BUNDLE "[kernel sum]\nitems = 256 2 3\narg.1 = struct:24 s\n"
                        "arg.0 = local f64* t\n" NOP
                        "[variant v3]\nformat = so\nfile = sub/v.so\n"
                        "requires = x86-64-v3, level >= 2\noptions = -O3\n"
                        "[variant plain]\nfile = a\nformat = clc\n");
    NEEDS(read_bundle(&bundle));
    SAME(bundle->name, "vector");
    SAME(bundle->folder, suite_path("kernels/vector"));
    CU_ASSERT_EQUAL_FATAL(bundle->kernel_count, 2);
    const tn_bundle_kernel *sum = tn_bundle_find(bundle, "sum");

    CU_ASSERT_PTR_NOT_NULL_FATAL(sum);
    CU_ASSERT_EQUAL(sum->items[0], 256);
    CU_ASSERT_EQUAL(sum->items[1], 2);
    CU_ASSERT_EQUAL(sum->items[2], 3);
    CU_ASSERT_EQUAL_FATAL(sum->parameter_count, 2);
    CU_ASSERT_EQUAL(sum->parameters[0].type, TN_TYPE_LOCAL);
    CU_ASSERT_EQUAL(sum->parameters[0].element, TN_TYPE_F64);
    CU_ASSERT_EQUAL(sum->parameters[1].type, TN_TYPE_STRUCT);
    CU_ASSERT_EQUAL(sum->parameters[1].bytes, 24);
    SAME(sum->parameters[1].name, "s");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tn_bundle_find(bundle, "nop"));
    CU_ASSERT_EQUAL(tn_bundle_find(bundle, "nop")->parameter_count, 0);
    CU_ASSERT_PTR_NULL(tn_bundle_find(bundle, "absent"));
    CU_ASSERT_EQUAL_FATAL(bundle->variant_count, 2);
    SAME(bundle->variants[0].name, "v3");
    SAME(bundle->variants[0].requirements, "x86-64-v3, level >= 2");
    SAME(bundle->variants[0].options, "-O3");
    SAME(bundle->variants[1].requirements, "");
    SAME(bundle->variants[1].options, "");
    tn_bundle_destroy(bundle);
    tn_bundle_destroy(NULL);
}

static void wrong_keys_and_sections_are_told_with_the_nearest(void)
{
    refused(BUNDLE "vresion = 1\n" PLAIN, 4, "unknown key vresion in [bundle]");
    refused("[bundle]\nformta = 1\n", 2, "(did you mean format?)");
    refused(BUNDLE PLAIN "flie = x\n", 7,
            "unknown key flie in [variant plain] (did you mean file?)");
    refused(BUNDLE "[kernel add]\nag.0 = u32 n\n" PLAIN, 5,
            "(did you mean arg.0?)");
    refused(BUNDLE "[kernel add]\nitmes = 1 1 1\n" PLAIN, 5,
            "(did you mean items?)");
    refused(BUNDLE "[kernels]\nx = 1\n" PLAIN, 4, "unknown section [kernels]");
    refused(BUNDLE "[kernel]\nx = 1\n" PLAIN, 4, "unknown section [kernel]");
    refused(BUNDLE "[oops]\n" PLAIN, 4, "unknown section [oops]");
    refused(BUNDLE "[kernel a-b]\narg.0 = u32 n\n" PLAIN, 4, "C identifier");
    refused(BUNDLE "[kernel ]\narg.0 = u32 n\n" PLAIN, 4, "C identifier");
    refused(BUNDLE "[variant a b]\nformat = so\nfile = x\n", 4,
            "a variant's name");
    refused(BUNDLE "[variant ]\nformat = so\nfile = x\n", 4,
            "a variant's name");
}

static void keys_without_a_value_are_told(void)
{
    refused("[bundle]\nformat = 1\nname =\n" PLAIN, 3, "name has no value");
    refused("[bundle]\nformat = 1\nname = ; vector\n" PLAIN, 3,
            "name has no value");
    refused("[bundle]\nformat =\nname = vector\n" PLAIN, 2,
            "a bundle of format ; this Tenon reads format 1");
    refused(BUNDLE "[variant plain]\nformat =\nfile = vector.fake\n", 5,
            "format has no value");
    refused(BUNDLE "[variant plain]\nformat = fake\nfile =\n", 6,
            "file has no value");
    LACKS(tn_error_message(), "more");
}

static void wrong_signatures_are_told_with_their_line(void)
{
    refused(BUNDLE "[kernel add]\narg.0 = in f23* a\n" PLAIN, 5,
            "arg.0 of kernel add: ");
    CONTAINS(tn_error_message(), "in f23* a");
    CONTAINS(tn_error_message(), "(did you mean f32?)");
    refused(BUNDLE "[kernel add]\narg.0 =\n" PLAIN, 5, "arg.0 of kernel add");
    refused(BUNDLE "[kernel add]\narg.0 = u32\n" PLAIN, 5, "name is missing");
    refused(BUNDLE "[kernel add]\narg.0 = f32* a\n" PLAIN, 5, "in, out");
    refused(BUNDLE "[kernel add]\narg.0 = struct:0 a\n" PLAIN, 5, "struct");
    refused(BUNDLE "[kernel add]\narg.0 = u32 n\narg.0 = u32 m\n" PLAIN, 6,
            "arg.0 of kernel add is set twice");
    refused(BUNDLE "[kernel add]\narg.64 = u32 n\n" PLAIN, 5,
            "arg.0 to arg.63");
    refused(BUNDLE "[kernel add]\narg.99999999999999999999 = u32 n\n" PLAIN, 5,
            "arg.0 to arg.63");
    refused(BUNDLE "[kernel add]\narg.1x = u32 n\n" PLAIN, 5,
            "arg.0 to arg.63");
}

static void wrong_extents_are_told_with_their_line(void)
{
    refused(BUNDLE
            "[kernel k]\narg.0 = in f32* a [n + ]\narg.1 = u32 n\n" PLAIN,
            5, "arg.0 of kernel k: the extent \"n +\": takes names");
    refused(BUNDLE "[kernel k]\narg.1 = u32 n\n; a comment\n"
                   "arg.0 = in f32* a [m]\n" PLAIN,
            7,
            "arg.0 of kernel k: the extent \"m\": the kernel has no parameter "
            "m");
    refused(BUNDLE
            "[kernel k]\narg.0 = f32 x\narg.1 = in f32* a [2 * x]\n" PLAIN,
            6, "x is no integer passed by value");
    refused(BUNDLE
            "[kernel k]\narg.0 = in f32* a [k]\narg.1 = u32 n\n" ADD PLAIN
            "[kernel l]\narg.0 = u32 n [n]\n",
            16, "(and 1 more)");
    CONTAINS(tn_error_log(), ini_line(5));
}

static void extents_of_a_drop_in_are_told_with_its_line(void)
{
    tn_bundle *bundle = NULL;

    write_bundle(BUNDLE ADD PLAIN);
    suite_write("kernels/vector/bundle.d/acme.ini",
                "[kernel k]\narg.0 = in f32* a [n]\n");
    FAILS(read_bundle(&bundle), TN_ERROR_BUNDLE,
          "bundle.d/acme.ini:2: ", "arg.0 of kernel k: the extent \"n\"");
}

static void a_gap_between_arguments_is_told(void)
{
    refused(BUNDLE "[kernel add]\narg.0 = u32 n\narg.2 = u32 m\n" PLAIN, 4,
            "kernel add has arg.2 but no arg.1");
    refused(BUNDLE "[kernel add]\narg.3 = u32 n\n" PLAIN, 4,
            "kernel add has arg.3 but no arg.0");
}

static void group_sizes_are_three_positive_numbers(void)
{
    static const char *const wrong[] = {
        "256",      "256 1",  "256 1 1 1",    "0 1 1", "256 0 1",
        "256 1 -1", "-1 1 1", "256,1,1",      "a b c", "",
        "1 1 1 x",  "+1 1 1", "99999999 1 1",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        refused(suite_text(BUNDLE "[kernel add]\nitems = %s\n" PLAIN, wrong[i]),
                5, "three numbers");
    }
    refused(BUNDLE "[kernel add]\nitems = 1 1 1\nitems = 1 1 1\n" PLAIN, 6,
            "items is set twice");
}

static void elements_are_a_number_from_1_to_16(void)
{
    static const char *const wrong[] = {"",   "0",   "17", "-4",
                                        "+4", "4 4", "4x", "99999999999"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        refused(
            suite_text(BUNDLE "[kernel add]\nelements = %s\n" PLAIN, wrong[i]),
            5, "1 to 16 elements");
    }
    refused(BUNDLE "[kernel add]\nelements = 4\nelements = 4\n" PLAIN, 6,
            "elements is set twice");
}

static void dimensions_are_a_number_from_1_to_3(void)
{
    static const char *const wrong[] = {"", "0", "4", "-2", "2 2", "two"};
    tn_bundle *bundle = NULL;
    tn_signature_info kernel = {.size = sizeof kernel};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        refused(suite_text(BUNDLE "[kernel add]\ndimensions = %s\n" PLAIN,
                           wrong[i]),
                5, "1 to 3 dimensions");
    }
    refused(BUNDLE "[kernel add]\ndimensions = 2\ndimensions = 2\n" PLAIN, 6,
            "dimensions is set twice");
    write_bundle(BUNDLE "[kernel add]\ndimensions = 2\n" PLAIN);
    NEEDS(tn_bundle_open(NULL, suite_path("kernels/vector"), &bundle));
    NEEDS(tn_bundle_kernel_get(bundle, 0, &kernel));
    CU_ASSERT_EQUAL(kernel.dimensions, 2);
    tn_bundle_close(bundle);
}

static void what_a_bundle_must_have_is_missed(void)
{
    refused("", 0, "lacks format = 1 in [bundle]");
    CONTAINS(tn_error_log(), "lacks name = in [bundle]");
    CONTAINS(tn_error_log(), "has no [variant NAME]");
    refused("[bundle]\nname = v\n" PLAIN, 0, "lacks format = 1");
    refused("[bundle]\nformat = 1\n" PLAIN, 0, "lacks name =");
    refused(BUNDLE ADD, 0, "has no [variant NAME]");
    refused(BUNDLE "[variant a]\nfile = x\n", 4, "[variant a] lacks format =");
    refused(BUNDLE "[variant a]\nformat = so\n", 4, "[variant a] lacks file =");
    refused(BUNDLE "[variant a]\n", 4, "[variant a] lacks format =");
    refused(BUNDLE "format = 1\n" PLAIN, 4, "format is set twice");
    refused(BUNDLE PLAIN "file = other\n", 7, "file is set twice");
}

static void a_newer_format_is_refused(void)
{
    refused("[bundle]\nformat = 2\nname = vector\n" PLAIN, 2,
            "a bundle of format 2; this Tenon reads format 1");
}

static void a_file_outside_the_folder_is_refused_where_it_stands(void)
{
    static const char *const outside[] = {
        "/etc/passwd", "../vector.fake", "..",
        "a/../../b",   "a/..",           "../vector/vector.fake",
    };

    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; ++i) {
        refused(suite_text(BUNDLE "[variant a]\nformat = so\nfile = %s\n",
                           outside[i]),
                6, "lies outside the bundle's folder");
    }
}

static void all_problems_of_a_bundle_are_told(void)
{
    refused("[bundle]\nformat = 1\n[kernel a]\narg.0 = f00 x\nnonsense\n"
            "[variant v]\nfile = /x\n",
            4, "(and 4 more)");
    CONTAINS(tn_error_log(), ini_line(4));
    CONTAINS(tn_error_log(), ini_line(5));
    CONTAINS(tn_error_log(), ini_line(7));
    CONTAINS(tn_error_log(), "lacks name");
    CONTAINS(tn_error_log(), "lacks format");
}

/* ---- drop-ins ---- */

static void a_drop_in_adds_kernels_and_variants(void)
{
    tn_bundle *bundle = NULL;

    write_bundle(BUNDLE ADD PLAIN);
    suite_write("kernels/vector/bundle.d/b.ini",
                "[variant acme]\nformat = acme\nfile = v.acme\n");
    suite_write("kernels/vector/bundle.d/a.ini", "[kernel mul]\n"
                                                 "arg.0 = u32 n\n");
    suite_write("kernels/vector/bundle.d/README", "nonsense");
    suite_write("kernels/vector/bundle.d/.hidden.ini", "nonsense");
    NEEDS(read_bundle(&bundle));
    CU_ASSERT_EQUAL(bundle->kernel_count, 2);
    CU_ASSERT_EQUAL_FATAL(bundle->variant_count, 2);
    CU_ASSERT_PTR_NOT_NULL(tn_bundle_find(bundle, "mul"));
    SAME(bundle->variants[1].name, "acme");
    CONTAINS(bundle->variants[1].origin, "bundle.d/b.ini:1");
    tn_bundle_destroy(bundle);
}

/* A drop-in is refused at a line. */
static void drop_in_refused(const char *text, unsigned line, const char *words)
{
    tn_bundle *bundle = NULL;

    write_bundle(BUNDLE ADD PLAIN);
    suite_write("kernels/vector/bundle.d/acme.ini", text);
    FAILS(read_bundle(&bundle), TN_ERROR_BUNDLE,
          suite_text("bundle.d/acme.ini:%u: ", line), words);
}

static void a_redefinition_names_both_files(void)
{
    drop_in_refused("[kernel add]\narg.0 = u32 n\n", 1,
                    suite_text("[kernel add] stands in %s:4 already",
                               suite_path("kernels/vector/bundle.ini")));
    drop_in_refused("\n[variant plain]\nformat = fake\nfile = x\n", 2,
                    suite_text("[variant plain] stands in %s:9 already",
                               suite_path("kernels/vector/bundle.ini")));
    SAME(tn_error_log(), "");
    drop_in_refused("[bundle]\nname = mine\n", 1,
                    "[bundle] belongs into bundle.ini");
    drop_in_refused("[variant x]\nformat = fake\nfile = ../x\n", 3,
                    "outside the bundle's folder");
}

static void drop_ins_that_cannot_be_read_are_told(void)
{
    tn_bundle *bundle = NULL;

    write_bundle(BUNDLE ADD PLAIN);
    suite_link("nowhere", "kernels/vector/bundle.d/a.ini");
    FAILS(read_bundle(&bundle), TN_ERROR_BUNDLE,
          "bundle.d/a.ini: No such file");
    suite_mkdir("kernels/vector/bundle.d/b.ini");
    FAILS(read_bundle(&bundle), TN_ERROR_BUNDLE, "(and 1 more)");
    CONTAINS(tn_error_log(), "bundle.d/b.ini: is a directory");
}

/* ---- what an application may ask ---- */

static void kernels_and_variants_are_told(void)
{
    tn_bundle *bundle = NULL;
    tn_bundle_info whole = {.size = sizeof whole};
    tn_signature_info kernel = {.size = sizeof kernel};
    tn_variant_info variant = {.size = sizeof variant};
    tn_parameter parameter = {.size = sizeof parameter};

    write_bundle(BUNDLE ADD PLAIN "[variant lost]\nformat = so\nfile = a.so\n"
                                  "requires = x86-64-v3\n");
    NEEDS(tn_bundle_open(NULL, suite_path("kernels/vector"), &bundle));
    WORKS(tn_bundle_info_get(bundle, &whole));
    SAME(whole.name, "vector");
    SAME(whole.folder, suite_path("kernels/vector"));
    CU_ASSERT_EQUAL(whole.kernel_count, 1);
    CU_ASSERT_EQUAL(whole.variant_count, 2);
    NEEDS(tn_bundle_kernel_get(bundle, 0, &kernel));
    SAME(kernel.name, "add");
    CONTAINS(kernel.origin, "bundle.ini:4");
    CU_ASSERT_EQUAL(kernel.parameter_count, 4);
    CU_ASSERT_EQUAL(kernel.required_items[0], 0);
    CU_ASSERT_EQUAL(kernel.elements, 1);
    CU_ASSERT_EQUAL(kernel.dimensions, 0);
    NEEDS(tn_bundle_parameter_get(bundle, 0, 3, &parameter));
    SAME(parameter.name, "n");
    CU_ASSERT_EQUAL(parameter.type, TN_TYPE_U32);
    NEEDS(tn_bundle_variant_get(bundle, 0, &variant));
    SAME(variant.file, "vector.fake");
    CU_ASSERT_EQUAL(variant.present, 1);
    CU_ASSERT_EQUAL(variant.bytes, strlen(KERNELS));
    NEEDS(tn_bundle_variant_get(bundle, 1, &variant));
    SAME(variant.requirements, "x86-64-v3");
    SAME(variant.options, "");
    CU_ASSERT_EQUAL(variant.present, 0);
    LACKS(tn_error_message(), "a.so"); /* nothing has failed */
    tn_bundle_close(bundle);
}

static void what_a_bundle_does_not_have_is_refused(void)
{
    tn_bundle *bundle = NULL;
    tn_signature_info kernel = {.size = sizeof kernel};
    tn_variant_info variant = {.size = sizeof variant};
    tn_parameter parameter = {.size = sizeof parameter};

    FAILS(tn_bundle_open(NULL, suite_path("kernels/none"), &bundle),
          TN_ERROR_NOT_FOUND, "kernels/none/bundle.ini");
    write_bundle(BUNDLE ADD PLAIN);
    NEEDS(tn_bundle_open(NULL, suite_path("kernels/vector"), &bundle));
    FAILS(tn_bundle_kernel_get(bundle, 1, &kernel), TN_ERROR_RANGE,
          "bundle vector has no kernel 1");
    FAILS(tn_bundle_variant_get(bundle, 1, &variant), TN_ERROR_RANGE,
          "bundle vector has no variant 1");
    FAILS(tn_bundle_parameter_get(bundle, 0, 4, &parameter), TN_ERROR_RANGE,
          "kernel add has no argument 4");
    FAILS(tn_bundle_parameter_get(bundle, 1, 0, &parameter), TN_ERROR_RANGE,
          "bundle vector has no kernel 1");
    kernel.size = 0;
    FAILS(tn_bundle_kernel_get(bundle, 0, &kernel), TN_ERROR_INVALID,
          "set it to sizeof(tn_signature_info)");
    FAILS(tn_bundle_open(NULL, NULL, &bundle), TN_ERROR_INVALID, "name");
    tn_bundle_close(bundle);
    tn_bundle_close(NULL);
}

#define TESTS(X)                                                               \
    X(a_bundle_is_read_whole)                                                  \
    X(wrong_keys_and_sections_are_told_with_the_nearest)                       \
    X(keys_without_a_value_are_told)                                           \
    X(wrong_signatures_are_told_with_their_line)                               \
    X(wrong_extents_are_told_with_their_line)                                  \
    X(extents_of_a_drop_in_are_told_with_its_line)                             \
    X(a_gap_between_arguments_is_told)                                         \
    X(group_sizes_are_three_positive_numbers)                                  \
    X(elements_are_a_number_from_1_to_16)                                      \
    X(dimensions_are_a_number_from_1_to_3)                                     \
    X(what_a_bundle_must_have_is_missed)                                       \
    X(a_newer_format_is_refused)                                               \
    X(a_file_outside_the_folder_is_refused_where_it_stands)                    \
    X(all_problems_of_a_bundle_are_told)                                       \
    X(a_drop_in_adds_kernels_and_variants)                                     \
    X(a_redefinition_names_both_files)                                         \
    X(drop_ins_that_cannot_be_read_are_told)                                   \
    X(kernels_and_variants_are_told)                                           \
    X(what_a_bundle_does_not_have_is_refused)

SUITE_MAIN("bundle", TESTS)
