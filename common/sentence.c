/* SPDX-License-Identifier: MIT */
#include "common/sentence.h"

#include <stdio.h>
#include <string.h>

void tn_sentence_clean(char *text)
{
    for (; *text != '\0'; ++text) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = ' ';
        }
    }
}

void tn_sentence_vset(tn_sentence *sentence, const char *format, va_list values)
{
    int length =
        vsnprintf(sentence->text, sizeof sentence->text, format, values);

    if (length < 0) {
        length = 0;
        sentence->text[0] = '\0';
    }
    if ((size_t)length >= sizeof sentence->text) {
        memcpy(sentence->text + sizeof sentence->text - 4, "...", 4);
    }
    tn_sentence_clean(sentence->text);
}

void tn_sentence_set(tn_sentence *sentence, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    tn_sentence_vset(sentence, format, values);
    va_end(values);
}
