/* SPDX-License-Identifier: MIT */
/* runtime/module.c: bundles and files as they are found, chosen and loaded. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/backends.h"
#include "tests/unit/bundles.h"

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

static void a_device_ranks_the_variants_of_a_bundle(void)
{
    tn_bundle *bundle = NULL;
    uint32_t rank = 1;

    write_bundle(BUNDLE ADD "[variant no]\nformat = unheard\nfile = x\n" PLAIN);
    backends_begin(&the, "works");
    NEEDS(tn_bundle_open(the.runtime, "vector", &bundle));
    WORKS(tn_bundle_variant_rank(bundle, 0, the.device, &rank));
    CU_ASSERT_EQUAL(rank, 0);
    WORKS(tn_bundle_variant_rank(bundle, 1, the.device, &rank));
    CU_ASSERT(rank > 0);
    FAILS(tn_bundle_variant_rank(bundle, 2, the.device, &rank), TN_ERROR_RANGE,
          "no variant 2");
    tn_bundle_close(bundle);
    FAILS(tn_bundle_open(the.runtime, "vectro", &bundle), TN_ERROR_NOT_FOUND,
          "(did you mean vector?)");
    backends_end(&the);
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
                        unsigned line, const char *words)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    write_bundle(suite_text("%s%s%s", BUNDLE, kernels, PLAIN));
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, name, &kernel), status, ini_line(line), words,
          suite_path("kernels/vector/vector.fake"), "build the bundle anew");
    CU_ASSERT_PTR_NULL(kernel);
    tn_module_destroy(module);
}

/* The second argument of a kernel that has three of f32. */
static void second_refused(const char *parameter, const char *words)
{
    get_refused(suite_text("[kernel add]\narg.0 = in f32* a\narg.1 = %s\n"
                           "arg.2 = out f32* c\narg.3 = u32 n\n",
                           parameter),
                "add", TN_ERROR_BUNDLE, 6,
                suite_text("arg.1 of kernel add is \"%s\", and %s in the code "
                           "of vector, variant plain (fake): ",
                           parameter, words));
}

static void code_and_description_have_to_agree(void)
{
    backends_begin(&the, "works");
    get_refused("[kernel mul]\narg.0 = u32 n\n", "mul", TN_ERROR_NOT_FOUND, 4,
                "kernel mul is not in its code");
    LACKS(tn_error_message(), "did you mean");
    get_refused("[kernel add]\narg.0 = in f32* a\n", "add", TN_ERROR_BUNDLE, 4,
                "kernel add has 1 arguments, and 4 in the code of vector");
    second_refused("u64 b", "in f32*");
    second_refused("struct:8 b", "in f32*");
    second_refused("in f64* b [n]", "in f32*");
    second_refused("inout f32* b", "in f32*");
    second_refused("local f32* b", "in f32*");
    get_refused("[kernel add]\narg.0 = in f32* a\narg.1 = in f32* b\n"
                "arg.2 = out f32* c\narg.3 = i32 n\n",
                "add", TN_ERROR_BUNDLE, 8,
                "arg.3 of kernel add is \"i32 n\", and u32 in the code of");
    backends_end(&the);
}

/* What code does not tell is the bundle's to say, what it tells is not. */
static void code_that_tells_sizes_alone_has_to_agree_too(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    const char *right = BUNDLE "[kernel k]\narg.0 = in f32* a\narg.1 = i32 n\n"
                               "arg.2 = local f32* t\n" PLAIN;
    const char *small = BUNDLE "[kernel k]\narg.0 = in f32* a\narg.1 = i32 n\n"
                               "arg.2 = u32 t\n" PLAIN;
    const char *local = BUNDLE "[kernel k]\narg.0 = in f32* a\n"
                               "arg.1 = local i32* n\narg.2 = u64 t\n" PLAIN;

    backends_begin(&the, "works");
    suite_write("kernels/vector/vector.fake",
                "kernel k(u64 a, f32 n, f64 t) untyped\n");
    suite_write("kernels/vector/bundle.ini", right);
    NEEDS(tn_module_load(the.device, "vector", &module));
    WORKS(tn_kernel_get(module, "k", &kernel));
    suite_write("kernels/vector/bundle.ini", small);
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, "k", &kernel), TN_ERROR_BUNDLE, ini_line(7),
          "arg.2 of kernel k is \"u32 t\", and 8 bytes in the code of");
    suite_write("kernels/vector/bundle.ini", local);
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, "k", &kernel), TN_ERROR_BUNDLE, ini_line(6),
          "arg.1 of kernel k is \"local i32* n\", and 4 bytes in the code of");
    backends_end(&the);
}

