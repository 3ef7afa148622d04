/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Streams: queues whose commands run in order.
 *
 * A queue that is not empty has exactly one who moves it on: the threads that
 * run its head while that is active, the point that its head waits for, or the
 * thread that is just moving it.
 */
#ifndef TENON_CPU_STREAM_H
#define TENON_CPU_STREAM_H

#include <stdatomic.h>

#include <tenon/plugin.h>

#include "common/sentence.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/lock.h"

/**
 * Lives as long as somebody holds a reference: the host or, once it destroyed
 * the stream, a queue that is not empty; the pool's list; an event.
 */
struct tn_plugin_stream {
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    atomic_uint references;
    struct {
        tn_plugin_stream *next;
        tn_plugin_stream *previous;
    } others; /* of the device; its lock */
    struct {
        tn_plugin_stream *next;
        tn_plugin_stream *previous;
        bool linked;
    } listing; /* of the pool; its lock */

    /* Written under the lock, read without it too. */
    atomic_uint_fast64_t queued; /* sequence of the last command */
    atomic_uint_fast64_t done;   /* and of the last that ended */
    atomic_uint moves;           /* how often the queue moved on */
    atomic_uint status;          /* what went wrong first; stays */
    atomic_bool offers;          /* the head has work for the pool */
    atomic_uint returned_count;  /* commands in `returned` */

    cpu_lock lock;     /* for all below */
    uint32_t sleepers; /* who sleeps on `moves` or soon will */
    cpu_command *head;
    cpu_command *last;
    bool listed; /* in the pool's list, or on the way there */
    bool eager;  /* short work is for the pool too */
    bool orphan; /* destroyed by the host */
    struct {
        uint64_t queued; /* what there was when the pool looked last */
        uint64_t head;
        uint32_t looks; /* since there was news */
    } seen;
    cpu_command *returned; /* that ended and can be used again */
    tn_sentence sentence;

    uint64_t looked_at; /* ticks when short work was timed; for who runs it */
    cpu_command *spare; /* for the thread that uses the stream, and no lock */
};

void cpu_stream_reference(tn_plugin_stream *stream);
void cpu_stream_unreference(tn_plugin_stream *stream);

/** A stream whose queue is not empty, referenced, or NULL. */
tn_plugin_stream *cpu_stream_any_busy(tn_plugin_device *device);

/**
 * Queues a command, and with it the caller's reference.
 *
 * @return what went wrong in the stream before, with its sentence; the command
 *         is queued all the same
 */
tn_status cpu_stream_enqueue(tn_plugin_stream *stream, cpu_command *command);

/**
 * Sees to it that an object that is given up ends behind the work of the queue,
 * if that uses it. False without memory to note that.
 */
bool cpu_stream_retire(tn_plugin_stream *stream, cpu_object *object);

/**
 * Told by who ended the command at the head, whose reference is given up: the
 * next one follows.
 */
void cpu_stream_finish_head(tn_plugin_stream *stream, cpu_command *head,
                            bool of_pool);

/**
 * Takes part in the head's work, which is claimable; or takes the whole, where
 * that is short. cpu_command_run() follows.
 */
cpu_command *cpu_stream_join_locked(tn_plugin_stream *stream);

/**
 * The command at the head is not short after all: others are called.
 *
 * @param ran  units of it that are done, where it was taken as a whole
 */
void cpu_stream_share_head(tn_plugin_stream *stream, cpu_command *head,
                           uint64_t ran);

enum {
    CPU_BLOCKERS = 8 /* streams that are followed to find what holds one up */
};

/**
 * Short work that lies there is for the pool: nobody is going to wait. The same
 * for the streams that this one waits for.
 */
void cpu_stream_nudge(tn_plugin_stream *stream);
/** For this one only; true where the pool is to be called then. */
bool cpu_stream_nudge_locked(tn_plugin_stream *stream);

/** The stream whose event the head waits for, referenced, or NULL. */
tn_plugin_stream *cpu_stream_blocker_locked(const tn_plugin_stream *stream);

/** Somebody asked and found it busy: sees to it that it goes on. */
void cpu_stream_urge(tn_plugin_stream *stream);

/** What a thread of the pool finds in a stream. */
typedef enum cpu_sight {
    CPU_NOTHING,
    CPU_WAITING, /* short work that has just come */
    CPU_TAKEN,   /* a command, referenced with its stream */
    CPU_QUIET    /* nothing since it was looked at last; it is not listed now */
} cpu_sight;

/** Takes what there is for the pool; look: and sees whether it is quiet. */
cpu_sight cpu_stream_take(tn_plugin_stream *stream, bool look,
                          cpu_command **command);
bool cpu_stream_offers(const tn_plugin_stream *stream);

bool cpu_stream_is_idle(const tn_plugin_stream *stream);

/**
 * Waits until the command of that number has ended (UINT64_MAX: all that is
 * queued now), and does its work meanwhile.
 *
 * @return TN_OK, also where the work failed; TN_TIMEOUT
 */
tn_status cpu_stream_await(tn_plugin_stream *stream, uint64_t sequence,
                           uint64_t timeout);

/** Notes what went wrong; the first stays. */
void cpu_stream_fail(tn_plugin_stream *stream, tn_status status,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** What went wrong so far, without and with its sentence told to the host. */
tn_status cpu_stream_failure(const tn_plugin_stream *stream);
tn_status cpu_stream_report(tn_plugin_stream *stream);

tn_status cpu_stream_create(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            tn_plugin_stream **stream);
void cpu_stream_destroy(tn_plugin_stream *stream);
tn_status cpu_stream_sync(tn_plugin_stream *stream, uint64_t timeout);
tn_status cpu_stream_status(tn_plugin_stream *stream);
tn_status cpu_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event);
tn_status cpu_stream_call(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data);

#endif
