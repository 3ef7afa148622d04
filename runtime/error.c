/* SPDX-License-Identifier: MIT */
#include "runtime/error.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/tenon.h>

#include "common/sentence.h"

/* A thread's last failure, and what a plugin has said in the current call. */
typedef struct thread_errors {
    tn_sentence message;
    tn_sentence offered;
    bool has_offer;
    char *log;
    char *offered_log;
} thread_errors;

static pthread_key_t errors_key;
static pthread_once_t errors_once = PTHREAD_ONCE_INIT;

static void free_errors(void *data)
{
    thread_errors *errors = data;

    free(errors->log);
    free(errors->offered_log);
    free(errors);
}

static void make_key(void)
{
    if (pthread_key_create(&errors_key, free_errors) != 0) {
        abort(); /* PTHREAD_KEYS_MAX reached: no thread can have errors */
    }
}

/* NULL where there is no memory for it: then there is no sentence either. */
static thread_errors *own_errors(bool create)
{
    pthread_once(&errors_once, make_key);
    thread_errors *errors = pthread_getspecific(errors_key);

    if (errors == NULL && create) {
        errors = calloc(1, sizeof *errors);
        if (errors != NULL && pthread_setspecific(errors_key, errors) != 0) {
            free(errors);
            errors = NULL;
        }
    }
    return errors;
}

static void drop_log(thread_errors *errors)
{
    free(errors->log);
    errors->log = NULL;
}

static void drop_offer(thread_errors *errors)
{
    errors->has_offer = false;
    free(errors->offered_log);
    errors->offered_log = NULL;
}

static void set_failure(const char *log, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

static void set_failure(const char *log, const char *format, va_list values)
{
    thread_errors *errors = own_errors(true);

    if (errors != NULL) {
        tn_sentence sentence; /* the values may lie in the old message */

        tn_sentence_vset(&sentence, format, values);
        errors->message = sentence;
        drop_log(errors);
        drop_offer(errors);
        errors->log = log != NULL ? strdup(log) : NULL;
    }
}

tn_status tn_fail(tn_status status, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    set_failure(NULL, format, values);
    va_end(values);
    return status;
}

tn_status tn_fail_log(tn_status status, const char *log, const char *format,
                      ...)
{
    va_list values;

    va_start(values, format);
    set_failure(log, format, values);
    va_end(values);
    return status;
}

tn_status tn_fail_null(const char *function, const char *what)
{
    return tn_fail(TN_ERROR_INVALID, "%s: %s is NULL", function, what);
}

tn_status tn_fail_memory(const char *what)
{
    return tn_fail(TN_ERROR_NO_MEMORY, "no memory for %s", what);
}

void tn_error_keep(tn_error_kept *kept)
{
    thread_errors *errors = own_errors(false);

    *kept = (tn_error_kept){.log = NULL};
    if (errors != NULL) {
        kept->message = errors->message;
        kept->log = errors->log;
        errors->log = NULL;
    }
}

tn_status tn_error_settle(tn_error_kept *kept, tn_status status)
{
    thread_errors *errors = own_errors(false);

    if (status != TN_OK || errors == NULL) {
        free(kept->log);
        return status;
    }
    drop_log(errors);
    drop_offer(errors);
    errors->message = kept->message;
    errors->log = kept->log;
    return status;
}

void tn_error_withdraw(void)
{
    thread_errors *errors = own_errors(false);

    if (errors != NULL) {
        drop_offer(errors);
    }
}

void tn_error_offer(const char *sentence)
{
    thread_errors *errors = own_errors(true);

    if (errors != NULL && sentence != NULL) {
        tn_sentence_set(&errors->offered, "%s", sentence);
        errors->has_offer = true;
    }
}

void tn_error_offer_log(const char *text, size_t size)
{
    thread_errors *errors = own_errors(true);

    if (errors != NULL && text != NULL) {
        free(errors->offered_log);
        errors->offered_log = strndup(text, size);
    }
}

tn_status tn_error_adopt(tn_status status, const char *who, const char *action)
{
    thread_errors *errors = own_errors(true);

    if (errors == NULL) {
        return status;
    }
    if (errors->has_offer) {
        tn_sentence_set(&errors->message, "%s: %s", who, errors->offered.text);
    } else {
        tn_sentence_set(&errors->message, "%s: %s failed: %s (%s)", who, action,
                        tn_status_text(status), tn_status_name(status));
    }
    drop_log(errors);
    errors->log = errors->offered_log;
    errors->offered_log = NULL;
    drop_offer(errors);
    return status;
}

const char *tn_error_message(void)
{
    const thread_errors *errors = own_errors(false);

    return errors != NULL ? errors->message.text : "";
}

const char *tn_error_log(void)
{
    const thread_errors *errors = own_errors(false);

    return errors != NULL && errors->log != NULL ? errors->log : "";
}

const char *tn_status_name(tn_status status)
{
    switch (status) {
#define NAME(name, number, meaning)                                            \
    case name:                                                                 \
        return #name;
        TN_STATUS_LIST(NAME)
#undef NAME
    default:
        return "TN_ERROR_?";
    }
}

const char *tn_status_text(tn_status status)
{
    switch (status) {
#define MEANING(name, number, meaning)                                         \
    case name:                                                                 \
        return meaning;
        TN_STATUS_LIST(MEANING)
#undef MEANING
    default:
        return "a status that this version of Tenon does not know";
    }
}
