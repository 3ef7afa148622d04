/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Streams: in-order command queues.
 *
 * A stream keeps the event of the last command that was queued: in an in-order
 * queue it stands for all before it. What OpenCL has no command for (calling a
 * function, waiting for another context's event, releasing memory) is a task of
 * the stream's own thread, which exists once there is one.
 */
#ifndef TENON_OPENCL_STREAM_H
#define TENON_OPENCL_STREAM_H

#include <pthread.h>
#include <stdatomic.h>

#include <tenon/plugin.h>

#include "common/sentence.h"
#include "plugins/opencl/opencl.h"

enum {
    OCL_BUCKETS = 16 /* of kernels that a stream knows */
};

typedef struct ocl_bound ocl_bound;
typedef struct ocl_task ocl_task;

/** The thread of a stream, and what it has to do, in order. */
typedef struct ocl_worker {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    pthread_t thread;
    bool started;
    bool stopping; /* ends when nothing is left to do */
    ocl_task *first;
    ocl_task *last;
    uint64_t queued;
    uint64_t done;
    atomic_int failure; /* of another stream that was waited for; 0: none */
} ocl_worker;

struct tn_plugin_stream {
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    cl_command_queue queue;
    cl_command_queue timer; /* with times, for events that want them */
    cl_mem timed;           /* which each of these writes */
    _Atomic(cl_event) last; /* of what was queued; NULL: idle */
    ocl_bound *recent;      /* of the last launch */
    ocl_bound *bound[OCL_BUCKETS];
    ocl_worker worker;
    tn_status status; /* what went wrong first; stays */
    tn_sentence sentence;
    struct {
        tn_plugin_stream *next;
        tn_plugin_stream *previous;
    } others; /* of the device; its lock */
};

/** Notes the event of a command that was just queued, and hands it over. */
static inline void ocl_stream_advance(tn_plugin_stream *stream, cl_event event)
{
    cl_event before = atomic_load_explicit(&stream->last, memory_order_relaxed);

    atomic_store_explicit(&stream->last, event, memory_order_relaxed);
    if (before != NULL) {
        (void)stream->instance->cl.ReleaseEvent(before);
    }
}

/**
 * What a call that queues a command answers: notes its event and has it started
 * where it went well.
 */
tn_status ocl_stream_queued(tn_plugin_stream *stream, cl_int code,
                            cl_event event, const char *what);

/** Holds later work back until an event of the same context. */
tn_status ocl_stream_hold(tn_plugin_stream *stream, cl_event event);

/** Notes what went wrong in the stream; the first stays. */
void ocl_stream_fail(tn_plugin_stream *stream, cl_int code);

/** What went wrong so far, its sentence told to the host. */
tn_status ocl_stream_report(tn_plugin_stream *stream);

/** Whether nothing was queued since the stream was last found idle. */
static inline bool ocl_stream_is_idle(tn_plugin_stream *stream)
{
    return atomic_load_explicit(&stream->last, memory_order_relaxed) == NULL;
}

/** Ends all streams of a device that is closed, after their work. */
void ocl_streams_finish(tn_plugin_device *device);

/* ---- events of OpenCL ---- */

/** The status of an event: CL_COMPLETE, what went wrong, or > CL_COMPLETE. */
cl_int ocl_event_state(const ocl_symbols *cl, cl_event event);

/**
 * Waits for an event until a deadline.
 *
 * @param code  CL_COMPLETE or what went wrong
 * @return TN_OK, also where it went wrong; TN_TIMEOUT
 */
tn_status ocl_event_await(const ocl_symbols *cl, cl_event event,
                          uint64_t deadline, cl_int *code);

/* ---- tasks ---- */

/**
 * Has the stream's thread wait for an event and call a function.
 *
 * @param after     handed over; NULL for none
 * @param of        the functions that belong to it
 * @param function  may be NULL
 * @param done      a user event that is completed then, handed over, or NULL
 *
 * @return TN_OK; TN_ERROR_NO_MEMORY, and nothing was handed over
 */
tn_status ocl_worker_add(tn_plugin_stream *stream, cl_event after,
                         const ocl_symbols *of,
                         void (*function)(void *data, tn_status status),
                         void *data, cl_event done);

void ocl_worker_init(ocl_worker *worker);
/** Ends the thread after its tasks, and waits for that. */
void ocl_worker_finish(ocl_worker *worker);
/** Whether no task is left. */
bool ocl_worker_is_idle(ocl_worker *worker);
/** Waits for the tasks that there are now. @return TN_OK, TN_TIMEOUT */
tn_status ocl_worker_await(ocl_worker *worker, uint64_t deadline);

/* ---- operations ---- */

tn_status ocl_stream_create(tn_plugin_device *device,
                            const tn_plugin_stream_desc *desc,
                            tn_plugin_stream **stream);
void ocl_stream_destroy(tn_plugin_stream *stream);
tn_status ocl_stream_sync(tn_plugin_stream *stream, uint64_t timeout);
tn_status ocl_stream_status(tn_plugin_stream *stream);
tn_status ocl_stream_wait(tn_plugin_stream *stream, tn_plugin_event *event);
tn_status ocl_stream_call(tn_plugin_stream *stream,
                          void (*function)(void *data, tn_status status),
                          void *data);
tn_status ocl_stream_native(tn_plugin_stream *stream, uint64_t *handle);

#endif
