/* SPDX-License-Identifier: MIT */
/* Text that does not compile, or that must not be compiled. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/opencl/opencl_test.h"

static const char right[] = "__kernel void right(__global int *a)\n"
                            "{\n"
                            "    a[get_global_id(0)] = 1;\n"
                            "}\n";

static void check_next(opened *o)
{
    tn_plugin_module *module = NULL;

    WORKS_FATAL(load_text(o, right, "", &module));
    CU_ASSERT_PTR_NOT_NULL(kernel_of(module, "right"));
    the.plugin.module_destroy(module);
}

static void what_does_not_compile(void)
{
    opened o;
    tn_plugin_module *module = NULL;

    script("");
    open_all(&o);
    FAILS_SAYING(load_text(&o,
                           "#warning first\n"
                           "__kernel void k(__global int *a)\n"
                           "{\n"
                           "    a[0] = nobody_knows_this;\n"
                           "    a[1] = nor_this;\n"
                           "}\n",
                           "", &module),
                 TN_ERROR_BUILD, "test.cl: error:");
    SAYS("4:12: use of undeclared identifier 'nobody_knows_this'");
    CU_ASSERT_PTR_NOT_NULL(strstr(build_log(), "nobody_knows_this"));
    CU_ASSERT_PTR_NOT_NULL(strstr(build_log(), "nor_this"));
    CU_ASSERT_PTR_NOT_NULL(strstr(build_log(), "first"));
    CU_ASSERT_PTR_NULL(module);
    FAILS_SAYING(load_text(&o, right, "-cl-no-such-option", &module),
                 TN_ERROR_BUILD, "test.cl");
    check_next(&o);
    close_all(&o);
}

static void what_is_no_text(void)
{
    opened o;
    tn_plugin_module *module = NULL;
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "zero.cl",
                                  .format = "clc",
                                  .image = "__kernel\0void",
                                  .image_bytes = 13,
                                  .options = ""};

    script("");
    open_all(&o);
    FAILS_SAYING(the.plugin.module_create(o.device, &desc, &module),
                 TN_ERROR_FORMAT, "zero.cl: is no text: byte 8 is 0");
    FAILS_SAYING(load_text(&o, "", "", &module), TN_ERROR_FORMAT,
                 "test.cl: is empty");
    desc.format = "spv";
    FAILS_SAYING(the.plugin.module_create(o.device, &desc, &module),
                 TN_ERROR_FORMAT, "takes code in the format clc, not in spv");
    check_next(&o);
    close_all(&o);
}

static void unknown_kernels(void)
{
    opened o;
    tn_plugin_kernel *kernel = NULL;

    script("");
    open_all(&o);
    tn_plugin_module *module = load_file(&o, elsewhere_path, "");

    FAILS_SAYING(the.plugin.kernel_get(module, "transfrom", &kernel),
                 TN_ERROR_NOT_FOUND,
                 "no kernel transfrom (did you mean transform?); the module "
                 "has ");
    SAYS("transform");
    SAYS("rotate_groups");
    SAYS("sum_twenty");
    CU_ASSERT_PTR_NULL(kernel);
    CU_ASSERT_PTR_NOT_NULL(kernel_of(module, "scale"));
    the.plugin.module_destroy(module);
    WORKS_FATAL(load_text(&o, "int a(void) { return 1; }\n", "", &module));
    FAILS_SAYING(the.plugin.kernel_get(module, "a", &kernel),
                 TN_ERROR_NOT_FOUND, "the module has none");
    the.plugin.module_destroy(module);
    close_all(&o);
}

static int32_t scaled(opened *o, const char *options)
{
    tn_plugin_module *module = load_file(o, elsewhere_path, options);
    tn_plugin_memory *memory = memory_of(o, 4);
    int32_t number = 7;
    launching l;

    WORKS(the.plugin.copy_to(o->stream, memory, 0, &number, 4));
    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, o->stream, kernel_of(module, "scale")));
    WORKS(the.plugin.copy_from(o->stream, memory, 0, &number, 4));
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    return number;
}

static void options_count(void)
{
    opened o;

    script("");
    open_all(&o);
    CU_ASSERT_EQUAL(scaled(&o, ""), 7);
    CU_ASSERT_EQUAL(scaled(&o, "-DSCALE=3"), 21);
    close_all(&o);
    CU_ASSERT(fake_host_set("options", "-DSCALE=5"));
    open_all(&o);
    CU_ASSERT_EQUAL(scaled(&o, ""), 35);
    close_all(&o);
    CU_ASSERT(fake_host_set("options", NULL));
}

/* ---- what would read files ---- */

/* The compiler would tell of what it read, or not found, in its log. */
static void files_are_not_read(void)
{
    static const char *const texts[] = {
        "#include \"/etc/passwd\"\n",
        "#inc\\\nlude \"/etc/passwd\"\n",
        "?\?=include \"/etc/passwd\"\n",
        "%:include \"/etc/passwd\"\n",
        "#if __has_include(\"/etc/passwd\")\n#endif\n",
        "#warning /*\n#include \"/etc/passwd\"\n*/\n",
    };
    opened o;
    tn_plugin_module *module = NULL;

    script("");
    open_all(&o);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        FAILS_SAYING(load_text(&o, texts[i], "", &module), TN_ERROR_DENIED,
                     "test.cl: line ");
        SAYS("set include = FOLDER in [backend opencl]");
        CU_ASSERT_PTR_NULL(module);
    }
    FAILS_SAYING(load_text(&o, right, "-I/etc", &module), TN_ERROR_DENIED,
                 "its option -I/etc is refused");
    check_next(&o);
    close_all(&o);
}

