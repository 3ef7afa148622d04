/* SPDX-License-Identifier: MIT */
/* Copies and fills. */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

enum {
    SNAPSHOT_MAX = 1 << 20 /* bytes of pageable memory copied at once */
};

typedef struct copying {
    work work;
    char *to;
    const char *from;
    size_t bytes;
    char *snapshot; /* of pageable memory, freed */
    bool to_block;  /* that side is memory that the driver knows */
    bool from_block;
} copying;

static bool there(CUdeviceptr address, size_t bytes)
{
    block found;

    return fake_find(address, bytes, &found);
}

/* It was there when the work was queued, and its turn has come. */
static void check_still_there(const char *pointer, size_t bytes)
{
    if (!there((uintptr_t)pointer, bytes)) {
        fake_die("%p was freed before queued work had used it",
                 (const void *)pointer);
    }
}

static void copy_now(work *what)
{
    copying *c = (copying *)what;

    if (c->to_block) {
        check_still_there(c->to, c->bytes);
    }
    if (c->from_block) {
        check_still_there(c->from, c->bytes);
    }
    memmove(c->to, c->from, c->bytes);
    free(c->snapshot);
}

static void drop(work *what)
{
    free(((copying *)what)->snapshot);
}

static bool pageable(const void *host)
{
    block found;

    return !fake_find((uintptr_t)host, 1, &found);
}

static char *pointer_of(CUdeviceptr address)
{
    return (char *)(uintptr_t)address;
}

static copying *new_copy(void *to, const void *from, size_t bytes)
{
    copying *c = fake_work(sizeof *c, copy_now);

    c->work.left_out = drop;
    c->to = to;
    c->from = from;
    c->bytes = bytes;
    c->to_block = there((uintptr_t)to, bytes);
    c->from_block = there((uintptr_t)from, bytes);
    return c;
}

/* Queues a copy and waits, where the driver does. */
static CUresult queue(CUstream stream, copying *c, bool wait)
{
    uint64_t number = fake_queue(stream, &c->work);

    if (wait) {
        fake_wait(stream, number);
        return fake_fault(stream->context);
    }
    return CUDA_SUCCESS;
}

/*
 * From pageable memory: a little is set aside at once, for more the driver
 * waits for the stream.
 */
