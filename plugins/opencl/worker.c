/* SPDX-License-Identifier: MIT */
/* A stream's thread: what has to happen between commands, but is none. */
#include <signal.h>
#include <time.h>

#include "plugins/opencl/stream.h"

struct ocl_task {
    ocl_task *next;
    tn_plugin_instance *instance;
    const ocl_symbols *of; /* `after` belongs to it */
    cl_event after;
    void (*function)(void *data, tn_status status);
    void *data;
    cl_event done;
};

void ocl_worker_init(ocl_worker *worker)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->moved, &attributes);
    pthread_condattr_destroy(&attributes);
}

/*
 * A failure is noted, and no user event made to fail: what waits for one would
 * end with an error of its own, which hides the first, or breaks PoCL.
 */
static void run(ocl_worker *worker, ocl_task *task)
{
    const ocl_symbols *cl = &task->instance->cl;
    cl_int code = CL_COMPLETE;

    if (task->after != NULL) {
        (void)ocl_event_await(task->of, task->after, TN_FOREVER, &code);
        (void)task->of->ReleaseEvent(task->after);
    }
    if (code < CL_COMPLETE) {
        int none = 0;

        atomic_compare_exchange_strong(&worker->failure, &none, code);
    }
    if (task->function != NULL) {
        task->function(task->data,
                       code < CL_COMPLETE ? TN_ERROR_DEVICE : TN_OK);
    }
    if (task->done != NULL) {
        (void)cl->SetUserEventStatus(task->done, CL_COMPLETE);
        (void)cl->ReleaseEvent(task->done);
    }
    ocl_release(task->instance, task);
}

static ocl_task *take_locked(ocl_worker *worker)
{
    ocl_task *task;

    while ((task = worker->first) == NULL && !worker->stopping) {
        pthread_cond_wait(&worker->moved, &worker->lock);
    }
    if (task != NULL) {
        worker->first = task->next;
    }
    return task;
}

static void *work(void *data)
{
    ocl_worker *worker = data;
    ocl_task *task;

    pthread_mutex_lock(&worker->lock);
    while ((task = take_locked(worker)) != NULL) {
        pthread_mutex_unlock(&worker->lock);
        run(worker, task);
        pthread_mutex_lock(&worker->lock);
        ++worker->done;
        pthread_cond_broadcast(&worker->moved);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* A thread of ours takes no signals. */
static bool start_locked(ocl_worker *worker)
{
    sigset_t all;
    sigset_t own;

    if (worker->started) {
        return true;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &own);
    worker->started = pthread_create(&worker->thread, NULL, work, worker) == 0;
    pthread_sigmask(SIG_SETMASK, &own, NULL);
    return worker->started;
}

tn_status ocl_worker_add(tn_plugin_stream *stream, cl_event after,
                         const ocl_symbols *of,
                         void (*function)(void *data, tn_status status),
                         void *data, cl_event done)
{
    ocl_worker *worker = &stream->worker;
    ocl_task *task = ocl_allocate(stream->instance, sizeof *task);

    if (task == NULL) {
        return ocl_fail_memory(stream->instance, "a task of a stream");
    }
    *task = (ocl_task){NULL, stream->instance, of, after, function, data, done};
    pthread_mutex_lock(&worker->lock);
    bool works = start_locked(worker);

    if (works) {
        *(worker->first != NULL ? &worker->last->next : &worker->first) = task;
        worker->last = task;
        ++worker->queued;
        pthread_cond_broadcast(&worker->moved);
    }
    pthread_mutex_unlock(&worker->lock);
    if (!works) {
        ocl_release(stream->instance, task);
        return ocl_fail_memory(stream->instance, "a stream's thread");
    }
    return TN_OK;
}

bool ocl_worker_is_idle(ocl_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    bool idle = worker->done == worker->queued;

    pthread_mutex_unlock(&worker->lock);
    return idle;
}

tn_status ocl_worker_await(ocl_worker *worker, uint64_t deadline)
{
    struct timespec until = {(time_t)(deadline / 1000000000u),
                             (long)(deadline % 1000000000u)};
    int failed = 0;

    pthread_mutex_lock(&worker->lock);
    uint64_t queued = worker->queued;

    while (worker->done < queued && failed == 0) {
        failed =
            deadline == TN_FOREVER
                ? pthread_cond_wait(&worker->moved, &worker->lock)
                : pthread_cond_timedwait(&worker->moved, &worker->lock, &until);
    }
    bool done = worker->done >= queued;

    pthread_mutex_unlock(&worker->lock);
    return done ? TN_OK : TN_TIMEOUT;
}

void ocl_worker_finish(ocl_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_broadcast(&worker->moved);
    pthread_mutex_unlock(&worker->lock);
    if (worker->started) {
        pthread_join(worker->thread, NULL);
    }
    pthread_cond_destroy(&worker->moved);
    pthread_mutex_destroy(&worker->lock);
}
