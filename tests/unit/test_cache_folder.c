/* SPDX-License-Identifier: MIT */
/* The folder of a cache as a whole: its bound, what it holds, emptying it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/cache.h"
#include "tests/unit/suite.h"

enum {
    VALUE_BYTES = 1000,
    DAY = 24 * 3600
};

static const char unfinished[] = "0123456789abcdef0123456789abcdef.bin.x1Y2z3";

static const char *folder(void)
{
    return suite_path("cache/tenon/acme");
}

static tn_status keep(int number, size_t bytes, uint64_t limit)
{
    static char value[100 * VALUE_BYTES];
    tn_sentence why;

    return tn_cache_write(folder(), limit, &number, sizeof number, value, bytes,
                          &why);
}

static bool has(int number)
{
    void *value = NULL;
    size_t bytes = 0;
    bool there = tn_cache_read(folder(), &number, sizeof number, &value,
                               &bytes) == TN_OK;

    free(value);
    return there;
}

static tn_cache_usage usage(void)
{
    tn_cache_usage found = {0};
    tn_sentence why;

    NEEDS(tn_cache_measure(folder(), &found, &why));
    return found;
}

/* Says that all entries, or one file, were used so long ago. */
static void age(const char *name, int64_t seconds)
{
    const char *touch =
        suite_text("touch -d @%lld %s/%s",
                   (long long)time(NULL) - (long long)seconds, folder(), name);

    CU_ASSERT_EQUAL_FATAL(system(touch), 0);
}

/* Bytes of an entry with VALUE_BYTES. */
static uint64_t entry_bytes(void)
{
    WORKS(keep(-1, VALUE_BYTES, UINT64_MAX));
    uint64_t bytes = usage().bytes;
    int number = -1;

    tn_cache_remove(folder(), &number, sizeof number);
    return bytes;
}

static void what_is_there_is_counted(void)
{
    time_t now = time(NULL);

    CU_ASSERT_EQUAL(usage().entries, 0); /* no folder */
    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    age("*", 5000);
    WORKS(keep(2, 2 * VALUE_BYTES, UINT64_MAX));
    tn_cache_usage found = usage();

    CU_ASSERT_EQUAL(found.entries, 2);
    CU_ASSERT(found.bytes > 3 * VALUE_BYTES && found.bytes < 4 * VALUE_BYTES);
    CU_ASSERT(found.oldest >= now - 5000 && found.oldest <= now - 4900);
    CU_ASSERT(found.newest >= now - 1 && found.newest <= now + 100);
}

static void a_folder_that_cannot_be_read_is_told(void)
{
    tn_cache_usage found;
    tn_sentence why = {""};

    suite_write("cache/tenon/acme", "a file");
    CU_ASSERT_EQUAL(tn_cache_measure(folder(), &found, &why), TN_ERROR_IO);
    CONTAINS(why.text, "cache/tenon/acme: Not a directory");
}

static void the_least_recently_used_go_first(void)
{
    uint64_t each = entry_bytes();

    for (int i = 0; i < 4; ++i) {
        WORKS(keep(i, VALUE_BYTES, 4 * each));
        age("*", 1000 - i); /* one that is younger is aged again, too */
    }
    CU_ASSERT_EQUAL(usage().entries, 4);
    age("*", 100);
    CU_ASSERT(has(0)); /* used now */
    CU_ASSERT(has(2));
    WORKS(keep(4, VALUE_BYTES, 3 * each));
    CU_ASSERT(has(0) && has(2) && has(4));
    CU_ASSERT_FALSE(has(1) || has(3));
    CU_ASSERT_EQUAL(usage().bytes, 3 * each);
}

static void a_new_entry_stays_whatever_the_clock_says(void)
{
    uint64_t each = entry_bytes();

    WORKS(keep(1, VALUE_BYTES, each));
    age("*", -DAY); /* used tomorrow */
    WORKS(keep(2, VALUE_BYTES, each));
    CU_ASSERT(has(2));
    CU_ASSERT_FALSE(has(1));
}

static void what_is_larger_than_the_bound_is_not_kept(void)
{
    uint64_t each = entry_bytes();

    WORKS(keep(1, VALUE_BYTES, each));
    WORKS(keep(2, VALUE_BYTES + 1, each));
    WORKS(keep(3, VALUE_BYTES, 0));
    CU_ASSERT(has(1));
    CU_ASSERT_FALSE(has(2) || has(3));
}

