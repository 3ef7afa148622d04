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

#include <pthread.h>
#include <stdatomic.h>

#include <tenon/plugin.h>

#include "common/sentence.h"
#include "plugins/cpu/command.h"

/**
 * Lives as long as the host, a queue that is not empty, or an event holds a
 * reference.
 */
struct tn_plugin_stream {
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    atomic_uint references;
    struct {
        tn_plugin_stream *next;
        tn_plugin_stream *previous;
    } others; /* of the device; its lock */

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t moved;
    uint32_t sleepers; /* on `moved` */
    cpu_command *head;
    cpu_command *last;
    uint64_t queued;  /* sequence of the last command */
    uint64_t done;    /* and of the last that ended */
    tn_status status; /* what went wrong first; stays */
    tn_sentence sentence;
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

/** Told by who ended the command at the head: the next one follows. */
void cpu_stream_finish_head(tn_plugin_stream *stream);

bool cpu_stream_is_idle(tn_plugin_stream *stream);

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
tn_status cpu_stream_failure(tn_plugin_stream *stream);
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
