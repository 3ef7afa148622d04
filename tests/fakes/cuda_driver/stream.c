/* SPDX-License-Identifier: MIT */
/* Streams: a queue and a thread each. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

FAKE_THREAD_LOCAL bool fake_in_callback;

void *fake_work(size_t bytes, void (*run)(work *))
{
    work *new = calloc(1, bytes);

    if (new == NULL) {
        fake_die("no memory");
    }
    new->run = run;
    new->bytes = bytes;
    return new;
}

void *fake_work_again(const work *what)
{
    work *new = fake_work(what->bytes, what->run);

    memcpy(new, what, what->bytes);
    new->next = NULL;
    return new;
}

/* ---- the thread ---- */

static void finish(CUstream stream, work *what)
{
    pthread_mutex_lock(&stream->lock);
    ++stream->done;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    free(what);
}

static void perform(CUstream stream, work *what)
{
    if (what->awaited != NULL) {
        fake_wait(what->awaited, what->number);
    }
    if (what->run == NULL) {
        return; /* only waited */
    }
    if (fake_fault(stream->context) != CUDA_SUCCESS) {
        if (what->left_out != NULL) {
            what->left_out(what);
        }
    } else if (what->callback) {
        pthread_mutex_lock(&stream->context->callbacks);
        fake_in_callback = true;
        what->run(what);
        fake_in_callback = false;
        pthread_mutex_unlock(&stream->context->callbacks);
    } else {
        what->run(what);
    }
}

static work *next_of(CUstream stream)
{
    pthread_mutex_lock(&stream->lock);
    while (stream->first == NULL && !stream->closing) {
        pthread_cond_wait(&stream->changed, &stream->lock);
    }
    work *what = stream->first;

    if (what != NULL) {
        stream->first = what->next;
        if (stream->first == NULL) {
            stream->last = NULL;
        }
    }
    pthread_mutex_unlock(&stream->lock);
    return what;
}

static void *serve(void *data)
{
    CUstream stream = data;

    for (work *what = next_of(stream); what != NULL; what = next_of(stream)) {
        perform(stream, what);
        finish(stream, what);
    }
    return NULL;
}

static void start_thread(CUstream stream)
{
    pthread_t thread;
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (pthread_create(&thread, NULL, serve, stream) != 0) {
        fake_die("no thread for a stream");
    }
    pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* ---- making and closing ---- */

CUstream fake_stream_make(CUcontext context, unsigned flags, int priority)
{
    CUstream stream = fake_make(IS_STREAM, sizeof *stream, context);

    stream->context = context;
    stream->flags = flags;
    stream->priority = priority;
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->changed, NULL);
    pthread_mutex_lock(&context->lock);
    stream->sibling = context->streams;
    context->streams = stream;
    pthread_mutex_unlock(&context->lock);
    start_thread(stream);
    return stream;
}

void fake_stream_close(CUstream stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->closing = true;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
}

/* ---- queueing and waiting ---- */

static uint64_t append(CUstream stream, work *what)
{
    pthread_mutex_lock(&stream->lock);
    what->stream = stream;
    what->context = stream->context;
    if (stream->last != NULL) {
        stream->last->next = what;
    } else {
        stream->first = what;
    }
    stream->last = what;
    uint64_t number = ++stream->queued;

    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    return number;
}

/* Lets a stream wait for all that is in another. */
static void wait_for_other(CUstream stream, CUstream other)
{
    pthread_mutex_lock(&other->lock);
    uint64_t queued = other->queued;
    bool idle = other->done == queued;

    pthread_mutex_unlock(&other->lock);
    if (!idle) {
        work *wait = fake_work(sizeof *wait, NULL);

        wait->awaited = other;
        wait->number = queued;
        append(stream, wait);
    }
}

/* The legacy stream waits for all blocking ones, and those for it. */
uint64_t fake_queue(CUstream stream, work *what)
{
    CUcontext context = stream->context;

    if (stream->capture != NULL) {
        fake_capture(stream->capture, what);
        return 0;
    }
    if (stream == context->legacy) {
        pthread_mutex_lock(&context->lock);
        CUstream other = context->streams;

        pthread_mutex_unlock(&context->lock);
        for (; other != NULL; other = other->sibling) {
            if (other != stream &&
                (other->flags & CU_STREAM_NON_BLOCKING) == 0) {
                wait_for_other(stream, other);
            }
        }
    } else if ((stream->flags & CU_STREAM_NON_BLOCKING) == 0) {
        wait_for_other(stream, context->legacy);
    }
    return append(stream, what);
}