/* That of a driver that was replaced is never read again. */
static void what_nobody_uses_goes_in_the_end(void)
{
    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    age("*", TN_CACHE_DAYS * DAY - 1000);
    WORKS(keep(2, VALUE_BYTES, UINT64_MAX));
    CU_ASSERT_EQUAL(usage().entries, 2);
    CU_ASSERT(has(2));
    age("*", TN_CACHE_DAYS * DAY + 1000);
    CU_ASSERT(has(2));
    WORKS(keep(3, VALUE_BYTES, UINT64_MAX));
    CU_ASSERT_FALSE(has(1));
    CU_ASSERT(has(2) && has(3));
}

static void what_was_being_written_goes_after_an_hour(void)
{
    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    suite_print(suite_text("cache/tenon/acme/%s", unfinished), "half");
    WORKS(keep(2, VALUE_BYTES, UINT64_MAX));
    CU_ASSERT_EQUAL(access(suite_path("cache/tenon/acme/%s", unfinished), F_OK),
                    0);
    CU_ASSERT_EQUAL(usage().entries, 2); /* and is none of them */
    age(unfinished, 3700);
    WORKS(keep(3, VALUE_BYTES, UINT64_MAX));
    CU_ASSERT_NOT_EQUAL(
        access(suite_path("cache/tenon/acme/%s", unfinished), F_OK), 0);
}

/* ---- emptying it ---- */

static char left_text[1024];

static void note_left(void *data, const char *name, const char *why)
{
    size_t used = strlen(left_text);

    CU_ASSERT_PTR_EQUAL(data, left_text);
    snprintf(left_text + used, sizeof left_text - used, "%s: %s\n", name, why);
}

static tn_status clear(tn_cache_usage *gone, tn_sentence *why)
{
    left_text[0] = '\0';
    return tn_cache_clear(folder(), gone, note_left, left_text, why);
}

static void it_is_emptied(void)
{
    tn_cache_usage gone;
    tn_sentence why;

    WORKS(clear(&gone, &why)); /* no folder */
    CU_ASSERT_EQUAL(gone.entries, 0);
    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    WORKS(keep(2, VALUE_BYTES, UINT64_MAX));
    suite_print(suite_text("cache/tenon/acme/%s", unfinished), "half");
    uint64_t bytes = usage().bytes;

    WORKS(clear(&gone, &why));
    CU_ASSERT_EQUAL(gone.entries, 2);
    CU_ASSERT_EQUAL(gone.bytes, bytes);
    SAME(left_text, "");
    CU_ASSERT_EQUAL(rmdir(folder()), 0); /* nothing is in it */
}

static void what_is_no_entry_stays(void)
{
    static const char link[] = "00000000000000000000000000000000.bin";
    static const char own[] = "11111111111111111111111111111111.bin";
    static const char *const foreign[] = {
        "README", "0123.bin", "0123456789abcdef0123456789ABCDEF.bin",
        "0123456789abcdef0123456789abcdef.bin.old"};
    tn_cache_usage gone;
    tn_sentence why;

    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; ++i) {
        suite_write(suite_text("cache/tenon/acme/%s", foreign[i]), "mine");
    }
    suite_write("target", "mine");
    suite_link(suite_path("target"), suite_text("cache/tenon/acme/%s", link));
    suite_mkdir(suite_text("cache/tenon/acme/%s", own));
    age("*", 2 * TN_CACHE_DAYS * DAY);
    CU_ASSERT(has(1));
    WORKS(keep(2, VALUE_BYTES, VALUE_BYTES + 100)); /* 1 goes, those do not */
    CU_ASSERT_EQUAL(usage().entries, 1);
    WORKS(clear(&gone, &why));
    CU_ASSERT_EQUAL(gone.entries, 1);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; ++i) {
        CONTAINS(left_text,
                 suite_text("%s: no entry of the cache\n", foreign[i]));
        CU_ASSERT_EQUAL(
            access(suite_path("cache/tenon/acme/%s", foreign[i]), F_OK), 0);
    }
    CONTAINS(left_text, suite_text("%s: a symbolic link\n", link));
    CONTAINS(left_text, suite_text("%s: a folder\n", own));
    CU_ASSERT_EQUAL(access(suite_path("target"), F_OK), 0);
    CU_ASSERT_EQUAL(access(suite_path("cache/tenon/acme/%s", link), F_OK), 0);
}