/* Names that a text puts together of parts, which nobody can look for. */
static void pasted_names_do_not_count(void)
{
    static const char *const texts[] = {
        "#define CAT(a, b) a##b\n"
        "#if CAT(__has_,include)(\"/etc/passwd\")\n#endif\n",
        "#define CAT(a, b) a##b\n"
        "__kernel void k(__global int *a)\n"
        "{ CAT(__as, m__)(\".incbin \\\"/etc/passwd\\\"\"); }\n",
        "__kernel void k(__global int *a)\n"
        "{ __asm__(\".incbin \\\"/etc/passwd\\\"\"); }\n",
    };
    opened o;
    tn_plugin_module *module = NULL;

    script("");
    open_all(&o);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        CU_ASSERT_EQUAL(load_text(&o, texts[i], "", &module), TN_ERROR_BUILD);
        CU_ASSERT_PTR_NOT_NULL(strstr(build_log(), "tenon_refuses_it"));
    }
    check_next(&o);
    close_all(&o);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void a_folder_may_be_allowed(void)
{
    char folder[] = "/tmp/tenon-test-XXXXXX";
    char path[512];
    opened o;
    tn_plugin_module *module = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    write_file(folder, "allowed.h", "#define VALUE 4\n#error_of_line_2\n");
    CU_ASSERT(fake_host_set("include", folder));
    script("");
    open_all(&o);
    write_file(folder, "allowed.h", "#define VALUE 4\n");
    WORKS(load_text(&o,
                    "#include \"allowed.h\"\n"
                    "#ifdef NOT_HERE\n#include <absent.h>\n#endif\n"
                    "__kernel void k(__global int *a) { a[0] = VALUE; }\n",
                    "", &module));
    the.plugin.module_destroy(module);
    FAILS_SAYING(load_text(&o, "#include <absent.h>\n", "", &module),
                 TN_ERROR_BUILD, "absent.h is not in ");
    FAILS_SAYING(load_text(&o, "#include \"../../etc/passwd\"\n", "", &module),
                 TN_ERROR_BUILD, "etc/passwd is not in ");
    FAILS_SAYING(load_text(&o, "#include NAME\n", "", &module), TN_ERROR_DENIED,
                 "line 1: #include");
    FAILS_SAYING(
        load_text(&o, "#include \"allowed.h\"\nint a = ;\n", "", &module),
        TN_ERROR_BUILD, "test.cl:2:");
    close_all(&o);
    CU_ASSERT(fake_host_set("include", NULL));
    snprintf(path, sizeof path, "%s/allowed.h", folder);
    unlink(path);
    rmdir(folder);
}

static void wrong_settings(void)
{
    static const struct {
        const char *key;
        const char *value;
        const char *words;
    } settings[] = {
        {"include", "relative", "include = relative is no folder"},
        {"include", "/nowhere/at/all", "is no folder; give its absolute path"},
        {"cache", "maybe", "cache = maybe is neither yes nor no"},
        {"cache_size", "10%", "cache_size = 10% takes bytes (256M"},
    };

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; ++i) {
        opened o;

        CU_ASSERT(fake_host_set(settings[i].key, settings[i].value));
        FAILS_SAYING(start(&o), TN_ERROR_CONFIG, settings[i].words);
        SAYS("/etc/fake.ini:7");
        CU_ASSERT_EQUAL(o.host.blocks, 0);
        CU_ASSERT(fake_host_set(settings[i].key, NULL));
    }
}

static uint32_t rank_of(opened *o, const char *requirements)
{
    uint32_t rank = UINT32_MAX;

    WORKS(the.plugin.module_rank(o->device, "clc", requirements, &rank));
    return rank;
}

static void requirements_hold_or_not(void)
{
    opened o;

    script("info:0x1063=0;text:0x103d=OpenCL C 2.0 like;info:0x1066=0");
    open_all(&o);
    CU_ASSERT_STRING_EQUAL(o.info.target, "clc-2.0");
    CU_ASSERT(rank_of(&o, "clc-2.0") > rank_of(&o, "clc-1.2"));
    CU_ASSERT(rank_of(&o, "clc-1.2") > rank_of(&o, ""));
    CU_ASSERT_EQUAL(rank_of(&o, "clc-3.0"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "clc-1.2, clc-3.0"), 0);
    CU_ASSERT(rank_of(&o, "clc-1.2, cpu") > rank_of(&o, "clc-1.2"));
    CU_ASSERT_EQUAL(rank_of(&o, "gpu"), 0);
    CU_ASSERT(rank_of(&o, " cl_khr_fp64 ") > rank_of(&o, ""));
    CU_ASSERT_EQUAL(rank_of(&o, "cl_khr_fp6"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "cl_khr_fp64 cl_khr_spir"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "clc-"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "clc-x.0"), 0);
    close_all(&o);
    script("");
}

void add_program_tests(CU_pSuite tests)
{
    CU_add_test(tests, "the first error is the sentence, the log is whole",
                what_does_not_compile);
    CU_add_test(tests, "what is no text is refused", what_is_no_text);
    CU_add_test(tests, "a kernel that is not there is told with those that are",
                unknown_kernels);
    CU_add_test(tests, "options come with the code and by configuration",
                options_count);
    CU_add_test(tests, "a kernel reads no file", files_are_not_read);
    CU_add_test(tests, "names that are pasted read no file",
                pasted_names_do_not_count);
    CU_add_test(tests, "the configuration may allow a folder",
                a_folder_may_be_allowed);
    CU_add_test(tests, "wrong settings are told with their origin",
                wrong_settings);
    CU_add_test(tests, "requirements hold or not", requirements_hold_or_not);
}
