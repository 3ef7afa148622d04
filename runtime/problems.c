/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/problems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sentence.h"
#include "runtime/error.h"

void tn_problems_vadd(tn_problems *problems, const char *origin,
                      const char *format, va_list values)
{
    tn_sentence sentence;
    char *joined = NULL;

    tn_sentence_vset(&sentence, format, values);
    problems->count++;
    if (asprintf(
            &joined, "%s%s%s: %s", problems->text != NULL ? problems->text : "",
            problems->text != NULL ? "\n" : "", origin, sentence.text) >= 0) {
        free(problems->text);
        problems->text = joined;
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
    *problems = (tn_problems){NULL, 0};
}