static void what_another_user_owns_stays(void)
{
    tn_cache_usage gone;
    tn_sentence why;

    if (geteuid() != 0) {
        return; /* only root can give a file away */
    }
    WORKS(keep(1, VALUE_BYTES, UINT64_MAX));
    CU_ASSERT_EQUAL(system(suite_text("chown 64321 %s/*", folder())), 0);
    WORKS(clear(&gone, &why));
    CU_ASSERT_EQUAL(gone.entries, 0);
    CONTAINS(left_text, ".bin: another user's\n");
}

/* ---- several at once ---- */

enum {
    PROCESSES = 4,
    WRITES = 300,
    KEYS = 40
};

/* Writes, reads and empties; what it reads is whole. @return exit code */
static int work(unsigned seed, uint64_t limit)
{
    char value[VALUE_BYTES];
    tn_cache_usage gone;
    tn_sentence why;

    for (int i = 0; i < WRITES; ++i) {
        int key = rand_r(&seed) % KEYS;
        void *found = NULL;
        size_t bytes = 0;

        memset(value, key, sizeof value);
        if (tn_cache_write(folder(), limit, &key, sizeof key, value,
                           sizeof value, &why) != TN_OK ||
            (i % 100 == 99 && clear(&gone, &why) != TN_OK)) {
            return 1;
        }
        key = rand_r(&seed) % KEYS;
        memset(value, key, sizeof value);
        if (tn_cache_read(folder(), &key, sizeof key, &found, &bytes) ==
                TN_OK &&
            (bytes != sizeof value || memcmp(found, value, bytes) != 0)) {
            return 2;
        }
        free(found);
    }
    return 0;
}

static void processes_do_not_hinder_each_other(void)
{
    uint64_t limit = 10 * entry_bytes();
    pid_t children[PROCESSES];

    for (unsigned i = 0; i < PROCESSES; ++i) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(work(i, limit));
        }
        CU_ASSERT_FATAL(children[i] > 0);
    }
    for (unsigned i = 0; i < PROCESSES; ++i) {
        int status = 0;

        CU_ASSERT_EQUAL(waitpid(children[i], &status, 0), children[i]);
        CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    WORKS(keep(KEYS, VALUE_BYTES, limit));
    CU_ASSERT(usage().bytes <= limit);
}

/* ---- sizes ---- */

static void sizes_are_read(void)
{
    static const char *const wrong[] = {
        "",         "x",   "10%",
        "-1",       " 1",  "1 ",
        "1k",       "1MB", "18446744073709551616",
        "16777216T"};
    uint64_t bytes = 0;

    CU_ASSERT(tn_bytes_read("0", &bytes) && bytes == 0);
    CU_ASSERT(tn_bytes_read("65536", &bytes) && bytes == 65536);
    CU_ASSERT(tn_bytes_read("3K", &bytes) && bytes == 3 << 10);
    CU_ASSERT(tn_bytes_read("2G", &bytes) && bytes == UINT64_C(2) << 30);
    CU_ASSERT(tn_bytes_read(TN_CACHE_SIZE_DEFAULT, &bytes) && bytes == 1 << 30);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        CU_ASSERT_FALSE(tn_bytes_read(wrong[i], &bytes));
    }
}

#define TESTS(X)                                                               \
    X(what_is_there_is_counted)                                                \
    X(a_folder_that_cannot_be_read_is_told)                                    \
    X(the_least_recently_used_go_first)                                        \
    X(a_new_entry_stays_whatever_the_clock_says)                               \
    X(what_is_larger_than_the_bound_is_not_kept)                               \
    X(what_nobody_uses_goes_in_the_end)                                        \
    X(what_was_being_written_goes_after_an_hour)                               \
    X(it_is_emptied)                                                           \
    X(what_is_no_entry_stays)                                                  \
    X(what_another_user_owns_stays)                                            \
    X(processes_do_not_hinder_each_other)                                      \
    X(sizes_are_read)

SUITE_MAIN("cache's folder", TESTS)
