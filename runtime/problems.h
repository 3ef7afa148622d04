/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What is wrong with a file: every problem with its place, not only the first.
 */
#ifndef TENON_RUNTIME_PROBLEMS_H
#define TENON_RUNTIME_PROBLEMS_H

#include <stdarg.h>
#include <stddef.h>

#include <tenon/status.h>

/** Starts as all 0. */
typedef struct tn_problems {
    char *text;  /* "origin: sentence", one a line */
    size_t used; /* without its NUL */
    size_t capacity;
    size_t count;
} tn_problems;

void tn_problems_add(tn_problems *problems, const char *origin,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tn_problems_vadd(tn_problems *problems, const char *origin,
                      const char *format, va_list values)
    __attribute__((format(printf, 3, 0)));

/** The sentence of tn_error_message() about a file that cannot be read. */
void tn_problems_add_unread(tn_problems *problems, const char *path);

/**
 * tn_fail() with the first problem and the number of the others; all of them
 * are in tn_error_log() then.
 *
 * @return status; TN_OK where there is no problem
 */
tn_status tn_problems_fail(const tn_problems *problems, tn_status status);

void tn_problems_finish(tn_problems *problems);

#endif
