/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The words of a command line, as execve() takes them.
 */
#ifndef TENON_TOOLS_CC_WORDS_H
#define TENON_TOOLS_CC_WORDS_H

#include <stddef.h>

/** Starts as all 0. Functions end the process where there is no memory. */
typedef struct cc_words {
    char **items; /**< ends in NULL once there is a word */
    size_t count;
} cc_words;

/** Text in memory of its own. */
char *cc_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

void cc_words_add(cc_words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void cc_words_add_all(cc_words *words, const cc_words *more);

/** Adds what stands between blanks; NULL has no words. */
void cc_words_split(cc_words *words, const char *text);
void cc_words_free(cc_words *words);

#endif
