/* SPDX-License-Identifier: MIT */
/* Contexts: each device's primary one, and each thread's stack of them. */
#include "tests/fakes/cuda_driver/fake.h"

enum {
    STACK_MAX = 16
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CUcontext primary[DEVICES_MAX]; /* NULL: not active */
static unsigned primary_flags[DEVICES_MAX];
static CUresult lost[DEVICES_MAX]; /* what broke a device for this process */
static FAKE_THREAD_LOCAL CUcontext stack[STACK_MAX];
static FAKE_THREAD_LOCAL int depth;

CUcontext fake_current(void)
{
    CUcontext context = depth > 0 ? stack[depth - 1] : NULL;

    if (context != NULL && __atomic_load_n(&context->object.kind,
                                           __ATOMIC_ACQUIRE) != IS_CONTEXT) {
        fake_die("a context that was released is still current");
    }
    return context;
}

CUcontext fake_context(void)
{
    CUcontext context = fake_current();

    if (context == NULL) {
        fake_die("no context is current");
    }
    return context;
}

CUresult fake_fault(CUcontext context)
{
    return __atomic_load_n(&context->fault, __ATOMIC_ACQUIRE);
}

void fake_break(CUcontext context, CUresult why)
{
    CUresult healthy = CUDA_SUCCESS;

    __atomic_compare_exchange_n(&context->fault, &healthy, why, false,
                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    pthread_mutex_lock(&context->lock);
    CUstream stream = context->streams;

    pthread_mutex_unlock(&context->lock);
    for (; stream != NULL; stream = stream->sibling) { /* nobody waits on */
        pthread_mutex_lock(&stream->lock);
        pthread_cond_broadcast(&stream->changed);
        pthread_mutex_unlock(&stream->lock);
    }
}

void fake_contexts_break(CUresult why)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < DEVICES_MAX; ++i) {
        if (primary[i] != NULL) {
            fake_break(primary[i], why);
        }
    }
    pthread_mutex_unlock(&lock);
}

static CUcontext make(int device, bool is_primary)
{
    CUcontext context = fake_make(IS_CONTEXT, sizeof *context, NULL);

    context->device = device;
    context->primary = is_primary;
    pthread_mutex_init(&context->lock, NULL);
    pthread_mutex_init(&context->callbacks, NULL);
    context->legacy = fake_stream_make(context, 0, 0);
    return context;
}

/*
 * Its work ends first; if it is broken, what has not begun is left out. Nobody
 * could destroy what is in a broken one. Else, what was not destroyed is left,
 * so that tests find it.
 */
static void destroy(CUcontext context)
{
    CUresult fault = fake_fault(context);

    fake_drain(context);
    if (fault != CUDA_SUCCESS) {
        pthread_mutex_lock(&lock);
        lost[context->device] = fault;
        pthread_mutex_unlock(&lock);
    }
    for (CUstream s = context->streams; s != NULL; s = s->sibling) {
        fake_settle(s);
        fake_stream_close(s);
    }
    fake_release_all(context);
    if (fault == CUDA_SUCCESS) {
        fake_bury(context->legacy);
    } else {
        fake_bury_all(context);
    }
    fake_bury(context);
}

void fake_drain(CUcontext context)
{
    pthread_mutex_lock(&context->lock);
    CUstream stream = context->streams;

    pthread_mutex_unlock(&context->lock);
    for (; stream != NULL; stream = stream->sibling) {
        fake_wait(stream, UINT64_MAX);
    }
}

/* ---- primary contexts ---- */