void fake_wait(CUstream stream, uint64_t number)
{
    pthread_mutex_lock(&stream->lock);
    if (number > stream->queued) {
        number = stream->queued;
    }
    while (stream->done < number &&
           fake_fault(stream->context) == CUDA_SUCCESS) {
        pthread_cond_wait(&stream->changed, &stream->lock);
    }
    pthread_mutex_unlock(&stream->lock);
}

void fake_settle(CUstream stream)
{
    pthread_mutex_lock(&stream->lock);
    while (stream->done < stream->queued) {
        pthread_cond_wait(&stream->changed, &stream->lock);
    }
    pthread_mutex_unlock(&stream->lock);
}

bool fake_is_done(CUstream stream, uint64_t number)
{
    pthread_mutex_lock(&stream->lock);
    bool done =
        stream->done >= (number < stream->queued ? number : stream->queued);

    pthread_mutex_unlock(&stream->lock);
    return done;
}

CUresult fake_stream_of(CUstream handle, CUstream *stream)
{
    if (handle == NULL || handle == CU_STREAM_LEGACY ||
        handle == CU_STREAM_PER_THREAD) {
        CUcontext context = fake_current();

        if (context == NULL) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        *stream = context->legacy;
        return fake_fault(context);
    }
    fake_check(handle, IS_STREAM);
    fake_check(handle->context, IS_CONTEXT);
    *stream = handle;
    return fake_fault(handle->context);
}

/* ---- the driver's functions ---- */

DRIVER(cuStreamCreateWithPriority, CUstream *stream, unsigned flags,
       int priority)
{
    ENTER(NEEDS_CONTEXT);
    if (flags > CU_STREAM_NON_BLOCKING) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    priority = priority > 0 ? 0 : priority < -5 ? -5 : priority;
    *stream = fake_stream_make(fake_context(), flags, priority);
    return CUDA_SUCCESS;
}

DRIVER(cuStreamCreate, CUstream *stream, unsigned flags)
{
    ENTER(NEEDS_CONTEXT);
    if (flags > CU_STREAM_NON_BLOCKING) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *stream = fake_stream_make(fake_context(), flags, 0);
    return CUDA_SUCCESS;
}

DRIVER(cuStreamDestroy_v2, CUstream handle)
{
    ENTER(NEEDS_INIT);
    fake_check(handle, IS_STREAM);
    CUresult fault = fake_fault(handle->context);

    if (handle->context->legacy == handle) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (handle->capture != NULL) {
        fake_die("cuStreamDestroy() of a stream that captures a graph");
    }
    fake_stream_close(handle);
    fake_bury(handle);
    return fault;
}

DRIVER(cuStreamQuery, CUstream handle)
{
    ENTER_STREAM(handle, stream);
    if (stream->capture != NULL) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (fake_is_done(stream, UINT64_MAX)) {
        return fake_fault(stream->context);
    }
    return CUDA_ERROR_NOT_READY;
}

DRIVER(cuStreamSynchronize, CUstream handle)
{
    ENTER_STREAM(handle, stream);
    if (stream->capture != NULL) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (stream == stream->context->legacy) {
        fake_queue(stream, fake_work(sizeof(work), NULL));
    }
    fake_wait(stream, UINT64_MAX);
    return fake_fault(stream->context);
}

DRIVER(cuStreamGetCtx, CUstream handle, CUcontext *context)
{
    ENTER_STREAM(handle, stream);
    *context = stream->context;
    return CUDA_SUCCESS;
}

DRIVER(cuStreamGetFlags, CUstream handle, unsigned *flags)
{
    ENTER_STREAM(handle, stream);
    *flags = stream->flags;
    return CUDA_SUCCESS;
}

DRIVER(cuStreamGetPriority, CUstream handle, int *priority)
{
    ENTER_STREAM(handle, stream);
    *priority = stream->priority;
    return CUDA_SUCCESS;
}

typedef struct callback {
    work work;
    CUhostFn function;
    void *data;
} callback;

static void call(work *what)
{
    callback *c = (callback *)what;

    c->function(c->data);
}

DRIVER(cuLaunchHostFunc, CUstream handle, CUhostFn function, void *data)
{
    ENTER_STREAM(handle, stream);
    if (function == NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    callback *c = fake_work(sizeof *c, call);

    c->work.callback = true;
    c->function = function;
    c->data = data;
    fake_queue(stream, &c->work);
    return CUDA_SUCCESS;
}
