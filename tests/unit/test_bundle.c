/* SPDX-License-Identifier: MIT */
/* runtime/bundle.c and module.c: bundles as they are found, read and loaded. */
#define _GNU_SOURCE
#include "runtime/bundle.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/backends.h"

#define KERNELS                                                                \
    "kernel add(in f32* a, in f32* b, out f32* c, u32 n)\nkernel nop()\n"

#define BUNDLE "[bundle]\nformat = 1\nname = vector\n"
#define ADD                                                                    \
    "[kernel add]\narg.0 = in f32* a [n]\narg.1 = in f32* b [n]\n"             \
    "arg.2 = out f32* c [n]\narg.3 = u32 n\n"
#define NOP "[kernel nop]\n"
#define PLAIN "[variant plain]\nformat = fake\nfile = vector.fake\n"

/* A bundle `vector` that is right, with another bundle.ini. */
static void write_bundle(const char *ini)
{
    suite_write("kernels/vector/bundle.ini", ini);
    suite_write("kernels/vector/vector.fake", KERNELS);
}

static tn_status read_bundle(tn_bundle **bundle)
{
    return tn_bundle_read(suite_path("kernels/vector"), bundle);
}

static const char *ini_line(unsigned line)
{
    return suite_text("%s:%u: ", suite_path("kernels/vector/bundle.ini"), line);
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

/* ---- loading ---- */

static backends_fixture the;

static tn_status load(const char *name)
{
    tn_module *module = NULL;
    tn_status status = tn_module_load(the.device, name, &module);

    CU_ASSERT((status == TN_OK) == (module != NULL));
    tn_module_destroy(module);
    return status;
}

/* Loading `vector` from a bundle.ini. */
static tn_status load_ini(const char *ini)
{
    write_bundle(ini);
    return load("vector");
}

static void a_bundle_is_found_by_name_and_by_path(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    write_bundle(BUNDLE ADD PLAIN);
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    SAME(tn_module_description(module),
         suite_text("vector, variant plain (fake): %s",
                    suite_path("kernels/vector/vector.fake")));
    SAME(the.seen->path, suite_path("kernels/vector/vector.fake"));
    WORKS(tn_kernel_get(module, "add", &kernel));
    tn_module_destroy(module);
    WORKS(load(suite_path("kernels/vector")));
    WORKS(load(suite_path("kernels/vector/")));
    suite_write("file.cl", KERNELS);
    NEEDS(tn_module_load(the.device, suite_path("file.cl"), &module));
    SAME(tn_module_description(module),
         suite_text("%s (clc)", suite_path("file.cl")));
    backends_end(&the); /* the module was left to it */
}

static void an_absent_bundle_is_told_with_folders_and_the_nearest(void)
{
    write_bundle(BUNDLE ADD PLAIN);
    backends_begin(&the, "works");
    FAILS(load("vectro"), TN_ERROR_NOT_FOUND, "there is no bundle vectro in",
          suite_path("kernels"), "(did you mean vector?)");
    FAILS(load(""), TN_ERROR_NOT_FOUND, "there is no bundle ");
    FAILS(load(".."), TN_ERROR_NOT_FOUND, "there is no bundle ..");
    FAILS(load("."), TN_ERROR_NOT_FOUND, "there is no bundle .");
    FAILS(load("./vector"), TN_ERROR_NOT_FOUND, "./vector: No such file");
    FAILS(load(suite_path("kernels")), TN_ERROR_NOT_FOUND,
          "kernels/bundle.ini: No such file");
    FAILS(tn_module_load(the.device, NULL, NULL), TN_ERROR_INVALID, "NULL");
    WORKS(load("vector"));
    backends_end(&the);
}

static void a_files_format_is_found_from_its_content(void)
{
    backends_begin(&the, "works");
    suite_write("empty", "");
    FAILS(load(suite_path("empty")), TN_ERROR_FORMAT, "no code that Tenon");
    suite_write("text", "hello\n");
    FAILS(load(suite_path("text")), TN_ERROR_FORMAT, "no code that Tenon");
    suite_write_bytes("nul", "kernel\0kernel", 13);
    FAILS(load(suite_path("nul")), TN_ERROR_FORMAT, "no code that Tenon");
    suite_write("a.ptx", "// made by hand\n/* x */\n.version 6.3\n");
    FAILS(load(suite_path("a.ptx")), TN_ERROR_FORMAT,
          "a.ptx: is ptx; works:0 takes fake clc");
    suite_write("b.ptx", "/* never ends .version");
    FAILS(load(suite_path("b.ptx")), TN_ERROR_FORMAT, "no code that Tenon");
    suite_write_bytes("a.fatbin", "\x50\xed\x55\xba...", 7);
    FAILS(load(suite_path("a.fatbin")), TN_ERROR_FORMAT, "is fatbin");
    suite_link(suite_built("tests/fakes/.libs/works.so"), "a.so");
    FAILS(load(suite_path("a.so")), TN_ERROR_FORMAT, "is so");
    suite_write_bytes("cut.so", "\177ELF", 4);
    FAILS(load(suite_path("cut.so")), TN_ERROR_FORMAT, "no code that Tenon");
    suite_fifo("fifo");
    FAILS(load(suite_path("fifo")), TN_ERROR_IO, "fifo: is a FIFO");
    suite_write("good", KERNELS);
    WORKS(load(suite_path("good")));
    backends_end(&the);
}

static void the_variant_of_the_highest_rank_is_taken(void)
{
    tn_module *module = NULL;

    backends_begin(&the, "works");
    write_bundle(BUNDLE ADD PLAIN
                 "[variant l2]\nformat = fake\nfile = vector.fake\n"
                 "requires = level >= 2\noptions = -two\n"
                 "[variant l9]\nformat = fake\nfile = absent\n"
                 "requires = level >= 9\n"
                 "[variant ptx]\nformat = ptx\nfile = absent\n"
                 "[variant again]\nformat = clc\nfile = absent\n"
                 "requires = level >= 2\n");
    NEEDS(tn_module_load(the.device, "vector", &module));
    CONTAINS(tn_module_description(module), "vector, variant l2 (fake): ");
    SAME(the.seen->options, "-two");
    backends_end(&the);
}

static void no_variant_that_fits_is_told_with_those_there_are(void)
{
    backends_begin(&the, "works");
    FAILS(load_ini(BUNDLE ADD
                   "[variant a]\nformat = ptx\nfile = a\nrequires = sm_70\n"
                   "[variant b]\nformat = fake\nfile = b\n"
                   "requires = level >= 9\n"),
          TN_ERROR_FORMAT, "bundle vector", "no variant for works:0 (fake-1)",
          "takes fake clc", "it has ptx (sm_70), fake (level >= 9)");
    WORKS(load_ini(BUNDLE ADD PLAIN));
    backends_end(&the);
}

static void files_of_variants_are_opened_inside_the_folder_alone(void)
{
    const char *ini =
        BUNDLE ADD "[variant a]\nformat = fake\nfile = code.fake\n";

    backends_begin(&the, "works");
    FAILS(load_ini(ini), TN_ERROR_BUNDLE, ini_line(9), "[variant a]",
          "code.fake: No such file");
    suite_write("outside.fake", KERNELS);
    suite_link("../../outside.fake", "kernels/vector/code.fake");
    FAILS(load_ini(ini), TN_ERROR_BUNDLE, ini_line(9), "code.fake",
          "lies outside its folder");
    unlink(suite_path("kernels/vector/code.fake"));
    suite_link(suite_path("kernels/vector/vector.fake"),
               "kernels/vector/code.fake"); /* inside, but absolute */
    FAILS(load_ini(ini), TN_ERROR_BUNDLE, "lies outside its folder");
    unlink(suite_path("kernels/vector/code.fake"));
    suite_mkdir("kernels/vector/code.fake");
    FAILS(load_ini(ini), TN_ERROR_IO, ini_line(9), "is a directory");
    rmdir(suite_path("kernels/vector/code.fake"));
    suite_link("vector.fake", "kernels/vector/code.fake");
    WORKS(load_ini(ini));
    backends_end(&the);
}

static void a_folder_that_leads_out_is_refused_too(void)
{
    backends_begin(&the, "works");
    suite_write("elsewhere/code.fake", KERNELS);
    suite_link("../../elsewhere", "kernels/vector/sub");
    FAILS(load_ini(BUNDLE ADD
                   "[variant a]\nformat = fake\nfile = sub/code.fake\n"),
          TN_ERROR_BUNDLE, "lies outside its folder");
    unlink(suite_path("kernels/vector/sub"));
    suite_write("kernels/vector/sub/code.fake", KERNELS);
    WORKS(load_ini(BUNDLE ADD
                   "[variant a]\nformat = fake\nfile = sub/code.fake\n"));
    backends_end(&the);
}

static void a_compilers_whole_log_reaches_the_caller(void)
{
    backends_begin(&the, "works");
    suite_write("bad.cl", "kernel what\n");
    FAILS(load(suite_path("bad.cl")), TN_ERROR_BUILD,
          "works:0: a line is no kernel");
    SAME(tn_error_log(), "line 1: what is that?\nline 2: and that?");
    FAILS(load("absent"), TN_ERROR_NOT_FOUND, "no bundle absent");
    SAME(tn_error_log(), "");
    CU_ASSERT_EQUAL(the.seen->modules, 0);
    backends_end(&the);
}

/* ---- kernels of a bundle ---- */

static void an_unknown_kernel_is_told_with_the_nearest(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    write_bundle(BUNDLE ADD NOP PLAIN);
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, "ad", &kernel), TN_ERROR_NOT_FOUND,
          "there is no kernel ad in vector", "(did you mean add?)",
          "it has add, nop");
    FAILS(tn_kernel_get(module, "", &kernel), TN_ERROR_NOT_FOUND,
          "it has add, nop");
    FAILS(tn_kernel_get(module, NULL, &kernel), TN_ERROR_INVALID, "name");
    CU_ASSERT_PTR_NULL(kernel);
    WORKS(tn_kernel_get(module, "nop", &kernel));
    SAME(tn_kernel_name(kernel), "nop");
    backends_end(&the);
}

