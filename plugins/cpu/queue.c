/* SPDX-License-Identifier: MIT */
/* How a stream's commands follow each other. */
#include <stdarg.h>

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/stream.h"

enum {
    CROWD = 32,         /* commands behind short work: nobody waits for it */
    QUIET_LOOKS = 128,  /* without news, then a stream leaves the list */
    LOOKED_THROUGH = 64 /* commands, for what they use */
};

/* ---- what went wrong ---- */

static void inherit_failure_locked(tn_plugin_stream *stream,
                                   const cpu_command *point)
{
    if (stream->status == TN_OK && point->as.record.status != TN_OK) {
        stream->sentence = point->stream->sentence; /* written once, before */
        atomic_store(&stream->status, point->as.record.status);
    }
}

void cpu_stream_fail(tn_plugin_stream *stream, tn_status status,
                     const char *format, ...)
{
    va_list values;

    va_start(values, format);
    cpu_lock_take(&stream->lock);
    if (stream->status == TN_OK) {
        tn_sentence_vset(&stream->sentence, format, values);
        atomic_store(&stream->status, status);
    }
    cpu_lock_release(&stream->lock);
    va_end(values);
}

tn_status cpu_stream_failure(const tn_plugin_stream *stream)
{
    return (tn_status)atomic_load_explicit(&stream->status,
                                           memory_order_acquire);
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

/* What is left to do when a stream moved, without its lock. */
typedef struct aftermath {
    cpu_command *ended;    /* commands without work that were passed */
    cpu_command *awakened; /* those that waited for one of them */
    uint64_t shares;       /* of work for the pool; 0: nobody is called */
    bool of_pool;          /* a thread of the pool moves it */
    bool list;             /* the stream, in the pool's list */
    bool abandon;          /* the stream: nobody is left who would use it */
} aftermath;

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
static bool begin_locked(tn_plugin_stream *stream, aftermath *after)
{
    cpu_command *head = stream->head;

    switch (head->kind) {
    case CPU_RECORD:
        head->as.record.status = cpu_stream_failure(stream);
        head->as.record.time = head->as.record.timed ? cpu_now() : 0;
        join(cpu_point_pass(head), &after->awakened);
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
    case CPU_GRAPH:
        if (cpu_stream_failure(stream) != TN_OK) {
            return false; /* its input is missing */
        }
        break;
    case CPU_CALL:
    case CPU_RETIRE:
        break;
    }
    head->active = true;
    return true;
}

static void pop_locked(tn_plugin_stream *stream)
{
    cpu_command *head = stream->head;

    stream->head = head->next;
    atomic_store_explicit(&stream->done, head->sequence, memory_order_release);
}

/*
 * Makes the head's work known to the pool, as far as it is for it. A thread of
 * the pool calls nobody for short work: it is awake itself.
 */
static void offer_locked(tn_plugin_stream *stream, aftermath *after)
{
    const cpu_command *head = stream->head;
    bool is_short = cpu_command_is_short(head);
    bool eager = stream->eager || stream->orphan;

    atomic_store_explicit(&stream->offers, eager || !is_short,
                          memory_order_relaxed);
    if (!stream->listed) {
        stream->listed = true;
        cpu_stream_reference(stream);
        after->list = true;
    }
    if (!is_short) {
        after->shares = cpu_command_shares(head);
    } else if (eager && !after->of_pool) {
        after->shares = 1;
    }
}

/* Who waits looks again. */
static void tell_sleepers_locked(tn_plugin_stream *stream)
{
    atomic_store_explicit(
        &stream->moves,
        atomic_load_explicit(&stream->moves, memory_order_relaxed) + 1,
        memory_order_release);
    if (stream->sleepers > 0) {
        tn_futex_wake(&stream->moves, UINT64_MAX);
    }
}

/* Goes on until a command is in progress or the queue is empty. */
static void move_locked(tn_plugin_stream *stream, aftermath *after)
{
    while (stream->head != NULL && !begin_locked(stream, after)) {
        cpu_command *head = stream->head;

        pop_locked(stream);
        head->next = after->ended;
        after->ended = head;
    }
    if (stream->head == NULL) {
        stream->eager = false;
        after->abandon = stream->orphan;
    } else if (stream->head->active) {
        offer_locked(stream, after);
    }
    tell_sleepers_locked(stream);
}

/* The caller sees to it that the stream is still there. */
static void finish_moving(tn_plugin_stream *stream, const aftermath *after)
{
    cpu_pool *pool = &stream->instance->pool;
    cpu_command *ended = after->ended;

    if (after->list) {
        cpu_pool_list(pool, stream);
    }
    if (after->shares > 0) {
        cpu_pool_call(pool, after->shares);
    }
    while (ended != NULL) {
        cpu_command *next = ended->next;

        if (ended->kind == CPU_WAIT) {
            cpu_command_unreference(ended->as.wait.point);
        }
        cpu_command_unreference(ended);
        ended = next;
    }
    if (after->abandon) {
        cpu_stream_unreference(stream); /* once the host's */
    }
}

/* Moves the streams that waited for what others passed. */
static void move_awakened(cpu_command *awakened)
{
    while (awakened != NULL) {
        tn_plugin_stream *stream = awakened->stream;
        aftermath after = {.awakened = awakened->as.wait.next};

        cpu_stream_reference(stream); /* others may finish its work at once */
        cpu_lock_take(&stream->lock);
        move_locked(stream, &after);
        cpu_lock_release(&stream->lock);
        finish_moving(stream, &after);
        cpu_stream_unreference(stream);
        awakened = after.awakened;
    }
}

static void move_others(tn_plugin_stream *stream, const aftermath *after)
{
    finish_moving(stream, after);
    move_awakened(after->awakened);
}

/* Mostly nothing is left to do. */
static inline void conclude(tn_plugin_stream *stream, const aftermath *after)
{
    if (after->list || after->abandon || after->shares > 0 ||
        after->ended != NULL) { /* as where somebody was awakened */
        move_others(stream, after);
    }
}

/*
 * The queue's reference, and that of who ran it. New ones are taken under the
 * lock only, so who is seen to be the last stays the last.
 */
static bool drop_ended_locked(cpu_command *ended)
{
    unsigned mine = ended->whole ? 1 : 2;

    return atomic_load_explicit(&ended->references, memory_order_acquire) ==
               mine ||
           atomic_fetch_sub_explicit(&ended->references, mine,
                                     memory_order_acq_rel) == mine;
}

void cpu_stream_finish_head(tn_plugin_stream *stream, cpu_command *head,
                            bool of_pool)
{
    aftermath after = {.of_pool = of_pool};

    cpu_lock_take(&stream->lock);
    pop_locked(stream);
    atomic_store_explicit(&stream->offers, false, memory_order_relaxed);
    if (of_pool && stream->sleepers == 0) {
        stream->eager = true; /* nobody waits, and the pool is awake */
    }
    move_locked(stream, &after);
    if (drop_ended_locked(head)) {
        cpu_command_recycle_locked(head);
    }
    cpu_lock_release(&stream->lock);
    conclude(stream, &after);
}

static void append_locked(tn_plugin_stream *stream, cpu_command *command)
{
    command->sequence = stream->queued + 1;
    atomic_store_explicit(&stream->queued, command->sequence,
                          memory_order_relaxed);
    *(stream->head == NULL ? &stream->head : &stream->last->next) = command;
    stream->last = command;
}

tn_status cpu_stream_enqueue(tn_plugin_stream *stream, cpu_command *command)
{
    aftermath after = {.ended = NULL};

    cpu_lock_take(&stream->lock);
    bool failed = cpu_stream_failure(stream) != TN_OK;

    cpu_command_take_back_locked(stream);
    append_locked(stream, command);
    if (stream->head == command) {
        move_locked(stream, &after);
    } else if ((command->kind == CPU_CALL ||
                command->sequence - stream->done >= CROWD) &&
               cpu_stream_nudge_locked(stream)) {
        after.shares = 1; /* who has a function called will hardly wait */
    }
    cpu_lock_release(&stream->lock);
    conclude(stream, &after);
    return failed ? cpu_stream_report(stream) : TN_OK;
}

/* ---- what work uses ---- */

/* Not all of a long queue is looked through: it may as well. */
static bool may_use_locked(const tn_plugin_stream *stream,
                           const cpu_object *object)
{
    const cpu_command *command = stream->head;

    for (int i = 0; command != NULL && i < LOOKED_THROUGH; ++i) {
        if (cpu_command_uses(command, object)) {
            return true;
        }
        command = command->next;
    }
    return command != NULL;
}

bool cpu_stream_retire(tn_plugin_stream *stream, cpu_object *object)
{
    cpu_lock_take(&stream->lock);
    bool uses = may_use_locked(stream, object);
    cpu_command *command =
        uses ? cpu_command_create_retire(stream, object) : NULL;

    if (command != NULL) {
        append_locked(stream, command);
    }
    cpu_lock_release(&stream->lock);
    return !uses || command != NULL;
}

/* ---- who works on it ---- */

/* One of those that claim. */
static void enter_locked(cpu_command *head)
{
    atomic_fetch_add(&head->runners, 1);
    cpu_command_reference(head);
}

cpu_command *cpu_stream_join_locked(tn_plugin_stream *stream)
{
    cpu_command *head = stream->head;

    /* who runs a graph shares what he likes of it */
    if (head->kind != CPU_GRAPH && cpu_command_is_short(head)) {
        head->whole = true;
        atomic_store_explicit(&head->claimed, head->units,
                              memory_order_relaxed);
    } else {
        enter_locked(head);
    }
    return head;
}

/* Who had taken the whole claims like others from now. */
static void give_up_whole_locked(cpu_command *head, uint64_t ran)
{
    head->whole = false;
    if (head->kind == CPU_LAUNCH) {
        head->chunk = cpu_launch_chunk(head->as.launch.kernel, head->units);
    }
    enter_locked(head);
    atomic_store_explicit(&head->finished, ran, memory_order_relaxed);
    atomic_store_explicit(&head->claimed, ran, memory_order_relaxed);
}

void cpu_stream_share_head(tn_plugin_stream *stream, cpu_command *head,
                           uint64_t ran)
{
    cpu_lock_take(&stream->lock);
    if (head->whole) {
        give_up_whole_locked(head, ran);
    }
    atomic_store_explicit(&head->brief, false, memory_order_relaxed);
    atomic_store_explicit(&stream->offers, true, memory_order_relaxed);
    tell_sleepers_locked(stream);
    cpu_lock_release(&stream->lock);
    cpu_pool_call(&stream->instance->pool, cpu_command_shares(head));
}

/* Whether short work lies there that nobody of the pool may take yet. */
static bool holds_short_work_locked(const tn_plugin_stream *stream)
{
    const cpu_command *head = stream->head;

    return head != NULL && head->active && !stream->eager &&
           cpu_command_is_short(head) && cpu_command_is_claimable(head);
}

bool cpu_stream_nudge_locked(tn_plugin_stream *stream)
{
    bool holds = holds_short_work_locked(stream);

    if (holds) {
        atomic_store_explicit(&stream->offers, true, memory_order_relaxed);
    }
    stream->eager = stream->head != NULL; /* and what follows too */
    return holds;
}

tn_plugin_stream *cpu_stream_blocker_locked(const tn_plugin_stream *stream)
{
    const cpu_command *head = stream->head;

    if (head == NULL || head->kind != CPU_WAIT) {
        return NULL;
    }
    tn_plugin_stream *blocker = head->as.wait.point->stream;

    cpu_stream_reference(blocker);
    return blocker;
}

void cpu_stream_nudge(tn_plugin_stream *stream)
{
    cpu_pool *pool = &stream->instance->pool;
    tn_plugin_stream *blocker = stream;
    bool call = false;

    cpu_stream_reference(stream);
    for (int i = 0; blocker != NULL; ++i) {
        stream = blocker;
        cpu_lock_take(&stream->lock);
        call |= cpu_stream_nudge_locked(stream);
        blocker = i < CPU_BLOCKERS ? cpu_stream_blocker_locked(stream) : NULL;
        cpu_lock_release(&stream->lock);
        cpu_stream_unreference(stream);
    }
    if (call) {
        cpu_pool_call(pool, 1);
    }
}

static cpu_sight look_locked(tn_plugin_stream *stream)
{
    const cpu_command *head = stream->head;
    bool busy = head != NULL && head->active;
    uint64_t sequence = head != NULL ? head->sequence : 0;
    bool news = busy || stream->seen.queued != stream->queued;

    stream->seen.looks = news ? 0 : stream->seen.looks + 1;
    bool quiet = stream->listed && !busy &&
                 (stream->orphan || stream->seen.looks >= QUIET_LOOKS);
    bool late = stream->seen.head == sequence ||
                cpu_pool_is_empty(&stream->instance->pool);
    cpu_sight sight = quiet ? CPU_QUIET : CPU_NOTHING;

    stream->seen.queued = stream->queued;
    stream->seen.head = sequence;
    if (quiet) {
        stream->listed = false;
    } else if (holds_short_work_locked(stream) && late) {
        cpu_stream_nudge_locked(stream); /* this thread takes it */
    } else if (holds_short_work_locked(stream)) {
        sight = CPU_WAITING;
    }
    return sight;
}

static bool may_take_locked(tn_plugin_stream *stream)
{
    const cpu_command *head = stream->head;

    if (head == NULL || !head->active || !cpu_stream_offers(stream)) {
        return false;
    }
    if (!cpu_command_is_claimable(head)) {
        atomic_store_explicit(&stream->offers, false, memory_order_relaxed);
        return false;
    }
    return cpu_command_has_seat_locked(head);
}

cpu_sight cpu_stream_take(tn_plugin_stream *stream, bool look,
                          cpu_command **command)
{
    cpu_lock_take(&stream->lock);
    cpu_sight sight = look ? look_locked(stream) : CPU_NOTHING;

    if (may_take_locked(stream)) {
        *command = cpu_stream_join_locked(stream);
        cpu_stream_reference(stream);
        sight = CPU_TAKEN;
    }
    cpu_lock_release(&stream->lock);
    return sight;
}

bool cpu_stream_offers(const tn_plugin_stream *stream)
{
    return atomic_load_explicit(&stream->offers, memory_order_relaxed);
}
