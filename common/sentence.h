/* SPDX-License-Identifier: MIT */
/**
 * @file
 * One sentence that says what went wrong, on its way from where it is found to
 * who asks.
 */
#ifndef TENON_COMMON_SENTENCE_H
#define TENON_COMMON_SENTENCE_H

#include <stdarg.h>

/**
 * Bytes that a sentence has at most, with its NUL; longer ones end in "...".
 */
#define TN_SENTENCE_BYTES 1024

typedef struct tn_sentence {
    char text[TN_SENTENCE_BYTES];
} tn_sentence;

/** Makes spaces of control characters, so that text stays one line. */
void tn_sentence_clean(char *text);

/**
 * Writes the sentence; control characters of the arguments become spaces, so
 * that it stays one line.
 */
void tn_sentence_set(tn_sentence *sentence, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tn_sentence_vset(tn_sentence *sentence, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

#endif