static void kernels_of_a_module_are_listed(void)
{
    tn_module *module = NULL;
    const char *const *names = NULL;
    size_t count = 0;

    write_bundle(BUNDLE ADD PLAIN);
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    NEEDS(tn_module_kernels(module, &names, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1); /* those that the bundle tells of */
    SAME(names[0], "add");
    module = backends_load(the.device, KERNELS);
    NEEDS(tn_module_kernels(module, &names, &count));
    CU_ASSERT_EQUAL_FATAL(count, 2);
    SAME(names[1], "nop");
    backends_end(&the);
}

/* The bundle tells of kernels what the code does not say. */
static void get_refused(const char *kernels, const char *name, tn_status status,
                        const char *words)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    write_bundle(suite_text("%s%s%s", BUNDLE, kernels, PLAIN));
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, name, &kernel), status, ini_line(4), words);
    CU_ASSERT_PTR_NULL(kernel);
    tn_module_destroy(module);
}

static void code_and_description_have_to_agree(void)
{
    backends_begin(&the, "works");
    get_refused("[kernel mul]\narg.0 = u32 n\n", "mul", TN_ERROR_NOT_FOUND,
                "kernel mul is not in its code");
    LACKS(tn_error_message(), "did you mean");
    get_refused("[kernel add]\narg.0 = in f32* a\n", "add", TN_ERROR_BUNDLE,
                "kernel add has 1 arguments here, its code takes 4");
    get_refused("[kernel add]\narg.0 = in f32* a\narg.1 = in f32* b\n"
                "arg.2 = out f32* c\narg.3 = u64 n\n",
                "add", TN_ERROR_BUNDLE, "arg.3 (n) of kernel add is not what");
    get_refused("[kernel add]\narg.0 = in f64* a\narg.1 = in f32* b\n"
                "arg.2 = out f32* c\narg.3 = u32 n\n",
                "add", TN_ERROR_BUNDLE, "arg.0 (a) of kernel add is not what");
    backends_end(&the);
}