static void groups_of_code_and_description_have_to_agree(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;

    backends_begin(&the, "works");
    suite_write("kernels/vector/vector.fake", "kernel k(u32 n) items 8 4 1\n");
    suite_write("kernels/vector/bundle.ini",
                BUNDLE "[kernel k]\nitems = 8 2 2\narg.0 = u32 n\n" PLAIN);
    NEEDS(tn_module_load(the.device, "vector", &module));
    FAILS(tn_kernel_get(module, "k", &kernel), TN_ERROR_BUNDLE, ini_line(4),
          "kernel k takes groups of 8 2 2 items, and of 8 4 1 in the code of "
          "vector, variant plain (fake): ",
          suite_path("kernels/vector/vector.fake"));
    suite_write("kernels/vector/bundle.ini",
                BUNDLE "[kernel k]\narg.0 = u32 n\n" PLAIN);
    NEEDS(tn_module_load(the.device, "vector", &module));
    WORKS(tn_kernel_get(module, "k", &kernel));
    backends_end(&the);
}

/* Who launches counts on it, so code and bundle.ini may not differ. */
static void elements_of_items_are_those_of_code_and_bundle(void)
{
    static const struct {
        const char *code;
        const char *told;
        uint32_t elements; /* 0: they do not agree */
    } cases[] = {{"", "", 1},
                 {"", "elements = 4\n", 4},
                 {" elements 4", "", 4},
                 {" elements 4", "elements = 4\n", 4},
                 {" elements 4", "elements = 2\n", 0},
                 {" elements 1", "elements = 4\n", 0}};

    backends_begin(&the, "works");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        tn_kernel_info info = {.size = sizeof info};
        tn_module *module = NULL;
        tn_kernel *kernel = NULL;

        write_bundle(
            suite_text(BUNDLE "[kernel wide]\n%s" PLAIN, cases[i].told));
        suite_write("kernels/vector/vector.fake",
                    suite_text("kernel wide()%s\n", cases[i].code));
        NEEDS(tn_module_load(the.device, "vector", &module));
        if (cases[i].elements == 0) {
            FAILS(tn_kernel_get(module, "wide", &kernel), TN_ERROR_BUNDLE,
                  ini_line(4), "items of kernel wide have");
        } else {
            NEEDS(tn_kernel_get(module, "wide", &kernel));
            WORKS(tn_kernel_info_get(kernel, &info));
            CU_ASSERT_EQUAL(info.elements, cases[i].elements);
        }
        tn_module_destroy(module);
    }
    backends_end(&the);
}

/* A loop over rows that is launched without them would do the first alone. */
static void a_grid_has_the_dimensions_of_its_kernel(void)
{
    tn_module *module = NULL;
    tn_kernel *flat = NULL;
    tn_kernel *deep = NULL;
    tn_grid own = {.items = {64, 1, 1}}; /* made without tn_items() */

    write_bundle(BUNDLE "[kernel nop]\ndimensions = 2\n[kernel one]\n"
                        "dimensions = 3\narg.0 = u32 n\n" PLAIN);
    suite_write("kernels/vector/vector.fake",
                "kernel nop()\nkernel one(u32 n)\n");
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    NEEDS(tn_kernel_get(module, "nop", &flat));
    NEEDS(tn_kernel_get(module, "one", &deep));
    for (int i = 0; i < 2; ++i) { /* both ways through a launch */
        FAILS(tn_launch(the.stream, flat, tn_items(64)), TN_ERROR_RANGE,
              "kernel nop", "2 dimensions, the grid 1", "tn_items2(x, y)");
        FAILS(tn_launch(the.stream, flat, own), TN_ERROR_RANGE, "the grid 1");
        FAILS(tn_launch(the.stream, flat, tn_in_groups(tn_items(64), 8, 1, 1)),
              TN_ERROR_RANGE, "the grid 1");
        FAILS(tn_launch(the.stream, deep, tn_items2(64, 2), 1u), TN_ERROR_RANGE,
              "kernel one", "3 dimensions, the grid 2", "tn_items3(x, y, z)");
        WORKS(tn_launch(the.stream, flat, tn_items2(64, 2)));
        WORKS(tn_launch(the.stream, flat, tn_items2(64, 1)));
        WORKS(tn_launch(the.stream, flat,
                        tn_in_groups(tn_items2(64, 1), 8, 1, 1)));
        WORKS(tn_launch(the.stream, flat, tn_items3(64, 1, 1)));
        WORKS(tn_launch(the.stream, deep, tn_items3(64, 1, 1), 1u));
    }
    own.items[1] = 2;
    WORKS(tn_launch(the.stream, flat, own));
    backends_end(&the);
}

