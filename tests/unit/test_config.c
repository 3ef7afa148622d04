/* SPDX-License-Identifier: MIT */
/*
 * runtime/config.c and sources.c: what test_config_cases.c has no table for.
 */
#define _GNU_SOURCE
#include "runtime/config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/suite.h"

/* ---- reading from the folder of the test ---- */

static tn_status open_system(tn_config **config)
{
    return tn_config_open(NULL, config);
}

static tn_status open_file(const char *name, tn_config **config)
{
    const tn_options options = {.size = sizeof options,
                                .file = suite_path("%s", name)};

    return tn_config_open(&options, config);
}

/* The application's file has that text. */
static tn_status open_text(const char *text, tn_config **config)
{
    suite_write("app.ini", text);
    return open_file("app.ini", config);
}

static void expect(const tn_config *config, const char *section,
                   const char *key, const char *value, const char *origin)
{
    const tn_setting *setting = tn_config_find(config, section, key);

    CU_ASSERT_PTR_NOT_NULL_FATAL(setting);
    SAME(setting->section, section);
    SAME(setting->key, key);
    SAME(setting->value, value);
    SAME(setting->origin, origin);
}

static const char *place(const char *name, unsigned line)
{
    return suite_text("%s:%u", suite_path("%s", name), line);
}

/* Text is refused with these words, and nothing is handed out. */
static void refused(const char *text, const char *words)
{
    tn_config *config = (tn_config *)&config;
    tn_config *before = config;

    suite_write("app.ini", text);
    FAILS(open_file("app.ini", &config), TN_ERROR_CONFIG, suite_path("app.ini"),
          words);
    CU_ASSERT_PTR_EQUAL(config, before);
}

/* ---- sources and their order ---- */

static void without_any_file_all_keys_have_their_default(void)
{
    tn_config *config = NULL;

    NEEDS(open_system(&config));
#define EXPECT_DEFAULT(key, value)                                             \
    expect(config, "runtime", #key, value, "default");
    TN_RUNTIME_KEYS(EXPECT_DEFAULT)
#undef EXPECT_DEFAULT
    CU_ASSERT_PTR_NULL(tn_config_find(config, "backend cpu", "device"));
    CU_ASSERT_PTR_NULL(tn_config_value(config, "backend cpu", "device"));
    tn_config_close(config);
    SAME(tn_error_message(), "");
}

/* Each source but the first i sets log; the last of them wins. */
static void the_later_source_wins(void)
{
    static const char *const files[] = {
        "lib/conf.d/50-a.ini",
        "run/conf.d/60-b.ini",
        "etc/conf.d/70-c.ini",
        "etc/tenon.ini",
        "no-home/.config/tenon/tenon.ini",
        "app.ini",
        "variable.ini",
    };
    tn_setting setting = {"runtime", "log", "debug", NULL};
    tn_options options = {.size = sizeof options};
    tn_config *config = NULL;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        suite_print(files[i], "[runtime]\n\nlog = %s\n",
                    i % 2 == 0 ? "info" : "error");
        if (strcmp(files[i], "app.ini") == 0) {
            options.file = suite_path("app.ini");
        }
        if (strcmp(files[i], "variable.ini") == 0) {
            setenv("TENON_CONFIG", suite_path("variable.ini"), 1);
        }
        NEEDS(tn_config_open(&options, &config));
        expect(config, "runtime", "log", i % 2 == 0 ? "info" : "error",
               place(files[i], 3));
        tn_config_close(config);
    }
    setenv("TENON_LOG", "off", 1);
    NEEDS(tn_config_open(&options, &config));
    expect(config, "runtime", "log", "off", "TENON_LOG");
    tn_config_close(config);

    options.settings = &setting;
    options.setting_count = 1;
    NEEDS(tn_config_open(&options, &config));
    expect(config, "runtime", "log", "debug", "call");
    tn_config_close(config);

    setting.origin = "--log";
    NEEDS(tn_config_open(&options, &config));
    expect(config, "runtime", "log", "debug", "--log");
    tn_config_close(config);
}

static void a_later_source_leaves_other_keys_alone(void)
{
    tn_config *config = NULL;

    suite_write("etc/tenon.ini", "[runtime]\nlog = info\nfallback = no\n"
                                 "[backend acme]\nrank = 60\n");
    NEEDS(open_text("[backend acme]\ndevice = 1\n", &config));
    expect(config, "runtime", "log", "info", place("etc/tenon.ini", 2));
    expect(config, "runtime", "fallback", "no", place("etc/tenon.ini", 3));
    expect(config, "backend acme", "rank", "60", place("etc/tenon.ini", 5));
    expect(config, "backend acme", "device", "1", place("app.ini", 2));
    CU_ASSERT_FALSE(tn_config_yes(config, "fallback"));
    tn_config_close(config);
}