static void parameters_are_told_as_the_bundle_has_them(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    tn_kernel *again = NULL;
    tn_kernel_info info = {.size = sizeof info};
    tn_parameter parameter = {.size = sizeof parameter};

    write_bundle(BUNDLE ADD "items = 64 1 1\n" PLAIN);
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    NEEDS(tn_kernel_get(module, "add", &kernel));
    WORKS(tn_kernel_get(module, "add", &again));
    CU_ASSERT_PTR_EQUAL(kernel, again);
    WORKS(tn_kernel_info_get(kernel, &info));
    CU_ASSERT_EQUAL(info.parameter_count, 4);
    CU_ASSERT_EQUAL(info.required_items[0], 64);
    WORKS(tn_kernel_parameter(kernel, 2, &parameter));
    SAME(parameter.name, "c");
    CU_ASSERT_EQUAL(parameter.access, TN_ACCESS_WRITE);
    CU_ASSERT_EQUAL(parameter.element, TN_TYPE_F32);
    FAILS(tn_kernel_parameter(kernel, 4, &parameter), TN_ERROR_RANGE,
          "kernel add has no parameter 4");
    parameter.size = 3;
    FAILS(tn_kernel_parameter(kernel, 0, &parameter), TN_ERROR_INVALID,
          "size is 3");
    info.size = 0;
    FAILS(tn_kernel_info_get(kernel, &info), TN_ERROR_INVALID, "size is 0");
    backends_end(&the);
}

