/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/cc/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

static void *checked(void *memory)
{
    if (memory == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for a command line"));
    }
    return memory;
}

static char *format_text(const char *format, va_list values)
    __attribute__((format(printf, 1, 0)));

static char *format_text(const char *format, va_list values)
{
    char *text = NULL;

    return checked(vasprintf(&text, format, values) >= 0 ? text : NULL);
}

char *cc_text(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    char *text = format_text(format, values);

    va_end(values);
    return text;
}

/* Takes the word over. */
static void take(cc_words *words, char *word)
{
    words->items = checked(
        reallocarray(words->items, words->count + 2, sizeof *words->items));
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

void cc_words_add(cc_words *words, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    take(words, format_text(format, values));
    va_end(values);
}

void cc_words_add_all(cc_words *words, const cc_words *more)
{
    for (size_t i = 0; i < more->count; ++i) {
        take(words, checked(strdup(more->items[i])));
    }
}

void cc_words_split(cc_words *words, const char *text)
{
    static const char blanks[] = " \t\n";

    while (text != NULL && *(text += strspn(text, blanks)) != '\0') {
        size_t bytes = strcspn(text, blanks);

        take(words, checked(strndup(text, bytes)));
        text += bytes;
    }
}

void cc_words_free(cc_words *words)
{
    for (size_t i = 0; i < words->count; ++i) {
        free(words->items[i]);
    }
    free(words->items);
    *words = (cc_words){NULL, 0};
}
