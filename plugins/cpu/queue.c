/* SPDX-License-Identifier: MIT */
/*
 * How a stream's commands follow each other, and how a thread waits for them.
 */
#include <errno.h>
#include <stdarg.h>
#include <time.h>

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/stream.h"

/* ---- what went wrong ---- */

static void inherit_failure_locked(tn_plugin_stream *stream,
                                   const cpu_command *point)
{
    if (stream->status == TN_OK && point->as.record.status != TN_OK) {
        stream->status = point->as.record.status;
        stream->sentence = point->stream->sentence; /* written once, before */
    }
}

void cpu_stream_fail(tn_plugin_stream *stream, tn_status status,
                     const char *format, ...)
{
    va_list values;

    va_start(values, format);
    pthread_mutex_lock(&stream->lock);
    if (stream->status == TN_OK) {
        stream->status = status;
        tn_sentence_vset(&stream->sentence, format, values);
    }
    pthread_mutex_unlock(&stream->lock);
    va_end(values);
}

tn_status cpu_stream_failure(tn_plugin_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    tn_status status = stream->status;

    pthread_mutex_unlock(&stream->lock);
    return status;
}

tn_status cpu_stream_report(tn_plugin_stream *stream)
{
    tn_status status = cpu_stream_failure(stream);

    if (status != TN_OK) { /* and so the sentence stays as it is */
        cpu_fail(stream->instance, status, "%s", stream->sentence.text);
    }
    return status;
}

/* ---- moving on ---- */

/* Puts the waiting commands of a point in front of others of that kind. */
static void join(cpu_command *waiting, cpu_command **all)
{
    cpu_command **end = &waiting;

    while (*end != NULL) {
        end = &(*end)->as.wait.next;
    }
    *end = *all;
    *all = waiting;
}

/*
 * Starts the command at the head. True while it is in progress, which means
 * that somebody else moves the stream on from now; false when there was nothing
 * to do, or no use in doing it.
 */
static bool begin_locked(tn_plugin_stream *stream, cpu_command **awakened)
{
    cpu_command *head = stream->head;

    switch (head->kind) {
    case CPU_RECORD:
        head->as.record.status = stream->status;
        head->as.record.time = head->as.record.timed ? cpu_now() : 0;
        join(cpu_point_pass(head), awakened);
        return false;
    case CPU_WAIT:
        if (cpu_point_await(head->as.wait.point, head)) {
            return true;
        }
        inherit_failure_locked(stream, head->as.wait.point);
        return false;
    case CPU_LAUNCH:
    case CPU_COPY:
    case CPU_FILL:
        if (stream->status != TN_OK) {
            return false; /* its input is missing */
        }
        break;
    case CPU_CALL:
        break;
    }
    head->active = true;
    cpu_pool_add(&stream->instance->pool, head);
    return true;
}

/* The head joins the commands that ended. */
static void pop_locked(tn_plugin_stream *stream, cpu_command **ended)
{
    cpu_command *head = stream->head;

    stream->head = head->next;
    stream->done = head->sequence;
    head->next = *ended;
    *ended = head;
}

static void drop(cpu_command *ended)
{
    while (ended != NULL) {
        cpu_command *next = ended->next;

        cpu_command_release_used(ended);
        cpu_command_unreference(ended);
        ended = next;
    }
}

/* Goes on until a command is in progress or the queue is empty. */
static void move(tn_plugin_stream *stream, bool head_ended,
                 cpu_command **awakened)
{
    cpu_command *ended = NULL;

    pthread_mutex_lock(&stream->lock);
    while (stream->head != NULL &&
           (head_ended || !begin_locked(stream, awakened))) {
        pop_locked(stream, &ended);
        head_ended = false;
    }
    bool empty = stream->head == NULL;

    if (stream->sleepers > 0) {
        pthread_cond_broadcast(&stream->moved);
    }
    pthread_mutex_unlock(&stream->lock);
    drop(ended);
    if (empty) {
        cpu_stream_unreference(stream); /* the queue's own */
    }
}

/* Moves the stream, and then those that waited for what it passed. */
static void move_all(tn_plugin_stream *stream, bool head_ended)
{
    cpu_command *awakened = NULL;

    move(stream, head_ended, &awakened);
    while (awakened != NULL) {
        stream = awakened->stream;
        awakened = awakened->as.wait.next;
        move(stream, false, &awakened);
    }
}