static void only_visible_ini_files_are_drop_ins(void)
{
    static const char *const names[] = {
        "etc/conf.d/README",       "etc/conf.d/a.ini.bak", "etc/conf.d/a.conf",
        "etc/conf.d/.hidden.ini",  "etc/conf.d/a.ini~",    "etc/conf.d/ini",
        "etc/conf.d/sub/deep.ini", "etc/conf.d/a.INI",
    };
    tn_config *config = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        suite_write(names[i], "nonsense\n");
    }
    WORKS(open_system(&config));
    tn_config_close(config);
}

/* ---- the call ---- */

static tn_status open_call(const tn_setting *settings, size_t count)
{
    const tn_options options = {
        .size = sizeof options, .settings = settings, .setting_count = count};
    tn_config *config = NULL;
    tn_status status = tn_config_open(&options, &config);

    tn_config_close(config);
    return status;
}

static void settings_of_the_call_are_checked(void)
{
    static const tn_setting unknown = {"runtime", "lgo", "debug", NULL};
    static const tn_setting section = {"runtiem", "log", "debug", NULL};
    static const tn_setting value = {"runtime", "log", "loud", NULL};
    static const tn_setting named = {"runtime", "log", "loud", "--log"};
    static const tn_setting null = {"runtime", NULL, "debug", NULL};
    static const tn_setting twice[] = {{"runtime", "log", "debug", NULL},
                                       {"runtime", "log", "info", NULL}};

    FAILS(open_call(&unknown, 1), TN_ERROR_CONFIG,
          "call: unknown key lgo in [runtime] (did you mean log?)");
    FAILS(open_call(&section, 1), TN_ERROR_CONFIG,
          "call: unknown section [runtiem] (did you mean runtime?)");
    FAILS(open_call(&value, 1), TN_ERROR_CONFIG, "call: log = loud: ");
    FAILS(open_call(&null, 1), TN_ERROR_CONFIG, "call: setting 0 has a NULL");
    FAILS(open_call(twice, 2), TN_ERROR_CONFIG,
          "call: log is set twice in [runtime], first at call");
    FAILS(open_call(&named, 1), TN_ERROR_CONFIG, "--log: log = loud: ");
    FAILS(open_call(NULL, 1), TN_ERROR_INVALID, "settings is NULL");
    WORKS(open_call(twice, 1));
    WORKS(open_call(NULL, 0));
}

static void options_of_another_size_are_refused(void)
{
    const tn_options options = {.size = 4};
    tn_config *config = NULL;

    FAILS(tn_config_open(&options, &config), TN_ERROR_INVALID, "size is 4",
          "sizeof(tn_options)");
    CU_ASSERT_PTR_NULL(config);
    FAILS(tn_config_open(NULL, NULL), TN_ERROR_INVALID, "config is NULL");
}

/* ---- all problems ---- */

static size_t lines_of(const char *text)
{
    size_t lines = *text != '\0';

    for (; *text != '\0'; ++text) {
        lines += *text == '\n';
    }
    return lines;
}

static void ten_problems_are_told_with_file_and_line(void)
{
    static const char *const told[] = {
        "etc/conf.d/a.ini:1: a key before",
        "etc/conf.d/a.ini:3: log = loud",
        "etc/tenon.ini:2: unknown key bakcend in [runtime] (did you mean "
        "backend?)",
        "etc/tenon.ini:3: fallback = perhaps: takes yes or no",
        "etc/tenon.ini:5: unknown section [backnd cpu] (did you mean backend "
        "cpu?)",
        "app.ini:2: an indented line",
        "app.ini:4: log is set twice",
        "app.ini:5: is neither",
        "app.ini:6: a section needs a closing bracket",
        "TENON_LOG: log = louder",
        "call: setting 0 has a NULL",
    };
    const tn_setting setting = {NULL, NULL, NULL, NULL};
    tn_config *config = NULL;

    suite_write("etc/conf.d/a.ini", "key = 1\n[runtime]\nlog = loud\n");
    suite_write("etc/tenon.ini", "[runtime]\nbakcend = cpu\n"
                                 "fallback = perhaps\n\n"
                                 "[backnd cpu]\nrank = 1\n");
    suite_write("app.ini", "[runtime]\n fallback = no\nlog = info\n"
                           "log = debug\nwhat\n[runtime\n");
    setenv("TENON_LOG", "louder", 1);
    const tn_options options = {.size = sizeof options,
                                .file = suite_path("app.ini"),
                                .settings = &setting,
                                .setting_count = 1};

    FAILS(tn_config_open(&options, &config), TN_ERROR_CONFIG, told[0],
          "(and 10 more)");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; ++i) {
        CONTAINS(tn_error_log(), told[i]);
    }
    CU_ASSERT_EQUAL(lines_of(tn_error_log()), sizeof told / sizeof told[0]);
    CU_ASSERT_PTR_NULL(config);
}