static CUresult copy_in(CUstream stream, CUdeviceptr to, const void *from,
                        size_t bytes, bool wait)
{
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (stream->capture != NULL) { /* its snapshot is its own */
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (!there(to, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    copying *c = new_copy(pointer_of(to), from, bytes);

    if (pageable(from) && bytes <= SNAPSHOT_MAX) {
        c->snapshot = malloc(bytes);
        if (c->snapshot == NULL) {
            fake_die("no memory");
        }
        memcpy(c->snapshot, from, bytes);
        c->from = c->snapshot;
        c->from_block = false;
    }
    return queue(stream, c, wait || (pageable(from) && c->snapshot == NULL));
}

/* To pageable memory the driver always waits. */
static CUresult copy_out(CUstream stream, void *to, CUdeviceptr from,
                         size_t bytes, bool wait)
{
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (stream->capture != NULL) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (!there(from, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    return queue(stream, new_copy(to, pointer_of(from), bytes),
                 wait || pageable(to));
}

static CUresult copy_between(CUstream stream, CUdeviceptr to, CUdeviceptr from,
                             size_t bytes)
{
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (!there(to, bytes) || !there(from, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    return queue(stream, new_copy(pointer_of(to), pointer_of(from), bytes),
                 false);
}

DRIVER(cuMemcpyHtoD_v2, CUdeviceptr to, const void *from, size_t bytes)
{
    ENTER(NEEDS_CONTEXT);
    return copy_in(fake_context()->legacy, to, from, bytes, true);
}

DRIVER(cuMemcpyDtoH_v2, void *to, CUdeviceptr from, size_t bytes)
{
    ENTER(NEEDS_CONTEXT);
    return copy_out(fake_context()->legacy, to, from, bytes, true);
}

DRIVER(cuMemcpyDtoD_v2, CUdeviceptr to, CUdeviceptr from, size_t bytes)
{
    ENTER(NEEDS_CONTEXT);
    return copy_between(fake_context()->legacy, to, from, bytes);
}

DRIVER(cuMemcpyHtoDAsync_v2, CUdeviceptr to, const void *from, size_t bytes,
       CUstream handle)
{
    ENTER_STREAM(handle, stream);
    return copy_in(stream, to, from, bytes, false);
}

DRIVER(cuMemcpyDtoHAsync_v2, void *to, CUdeviceptr from, size_t bytes,
       CUstream handle)
{
    ENTER_STREAM(handle, stream);
    return copy_out(stream, to, from, bytes, false);
}

DRIVER(cuMemcpyDtoDAsync_v2, CUdeviceptr to, CUdeviceptr from, size_t bytes,
       CUstream handle)
{
    ENTER_STREAM(handle, stream);
    return copy_between(stream, to, from, bytes);
}

/* Which way it goes is told by the addresses. */
DRIVER(cuMemcpyAsync, CUdeviceptr to, CUdeviceptr from, size_t bytes,
       CUstream handle)
{
    ENTER_STREAM(handle, stream);
    if (!there(from, 1)) {
        return copy_in(stream, to, pointer_of(from), bytes, false);
    }
    if (!there(to, 1)) {
        return copy_out(stream, pointer_of(to), from, bytes, false);
    }
    return copy_between(stream, to, from, bytes);
}

static bool belongs(CUdeviceptr address, size_t bytes, CUcontext context)
{
    block found;

    fake_check(context, IS_CONTEXT);
    return fake_find(address, bytes, &found) && found.device == context->device;
}

DRIVER(cuMemcpyPeerAsync, CUdeviceptr to, CUcontext to_context,
       CUdeviceptr from, CUcontext from_context, size_t bytes, CUstream handle)
{
    ENTER_STREAM(handle, stream);
    if (bytes != 0 && (!belongs(to, bytes, to_context) ||
                       !belongs(from, bytes, from_context))) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    return copy_between(stream, to, from, bytes);
}

DRIVER(cuMemcpyPeer, CUdeviceptr to, CUcontext to_context, CUdeviceptr from,
       CUcontext from_context, size_t bytes)
{
    ENTER(NEEDS_CONTEXT);
    if (bytes != 0 && (!belongs(to, bytes, to_context) ||
                       !belongs(from, bytes, from_context))) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    return copy_between(fake_context()->legacy, to, from, bytes);
}

/* ---- fills ---- */

typedef struct filling {
    work work;
    char *to;
    uint32_t value;
    size_t size; /* of the value */
    size_t pitch;
    size_t width;
    size_t height;
} filling;

/* One row: its first value, then twice as many with each copy. */
static void fill_row(char *row, const filling *f)
{
    size_t bytes = f->width * f->size;

    memcpy(row, &f->value, f->size);
    for (size_t done = f->size; done < bytes; done *= 2) {
        memcpy(row + done, row, done < bytes - done ? done : bytes - done);
    }
}

static void fill_now(work *what)
{
    const filling *f = (filling *)what;

    check_still_there(f->to, (f->height - 1) * f->pitch + f->width * f->size);
    for (size_t y = 0; y < f->height; ++y) {
        fill_row(f->to + y * f->pitch, f);
    }
}

static CUresult fill(CUstream stream, CUdeviceptr to, size_t pitch,
                     uint32_t value, size_t size, size_t width, size_t height)
{
    if (width == 0 || height == 0) {
        return CUDA_SUCCESS;
    }
    if (to % size != 0 ||
        (height > 1 && (pitch % size != 0 || pitch < width * size)) ||
        !there(to, (height - 1) * pitch + width * size)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    filling *f = fake_work(sizeof *f, fill_now);

    f->to = pointer_of(to);
    f->value = value; /* its first bytes: little endian, as the device is */
    f->size = size;
    f->pitch = pitch;
    f->width = width;
    f->height = height;
    fake_queue(stream, &f->work);
    return CUDA_SUCCESS;
}

/* Four functions for each size of a value. */
#define FILLS(bits, type)                                                      \
    DRIVER(cuMemsetD##bits##_v2, CUdeviceptr to, type value, size_t count)     \
    {                                                                          \
        ENTER(NEEDS_CONTEXT);                                                  \
        return fill(fake_context()->legacy, to, 0, value, bits / 8, count, 1); \
    }                                                                          \
    DRIVER(cuMemsetD##bits##Async, CUdeviceptr to, type value, size_t count,   \
           CUstream handle)                                                    \
    {                                                                          \
        ENTER_STREAM(handle, stream);                                          \
        return fill(stream, to, 0, value, bits / 8, count, 1);                 \
    }                                                                          \
    DRIVER(cuMemsetD2D##bits##_v2, CUdeviceptr to, size_t pitch, type value,   \
           size_t width, size_t height)                                        \
    {                                                                          \
        ENTER(NEEDS_CONTEXT);                                                  \
        return fill(fake_context()->legacy, to, pitch, value, bits / 8, width, \
                    height);                                                   \
    }                                                                          \
    DRIVER(cuMemsetD2D##bits##Async, CUdeviceptr to, size_t pitch, type value, \
           size_t width, size_t height, CUstream handle)                       \
    {                                                                          \
        ENTER_STREAM(handle, stream);                                          \
        return fill(stream, to, pitch, value, bits / 8, width, height);        \
    }

FILLS(8, unsigned char)
FILLS(16, unsigned short)
FILLS(32, unsigned)
