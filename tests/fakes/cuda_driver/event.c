/* SPDX-License-Identifier: MIT */
/* Events: places in a stream, and when it passed them. */
#include <stdlib.h>
#include <time.h>

#include "tests/fakes/cuda_driver/fake.h"

/* One recording; work in the queue holds it too. */
typedef struct record {
    int users; /* atomic */
    CUstream stream;
    uint64_t number;
    double milliseconds; /* when it passed */
} record;

struct CUevent_st {
    object object;
    CUcontext context;
    unsigned flags;
    pthread_mutex_t lock;
    record *record; /* NULL: never recorded */
};

static void let_go(record *r)
{
    if (r != NULL && __atomic_sub_fetch(&r->users, 1, __ATOMIC_ACQ_REL) == 0) {
        free(r);
    }
}

/* The present recording, held; NULL for none. */
static record *hold(CUevent event)
{
    pthread_mutex_lock(&event->lock);
    record *r = event->record;

    if (r != NULL) {
        __atomic_add_fetch(&r->users, 1, __ATOMIC_ACQ_REL);
    }
    pthread_mutex_unlock(&event->lock);
    return r;
}

/* Begins a function of an event. */
#define ENTER_EVENT(event)                                                     \
    ENTER(NEEDS_INIT);                                                         \
    fake_check(event, IS_EVENT);                                               \
    fake_check((event)->context, IS_CONTEXT);                                  \
    if (fake_fault((event)->context) != CUDA_SUCCESS) {                        \
        return fake_fault((event)->context);                                   \
    }

DRIVER(cuEventCreate, CUevent *event, unsigned flags)
{
    ENTER(NEEDS_CONTEXT);
    if (flags > 7) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUevent new = fake_make(IS_EVENT, sizeof *new, fake_context());

    new->context = fake_context();
    new->flags = flags;
    pthread_mutex_init(&new->lock, NULL);
    *event = new;
    return CUDA_SUCCESS;
}

DRIVER(cuEventDestroy_v2, CUevent event)
{
    ENTER(NEEDS_INIT);
    fake_check(event, IS_EVENT);
    CUresult fault = fake_fault(event->context);

    pthread_mutex_lock(&event->lock);
    let_go(event->record);
    event->record = NULL;
    pthread_mutex_unlock(&event->lock);
    fake_bury(event);
    return fault;
}

typedef struct passing {
    work work;
    record *record;
} passing;

static void pass(work *what)
{
    record *r = ((passing *)what)->record;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    r->milliseconds = (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
    let_go(r);
}

static void drop(work *what)
{
    let_go(((passing *)what)->record);
}

DRIVER(cuEventRecord, CUevent event, CUstream handle)
{
    CUstream stream = NULL;

    ENTER_EVENT(event);
    CUresult found = fake_stream_of(handle, &stream);

    if (found != CUDA_SUCCESS) {
        return found;
    }
    if (stream->context != event->context) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (stream->capture != NULL) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    record *r = calloc(1, sizeof *r);
    passing *p = fake_work(sizeof *p, pass);

    if (r == NULL) {
        fake_die("no memory");
    }
    p->work.left_out = drop;
    p->record = r;
    r->users = 2;
    r->stream = stream;
    pthread_mutex_lock(&event->lock);
    let_go(event->record);
    r->number = fake_queue(stream, &p->work);
    event->record = r;
    pthread_mutex_unlock(&event->lock);
    return CUDA_SUCCESS;
}

DRIVER(cuEventQuery, CUevent event)
{
    ENTER_EVENT(event);
    record *r = hold(event);
    CUresult answer = CUDA_SUCCESS;

    if (r != NULL && !fake_is_done(r->stream, r->number)) {
        answer = CUDA_ERROR_NOT_READY;
    } else if (r != NULL) {
        answer = fake_fault(r->stream->context);
    }
    let_go(r);
    return answer;
}

DRIVER(cuEventSynchronize, CUevent event)
{
    ENTER_EVENT(event);
    record *r = hold(event);

    if (r != NULL) {
        fake_wait(r->stream, r->number);
        let_go(r);
    }
    return fake_fault(event->context);
}

static CUresult elapsed(float *milliseconds, CUevent start, CUevent end)
{
    record *from = hold(start);
    record *to = hold(end);
    CUresult answer = CUDA_SUCCESS;

    if (from == NULL || to == NULL ||
        ((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) != 0 ||
        start->context != end->context) {
        answer = CUDA_ERROR_INVALID_HANDLE;
    } else if (!fake_is_done(from->stream, from->number) ||
               !fake_is_done(to->stream, to->number)) {
        answer = CUDA_ERROR_NOT_READY;
    } else {
        *milliseconds = (float)(to->milliseconds - from->milliseconds);
    }
    let_go(from);
    let_go(to);
    return answer;
}

DRIVER(cuEventElapsedTime, float *milliseconds, CUevent start, CUevent end)
{
    ENTER_EVENT(start);
    fake_check(end, IS_EVENT);
    return elapsed(milliseconds, start, end);
}

DRIVER(cuEventElapsedTime_v2, float *milliseconds, CUevent start, CUevent end)
{
    ENTER_EVENT(start);
    fake_check(end, IS_EVENT);
    return elapsed(milliseconds, start, end);
}

DRIVER(cuStreamWaitEvent, CUstream handle, CUevent event, unsigned flags)
{
    CUstream stream = NULL;

    ENTER_EVENT(event);
    CUresult found = fake_stream_of(handle, &stream);

    if (found != CUDA_SUCCESS) {
        return found;
    }
    if (flags > 1) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    record *r = hold(event);

    if (r != NULL) {
        work *wait = fake_work(sizeof *wait, NULL);

        wait->awaited = r->stream;
        wait->number = r->number;
        fake_queue(stream, wait);
        let_go(r);
    }
    return CUDA_SUCCESS;
}
