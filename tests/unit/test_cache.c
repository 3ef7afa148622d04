/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cache.h"
#include "tests/unit/suite.h"

static const char key[] = "the source, the options, the device";
static const char value[] = "a binary, with \0 in it";

static void write_value(void)
{
    tn_sentence why;

    NEEDS(tn_cache_write(suite_path("cache/tenon/acme"), 1 << 20, key,
                         sizeof key, value, sizeof value, &why));
}

static bool reads(const char *wanted, size_t bytes)
{
    void *found = NULL;
    size_t found_bytes = 0;
    bool same = tn_cache_read(suite_path("cache/tenon/acme"), key, sizeof key,
                              &found, &found_bytes) == TN_OK &&
                found_bytes == bytes && memcmp(found, wanted, bytes) == 0;

    free(found);
    return same;
}

/* How many files the folder has, and the name of one. */
static int files(char name[256])
{
    DIR *folder = opendir(suite_path("cache/tenon/acme"));
    const struct dirent *item;
    int count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    while ((item = readdir(folder)) != NULL) {
        if (item->d_name[0] != '.') {
            snprintf(name, 256, "%s", item->d_name);
            ++count;
        }
    }
    closedir(folder);
    return count;
}

/* The one file of the folder. */
static const char *entry(void)
{
    char name[256];

    CU_ASSERT_EQUAL_FATAL(files(name), 1);
    return suite_path("cache/tenon/acme/%s", name);
}

static void what_is_written_is_read(void)
{
    struct stat info;

    CU_ASSERT_FALSE(reads(value, sizeof value));
    write_value();
    CU_ASSERT(reads(value, sizeof value));
    write_value(); /* over the first */
    CU_ASSERT(reads(value, sizeof value));
    CU_ASSERT_EQUAL(stat(entry(), &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
}

static void another_key_is_not_found(void)
{
    void *found = NULL;
    size_t bytes = 0;

    write_value();
    for (size_t i = 0; i < sizeof key; ++i) {
        char other[sizeof key];

        memcpy(other, key, sizeof key);
        other[i] ^= 1;
        CU_ASSERT_EQUAL(tn_cache_read(suite_path("cache/tenon/acme"), other,
                                      sizeof other, &found, &bytes),
                        TN_ERROR_NOT_FOUND);
    }
    CU_ASSERT_PTR_NULL(found);
}

static size_t read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t bytes = fread(text, 1, size, file);

    fclose(file);
    return bytes;
}

static void write_text(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, bytes, file), bytes);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/* Wherever it is changed. */
static void a_damaged_entry_is_removed(void)
{
    char text[4096];
    char path[512];

    write_value();
    snprintf(path, sizeof path, "%s", entry());
    size_t bytes = read_text(path, text, sizeof text);

    for (size_t i = 0; i < bytes; ++i) {
        text[i] ^= 1;
        write_text(path, text, bytes);
        CU_ASSERT_EQUAL(chmod(path, 0600), 0);
        CU_ASSERT_FALSE(reads(value, sizeof value));
        CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
        text[i] ^= 1;
    }
}

/* A whole entry of the right name, whose key is another's: it stays. */
static void a_key_of_the_same_hash_is_not_taken(void)
{
    static const char other[] = "the source, the options, the devicf";
    static const char longer[] = "the source, the options, the device and more";
    const struct {
        const char *key;
        size_t bytes;
    } others[] = {{other, sizeof other}, {longer, sizeof longer}};
    char path[512];
    tn_sentence why;

    write_value();
    snprintf(path, sizeof path, "%s", entry());
    for (size_t i = 0; i < 2; ++i) {
        CU_ASSERT_EQUAL(unlink(path), 0);
        NEEDS(tn_cache_write(suite_path("cache/tenon/acme"), 1 << 20,
                             others[i].key, others[i].bytes, value,
                             sizeof value, &why));
        CU_ASSERT_EQUAL(rename(entry(), path), 0);
        CU_ASSERT_FALSE(reads(value, sizeof value));
        CU_ASSERT_EQUAL(access(path, F_OK), 0);
    }
}

