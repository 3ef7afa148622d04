/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/unit/suite.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "runtime/config.h"

static char folder[] = "/tmp/tenon-test-XXXXXX";

/* Nothing of this machine's configuration counts. */
static char roots[3][sizeof folder + sizeof "/lib"];
const tn_config_roots tn_system_roots = {roots[0], roots[1], roots[2]};

/* ---- running ---- */

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *at)
{
    (void)info;
    (void)kind;
    return at->level > 0 ? remove(path) : 0;
}

static void empty_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A test sees no setting but its own. */
static void forget_settings(void)
{
    static const char *const variables[] = {"TENON_BACKEND", "TENON_CONFIG",
                                            "TENON_PLUGIN_PATH",
                                            "TENON_KERNEL_PATH", "TENON_LOG"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i) {
        unsetenv(variables[i]);
    }
    setenv("HOME", suite_path("no-home"), 1);
    setenv("XDG_CONFIG_HOME", suite_path("no-home/.config"), 1);
}

void suite_renew(void)
{
    empty_folder();
    forget_settings();
}

int suite_run(const char *name, const suite_test *tests, size_t count)
{
    static const char *const names[] = {"lib", "run", "etc"};

    if (mkdtemp(folder) == NULL || CU_initialize_registry() != CUE_SUCCESS) {
        return 99;
    }
    for (size_t i = 0; i < 3; ++i) {
        snprintf(roots[i], sizeof roots[i], "%s/%s", folder, names[i]);
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(name, NULL, NULL,
                                                           suite_renew, NULL);

    for (size_t i = 0; i < count; ++i) {
        CU_add_test(suite, tests[i].name, tests[i].run);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned run = CU_get_number_of_tests_run();

    CU_cleanup_registry();
    empty_folder();
    return rmdir(folder) != 0 || failures > 0 || run != count;
}

/* ---- the folder ---- */

const char *suite_text(const char *format, ...)
{
    enum {
        TEXTS = 64
    };
    static char *texts[TEXTS]; /* the last ones live */
    static size_t next;
    char **text = &texts[next++ % TEXTS];
    va_list values;

    free(*text);
    va_start(values, format);
    if (vasprintf(text, format, values) < 0) {
        abort();
    }
    va_end(values);
    return *text;
}

const char *suite_path(const char *format, ...)
{
    char name[PATH_MAX];
    va_list values;

    va_start(values, format);
    vsnprintf(name, sizeof name, format, values);
    va_end(values);
    return suite_text("%s%s%s", folder, name[0] != '\0' ? "/" : "", name);
}

const char *suite_built(const char *path)
{
    const char *build = getenv("TN_BUILDDIR");
    char here[PATH_MAX] = ".";

    if (build == NULL && realpath(".", here) != NULL) {
        build = here;
    }
    return suite_text("%s/%s", build != NULL ? build : here, path);
}

const char *suite_source(const char *path)
{
    const char *sources = getenv("TN_SRCDIR");

    return suite_text("%s/%s", sources != NULL ? sources : ".", path);
}

/* A step that the test itself needs. */
static void demand(bool done, const char *what, const char *name)
{
    if (!done) {
        printf("\n    %s %s: %s\n", what, name, strerror(errno));
        CU_FAIL_FATAL("the test's own folder");
    }
}

static void make_parents(const char *path)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    for (char *slash = copy + strlen(folder) + 1;
         (slash = strchr(slash, '/')) != NULL; ++slash) {
        *slash = '\0';
        demand(mkdir(copy, 0755) == 0 || errno == EEXIST, "mkdir", copy);
        *slash = '/';
    }
}

void suite_write_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = suite_path("%s", name);

    make_parents(path);
    FILE *file = fopen(path, "wb");

    demand(file != NULL, "open", path);
    demand(fwrite(bytes, 1, size, file) == size, "write", path);
    demand(fclose(file) == 0, "close", path);
}

void suite_write(const char *name, const char *text)
{
    suite_write_bytes(name, text, strlen(text));
}

void suite_print(const char *name, const char *format, ...)
{
    char *text = NULL;
    va_list values;

    va_start(values, format);
    int length = vasprintf(&text, format, values);

    va_end(values);
    demand(length >= 0, "print", name);
    suite_write_bytes(name, text, (size_t)length);
    free(text);
}

void suite_mkdir(const char *name)
{
    const char *path = suite_path("%s", name);

    make_parents(path);
    demand(mkdir(path, 0755) == 0, "mkdir", path);
}

void suite_link(const char *target, const char *name)
{
    const char *path = suite_path("%s", name);

    make_parents(path);
    demand(symlink(target, path) == 0, "link", path);
}

void suite_fifo(const char *name)
{
    const char *path = suite_path("%s", name);

    make_parents(path);
    demand(mkfifo(path, 0644) == 0, "mkfifo", path);
}

/* ---- what is expected ---- */

void suite_check(bool holds, const char *what, const char *text,
                 const char *file, unsigned line)
{
    if (!holds) {
        printf("\n    %s:%u: %s: %s\n", file, line, what, text);
    }
    CU_assertImplementation(holds, line, what, file, "", CU_FALSE);
}

void suite_contains(const char *text, const char *words, bool wanted,
                    const char *file, unsigned line)
{
    suite_check((strstr(text, words) != NULL) == wanted, words, text, file,
                line);
}

void suite_same(const char *text, const char *expected, const char *file,
                unsigned line)
{
    suite_check(text != NULL && strcmp(text, expected) == 0, expected,
                text != NULL ? text : "NULL", file, line);
}

bool suite_works(tn_status status, const char *call, const char *file,
                 unsigned line)
{
    suite_check(status == TN_OK, call, tn_error_message(), file, line);
    return status == TN_OK;
}

void suite_fails(tn_status status, tn_status expected, const char *const *words,
                 const char *call, const char *file, unsigned line)
{
    const char *message = tn_error_message();

    suite_check(status == expected, call,
                suite_text("%s: %s", tn_status_name(status), message), file,
                line);
    if (status != expected) {
        return; /* the sentence is another's */
    }
    suite_check(strchr(message, '\n') == NULL, call, message, file, line);
    for (; *words != NULL; ++words) {
        suite_contains(message, *words, true, file, line);
    }
}
