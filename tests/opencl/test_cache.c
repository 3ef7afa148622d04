/* SPDX-License-Identifier: MIT */
/* Programs that are kept. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/opencl/opencl_test.h"

static char folder[1024]; /* of the entries */

/* An empty cache; only the test's own entries are in it. */
static void begin(opened *o)
{
    static unsigned count;
    const char *base = getenv("XDG_CACHE_HOME");
    static char own[512];
    static char first[400];

    if (first[0] == '\0') {
        snprintf(first, sizeof first, "%s", base != NULL ? base : "/tmp");
    }
    snprintf(own, sizeof own, "%s/%u", first, count++);
    setenv("XDG_CACHE_HOME", own, 1);
    snprintf(folder, sizeof folder, "%s/tenon/opencl", own);
    script("");
    forget_log();
    open_all(o);
}

/* Loads and runs it; whether the compiler was needed. */
static bool compiles(opened *o, const char *options)
{
    tn_plugin_module *module = NULL;
    tn_plugin_memory *list = memory_of(o, 64);
    size_t bytes;
    char *text = read_file(conformance_path, &bytes);
    uint32_t numbers[2];

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    text[bytes] = '\0';
    script("clCreateProgramWithSource=-3"); /* no compiler now */
    bool compiled = load_text(o, text, options, &module) != TN_OK;

    script("");
    if (compiled) {
        WORKS_FATAL(load_text(o, text, options, &module));
    }
    fill_u32(o->stream, list, 0, 16);
    WORKS(append(o->stream, kernel_of(module, "append"), list, 9));
    fetch_u32(o->stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[1], 9);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.module_destroy(module);
    free(text);
    return compiled;
}

/* The one entry. */
static const char *entry(void)
{
    static char path[2048];
    DIR *opened_folder = opendir(folder);
    const struct dirent *item;
    int count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(opened_folder);
    while ((item = readdir(opened_folder)) != NULL) {
        if (item->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, item->d_name);
            ++count;
        }
    }
    closedir(opened_folder);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    return path;
}

static void kept_programs_are_used(void)
{
    opened o;

    begin(&o);
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT_FALSE(compiles(&o, ""));
    CU_ASSERT(compiles(&o, "-DOTHER")); /* another program */
    CU_ASSERT_FALSE(compiles(&o, "-DOTHER"));
    close_all(&o);
    open_all(&o);
    CU_ASSERT_FALSE(compiles(&o, ""));
    close_all(&o);
}

static void another_driver_is_another_program(void)
{
    opened o;

    begin(&o);
    CU_ASSERT(compiles(&o, ""));
    close_all(&o);
    script("text:0x102d=next version"); /* CL_DRIVER_VERSION */
    open_all(&o);
    CU_ASSERT(compiles(&o, ""));
    close_all(&o);
}

static void a_cut_entry_is_built_again(void)
{
    struct stat info;
    opened o;

    begin(&o);
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT_EQUAL_FATAL(stat(entry(), &info), 0);
    for (off_t part = 0; part < 10; ++part) {
        CU_ASSERT_EQUAL(truncate(entry(), info.st_size * part / 10), 0);
        CU_ASSERT(compiles(&o, ""));
        CU_ASSERT_FALSE(compiles(&o, ""));
    }
    CU_ASSERT_STRING_EQUAL(log_text(), "");
    close_all(&o);
}

static void what_the_driver_refuses_is_built_again(void)
{
    opened o;
    tn_plugin_module *module = NULL;

    begin(&o);
    CU_ASSERT(compiles(&o, ""));
    script("clCreateProgramWithBinary=-42");
    module = load_file(&o, conformance_path, "");
    the.plugin.module_destroy(module);
    script("clBuildProgram@1=-11"); /* that of the binary */
    module = load_file(&o, conformance_path, "");
    the.plugin.module_destroy(module);
    script("");
    CU_ASSERT_FALSE(compiles(&o, ""));
    close_all(&o);
}

static void without_a_folder_all_works(void)
{
    opened o;

    begin(&o);
    char parent[1024];

    snprintf(parent, sizeof parent, "%s", folder);
    *strrchr(parent, '/') = '\0';
    *strrchr(parent, '/') = '\0';
    FILE *file = fopen(parent, "w"); /* a file where the folder would be */

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fclose(file);
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT_PTR_NOT_NULL(strstr(log_text(), "cannot be kept"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log_text(), parent));
    const char *first = strchr(log_text(), '\n');

    CU_ASSERT(first != NULL && first[1] == '\0'); /* one line */
    unlink(parent);
    close_all(&o);
}

static void nothing_is_kept_if_not_wanted(void)
{
    opened o;

    begin(&o);
    close_all(&o);
    CU_ASSERT(fake_host_set("cache", "no"));
    open_all(&o);
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT_NOT_EQUAL(access(folder, F_OK), 0);
    CU_ASSERT_STRING_EQUAL(log_text(), "");
    close_all(&o);
    CU_ASSERT(fake_host_set("cache", NULL));
}

static void no_more_is_kept_than_is_wanted(void)
{
    struct stat info;
    opened o;
    char size[32];

    begin(&o);
    CU_ASSERT(compiles(&o, ""));
    CU_ASSERT_EQUAL_FATAL(stat(entry(), &info), 0);
    close_all(&o);
    snprintf(size, sizeof size, "%lld", (long long)info.st_size * 3 / 2);
    CU_ASSERT(fake_host_set("cache_size", size));
    open_all(&o);
    CU_ASSERT_FALSE(compiles(&o, ""));
    CU_ASSERT(compiles(&o, "-DOTHER")); /* in its place */
    CU_ASSERT_FALSE(compiles(&o, "-DOTHER"));
    CU_ASSERT(compiles(&o, ""));
    close_all(&o);
    CU_ASSERT(fake_host_set("cache_size", "100"));
    open_all(&o);
    CU_ASSERT(compiles(&o, "-DTHIRD"));
    CU_ASSERT(compiles(&o, "-DTHIRD"));
    CU_ASSERT_STRING_EQUAL(log_text(), "");
    close_all(&o);
    CU_ASSERT(fake_host_set("cache_size", NULL));
}

static void a_driver_without_binaries_works(void)
{
    opened o;

    begin(&o);
    script("clGetProgramInfo@3=-30");
    tn_plugin_module *module = load_file(&o, conformance_path, "");

    the.plugin.module_destroy(module);
    CU_ASSERT(compiles(&o, ""));
    close_all(&o);
}

void add_cache_tests(CU_pSuite tests)
{
    CU_add_test(tests, "programs that are kept need no compiler",
                kept_programs_are_used);
    CU_add_test(tests, "another driver does not get them",
                another_driver_is_another_program);
    CU_add_test(tests, "an entry that is cut is built again",
                a_cut_entry_is_built_again);
    CU_add_test(tests, "an entry that the driver refuses is built again",
                what_the_driver_refuses_is_built_again);
    CU_add_test(tests, "without a folder all works, and the log says so once",
                without_a_folder_all_works);
    CU_add_test(tests, "cache = no keeps nothing",
                nothing_is_kept_if_not_wanted);
    CU_add_test(tests, "no more is kept than cache_size says",
                no_more_is_kept_than_is_wanted);
    CU_add_test(tests, "a driver that gives no binaries works",
                a_driver_without_binaries_works);
}
