/* SPDX-License-Identifier: MIT */
/* Code that is none, for another device, or named by a C++ compiler. */
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

#define PTX_OF(version, target)                                                \
    ".version " version "\n.target " target "\n.address_size 64\n"

typedef struct code_case {
    const char *script;
    const char *format;
    const char *text;
    tn_status status;
    const char *says;
} code_case;

static const code_case wrong_code[] = {
    {"", "ptx", "This is a letter.\n", TN_ERROR_FORMAT,
     "tested: is no PTX: it does not begin with .version"},
    {"", "ptx", ".version 6.3\n", TN_ERROR_FORMAT, "no .target follows"},
    {"", "ptx", PTX_HEAD ".visible .entry tn_k_append(.param .u64 l",
     TN_ERROR_BUILD, "Parsing error near ''"},
    {"", "ptx", PTX_HEAD ".visible .entry tn_k_append(.param .u64 l) {",
     TN_ERROR_BUILD, "CUDA_ERROR_INVALID_PTX (218): the PTX is wrong"},
    {"", "ptx", PTX_HEAD "}", TN_ERROR_BUILD, "Parsing error near '}'"},
    {"", "ptx", PTX_OF("8.6", "sm_100") PTX_APPEND, TN_ERROR_FORMAT,
     "tested: its PTX is for sm_100 and NVIDIA Fake 0 is sm_90; build it"},
    {"sm=75", "ptx", PTX_OF("6.3", "sm_80") PTX_APPEND, TN_ERROR_FORMAT,
     "for sm_80 and NVIDIA Fake 0 is sm_75"},
    {"sm=100", "ptx", PTX_OF("8.0", "sm_90a") PTX_APPEND, TN_ERROR_FORMAT,
     "for sm_90a and NVIDIA Fake 0 is sm_100"},
    {"", "ptx", PTX_OF("9.9", "sm_90") PTX_APPEND, TN_ERROR_FORMAT,
     "Unsupported .version 9.9; current version is '9.0'"},
    {"version=11040", "ptx", PTX_OF("8.0", "sm_70") PTX_APPEND, TN_ERROR_FORMAT,
     "CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222): the PTX is newer than the "
     "driver; the GPU is sm_90, the driver for CUDA 11.4; install a later "
     "driver"},
    {"cuModuleLoadDataEx:1=209", "ptx", PTX_HEAD PTX_APPEND, TN_ERROR_FORMAT,
     "build it for this GPU"},
    {"cuModuleLoadDataEx:1=221", "ptx", PTX_HEAD PTX_APPEND, TN_ERROR_BUILD,
     "libnvidia-ptxjitcompiler.so.1 was not found; "},
    {"cuModuleLoadDataEx:1=223", "ptx", PTX_HEAD PTX_APPEND, TN_ERROR_BUILD,
     "unset CUDA_DISABLE_PTX_JIT"},
    {"cuModuleLoadDataEx:1=2", "ptx", PTX_HEAD PTX_APPEND, TN_ERROR_NO_MEMORY,
     "CUDA_ERROR_OUT_OF_MEMORY (2)"},
    {"cuModuleGetFunction:1=500", "ptx", PTX_HEAD PTX_APPEND,
     TN_ERROR_NOT_FOUND, "(500)"},
    {"", "cubin", "\177ELF and no more", TN_ERROR_FORMAT, "is no cubin"},
    {"", "fatbin", "P\355U\272", TN_ERROR_FORMAT, "is no fatbin"},
    {"", "cubin", PTX_HEAD PTX_APPEND, TN_ERROR_FORMAT, "is no cubin"},
    {"", "so", "\177ELF", TN_ERROR_FORMAT, "loads ptx, cubin and fatbin"},
};

static void wrong_images(void)
{
    opened o;

    for (size_t i = 0; i < sizeof wrong_code / sizeof wrong_code[0]; ++i) {
        const code_case *c = &wrong_code[i];
        tn_plugin_module *module = NULL;

        open_script(&o, c->script);
        FAILS_SAYING(load_as(&o, c->format, c->text, strlen(c->text), &module),
                     c->status, c->says);
        CU_ASSERT_PTR_NULL(module);
        CU_ASSERT(still_works(&o));
        close_opened(&o);
    }
}

