/* SPDX-License-Identifier: MIT */
/*
 * runtime/config.c and sources.c by tables: each case has a status and the
 * whole of what is told, and after each a valid configuration opens.
 */
#define _GNU_SOURCE
#include "tests/unit/config_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/config.h"
#include "tests/unit/suite.h"

enum {
    CASES_AT_LEAST = 200
};

static size_t cases_run;

/* ---- what is there ---- */

/* The text with the folder in the place of each '$'. */
static const char *in_folder(const char *text)
{
    const char *whole = "";

    for (; *text != '\0'; ++text) {
        whole = *text == '$' ? suite_text("%s%s", whole, suite_path("%s", ""))
                             : suite_text("%s%c", whole, *text);
    }
    return whole;
}

static void write_long(const config_step *step)
{
    size_t length = strlen(step->text);
    char *text = malloc(length + step->size + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memcpy(text, step->text, length);
    memset(text + length, 'x', step->size);
    text[length + step->size] = '\n';
    suite_write_bytes(step->name, text, length + step->size + 1);
    free(text);
}

static void take_step(const config_step *step)
{
    switch (step->kind) {
    case STEP_FILE:
        suite_write_bytes(step->name, step->text, step->size);
        break;
    case STEP_LONG:
        write_long(step);
        break;
    case STEP_LINK:
        suite_link(in_folder(step->text), step->name);
        break;
    case STEP_FIFO:
        suite_fifo(step->name);
        break;
    case STEP_FOLDER:
        suite_mkdir(step->name);
        break;
    case STEP_MODE:
        CU_ASSERT_EQUAL(chmod(suite_path("%s", step->name), (mode_t)step->size),
                        0);
        break;
    case STEP_VARIABLE:
        CU_ASSERT_EQUAL(setenv(step->name, in_folder(step->text), 1), 0);
        break;
    case STEP_NONE:
    case STEP_CALL:
        break;
    }
}

/* ---- reading it ---- */

static tn_status open_call(const tn_setting *settings, size_t count,
                           tn_config **config)
{
    struct stat info;
    const char *app = suite_path(APP);
    const tn_options options = {.size = sizeof options,
                                .file = lstat(app, &info) == 0 ? app : NULL,
                                .settings = settings,
                                .setting_count = count};

    return tn_config_open(&options, config);
}

static tn_status open_case(const config_case *row, tn_config **config)
{
    tn_setting settings[CONFIG_STEPS];
    size_t count = 0;
    bool root = false;

    for (const config_step *step = row->steps; step->kind != STEP_NONE;
         ++step) {
        take_step(step);
        if (step->kind == STEP_CALL) {
            settings[count++] =
                (tn_setting){step->name, step->key, step->text, NULL};
        }
        if (step->kind == STEP_MODE) { /* root may read all */
            root = geteuid() == 0;
        }
    }
    CU_ASSERT_EQUAL_FATAL(chmod(suite_path("%s", ""), 0755), 0);
    CU_ASSERT_FATAL(!root || seteuid(65534) == 0);
    tn_status status = open_call(settings, count, config);

    CU_ASSERT_FATAL(!root || seteuid(0) == 0);
    return status;
}

/* ---- what is told ---- */

static const char *without_folder(const char *text)
{
    const char *folder = suite_path("%s/", "");
    size_t length = strlen(folder) - 1; /* suite_path() ends it twice */
    const char *whole = "";
    const char *found;

    while ((found = memmem(text, strlen(text), folder, length)) != NULL) {
        whole = suite_text("%s%.*s", whole, (int)(found - text), text);
        text = found + length;
    }
    return suite_text("%s%s", whole, text);
}

static const char *tell_settings(const tn_config *config)
{
    const char *told = config->distrusted.text != NULL
                           ? suite_text("%s\n", config->distrusted.text)
                           : "";
    tn_setting setting;

    for (size_t i = 0; i < tn_config_count(config); ++i) {
        WORKS(tn_config_get(config, i, &setting));
        if (strcmp(setting.origin, "default") != 0) {
            told = suite_text("%s[%s] %s = %s (%s)\n", told, setting.section,
                              setting.key, setting.value, setting.origin);
        }
    }
    return suite_text("%.*s", (int)strlen(told) - (*told != '\0'), told);
}

static const char *tell_failure(void)
{
    const char *log = tn_error_log();

    SAME(suite_text("%.*s", (int)strcspn(tn_error_message(), "\n"),
                    tn_error_message()),
         tn_error_message());
    return *log != '\0' ? log : tn_error_message();
}

/* ---- one case ---- */

/* Nothing of a configuration that is refused stays. */
static void valid_one_opens(const char *name)
{
    tn_config *config = NULL;

    suite_renew();
    suite_write(APP, "[runtime]\nlog = info\n");
    suite_check(open_call(NULL, 0, &config) == TN_OK, name, tn_error_message(),
                __FILE__, __LINE__);
    if (config != NULL) {
        SAME(without_folder(tell_settings(config)),
             "[runtime] log = info (app.ini:2)");
    }
    tn_config_close(config);
}

static void check_case(const config_case *row)
{
    tn_config *const untouched = (tn_config *)(uintptr_t)row;
    tn_config *config = untouched;

    suite_renew();
    tn_status status = open_case(row, &config);
    const char *told = status == TN_OK ? tell_settings(config) : tell_failure();

    suite_check(status == row->status, row->name,
                suite_text("%s: %s", tn_status_name(status), told), __FILE__,
                __LINE__);
    suite_check(strcmp(without_folder(told), row->told) == 0, row->name,
                suite_text("'%s', not '%s'", without_folder(told), row->told),
                __FILE__, __LINE__);
    if (status == TN_OK) {
        tn_config_close(config);
    } else {
        CU_ASSERT_PTR_EQUAL(config, untouched);
    }
    valid_one_opens(row->name);
    cases_run++;
}

static void check_table(const config_table *table)
{
    for (size_t i = 0; i < table->count; ++i) {
        check_case(&table->cases[i]);
    }
}

/* ---- the tables ---- */

static void each_source_counts_in_its_order(void)
{
    check_table(&config_source_cases);
}

static void files_that_are_none_are_told(void)
{
    check_table(&config_file_cases);
}

static void lines_are_read_or_told(void)
{
    check_table(&config_line_cases);
}

static void names_that_nobody_knows_are_told(void)
{
    check_table(&config_name_cases);
}

static void values_are_kept_or_told(void)
{
    check_table(&config_value_cases);
}

static void there_are_200_cases(void)
{
    printf("%zu cases of configuration ... ", cases_run);
    CU_ASSERT(cases_run >= CASES_AT_LEAST);
}

#define TESTS(X)                                                               \
    X(each_source_counts_in_its_order)                                         \
    X(files_that_are_none_are_told)                                            \
    X(lines_are_read_or_told)                                                  \
    X(names_that_nobody_knows_are_told)                                        \
    X(values_are_kept_or_told)                                                 \
    X(there_are_200_cases)

SUITE_MAIN("config_cases", TESTS)
