/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The sentence of a failure: written once, where it is found, and kept for
 * the thread that asks tn_error_message().
 */
#ifndef TENON_RUNTIME_ERROR_H
#define TENON_RUNTIME_ERROR_H

#include <stddef.h>

#include <tenon/status.h>

#include "common/sentence.h"

/** Sets this thread's sentence, drops its log, and returns the status. */
tn_status tn_fail(tn_status status, const char *format, ...)
    __attribute__((cold, format(printf, 2, 3)));

/** tn_fail() for a NULL of the API. */
tn_status tn_fail_null(const char *function, const char *what)
    __attribute__((cold));

/** Returns from a function of the API when a pointer that it needs is NULL. */
#define TN_REQUIRE(pointer)                                                    \
    do {                                                                       \
        if ((pointer) == NULL) {                                               \
            return tn_fail_null(__func__, #pointer);                           \
        }                                                                      \
    } while (0)

/** tn_fail() for malloc() answering NULL. */
tn_status tn_fail_memory(const char *what);

/** tn_fail() with a whole log beside the sentence. */
tn_status tn_fail_log(tn_status status, const char *log, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/** A thread's sentence and log, put aside while a call tries what may fail. */
typedef struct tn_error_kept {
    tn_sentence message;
    char *log;
} tn_error_kept;

void tn_error_keep(tn_error_kept *kept);

/**
 * Ends that call: a failed one leaves its own sentence, one that succeeded in
 * the end the sentence that was there before.
 *
 * @return status
 */
tn_status tn_error_settle(tn_error_kept *kept, tn_status status);

/** What a plugin says through its host table; kept until tn_error_adopt(). */
void tn_error_offer(const char *sentence);
void tn_error_offer_log(const char *text, size_t size);

/** Forgets what a plugin said in a call that did not fail. */
void tn_error_withdraw(void);

/**
 * Makes the offered sentence and log this thread's, after a plugin's call
 * failed.
 *
 * @param who     in front of the sentence: "cpu"
 * @param action  what was tried, for a plugin that said nothing
 * @return status
 */
tn_status tn_error_adopt(tn_status status, const char *who, const char *action);

#endif