/* Cut anywhere, it is refused in a sentence, or is whole without its end. */
static void cut_anywhere(void)
{
    static const char text[] =
        PTX_HEAD ".visible .global .align 4 .u32 g[2];\n" PTX_APPEND;
    opened o;

    open_script(&o, "");
    for (size_t bytes = 0; bytes < sizeof text - 1; ++bytes) {
        tn_plugin_module *module = NULL;
        char *part = malloc(bytes + 1);

        CU_ASSERT_PTR_NOT_NULL_FATAL(part);
        memcpy(part, text, bytes);
        part[bytes] = 'x'; /* not the module's */
        fake_host_forget();
        tn_status status = load_as(&o, "ptx", part, bytes, &module);

        free(part);
        if (status == TN_OK) {
            the.plugin.module_destroy(module);
        } else {
            CU_ASSERT(status == TN_ERROR_FORMAT || status == TN_ERROR_BUILD);
            CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "tested"));
        }
    }
    CU_ASSERT(still_works(&o));
    close_opened(&o);
}

/* Bytes that are others: loaded or refused, but survived. */
static void damaged_anywhere(void)
{
    static const char text[] =
        PTX_HEAD ".visible .const .align 8 .b8 table[64];\n" PTX_APPEND
                 ".visible .entry sized(.param .align 8 .b8 s[40])\n"
                 ".reqntid 8, 4, 2\n{\n\tret;\n}\n";
    static const char others[] = "\"\\/*.,;()[]{}09aZ_ \n\377";
    uint32_t random = 1;
    unsigned loaded = 0;
    opened o;

    open_script(&o, "");
    for (int round = 0; round < 3000; ++round) {
        tn_plugin_module *module = NULL;
        char *damaged = malloc(sizeof text - 1);

        CU_ASSERT_PTR_NOT_NULL_FATAL(damaged);
        memcpy(damaged, text, sizeof text - 1);
        for (int i = 0; i <= round % 3; ++i) {
            random = random * 1664525 + 1013904223;
            damaged[(random >> 8) % (sizeof text - 1)] =
                others[random % (sizeof others - 1)];
        }
        fake_host_forget();
        if (load_as(&o, "ptx", damaged, sizeof text - 1, &module) == TN_OK) {
            the.plugin.module_destroy(module);
            ++loaded;
        } else {
            CU_ASSERT(fake_host_error()[0] != '\0');
        }
        free(damaged);
    }
    CU_ASSERT(loaded > 0);
    CU_ASSERT(still_works(&o));
    close_opened(&o);
}

static void whole_log(void)
{
    tn_plugin_module *module = NULL;
    opened o;

    open_script(&o, "log=1000000");
    FAILS(load_text(&o, PTX_HEAD "nonsense", &module), TN_ERROR_BUILD);
    CU_ASSERT(o.host.logged >= 1000000);
    close_opened(&o);
}

static void options_of_the_compiler(void)
{
    static const struct {
        const char *options;
        tn_status status;
    } cases[] = {{"-O0", TN_OK},
                 {"-O3 -lineinfo -maxrregcount=64", TN_OK},
                 {"-G", TN_OK},
                 {"-O9", TN_ERROR_BUILD},
                 {"--use_fast_math", TN_ERROR_BUILD},
                 {"-maxrregcount=", TN_ERROR_BUILD}};
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "tested",
                                  .format = "ptx",
                                  .image = PTX_HEAD PTX_APPEND,
                                  .image_bytes =
                                      sizeof(PTX_HEAD PTX_APPEND) - 1};
    opened o;

    open_script(&o, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        tn_plugin_module *module = NULL;

        desc.options = cases[i].options;
        CU_ASSERT_EQUAL(the.plugin.module_create(o.device, &desc, &module),
                        cases[i].status);
        if (module != NULL) {
            the.plugin.module_destroy(module);
        }
    }
    close_opened(&o);
}

/* ---- kernels by name ---- */