void cpu_stream_finish_head(tn_plugin_stream *stream)
{
    move_all(stream, true);
}

tn_status cpu_stream_enqueue(tn_plugin_stream *stream, cpu_command *command)
{
    pthread_mutex_lock(&stream->lock);
    bool failed = stream->status != TN_OK;
    bool was_empty = stream->head == NULL;

    command->sequence = ++stream->queued;
    *(was_empty ? &stream->head : &stream->last->next) = command;
    stream->last = command;
    if (was_empty) {
        cpu_stream_reference(stream);
    }
    pthread_mutex_unlock(&stream->lock);
    if (was_empty) {
        move_all(stream, false);
    }
    return failed ? cpu_stream_report(stream) : TN_OK;
}

/* ---- waiting ---- */

static struct timespec timespec_of(uint64_t time)
{
    return (struct timespec){.tv_sec = (time_t)(time / 1000000000u),
                             .tv_nsec = (long)(time % 1000000000u)};
}

/* Sleeps until something moved or the deadline is over. */
static void sleep_locked(tn_plugin_stream *stream, uint64_t deadline)
{
    ++stream->sleepers;
    if (deadline == TN_FOREVER) {
        pthread_cond_wait(&stream->moved, &stream->lock);
    } else {
        struct timespec until = timespec_of(deadline);

        pthread_cond_timedwait(&stream->moved, &stream->lock, &until);
    }
    --stream->sleepers;
}

/* Work of the stream's head for a thread that waits, referenced. */
static cpu_command *work_locked(const tn_plugin_stream *stream, bool alone)
{
    cpu_command *head = stream->head;

    if (head == NULL || !head->active || !cpu_command_is_claimable(head) ||
        (head->kind == CPU_CALL && !alone)) { /* for threads of the pool */
        return NULL;
    }
    cpu_command_reference(head);
    return head;
}

/*
 * Does some of the stream's work, without the lock. Without threads in the pool
 * it does anybody's, since its own may depend on it. False if there was none.
 */
static bool help_locked(tn_plugin_stream *stream)
{
    cpu_pool *pool = &stream->instance->pool;
    bool alone = cpu_pool_is_empty(pool);
    cpu_command *command = work_locked(stream, alone);
    bool helped = command != NULL;

    if (!helped && !alone) {
        return false;
    }
    pthread_mutex_unlock(&stream->lock);
    if (helped) {
        cpu_command_run(command);
        cpu_command_unreference(command);
    } else {
        helped = cpu_pool_help(pool);
    }
    pthread_mutex_lock(&stream->lock);
    return helped;
}

static uint64_t deadline_of(uint64_t timeout)
{
    uint64_t now = cpu_now();

    return timeout < TN_FOREVER - now ? now + timeout : TN_FOREVER;
}

/* When a thread that sleeps should look again. */
static uint64_t look_again(const tn_plugin_stream *stream, uint64_t deadline)
{
    enum {
        MILLISECOND = 1000000
    };

    if (!cpu_pool_is_empty(&stream->instance->pool)) {
        return deadline;
    }
    uint64_t soon = deadline_of(MILLISECOND); /* nobody else may run it */

    return soon < deadline ? soon : deadline;
}

tn_status cpu_stream_await(tn_plugin_stream *stream, uint64_t sequence,
                           uint64_t timeout)
{
    uint64_t deadline =
        timeout != TN_FOREVER ? deadline_of(timeout) : TN_FOREVER;
    tn_status status = TN_OK;

    pthread_mutex_lock(&stream->lock);
    if (sequence > stream->queued) {
        sequence = stream->queued;
    }
    while (stream->done < sequence) {
        /* Who has a limit cannot be held up by a long chunk of groups. */
        bool may_help = deadline == TN_FOREVER ||
                        cpu_pool_is_empty(&stream->instance->pool);

        if (may_help && help_locked(stream)) {
            continue;
        }
        if (stream->done >= sequence) {
            break;
        }
        if (deadline != TN_FOREVER && cpu_now() >= deadline) {
            status = TN_TIMEOUT;
            break;
        }
        sleep_locked(stream, look_again(stream, deadline));
    }
    pthread_mutex_unlock(&stream->lock);
    return status;
}
