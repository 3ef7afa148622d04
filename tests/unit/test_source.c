/* SPDX-License-Identifier: MIT */
/* What in the text of a kernel would have a compiler read files. */
#include <stdlib.h>
#include <string.h>

#include "plugins/opencl/include.h"
#include "plugins/opencl/options.h"
#include "plugins/opencl/source.h"
#include "tests/unit/suite.h"

static tn_status check(const char *text, tn_sentence *why)
{
    /* A copy of its own, so that reading beyond it is seen. */
    size_t bytes = strlen(text);
    char *copy = malloc(bytes + (bytes == 0));

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, text, bytes);
    tn_status status = ocl_source_check(copy, bytes, why);

    free(copy);
    return status;
}

static void refuse_each(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        tn_sentence why = {""};

        suite_check(check(texts[i], &why) == TN_ERROR_DENIED, "refused",
                    texts[i], __FILE__, __LINE__);
        CONTAINS(why.text, "line ");
    }
}

#define REFUSES(...)                                                           \
    do {                                                                       \
        static const char *const texts[] = {__VA_ARGS__};                      \
        refuse_each(texts, sizeof texts / sizeof texts[0]);                    \
    } while (0)

static void take_each(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        tn_sentence why = {""};

        suite_check(check(texts[i], &why) == TN_OK, "taken", texts[i], __FILE__,
                    __LINE__);
    }
}

#define TAKES(...)                                                             \
    do {                                                                       \
        static const char *const texts[] = {__VA_ARGS__};                      \
        take_each(texts, sizeof texts / sizeof texts[0]);                      \
    } while (0)

static void includes_are_refused(void)
{
    REFUSES("#include \"/etc/passwd\"", "#include <a.h>\n", "# include X\n",
            "\t#\tinclude \"a\"\n", "int a;\n\f\v #include <a>",
            "#include_next <a>", "#import \"a\"", "#embed \"a\"",
            "#__include_macros \"a\"", "\xef\xbb\xbf#include <a>");
}

static void includes_behind_comments_are_refused(void)
{
    REFUSES("/**/#include <a>", "/* a\n b */ #include <a>", "#/**/include <a>",
            "#/* a\nb */include <a>", "int a; /*\n*/ #include <a>",
            "*\\\n/ #include <a>", "# /*\\\n*\\\n/ include <a>",
            "/\\\n* */#include <a>");
}

static void spliced_includes_are_refused(void)
{
    REFUSES("#inc\\\nlude <a>", "#\\\ninclude <a>", "\\\n#include <a>",
            "#in\\ \t\nclude <a>", "#in\\\r\nclude <a>", "#in\\\rclude <a>",
            "#i\\\nn\\\nc\\\nl\\\nu\\\nd\\\ne <a>", "int a;\\\n#include <a>",
            "int a;\r#include <a>");
}

static void other_spellings_are_refused(void)
{
    REFUSES("%:include <a>", "%\\\n:include <a>", "?\?=include <a>",
            "#in?\?/\nclude <a>", "#?\?/\ninclude <a>", "?\?=\\\ninclude <a>",
            "#\xc2\xa0include <a>");
}

/* Compilers differ in where these comments and strings begin and end. */
static void what_some_compiler_hides_is_refused(void)
{
    REFUSES("#warning /*\n#include <a>\n*/",
            "#if 0\ndon't /*\n#endif\n"
            "#include <a>\n*/",
            "// a ?\?/\n#include <a>", "// a \\ \n#include <a>",
            "char *a = R\"(\" /*)\";\n#include <a>\n*/");
}

static void questions_for_files_are_refused(void)
{
    REFUSES("#if __has_include(<a>)", "#if __has_\\\ninclude(<a>)",
            "#if __has_include_next(<a>)", "#if __has_embed(<a>)",
            "#define A __has_include\n", "#ifdef __has_include");
}

static void pragmas_that_read_are_refused(void)
{
    REFUSES("#pragma GCC dependency \"a\"", "#pragma clang module import a",
            "#pragma include_alias(\"a\", \"b\")",
            "%:pragma GCC depend\\\nency \"a\"",
            "_Pragma(\"GCC dependency \\\"a\\\"\")", "_Pragma(A)",
            "#define P(x) _Pragma(#x)", "_Pragma (\n\"clang module load a\")",
            "_Pragma(", "_Pragma", "_Prag\\\nma(A)");
}