#define PTX_CPLUSPLUS                                                          \
    PTX_HEAD PTX_ENTRY("_Z6appendPjj", ".param .u64 a, .param .u32 b")         \
        PTX_ENTRY("_Z5scalePfff",                                              \
                  ".param .u64 a, .param .f32 b, .param .f32 c")               \
            PTX_ENTRY("_Z5scalePddd",                                          \
                      ".param .u64 a, .param .f64 b, .param .f64 c")           \
                PTX_ENTRY("_ZN4math3sumEPf", ".param .u64 a")

static void mangled_names(void)
{
    tn_plugin_kernel *kernel = NULL;
    uint32_t numbers[3];
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, PTX_CPLUSPLUS);
    tn_plugin_memory *list = memory_of(&o, 12);

    fill_u32(o.stream, list, 0, 3);
    WORKS(append(o.stream, kernel_of(module, "append"), list, 5));
    WORKS(append(o.stream, kernel_of(module, "_Z6appendPjj"), list, 6));
    fetch_u32(o.stream, list, numbers, 3);
    CU_ASSERT_EQUAL(numbers[1], 5);
    CU_ASSERT_EQUAL(numbers[2], 6);
    CU_ASSERT_PTR_NOT_NULL(kernel_of(module, "sum"));
    FAILS_SAYING(the.plugin.kernel_get(module, "scale", &kernel),
                 TN_ERROR_NOT_FOUND, "_Z5scalePfff, _Z5scalePddd");
    CU_ASSERT_PTR_NOT_NULL(kernel_of(module, "_Z5scalePddd"));
    FAILS_SAYING(the.plugin.kernel_get(module, "sums", &kernel),
                 TN_ERROR_NOT_FOUND, "no kernel sums (did you mean sum?)");
    the.plugin.memory_destroy(list, NULL);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void without_the_kernel(void)
{
    tn_plugin_kernel *kernel = NULL;
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, PTX_HEAD PTX_APPEND);

    FAILS_SAYING(the.plugin.kernel_get(module, "multiply", &kernel),
                 TN_ERROR_NOT_FOUND,
                 "no kernel multiply; the module has append");
    the.plugin.module_destroy(module);
    module = module_of_text(&o, PTX_HEAD); /* no kernel at all */
    FAILS_SAYING(the.plugin.kernel_get(module, "append", &kernel),
                 TN_ERROR_NOT_FOUND, "no kernel append");
    the.plugin.module_destroy(module);
    close_opened(&o);
}

/* ---- parameters ---- */

/* The same with functions of the driver that tell them, and without. */
static void parameters_of_ptx(void)
{
    static const char text[] = PTX_HEAD PTX_ENTRY(
        "k",
        ".param .u64 .ptr .global .align 4 k_param_0, .param .f32 k_param_1,"
        " .param .align 8 .b8 k_param_2[40], .param .u32 k_param_3,"
        " .param .f64 k_param_4");
    static const struct {
        tn_type type;
        uint64_t bytes;
    } expected[] = {{TN_TYPE_BUFFER, 0},
                    {TN_TYPE_F32, 4},
                    {TN_TYPE_STRUCT, 40},
                    {TN_TYPE_NONE, 4},
                    {TN_TYPE_F64, 8}};
    static const char *const scripts[] = {
        "", "version=11040; missing=cuFuncGetParamInfo,cuFuncGetName,"
            "cuModuleGetFunctionCount,cuModuleEnumerateFunctions"};
    opened o;

    for (int s = 0; s < 2; ++s) {
        tn_kernel_info info = {.size = sizeof info};

        open_script(&o, scripts[s]);
        tn_plugin_module *module = module_of_text(&o, text);
        tn_plugin_kernel *kernel = kernel_of(module, "k");

        WORKS(the.plugin.kernel_info(kernel, &info));
        CU_ASSERT_EQUAL_FATAL(info.parameter_count, 5);
        for (uint32_t i = 0; i < 5; ++i) {
            tn_parameter p = {.size = sizeof p};

            WORKS(the.plugin.kernel_parameter(kernel, i, &p));
            CU_ASSERT_EQUAL(p.type, expected[i].type);
            CU_ASSERT_EQUAL(p.bytes, expected[i].bytes);
        }
        the.plugin.module_destroy(module);
        close_opened(&o);
    }
}

/* ---- variables ---- */