/* Somebody's own code may know nothing of it. */
static void elements_are_not_those_of_a_drop_ins_variant(void)
{
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    tn_kernel_info info = {.size = sizeof info};

    write_bundle(BUNDLE "[kernel nop]\nelements = 4\n" PLAIN);
    suite_write("kernels/vector/bundle.d/own.ini",
                "[variant own]\nformat = fake\nfile = vector.fake\n"
                "requires = level >= 3\n"
                "[kernel add]\nelements = 2\narg.0 = in f32* a\n"
                "arg.1 = in f32* b\narg.2 = out f32* c\narg.3 = u32 n\n");
    backends_begin(&the, "works");
    NEEDS(tn_module_load(the.device, "vector", &module));
    CONTAINS(tn_module_description(module), "variant own");
    NEEDS(tn_kernel_get(module, "nop", &kernel));
    WORKS(tn_kernel_info_get(kernel, &info));
    CU_ASSERT_EQUAL(info.elements, 1);
    NEEDS(tn_kernel_get(module, "add", &kernel));
    WORKS(tn_kernel_info_get(kernel, &info));
    CU_ASSERT_EQUAL(info.elements, 2);
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

static tn_status load_with(const char *name, const char *options)
{
    tn_module *module = NULL;
    tn_status status = tn_module_load_with(the.device, name, options, &module);

    tn_module_destroy(module);
    return status;
}

static void options_of_a_file_reach_the_compiler(void)
{
    write_bundle(BUNDLE ADD PLAIN);
    suite_write("k.cl", KERNELS);
    backends_begin(&the, "works");
    WORKS(load_with(suite_path("k.cl"), "-DN=4 -cl-fast-relaxed-math"));
    SAME(the.seen->options, "-DN=4 -cl-fast-relaxed-math");
    SAME(the.seen->path, suite_path("k.cl"));
    WORKS(load_with(suite_path("k.cl"), ""));
    SAME(the.seen->options, "");
    FAILS(load_with("vector", "-DN=4"), TN_ERROR_INVALID,
          "kernels/vector: is a bundle, whose bundle.ini has the options; "
          "these (-DN=4) are for a file of source");
    FAILS(load_with(suite_path("kernels/vector"), "-DN=4"), TN_ERROR_INVALID,
          "is a bundle");
    WORKS(load_with("vector", ""));
    FAILS(load_with("vector", NULL), TN_ERROR_INVALID, "options is NULL");
    backends_end(&the);
}

/* cpu alone takes shared objects here. */
static void options_for_what_is_built_are_refused(void)
{
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;
    tn_module *module = NULL;
    const char *kernels =
        suite_built("tests/fixtures/.libs/conformance_kernels.so");

    suite_print("cpu.ini",
                "[runtime]\nbackend = cpu\n[backend cpu]\n"
                "plugin = %s\n",
                suite_built("plugins/cpu/.libs/cpu.so"));
    NEEDS(tn_runtime_open(suite_path("cpu.ini"), &runtime));
    NEEDS(tn_device_default(runtime, &device));
    FAILS(tn_module_load_with(device, kernels, "-DN=4", &module),
          TN_ERROR_INVALID,
          "is so, which no compiler sees; options (-DN=4) are for source");
    WORKS(tn_module_load_with(device, kernels, "", &module));
    tn_runtime_close(runtime);
}

static void a_file_named_cl_is_opencl_c(void)
{
    backends_begin(&the, "works");
    suite_write("include.cl", "");
    FAILS(load(suite_path("include.cl")), TN_ERROR_FORMAT, "no code that");
    suite_write("include.cl", "#include \"all.h\"\n");
    FAILS(load(suite_path("include.cl")), TN_ERROR_BUILD, "");
    suite_write("include.c", "#include \"all.h\"\n");
    FAILS(load(suite_path("include.c")), TN_ERROR_FORMAT, "no code that");
    suite_write_bytes("nul.cl", "#\0", 2);
    FAILS(load(suite_path("nul.cl")), TN_ERROR_FORMAT, "no code that");
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
    X(a_device_ranks_the_variants_of_a_bundle)                                 \
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
    X(code_that_tells_sizes_alone_has_to_agree_too)                            \
    X(groups_of_code_and_description_have_to_agree)                            \
    X(code_and_description_have_to_agree)                                      \
    X(elements_of_items_are_those_of_code_and_bundle)                          \
    X(elements_are_not_those_of_a_drop_ins_variant)                            \
    X(a_grid_has_the_dimensions_of_its_kernel)                                 \
    X(parameters_are_told_as_the_bundle_has_them)                              \
    X(no_more_is_filled_than_the_caller_has)                                   \
    X(options_reach_the_compiler)                                              \
    X(options_of_a_file_reach_the_compiler)                                    \
    X(options_for_what_is_built_are_refused)                                   \
    X(a_file_named_cl_is_opencl_c)

SUITE_MAIN("module", TESTS)
