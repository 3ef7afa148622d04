/* SPDX-License-Identifier: MIT */
/* How a thread waits for a stream, and works meanwhile. */
#include "common/futex.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/stream.h"

/* Who waits, and for what. */
typedef struct waiting {
    tn_plugin_stream *stream;
    uint64_t sequence;
    cpu_runner runner;
    bool alone; /* there is no thread to leave work to */
} waiting;

static bool is_done(const waiting *w)
{
    return atomic_load_explicit(&w->stream->done, memory_order_acquire) >=
           w->sequence;
}

/* ---- working ---- */

/*
 * Who has a limit does not begin what may take longer: a chunk of groups cannot
 * be left in the middle.
 */
static bool is_in_time(const cpu_command *command, uint64_t limit)
{
    if (limit == TN_FOREVER || cpu_command_is_short(command)) {
        return true;
    }
    uint64_t now = cpu_now();

    return now < limit && cpu_command_chunk_time(command) < limit - now;
}

/* Whether the head of a stream has work for this thread. */
static bool may_join_locked(const waiting *w, const cpu_command *head)
{
    if (head == NULL || !cpu_command_has_seat_locked(head)) {
        return false;
    }
    /* Functions are for threads of the pool. */
    return w->alone ||
           (head->kind != CPU_CALL && is_in_time(head, w->runner.limit));
}

/*
 * Work of the stream's head, referenced. If there is none since the head waits
 * for an event, then `blocker` is that one's stream, referenced.
 */
static cpu_command *join(const waiting *w, tn_plugin_stream *stream,
                         tn_plugin_stream **blocker)
{
    cpu_command *command = NULL;

    *blocker = NULL;
    cpu_lock_take(&stream->lock);
    cpu_command *head = stream->head;

    if (may_join_locked(w, head) && !is_done(w)) {
        command = cpu_stream_join_locked(stream);
    } else {
        *blocker = cpu_stream_blocker_locked(stream);
    }
    cpu_lock_release(&stream->lock);
    return command;
}

/* The same for the streams that this one waits for, one after another. */
static bool help_blockers(const waiting *w, tn_plugin_stream *blocker)
{
    bool helped = false;

    for (int i = 0; blocker != NULL; ++i) {
        tn_plugin_stream *stream = blocker;
        cpu_command *command = NULL;

        blocker = NULL;
        if (!helped && i < CPU_BLOCKERS) {
            command = join(w, stream, &blocker);
        }
        if (command != NULL) {
            cpu_command_run(command, &w->runner);
            helped = true;
        }
        cpu_stream_unreference(stream);
    }
    return helped;
}

/*
 * Does some of the work that is waited for. Without threads in the pool it does
 * anybody's. False if there was none.
 */
static bool help(waiting *w)
{
    cpu_pool *pool = &w->stream->instance->pool;
    tn_plugin_stream *blocker;

    w->alone = cpu_pool_is_empty(pool);
    cpu_command *command = join(w, w->stream, &blocker);

    if (command != NULL) {
        cpu_command_run(command, &w->runner);
        return true;
    }
    return help_blockers(w, blocker) || (w->alone && cpu_pool_help(pool));
}

/* ---- sleeping ---- */

static uint64_t limit_of(uint64_t timeout)
{
    uint64_t now = cpu_now();

    return timeout < TN_FOREVER - now ? now + timeout : TN_FOREVER;
}

/* When a thread that sleeps should look again. */
static uint64_t look_again(const waiting *w)
{
    enum {
        MILLISECOND = 1000000
    };

    if (!w->alone) {
        return w->runner.limit;
    }
    uint64_t soon = limit_of(MILLISECOND); /* nobody else may run it */

    return soon < w->runner.limit ? soon : w->runner.limit;
}

static unsigned moves_of(const tn_plugin_stream *stream)
{
    return atomic_load_explicit(&stream->moves, memory_order_acquire);
}

/* Looks on for a while: what others do may be done soon. */
static void spin(const waiting *w, unsigned seen)
{
    uint64_t begin = cpu_ticks();

    if (w->alone || w->stream->instance->places.usable < 2) {
        return;
    }
    while (moves_of(w->stream) == seen &&
           cpu_ticks() - begin < CPU_SHORT_TICKS) {
        tn_pause();
    }
}

/* Sleeps until something moved or it is time to look again. */
static void sleep_until_moved(const waiting *w, unsigned seen)
{
    uint64_t until = look_again(w);
    uint64_t now = until != TN_FOREVER ? cpu_now() : 0;

    if (until > now) {
        tn_futex_wait(&w->stream->moves, seen,
                      until != TN_FOREVER ? until - now : TN_FOREVER);
    }
}

static void count_sleeper(tn_plugin_stream *stream, uint32_t more)
{
    cpu_lock_take(&stream->lock);
    stream->sleepers += more;
    cpu_lock_release(&stream->lock);
}

/* Waits for others' work, until the stream moves. */
static void wait_for_others(waiting *w)
{
    count_sleeper(w->stream, 1);
    unsigned seen = moves_of(w->stream);

    if (!help(w) && !is_done(w)) {
        spin(w, seen);
        sleep_until_moved(w, seen);
    }
    count_sleeper(w->stream, (uint32_t)-1);
}

tn_status cpu_stream_await(tn_plugin_stream *stream, uint64_t sequence,
                           uint64_t timeout)
{
    uint64_t queued =
        atomic_load_explicit(&stream->queued, memory_order_relaxed);
    waiting w = {.stream = stream,
                 .sequence = sequence < queued ? sequence : queued,
                 .runner.limit = TN_FOREVER};

    if (is_done(&w)) {
        return TN_OK;
    }
    if (timeout != TN_FOREVER) {
        w.runner.limit = limit_of(timeout);
    }
    for (;;) {
        bool helped = help(&w);

        if (is_done(&w)) {
            return TN_OK;
        }
        if (w.runner.limit != TN_FOREVER && cpu_now() >= w.runner.limit) {
            cpu_stream_nudge(stream);
            return TN_TIMEOUT;
        }
        if (!helped) {
            wait_for_others(&w);
        }
    }
}