static void variables(void)
{
    static const char text[] =
        PTX_HEAD ".visible .global .align 4 .u32 counter = 7;\n"
                 ".visible .const .align 8 .b8 table[64];\n" PTX_APPEND;
    tn_plugin_memory *counter = NULL;
    tn_plugin_memory *table = NULL;
    tn_plugin_memory *again = NULL;
    uint64_t bytes = 0;
    uint32_t value = 0;
    opened o;

    open_script(&o, "");
    tn_plugin_module *module = module_of_text(&o, text);

    WORKS_FATAL(the.plugin.module_symbol(module, "counter", &counter, &bytes));
    CU_ASSERT_EQUAL(bytes, 4);
    WORKS(the.plugin.copy_from(o.stream, counter, 0, &value, 4));
    CU_ASSERT_EQUAL(value, 7);
    WORKS_FATAL(the.plugin.module_symbol(module, "table", &table, &bytes));
    CU_ASSERT_EQUAL(bytes, 64);
    value = 99;
    WORKS(the.plugin.copy_to(o.stream, table, 60, &value, 4));
    WORKS(the.plugin.copy(o.stream, counter, 0, table, 60, 4));
    WORKS(the.plugin.copy_from(o.stream, counter, 0, &value, 4));
    CU_ASSERT_EQUAL(value, 99);
    WORKS(the.plugin.module_symbol(module, "table", &again, &bytes));
    CU_ASSERT_PTR_EQUAL(again, table);
    FAILS_SAYING(the.plugin.module_symbol(module, "tables", &again, &bytes),
                 TN_ERROR_NOT_FOUND, "no variable tables");
    the.plugin.module_destroy(module);
    close_opened(&o);
}

/* ---- rank ---- */

static void ranks(void)
{
    /* of each row, the first is better than the second; 0: cannot run */
    static const struct {
        const char *script;
        const char *format;
        const char *better;
        const char *other_format;
        const char *worse;
    } rows[] = {
        {"sm=90", "ptx", "sm_90", "ptx", "sm_80"},
        {"sm=90", "ptx", "sm_70", "ptx", "sm_100"},
        {"sm=90", "ptx", "", "ptx", "colour = blue"},
        {"sm=90", "cubin", "sm_90", "ptx", "sm_90"},
        {"sm=90", "ptx", "sm_70", "cubin", "sm_80"},
        {"sm=89", "cubin", "sm_86", "cubin", "sm_80"},
        {"sm=86", "ptx", "sm_70", "cubin", "sm_89"},
        {"sm=90", "ptx", "sm_90a", "ptx", "sm_90"},
        {"sm=100", "ptx", "sm_90", "ptx", "sm_90a"},
        {"sm=90", "cubin", "sm_90a", "cubin", "sm_100a"},
        {"sm=90", "ptx", "sm_70", "so", ""},
    };
    opened o;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        uint32_t better = 0;
        uint32_t worse = 0;

        open_script(&o, rows[i].script);
        WORKS(the.plugin.module_rank(o.device, rows[i].format, rows[i].better,
                                     &better));
        WORKS(the.plugin.module_rank(o.device, rows[i].other_format,
                                     rows[i].worse, &worse));
        CU_ASSERT(better > worse);
        close_opened(&o);
    }
}

void add_code_tests(CU_pSuite tests)
{
    CU_add_test(tests, "code that does not fit is refused with the reason",
                wrong_images);
    CU_add_test(tests, "PTX that is cut anywhere is refused", cut_anywhere);
    CU_add_test(tests, "PTX that is damaged anywhere is survived",
                damaged_anywhere);
    CU_add_test(tests, "the compiler's log comes whole", whole_log);
    CU_add_test(tests, "options of the compiler are checked",
                options_of_the_compiler);
    CU_add_test(tests, "a mangled kernel is found by its plain name",
                mangled_names);
    CU_add_test(tests, "a kernel that is missing gets the list of those there",
                without_the_kernel);
    CU_add_test(tests, "parameters are told by drivers old and new",
                parameters_of_ptx);
    CU_add_test(tests, "variables of a module are memory", variables);
    CU_add_test(tests, "code is ranked by the device's architecture", ranks);
}
