/* SPDX-License-Identifier: MIT */
/* runtime/inifile.c: what is read of INI text, and what is refused where. */
#include "runtime/inifile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

/* ---- what a reading tells, as text ---- */

typedef struct transcript {
    char text[8192];
    size_t used;
} transcript;

__attribute__((format(printf, 2, 3))) static void tell(transcript *to,
                                                       const char *format, ...)
{
    va_list values;

    va_start(values, format);
    int length = vsnprintf(to->text + to->used, sizeof to->text - to->used,
                           format, values);

    va_end(values);
    if (length > 0 && (size_t)length < sizeof to->text - to->used) {
        to->used += (size_t)length;
    }
}

static void on_section(void *data, const char *section, unsigned line)
{
    tell(data, "%u[%s] ", line, section);
}

static void on_entry(void *data, const char *section, const char *key,
                     const char *value, unsigned line)
{
    (void)section;
    tell(data, "%u{%s=%s} ", line, key, value);
}

static void on_problem(void *data, unsigned line, const char *sentence)
{
    tell(data, "%u!%s ", line, sentence);
}

static void read_text(const char *text, size_t size, transcript *to)
{
    const tn_inifile_reader reader = {on_section, on_entry, on_problem, to};
    char *copy = malloc(size); /* so that a sanitizer sees its end */

    CU_ASSERT_FATAL(copy != NULL || size == 0);
    if (size > 0) {
        memcpy(copy, text, size);
    }
    to->used = 0;
    to->text[0] = '\0';
    tn_inifile_read(copy, size, &reader);
    free(copy);
}

/* A row that ends in '~' has its last words left to the sentence. */
static bool matches(const char *told, const char *expected)
{
    size_t length = strlen(expected);

    return length > 0 && expected[length - 1] == '~'
               ? strncmp(told, expected, length - 1) == 0
               : strcmp(told, expected) == 0;
}

typedef struct row {
    const char *text;
    size_t size;
    const char *told; /* each followed by a space */
} row;

#define ROW(text, told)                                                        \
    {                                                                          \
        text, sizeof(text) - 1, told                                           \
    }

