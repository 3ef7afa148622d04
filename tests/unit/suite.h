/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What unit tests share: a list of tests with a fresh folder for each, and
 * ways to say what is expected of a call.
 */
#ifndef TENON_TESTS_SUITE_H
#define TENON_TESTS_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include <CUnit/CUnit.h>

#include <tenon/tenon.h>

/* ---- the tests of a program ---- */

typedef struct suite_test {
    const char *name;
    void (*run)(void);
} suite_test;

#define SUITE_TEST(name) {#name, name},

/** main() of a test program. TESTS is a list of names: X(first) X(second) */
#define SUITE_MAIN(name, TESTS)                                                \
    int main(void)                                                             \
    {                                                                          \
        static const suite_test tests[] = {TESTS(SUITE_TEST)};                 \
                                                                               \
        return suite_run(name, tests, sizeof tests / sizeof tests[0]);         \
    }

/**
 * Runs tests, each with an empty folder and without any setting of the user.
 *
 * @return what main() returns
 */
int suite_run(const char *name, const suite_test *tests, size_t count);

/** Empties the folder and forgets settings, as before each test. */
void suite_renew(void);

/* ---- the folder of a test ---- */

/**
 * Absolute path of a file of the folder; "" is the folder itself. Its lib, run
 * and etc stand for /usr/lib/tenon, /run/tenon and /etc/tenon.
 */
const char *suite_path(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/** Writes a file of the folder, with the folders that lead to it. */
void suite_write(const char *name, const char *text);
void suite_write_bytes(const char *name, const void *bytes, size_t size);
void suite_print(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void suite_mkdir(const char *name);
/** Makes a link to a path, which need not be there. */
void suite_link(const char *target, const char *name);
void suite_fifo(const char *name);

/** A file that was built: "tests/fakes/.libs/works.so". */
const char *suite_built(const char *path);
/** A file of the sources: "include/tenon/plugin.h". */
const char *suite_source(const char *path);

/** Text in memory of its own, of any length. */
const char *suite_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* ---- what is expected ---- */

/** Whether a condition holds; a failure shows the texts beside it. */
void suite_check(bool holds, const char *what, const char *text,
                 const char *file, unsigned line);

/** That a text has some words in it. */
#define CONTAINS(text, words)                                                  \
    suite_contains(text, words, true, __FILE__, __LINE__)
#define LACKS(text, words)                                                     \
    suite_contains(text, words, false, __FILE__, __LINE__)
void suite_contains(const char *text, const char *words, bool wanted,
                    const char *file, unsigned line);

/** That two texts are the same. */
#define SAME(text, expected) suite_same(text, expected, __FILE__, __LINE__)
void suite_same(const char *text, const char *expected, const char *file,
                unsigned line);

/** That a call succeeds. */
#define WORKS(call) ((void)suite_works(call, #call, __FILE__, __LINE__))
bool suite_works(tn_status status, const char *call, const char *file,
                 unsigned line);

/** The same, and without it the test makes no sense. */
#define NEEDS(call)                                                            \
    CU_ASSERT_FATAL(suite_works(call, #call, __FILE__, __LINE__))

/** That a call fails with a status, and a sentence of one line with words. */
#define FAILS(call, status, ...)                                               \
    suite_fails(call, status, (const char *const[]){__VA_ARGS__, NULL}, #call, \
                __FILE__, __LINE__)
void suite_fails(tn_status status, tn_status expected, const char *const *words,
                 const char *call, const char *file, unsigned line);

#endif