DRIVER(cuDevicePrimaryCtxRetain, CUcontext *context, CUdevice device)
{
    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    pthread_mutex_lock(&lock);
    if (lost[device] != CUDA_SUCCESS) {
        pthread_mutex_unlock(&lock);
        return lost[device];
    }
    if (primary[device] == NULL) {
        primary[device] = make(device, true);
    }
    ++primary[device]->users;
    *context = primary[device];
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

DRIVER(cuDevicePrimaryCtxRelease_v2, CUdevice device)
{
    CUcontext ended = NULL;

    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    pthread_mutex_lock(&lock);
    if (primary[device] == NULL) {
        pthread_mutex_unlock(&lock);
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    if (--primary[device]->users == 0) {
        ended = primary[device];
        primary[device] = NULL;
    }
    pthread_mutex_unlock(&lock);
    if (ended != NULL) {
        destroy(ended);
    }
    return CUDA_SUCCESS;
}

DRIVER(cuDevicePrimaryCtxGetState, CUdevice device, unsigned *flags,
       int *active)
{
    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    pthread_mutex_lock(&lock);
    *flags = primary_flags[device];
    *active = primary[device] != NULL;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

DRIVER(cuDevicePrimaryCtxSetFlags_v2, CUdevice device, unsigned flags)
{
    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    pthread_mutex_lock(&lock);
    primary_flags[device] = flags;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

void fake_contexts_forget(void)
{
    for (int i = 0; i < DEVICES_MAX; ++i) {
        CUcontext left = primary[i];

        primary[i] = NULL;
        if (left != NULL) {
            fake_drain(left);
            fake_release_all(left);
            fake_bury(left);
        }
        lost[i] = CUDA_SUCCESS;
    }
    fake_bury_all(NULL);
}

long tn_fake_cuda_users(int device)
{
    pthread_mutex_lock(&lock);
    long users = primary[device] != NULL ? primary[device]->users : 0;

    pthread_mutex_unlock(&lock);
    return users;
}

/* ---- contexts of a program's own ---- */

DRIVER(cuCtxCreate_v2, CUcontext *context, unsigned flags, CUdevice device)
{
    ENTER(NEEDS_INIT);
    (void)flags;
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    if (depth == STACK_MAX) {
        fake_die("a thread's stack of contexts is full");
    }
    *context = make(device, false);
    stack[depth++] = *context;
    return CUDA_SUCCESS;
}

DRIVER(cuCtxDestroy_v2, CUcontext context)
{
    ENTER(NEEDS_INIT);
    fake_check(context, IS_CONTEXT);
    if (context->primary) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    if (depth > 0 && stack[depth - 1] == context) {
        --depth;
    }
    destroy(context);
    return CUDA_SUCCESS;
}

/* ---- the current one ---- */

DRIVER(cuCtxPushCurrent_v2, CUcontext context)
{
    ENTER(NEEDS_INIT);
    fake_check(context, IS_CONTEXT);
    if (depth == STACK_MAX) {
        fake_die("a thread's stack of contexts is full");
    }
    stack[depth++] = context;
    return CUDA_SUCCESS;
}

DRIVER(cuCtxPopCurrent_v2, CUcontext *context)
{
    ENTER(NEEDS_INIT);
    if (depth == 0) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    --depth;
    if (context != NULL) {
        *context = stack[depth];
    }
    return CUDA_SUCCESS;
}

DRIVER(cuCtxGetCurrent, CUcontext *context)
{
    ENTER(NEEDS_INIT);
    *context = fake_current();
    return CUDA_SUCCESS;
}

DRIVER(cuCtxSetCurrent, CUcontext context)
{
    ENTER(NEEDS_INIT);
    if (depth > 0) {
        --depth;
    }
    if (context != NULL) {
        fake_check(context, IS_CONTEXT);
        stack[depth++] = context;
    }
    return CUDA_SUCCESS;
}

DRIVER(cuCtxGetDevice, CUdevice *device)
{
    ENTER(NEEDS_CONTEXT);
    *device = fake_context()->device;
    return CUDA_SUCCESS;
}

DRIVER(cuCtxSynchronize, void)
{
    ENTER(NEEDS_CONTEXT);
    CUcontext context = fake_context();

    fake_drain(context);
    return fake_fault(context);
}

DRIVER(cuCtxGetStreamPriorityRange, int *least, int *greatest)
{
    ENTER(NEEDS_CONTEXT);
    if (least != NULL) {
        *least = 0;
    }
    if (greatest != NULL) {
        *greatest = -5;
    }
    return CUDA_SUCCESS;
}

/* ---- peers ---- */

DRIVER(cuCtxEnablePeerAccess, CUcontext peer, unsigned flags)
{
    ENTER(NEEDS_CONTEXT);
    fake_check(peer, IS_CONTEXT);
    CUcontext context = fake_context();
    unsigned bit = 1u << peer->device;

    if (flags != 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (peer->device == context->device) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    if (!the_machine.peer) {
        return CUDA_ERROR_PEER_ACCESS_UNSUPPORTED;
    }
    return (__atomic_fetch_or(&context->peers, bit, __ATOMIC_ACQ_REL) & bit) !=
                   0
               ? CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED
               : CUDA_SUCCESS;
}

DRIVER(cuCtxDisablePeerAccess, CUcontext peer)
{
    ENTER(NEEDS_CONTEXT);
    fake_check(peer, IS_CONTEXT);
    unsigned bit = 1u << peer->device;

    return (__atomic_fetch_and(&fake_context()->peers, ~bit, __ATOMIC_ACQ_REL) &
            bit) != 0
               ? CUDA_SUCCESS
               : CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}