static void a_part_of_an_entry_is_removed(void)
{
    struct stat info;
    char path[512];

    write_value();
    snprintf(path, sizeof path, "%s", entry());
    CU_ASSERT_EQUAL_FATAL(stat(path, &info), 0);
    for (off_t bytes = info.st_size - 1; bytes >= 0; --bytes) {
        CU_ASSERT_EQUAL(truncate(path, bytes), 0);
        CU_ASSERT_FALSE(reads(value, sizeof value));
        CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
        write_value();
    }
    CU_ASSERT(reads(value, sizeof value));
}

/* As on a full disk: writing ends halfway. */
static void what_cannot_be_written_leaves_nothing(void)
{
    static char large[100000];
    const struct rlimit little = {50000, RLIM_INFINITY};
    struct rlimit before;
    char name[256];
    tn_sentence why = {""};

    write_value();
    signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &little), 0);
    CU_ASSERT_EQUAL(tn_cache_write(suite_path("cache/tenon/acme"), 1 << 20, key,
                                   sizeof key, large, sizeof large, &why),
                    TN_ERROR_IO);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    CONTAINS(why.text, "File too large");
    CU_ASSERT_EQUAL(files(name), 1);
    CU_ASSERT(reads(value, sizeof value)); /* the one before */
}

static void what_others_may_have_written_is_none(void)
{
    write_value();
    CU_ASSERT_EQUAL(chmod(entry(), 0602), 0);
    CU_ASSERT_FALSE(reads(value, sizeof value));
    CU_ASSERT_EQUAL(chmod(entry(), 0600), 0);
    CU_ASSERT(reads(value, sizeof value));
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL(chown(entry(), 64321, 64321), 0);
        CU_ASSERT_FALSE(reads(value, sizeof value));
    }
}

static void a_link_is_not_followed(void)
{
    write_value();
    const char *path = suite_text("%s", entry());
    const char *moved = suite_path("moved");

    CU_ASSERT_EQUAL(rename(path, moved), 0);
    CU_ASSERT_EQUAL(symlink(moved, path), 0);
    CU_ASSERT_FALSE(reads(value, sizeof value));
}

static void a_removed_entry_is_gone(void)
{
    write_value();
    tn_cache_remove(suite_path("cache/tenon/acme"), key, sizeof key);
    CU_ASSERT_FALSE(reads(value, sizeof value));
    tn_cache_remove(suite_path("cache/tenon/acme"), key, sizeof key);
}

static void a_folder_that_cannot_be_is_told(void)
{
    tn_sentence why = {""};

    suite_write("file", "no folder");
    CU_ASSERT_EQUAL(tn_cache_write(suite_path("file/tenon/acme"), 1 << 20, key,
                                   sizeof key, value, sizeof value, &why),
                    TN_ERROR_IO);
    CONTAINS(why.text, suite_path("file"));
    CONTAINS(why.text, "Not a directory");
}

static void the_folder_is_the_users(void)
{
    char folder[256];

    setenv("XDG_CACHE_HOME", "/some/cache", 1);
    NEEDS(tn_cache_folder("acme", folder, sizeof folder));
    SAME(folder, "/some/cache/tenon/acme");
    setenv("XDG_CACHE_HOME", "not/absolute", 1);
    setenv("HOME", "/home/me", 1);
    NEEDS(tn_cache_folder("acme", folder, sizeof folder));
    SAME(folder, "/home/me/.cache/tenon/acme");
    CU_ASSERT_EQUAL(tn_cache_folder("acme", folder, 8), TN_ERROR_UNAVAILABLE);
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", "", 1);
    CU_ASSERT_EQUAL(tn_cache_folder("acme", folder, sizeof folder),
                    TN_ERROR_UNAVAILABLE);
}

#define TESTS(X)                                                               \
    X(what_is_written_is_read)                                                 \
    X(another_key_is_not_found)                                                \
    X(a_key_of_the_same_hash_is_not_taken)                                     \
    X(a_damaged_entry_is_removed)                                              \
    X(a_part_of_an_entry_is_removed)                                           \
    X(what_cannot_be_written_leaves_nothing)                                   \
    X(what_others_may_have_written_is_none)                                    \
    X(a_link_is_not_followed)                                                  \
    X(a_removed_entry_is_gone)                                                 \
    X(a_folder_that_cannot_be_is_told)                                         \
    X(the_folder_is_the_users)

SUITE_MAIN("cache", TESTS)
