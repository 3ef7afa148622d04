/* SPDX-License-Identifier: MIT */
#include "runtime/problems.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/tenon.h>

#include "common/sentence.h"
#include "runtime/error.h"

/* A file may have very many, so the text grows by half of what it has. */
static bool reserve(tn_problems *problems, size_t more)
{
    size_t needed = problems->used + more;

    if (needed <= problems->capacity) {
        return true;
    }
    size_t capacity = needed + needed / 2;
    char *grown = realloc(problems->text, capacity);

    if (grown == NULL) {
        return false;
    }
    problems->text = grown;
    problems->capacity = capacity;
    return true;
}

void tn_problems_vadd(tn_problems *problems, const char *origin,
                      const char *format, va_list values)
{
    tn_sentence sentence;

    tn_sentence_vset(&sentence, format, values);
    /* newline, colon, blank and NUL */
    size_t more = strlen(origin) + strlen(sentence.text) + 4;

    problems->count++;
    if (reserve(problems, more)) {
        if (problems->used > 0) {
            problems->text[problems->used++] = '\n';
        }
        char *line = problems->text + problems->used;

        problems->used +=
            (size_t)snprintf(line, problems->capacity - problems->used,
                             "%s: %s", origin, sentence.text);
        tn_sentence_clean(line); /* a file's name may hold anything */
    }
}

void tn_problems_add(tn_problems *problems, const char *origin,
                     const char *format, ...)
{
    va_list values;

    va_start(values, format);
    tn_problems_vadd(problems, origin, format, values);
    va_end(values);
}

void tn_problems_add_unread(tn_problems *problems, const char *path)
{
    const char *message = tn_error_message(); /* "path: why" */
    size_t skip = strlen(path);

    if (strncmp(message, path, skip) == 0 && message[skip] == ':') {
        message += skip + strspn(message + skip, ": ");
    }
    tn_problems_add(problems, path, "%s", message);
}

tn_status tn_problems_fail(const tn_problems *problems, tn_status status)
{
    if (problems->count == 0) {
        return TN_OK;
    }
    if (problems->text == NULL) {
        return tn_fail_memory("the list of problems");
    }
    size_t first = strcspn(problems->text, "\n");

    if (problems->count == 1) {
        return tn_fail(status, "%s", problems->text);
    }
    return tn_fail_log(status, problems->text, "%.*s (and %zu more)",
                       (int)first, problems->text, problems->count - 1);
}

void tn_problems_finish(tn_problems *problems)
{
    free(problems->text);
    *problems = (tn_problems){.text = NULL};
}