static void check_rows(const row *rows, size_t count)
{
    transcript got;

    for (size_t i = 0; i < count; ++i) {
        read_text(rows[i].text, rows[i].size, &got);
        suite_check(matches(got.text, rows[i].told), rows[i].text,
                    suite_text("'%s', not '%s'", got.text, rows[i].told),
                    __FILE__, __LINE__);
    }
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

/* ---- the tables ---- */

static void settings_are_read_with_their_lines(void)
{
    static const row rows[] = {
        ROW("", ""),
        ROW("\n\n\n", ""),
        ROW("[a]\nk=v\n", "1[a] 2{k=v} "),
        ROW("[a]\nk=v", "1[a] 2{k=v} "),
        ROW("[a]\nk = v\n", "1[a] 2{k=v} "),
        ROW("[a]\nk\t=\tv\t\n", "1[a] 2{k=v} "),
        ROW("[a]\n\n\nk = v\n", "1[a] 4{k=v} "),
        ROW("[a]\nk = v w  x\n", "1[a] 2{k=v w  x} "),
        ROW("[a]\nk = v = w\n", "1[a] 2{k=v = w} "),
        ROW("[a]\nk = v : w\n", "1[a] 2{k=v : w} "),
        ROW("[a]\nk =\n", "1[a] 2{k=} "),
        ROW("[a]\nk=\n", "1[a] 2{k=} "),
        ROW("[a]\nk=  \n", "1[a] 2{k=} "),
        ROW("[a]\nk = 1\n[b]\nk = 2\n", "1[a] 2{k=1} 3[b] 4{k=2} "),
        ROW("[a]\nk = 1\nk = 2\n", "1[a] 2{k=1} 3{k=2} "),
        ROW("[a]\n[b]\nk = 2\n", "1[a] 2[b] 3{k=2} "),
        ROW("[a]\n", "1[a] "),
        ROW("[a]", "1[a] "),
        ROW("[a]   \nk = v\n", "1[a] 2{k=v} "),
        ROW("[backend cuda]\nk = v\n", "1[backend cuda] 2{k=v} "),
        ROW("[a]\nkey with blanks = v\n", "1[a] 2{key with blanks=v} "),
        ROW("[a]\narg.0 = in f32* a [n]\n", "1[a] 2{arg.0=in f32* a [n]} "),
        ROW("[a]\nk = \"v\"\n", "1[a] 2{k=\"v\"} "),
        ROW("[a]\nk = \xc3\xa9\n", "1[a] 2{k=\xc3\xa9} "),
    };

    CHECK(rows);
}

static void comments_are_left_out(void)
{
    static const row rows[] = {
        ROW("; c\n[a]\nk=v\n", "2[a] 3{k=v} "),
        ROW("# c\n[a]\nk=v\n", "2[a] 3{k=v} "),
        ROW("[a] ; c\nk=v\n", "1[a] 2{k=v} "),
        ROW("[a]\nk = v ; c\n", "1[a] 2{k=v} "),
        ROW("[a]\nk = v\t; c\n", "1[a] 2{k=v} "),
        ROW("[a]\nk = v\f; c\n", "1[a] 2{k=v} "),
        ROW("[a]\nk = v\v; c\n", "1[a] 2{k=v} "),
        ROW("[a]\nk = v;c\n", "1[a] 2{k=v;c} "),
        ROW("[a]\nk = v # c\n", "1[a] 2{k=v # c} "),
        ROW("[a]\nk = ; c\n", "1[a] 2{k=} "),
        ROW("[a]\nk =;c\n", "1[a] 2{k=;c} "),
        ROW("[a]\n;k = v\n", "1[a] "),
        ROW("[a]\n  ; indented\n\t# indented\nk=v\n", "1[a] 4{k=v} "),
        ROW("[a]\n   \n\t\nk=v\n", "1[a] 4{k=v} "),
        ROW("[a]\nk ; c = v\n", "1[a] 2!is neither~"),
        ROW("[a ; b]\n", "1!a section needs~"),
    };

    CHECK(rows);
}

static void marks_and_ends_of_lines_do_no_harm(void)
{
    static const row rows[] = {
        ROW("\xEF\xBB\xBF[a]\nk=v\n", "1[a] 2{k=v} "),
        ROW("\xEF\xBB\xBF", ""),
        ROW("\xEF\xBB", "1!is neither~"),
        ROW("\xEF\xBB\xBF\xEF\xBB\xBF[a]\nk=v\n", "1!a second byte order~"),
        ROW("[a]\r\nk=v\r\n", "1[a] 2{k=v} "),
        ROW("[a]\r\nk=v\r", "1[a] 2{k=v} "),
        ROW("\xEF\xBB\xBF[a]\r\nk=v\r\n", "1[a] 2{k=v} "),
        ROW("[a]\nk=v\r\r\n", "1[a] 2{k=v} "),
        ROW("[a]\rk=v\r", "1!text behind~"),
    };

    CHECK(rows);
}

static void lines_that_are_no_setting_are_told(void)
{
    static const row rows[] = {
        ROW("[a]\nnonsense\n", "1[a] 2!is neither [section] nor key = value "),
        ROW("[a]\nkey: value\n", "1[a] 2!is neither~"),
        ROW("[a]\nkey : v = w\n", "1[a] 2!is neither~"),
        ROW("[a]\n= v\n", "1[a] 2!a value without a key "),
        ROW("[a]\n=\n", "1[a] 2!a value without a key "),
        ROW("[a]\n]\n", "1[a] 2!is neither~"),
        ROW("k = v\n", "1!a key before the first [section] "),
        ROW("k = v\n[a]\nk = v\n",
            "1!a key before the first [section] 2[a] 3{k=v} "),
        ROW("[a]\nk=v\0w\n", "1[a] 2!a NUL byte; this is no text file "),
        ROW("[a]\n\0\n", "1[a] 2!a NUL byte~"),
        ROW("\0", "1!a NUL byte~"),
        ROW("[a]\n\0k=v\nk=w\n",
            "1[a] 2!a NUL byte; this is no text file 3{k=w} "),
    };

    CHECK(rows);
}

static void indented_settings_are_refused(void)
{
    static const row rows[] = {
        ROW("[a]\n k=v\n", "1[a] 2!an indented line~"),
        ROW("[a]\nk=v\n w=x\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW("[a]\nk=v\n\tw=x\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW("[a]\nk=v\n\vw=x\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW("[a]\nk=v\n\fw=x\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW("[a]\nk=v\n\rw=x\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW("[a]\nk=v\n more\n", "1[a] 2{k=v} 3!an indented line~"),
        ROW(" [a]\n", "1!an indented line~"),
    };

    CHECK(rows);
}

static void sections_that_are_none_are_told(void)
{
    static const row rows[] = {
        ROW("[a\n", "1!a section needs a closing bracket: [name] "),
        ROW("[\n", "1!a section needs~"),
        ROW("[]\n", "1!a section without a name "),
        ROW("[a] b\n", "1!text behind the bracket~"),
        ROW("[a] k=v\n", "1!text behind the bracket~"),
        ROW("[a]]\n", "1!text behind the bracket~"),
        ROW("[a]b]\n", "1!text behind the bracket~"),
    };

    CHECK(rows);
}

/* Nobody guesses which section they were meant for. */
static void keys_below_a_refused_section_are_left_out(void)
{
    static const row rows[] = {
        ROW("[a]\nk=1\n[b\nk=2\n",
            "1[a] 2{k=1} 3!a section needs a closing bracket: [name] "),
        ROW("[a]\n[]\nk=2\n[c]\nk=3\n",
            "1[a] 2!a section without a name 4[c] 5{k=3} "),
        ROW("[b\nk=2\n", "1!a section needs a closing bracket: [name] "),
        ROW("[a]\n [b]\nk=2\n",
            "1[a] 2!an indented line; begin it in the first column "),
        ROW("[a]\n[b\nk=2\nnonsense\n",
            "1[a] 2!a section needs a closing bracket: [name] 4!is neither "
            "[section] nor key = value "),
        ROW("[a]\n[b\0]\nk=2\n", "1[a] 2!a NUL byte; this is no text file "),
    };

    CHECK(rows);
}

/* ---- lengths ---- */

/* "[a]\nk=xxx...\n": a second line of so many bytes. */
static void read_line_of(size_t bytes, const char *end, transcript *to)
{
    char *text = malloc(bytes + 16);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memcpy(text, "[a]\nk=", 6);
    memset(text + 6, 'x', bytes - 2);
    strcpy(text + 4 + bytes, end);
    read_text(text, 4 + bytes + strlen(end), to);
    free(text);
}

static void lines_of_198_bytes_are_read_whole_and_longer_ones_refused(void)
{
    static const char *const ends[] = {"\n", "\r\n", "", "\r"};
    transcript got;

    for (size_t end = 0; end < sizeof ends / sizeof ends[0]; ++end) {
        for (size_t bytes = 190; bytes <= 410; ++bytes) {
            read_line_of(bytes, ends[end], &got);
            if (bytes <= 198) {
                CU_ASSERT_EQUAL(strcspn(got.text, "x"), strlen("1[a] 2{k="));
                CU_ASSERT_EQUAL(strspn(strchr(got.text, 'x'), "x"), bytes - 2);
            } else {
                SAME(got.text,
                     "1[a] 2!a line has at most 198 bytes; break it up ");
            }
        }
    }
}

static void a_line_of_300_kb_is_one_problem(void)
{
    transcript got;

    read_line_of(300000, "\n", &got);
    SAME(got.text, "1[a] 2!a line has at most 198 bytes; break it up ");
}

/* 200 bytes is where inih would cut, and begin a line with the rest. */
static void the_rest_of_a_long_line_is_no_key(void)
{
    char text[300];
    transcript got;

    snprintf(text, sizeof text, "[a]\n%0199d%s", 0, "log=debug\nk=v\n");
    read_text(text, strlen(text), &got);
    SAME(got.text, "1[a] 2!a line has at most 198 bytes; break it up 3{k=v} ");
}

static void long_comments_are_refused_as_well(void)
{
    char text[300];
    transcript got;

    snprintf(text, sizeof text, "; %0250d\n[a]\n", 0);
    read_text(text, strlen(text), &got);
    SAME(got.text, "1!a line has at most 198 bytes; break it up 2[a] ");
}

static void sections_of_48_bytes_are_read_and_longer_ones_refused(void)
{
    char name[128];
    char text[160];
    transcript got;

    for (size_t bytes = 1; bytes <= 120; ++bytes) {
        memset(name, 's', bytes);
        name[bytes] = '\0';
        snprintf(text, sizeof text, "[%s]\nk=v\n", name);
        read_text(text, strlen(text), &got);
        SAME(got.text, bytes <= 48
                           ? suite_text("1[%s] 2{k=v} ", name)
                           : "1!a section's name has at most 48 bytes ");
    }
}

static void keys_of_any_length_are_told_whole(void)
{
    char key[128];
    char text[160];
    transcript got;

    for (size_t bytes = 1; bytes <= 120; ++bytes) {
        memset(key, 'k', bytes);
        key[bytes] = '\0';
        snprintf(text, sizeof text, "[a]\n%s=v\n", key);
        read_text(text, strlen(text), &got);
        SAME(got.text, suite_text("1[a] 2{%s=v} ", key));
    }
}

/* ---- all bytes ---- */

/* Whatever bytes come: nothing is read beyond the end, each line is told. */
static void any_bytes_are_survived(void)
{
    unsigned state = 12345;
    char text[64];
    transcript got;

    for (int round = 0; round < 20000; ++round) {
        size_t size = (size_t)round % sizeof text;

        for (size_t i = 0; i < size; ++i) {
            static const char alphabet[] = "[]=;#: \t\r\n\n\nabk\0\xEF\xBB\xBF";

            state = state * 1103515245u + 12345u;
            text[i] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
        }
        read_text(text, size, &got);
    }
}

#define TESTS(X)                                                               \
    X(settings_are_read_with_their_lines)                                      \
    X(comments_are_left_out)                                                   \
    X(marks_and_ends_of_lines_do_no_harm)                                      \
    X(lines_that_are_no_setting_are_told)                                      \
    X(indented_settings_are_refused)                                           \
    X(sections_that_are_none_are_told)                                         \
    X(keys_below_a_refused_section_are_left_out)                               \
    X(lines_of_198_bytes_are_read_whole_and_longer_ones_refused)               \
    X(a_line_of_300_kb_is_one_problem)                                         \
    X(the_rest_of_a_long_line_is_no_key)                                       \
    X(long_comments_are_refused_as_well)                                       \
    X(sections_of_48_bytes_are_read_and_longer_ones_refused)                   \
    X(keys_of_any_length_are_told_whole)                                       \
    X(any_bytes_are_survived)

SUITE_MAIN("inifile", TESTS)