/* An application of an older build has a smaller struct. */
static void no_more_is_filled_than_the_caller_has(void)
{
    tn_kernel *kernel = NULL;
    struct {
        tn_kernel_info info;
        unsigned char behind[8];
    } small;

    backends_begin(&the, "works");
    kernel = backends_kernel(the.device, "kernel a(u32 n) items 8 4 2");
    memset(&small, 0xaa, sizeof small);
    small.info.size = offsetof(tn_kernel_info, preferred_items);
    WORKS(tn_kernel_info_get(kernel, &small.info));
    CU_ASSERT_EQUAL(small.info.size, offsetof(tn_kernel_info, preferred_items));
    CU_ASSERT_EQUAL(small.info.required_items[2], 2);
    CU_ASSERT_EQUAL(small.info.preferred_items, 0xaaaaaaaa);
    small.info.size = sizeof small; /* a newer one */
    WORKS(tn_kernel_info_get(kernel, &small.info));
    CU_ASSERT_EQUAL(small.info.preferred_items, 0);
    CU_ASSERT_EQUAL(small.behind[0], 0xaa);
    backends_end(&the);
}

static void options_reach_the_compiler(void)
{
    tn_module *module = NULL;

    backends_begin(&the, "works");
    NEEDS(tn_module_load_data(the.device, KERNELS, sizeof KERNELS - 1, "-fast",
                              &module));
    SAME(the.seen->options, "-fast");
    SAME(the.seen->path, "");
    SAME(tn_module_description(module), "code in memory (clc)");
    FAILS(tn_module_load_data(the.device, KERNELS, 0, NULL, &module),
          TN_ERROR_FORMAT, "no code");
    FAILS(tn_module_load_data(the.device, NULL, 0, NULL, &module),
          TN_ERROR_INVALID, "image is NULL");
    FAILS(tn_module_load_data(NULL, KERNELS, 5, NULL, &module),
          TN_ERROR_INVALID, "device is NULL");
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(a_bundle_is_read_whole)                                                  \
    X(wrong_keys_and_sections_are_told_with_the_nearest)                       \
    X(keys_without_a_value_are_told)                                           \
    X(wrong_signatures_are_told_with_their_line)                               \
    X(a_gap_between_arguments_is_told)                                         \
    X(group_sizes_are_three_positive_numbers)                                  \
    X(what_a_bundle_must_have_is_missed)                                       \
    X(a_newer_format_is_refused)                                               \
    X(a_file_outside_the_folder_is_refused_where_it_stands)                    \
    X(all_problems_of_a_bundle_are_told)                                       \
    X(a_drop_in_adds_kernels_and_variants)                                     \
    X(a_redefinition_names_both_files)                                         \
    X(drop_ins_that_cannot_be_read_are_told)                                   \
    X(a_bundle_is_found_by_name_and_by_path)                                   \
    X(an_absent_bundle_is_told_with_folders_and_the_nearest)                   \
    X(a_files_format_is_found_from_its_content)                                \
    X(the_variant_of_the_highest_rank_is_taken)                                \
    X(no_variant_that_fits_is_told_with_those_there_are)                       \
    X(files_of_variants_are_opened_inside_the_folder_alone)                    \
    X(a_folder_that_leads_out_is_refused_too)                                  \
    X(a_compilers_whole_log_reaches_the_caller)                                \
    X(an_unknown_kernel_is_told_with_the_nearest)                              \
    X(kernels_of_a_module_are_listed)                                          \
    X(code_and_description_have_to_agree)                                      \
    X(parameters_are_told_as_the_bundle_has_them)                              \
    X(no_more_is_filled_than_the_caller_has)                                   \
    X(options_reach_the_compiler)

SUITE_MAIN("bundle", TESTS)
