/* SPDX-License-Identifier: MIT */
/**
 * @file
 * How far a stream's work has come, as counters: calls that submitted work, and
 * how many of these are known to have ended; the stream's thread and others
 * write what they know of that each to their own.
 *
 * A stream is used by one thread at a time, and the memory pool may not ask the
 * stream of another thread. So what is known comes from that thread's own calls
 * (a wait that succeeded, an idle status), and from events: where the pool
 * wants to know more, the stream's next submission leaves an event behind it,
 * a mark, which any thread may ask. No other mark is left before it has passed.
 *
 * A timeline outlives its stream as long as the work does, and then serves
 * another one, its counters going on: a count once read stays meaningful.
 */
#ifndef TENON_RUNTIME_TIMELINE_H
#define TENON_RUNTIME_TIMELINE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>
#include <tenon/tenon.h>

typedef struct tn_bins tn_bins;

typedef struct tn_timeline {
    atomic_uint_fast64_t submitted; /* written by the stream's own thread */
    atomic_uint_fast64_t finished;  /* by that thread too; never goes back */
    atomic_uint_fast64_t passed;    /* as marks tell; with the lock, too */
    atomic_bool wanted;             /* a mark is */
    atomic_bool failed; /* what is left of its work may never be known */

    /* with the lock of the device: */
    uint32_t index;         /* in the pool's list */
    bool closed;            /* its stream is gone */
    tn_plugin_event *event; /* made for the first mark */
    uint64_t marked;        /* what the mark stands behind; 0: none is out */
    uint64_t seen;          /* value of `submitted` at the pool's time */
    uint64_t seen_at;       /*   seen_at */
    tn_buffer *first;       /* blocks that wait for it, in their order */
    tn_buffer *last;
    tn_bins *bins; /* those that its stream may take at once; NULL: none yet */
} tn_timeline;

/** A timeline for a new stream of the device; NULL: no memory. */
tn_timeline *tn_timeline_open(tn_device *device);

/** Takes back one that no stream used; NULL is fine. */
void tn_timeline_abandon(tn_device *device, tn_timeline *timeline);

/** Parts with a stream that is about to be destroyed. */
void tn_timeline_close(tn_stream *stream);

/** Leaves a mark behind what the stream has submitted, unless one is out. */
void tn_timeline_mark(tn_stream *stream);

/**
 * Asks the marks that are out, and wants others of streams that blocks wait for.
 *
 * @param own  a stream of the caller, which is marked at once; may be NULL
 */
void tn_timelines_poll(tn_device *device, tn_stream *own);

/** Frees all of them; no stream is left. */
void tn_timelines_finish(tn_device *device);

/** `count`, where that is further; the counter has one writer at a time. */
static inline void tn_timeline_advance(atomic_uint_fast64_t *counter,
                                       uint64_t count)
{
    if (atomic_load_explicit(counter, memory_order_relaxed) < count) {
        atomic_store_explicit(counter, count, memory_order_release);
    }
}

/** Notes that the first `count` submissions have ended: the stream's thread. */
static inline void tn_timeline_finish(tn_timeline *timeline, uint64_t count)
{
    tn_timeline_advance(&timeline->finished, count);
}

/** The same for any thread. */
static inline void tn_timeline_pass_locked(tn_timeline *timeline,
                                           uint64_t count)
{
    tn_timeline_advance(&timeline->passed, count);
}

/** Has the stream leave a mark behind its next submission. */
static inline void tn_timeline_want(tn_timeline *timeline)
{
    atomic_store_explicit(&timeline->wanted, true, memory_order_relaxed);
}

static inline uint64_t tn_timeline_submitted(const tn_timeline *timeline)
{
    return atomic_load_explicit(&timeline->submitted, memory_order_acquire);
}

static inline uint64_t tn_timeline_finished(const tn_timeline *timeline)
{
    uint64_t finished =
        atomic_load_explicit(&timeline->finished, memory_order_acquire);
    uint64_t passed =
        atomic_load_explicit(&timeline->passed, memory_order_acquire);

    return finished > passed ? finished : passed;
}

static inline bool tn_timeline_is_idle(const tn_timeline *timeline)
{
    uint64_t submitted = tn_timeline_submitted(timeline);

    return tn_timeline_finished(timeline) >= submitted;
}

#endif