static void guards_cannot_be_undone(void)
{
    REFUSES("#undef __asm__", "#define asm", "#undef __a\\\nsm",
            "#undef __has_include", "%:undef asm", "#undef/**/asm");
}

static void harmless_text_is_taken(void)
{
    TAKES("", "#", "%", "?\?=", "#\n", "// #include <a>\n",
          "int a; // or #include <a>", "char *a = \"#include <a>\";",
          "int include = 1 # include;", "#define include 1\n",
          "#line 3 \"include.h\"\n", "# 1 \"a.h\"\n",
          "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n",
          "#pragma unroll 4\n", "_Pragma(\"unroll\")",
          "_Pragma ( \"unroll 4\" )",
          "#if defined(A) && A > 3\n#error no /* 'a\n#endif",
          "#define CAT(a, b) a##b\n", "#undef B\n", "a %: include",
          "__kernel void k(__global int *a) { a[0] = a[0] % 3; }\n");
}

static void a_sentence_names_the_line(void)
{
    tn_sentence why = {""};

    CU_ASSERT_EQUAL(check("\n\n\n #include <a>\n", &why), TN_ERROR_DENIED);
    SAME(why.text, "line 4: #include");
    CU_ASSERT_EQUAL(check("a\\\nb\nif __has_include", &why), TN_ERROR_DENIED);
    SAME(why.text, "line 3: __has_include");
}

static void guards_are_for_what_is_pasted(void)
{
    char guards[OCL_GUARDS_BYTES];

    ocl_source_guards("a b", 3, false, guards);
    SAME(guards, "");
    ocl_source_guards("a # # b", 7, false, guards);
    SAME(guards, "");
    ocl_source_guards("a##b", 4, false, guards);
    CONTAINS(guards, " -D__has_include=");
    ocl_source_guards("a#\\\n%:b", 7, false, guards);
    CONTAINS(guards, " -D__has_include=");
    ocl_source_guards("?\?=?\?=", 6, true, guards);
    CONTAINS(guards, " -D__has_include=");
    CONTAINS(guards, " -D__asm__=");
    ocl_source_guards("a", 1, true, guards);
    LACKS(guards, "__has_include");
    CONTAINS(guards, " -Dasm=");
}

/* ---- includes of a folder ---- */

static char *expand(const char *text)
{
    char *expanded = NULL;
    size_t bytes = 0;
    tn_sentence why;

    NEEDS(ocl_include_expand(text, strlen(text), "k.cl", suite_path("allowed"),
                             &expanded, &bytes, &why));
    CU_ASSERT_EQUAL(strlen(expanded), bytes);
    CU_ASSERT_EQUAL(check(expanded, &why), TN_OK);
    return expanded;
}

static void files_take_the_place_of_includes(void)
{
    suite_write("allowed/a.h", "int a;\n");
    suite_write("allowed/sub/b.h", "#include \"c.h\" // beside\nint b;");
    suite_write("allowed/sub/c.h", "int c;");
    char *text = expand("int x;\n#include \"a.h\"\n  # include <sub/b.h> /* \n"
                        "*/\nint y;\n");

    SAME(text, "int x;\n\n#line 1 \"a.h\"\nint a;\n\n#line 3 \"k.cl\"\n  \n"
               "#line 1 \"sub/b.h\"\n\n#line 1 \"sub/c.h\"\nint c;\n#line 2 "
               "\"sub/b.h\"\nint b;\n#line 5 \"k.cl\"\nint y;\n");
    free(text);
}

static void nothing_outside_the_folder_is_read(void)
{
    static const char *const names[] = {"../secret", "sub/../../secret", "link",
                                        "absent", "sub"};
    suite_write("secret", "int secret;");
    suite_write("allowed/sub/a.h", "");
    suite_link(suite_path("secret"), "allowed/link");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        char *text = expand(suite_text("#include \"%s\"\n", names[i]));

        LACKS(text, "int secret");
        CONTAINS(text, "#error ");
        CONTAINS(text, names[i]);
        free(text);
    }
    char *text = expand(suite_text("#include <%s>\n", suite_path("secret")));

    LACKS(text, "int secret");
    free(text);
}