static void one_problem_needs_no_log(void)
{
    refused("[runtime]\nlog = loud\n", ":2: log = loud");
    SAME(tn_error_log(), "");
    LACKS(tn_error_message(), "more");
}

/* As many as a file can have, in a time that nobody notices. */
static void half_a_million_problems_are_told(void)
{
    enum {
        LINES = 1 << 19
    };
    char *text = malloc(2 * LINES + 1);
    struct timespec before;
    struct timespec after;
    tn_config *config = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (size_t i = 0; i < LINES; ++i) {
        memcpy(text + 2 * i, "x\n", 3);
    }
    suite_write("app.ini", text);
    free(text);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    FAILS(open_file("app.ini", &config), TN_ERROR_CONFIG,
          "app.ini:1: is neither", "(and 524287 more)");
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    CU_ASSERT_EQUAL(lines_of(tn_error_log()), LINES);
    CU_ASSERT(after.tv_sec - before.tv_sec < 20);
}

/* ---- files that are none ---- */

static void a_file_over_one_mebibyte_is_refused(void)
{
    size_t size = ((size_t)1 << 20) + 1;
    char *text = malloc(size + 1);
    tn_config *config = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '\n', size);
    text[size] = '\0';
    suite_write("app.ini", text);
    FAILS(open_file("app.ini", &config), TN_ERROR_CONFIG, "1048577 bytes",
          "at most 1048576");
    text[size - 1] = '\0';
    suite_write("app.ini", text);
    WORKS(open_file("app.ini", &config));
    tn_config_close(config);
    free(text);
}

/* ---- the list ---- */

static void the_list_has_each_section_once(void)
{
    tn_config *config = NULL;
    tn_setting setting;
    const char *last = "";
    char seen[512] = ",";

    suite_write("etc/tenon.ini", "[backend a]\nrank = 1\n[backend b]\n"
                                 "rank = 2\n");
    NEEDS(open_text("[backend a]\ndevice = 1\n[runtime]\nlog = info\n"
                    "[backend b]\ndevice = 2\n",
                    &config));
    for (size_t i = 0; i < tn_config_count(config); ++i) {
        WORKS(tn_config_get(config, i, &setting));
        if (strcmp(setting.section, last) != 0) {
            LACKS(seen, suite_text(",%s,", setting.section));
            strcat(strcat(seen, setting.section), ",");
            last = setting.section;
        }
    }
    SAME(seen, ",runtime,backend a,backend b,");
    FAILS(tn_config_get(config, tn_config_count(config), &setting),
          TN_ERROR_RANGE, "none has the index");
    FAILS(tn_config_get(config, 0, NULL), TN_ERROR_INVALID, "setting is NULL");
    FAILS(tn_config_get(NULL, 0, &setting), TN_ERROR_INVALID, "config is NULL");
    CU_ASSERT_EQUAL(tn_config_count(NULL), 0);
    tn_config_close(config);
    tn_config_close(NULL);
}

/* What failed within a call that succeeds in the end is nobody's business. */
static void a_configuration_that_opens_leaves_the_last_sentence_alone(void)
{
    tn_config *config = NULL;

    refused("[runtime]\nlog = loud\nfallback = 7\n", "log = loud");
    const char *message = tn_error_message();
    const char *before = suite_text("%s", message);
    const char *log = tn_error_log();

    NEEDS(open_system(&config));
    CU_ASSERT_PTR_EQUAL(tn_error_message(), message);
    SAME(message, before);
    CU_ASSERT_PTR_EQUAL(tn_error_log(), log);
    CONTAINS(log, "fallback = 7");
    tn_config_close(config);
}

static void *open_many(void *data)
{
    (void)data;
    for (int i = 0; i < 50; ++i) {
        tn_config *config = NULL;

        if (tn_config_open(NULL, &config) == TN_OK) {
            tn_config_close(config);
        }
    }
    return NULL;
}

static void two_threads_read_at_once(void)
{
    pthread_t thread;

    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, open_many, NULL), 0);
    open_many(NULL);
    CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
}

#define TESTS(X)                                                               \
    X(without_any_file_all_keys_have_their_default)                            \
    X(the_later_source_wins)                                                   \
    X(a_later_source_leaves_other_keys_alone)                                  \
    X(only_visible_ini_files_are_drop_ins)                                     \
    X(settings_of_the_call_are_checked)                                        \
    X(options_of_another_size_are_refused)                                     \
    X(ten_problems_are_told_with_file_and_line)                                \
    X(one_problem_needs_no_log)                                                \
    X(half_a_million_problems_are_told)                                        \
    X(a_file_over_one_mebibyte_is_refused)                                     \
    X(the_list_has_each_section_once)                                          \
    X(a_configuration_that_opens_leaves_the_last_sentence_alone)               \
    X(two_threads_read_at_once)

SUITE_MAIN("config", TESTS)