static void a_file_within_itself_is_left_out(void)
{
    suite_write("allowed/a.h", "#include \"b.h\"\nint a;\n");
    suite_write("allowed/b.h", "#include \"a.h\"\nint b;\n");
    char *text = expand("#include \"a.h\"\n");

    CONTAINS(text, "int b;");
    CONTAINS(text, "int a;");
    CU_ASSERT_PTR_NULL(strstr(strstr(text, "int a;") + 1, "int a;"));
    free(text);
}

static void too_much_is_refused(void)
{
    char *expanded = NULL;
    size_t bytes = 0;
    tn_sentence why = {""};

    suite_write("allowed/a.h", suite_text("%*s\n", 1 << 20, "a"));
    for (int i = 'b'; i < 'g'; ++i) {
        suite_print(suite_text("allowed/%c.h", i),
                    "#include \"%c.h\"\n#include \"%c.h\"\n", i - 1, i - 1);
    }
    CU_ASSERT_EQUAL(ocl_include_expand("#include <f.h>", 14, "k.cl",
                                       suite_path("allowed"), &expanded, &bytes,
                                       &why),
                    TN_ERROR_DENIED);
    CONTAINS(why.text, "16777216");
    CU_ASSERT_PTR_NULL(expanded);
}

static void includes_of_other_kinds_stay_refused(void)
{
    static const char *const texts[] = {"#include A\n", "#include_next <a.h>\n",
                                        "#include \"a.h\" junk\n",
                                        "#include \"a\\b.h\"\n"};
    suite_write("allowed/a.h", "");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        char *expanded = NULL;
        size_t bytes = 0;
        tn_sentence why;

        NEEDS(ocl_include_expand(texts[i], strlen(texts[i]), "k.cl",
                                 suite_path("allowed"), &expanded, &bytes,
                                 &why));
        CU_ASSERT_EQUAL(check(expanded, &why), TN_ERROR_DENIED);
        free(expanded);
    }
}

/* ---- options ---- */

static void options_that_read_are_refused(void)
{
    static const char *const options[] = {"-I/etc",
                                          "-I /etc",
                                          "-include a",
                                          "-DA -I.",
                                          "@file",
                                          "a.cl",
                                          "-D -I",
                                          "-D",
                                          "-save-temps",
                                          "-x clc",
                                          "-Dasm=a",
                                          "-D __asm__=a",
                                          "-D__has_include(x)=1",
                                          "-cl-a=/etc/passwd",
                                          "-Wl,a",
                                          "-g"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i) {
        tn_sentence why = {""};

        suite_check(ocl_options_check(options[i], &why) == TN_ERROR_DENIED,
                    "refused", options[i], __FILE__, __LINE__);
    }
}

static void options_of_opencl_are_taken(void)
{
    static const char *const options[] = {
        "",
        "  ",
        "-DA=1",
        "-D A=1 -w",
        "-DB=\"two words\" -Werror",
        "-cl-std=CL3.0 -cl-fast-relaxed-math\t-cl-mad-enable",
        "-DT=float4 -DN=16",
        "-D N"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i) {
        tn_sentence why = {""};

        suite_check(ocl_options_check(options[i], &why) == TN_OK, "taken",
                    options[i], __FILE__, __LINE__);
    }
}

#define TESTS(X)                                                               \
    X(includes_are_refused)                                                    \
    X(includes_behind_comments_are_refused)                                    \
    X(spliced_includes_are_refused)                                            \
    X(other_spellings_are_refused)                                             \
    X(what_some_compiler_hides_is_refused)                                     \
    X(questions_for_files_are_refused)                                         \
    X(pragmas_that_read_are_refused)                                           \
    X(guards_cannot_be_undone)                                                 \
    X(harmless_text_is_taken)                                                  \
    X(a_sentence_names_the_line)                                               \
    X(guards_are_for_what_is_pasted)                                           \
    X(files_take_the_place_of_includes)                                        \
    X(nothing_outside_the_folder_is_read)                                      \
    X(a_file_within_itself_is_left_out)                                        \
    X(too_much_is_refused)                                                     \
    X(includes_of_other_kinds_stay_refused)                                    \
    X(options_that_read_are_refused)                                           \
    X(options_of_opencl_are_taken)

SUITE_MAIN("source", TESTS)
