/* SPDX-License-Identifier: MIT */
/* Launches: what a driver checks, and the kernel in the stream's order. */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

typedef struct launching {
    work work;
    running run;
    _Alignas(16) unsigned char bytes[]; /* arguments, as the device gets them */
} launching;

static void launch_now(work *what)
{
    launching *l = (launching *)what;
    running *r = &l->run;

    r->context = what->context;
    for (size_t i = 0; i < r->function->parameter_count; ++i) {
        r->values[i] = l->bytes + r->function->parameters[i].offset;
    }
    r->shared = NULL;
    if (r->shared_bytes > 0 &&
        posix_memalign((void **)&r->shared, 1024, r->shared_bytes) != 0) {
        fake_die("no memory");
    }
    fake_kernel_run(r);
    free(r->shared);
}

static size_t bytes_of_parameters(CUfunction f)
{
    size_t n = f->parameter_count;

    return n == 0 ? 0
                  : f->parameters[n - 1].offset + f->parameters[n - 1].bytes;
}

static bool fits(CUfunction f, const grid *g, size_t shared)
{
    uint64_t items = (uint64_t)g->items[0] * g->items[1] * g->items[2];
    size_t allowed =
        (size_t)__atomic_load_n(&f->dynamic_shared, __ATOMIC_RELAXED);

    for (int i = 0; i < 3; ++i) {
        if (g->groups[i] == 0 || g->items[i] == 0) {
            return false;
        }
    }
    return items <= (f->max_items != 0 ? f->max_items : 1024) &&
           g->items[2] <= 64 && g->groups[0] <= INT32_MAX &&
           g->groups[1] <= 65535 && g->groups[2] <= 65535 &&
           shared <= allowed && shared + f->static_shared <= SHARED_MAX &&
           (allowed > (size_t)SHARED_PLAIN ||
            shared + f->static_shared <= SHARED_PLAIN);
}

/* The buffer behind CU_LAUNCH_PARAM_BUFFER_POINTER, or NULL. */
static const void *buffer_of(void **extra, size_t *bytes)
{
    const void *buffer = NULL;

    for (; extra != NULL && extra[0] != CU_LAUNCH_PARAM_END; extra += 2) {
        if (extra[0] == CU_LAUNCH_PARAM_BUFFER_POINTER) {
            buffer = extra[1];
        } else if (extra[0] == CU_LAUNCH_PARAM_BUFFER_SIZE) {
            *bytes = *(size_t *)extra[1];
        }
    }
    return buffer;
}

/* Reads each argument, as the driver does: one too few is not survived. */
static void take(launching *l, CUfunction f, void **arguments, void **extra)
{
    size_t bytes = bytes_of_parameters(f);
    size_t given = 0;
    const void *buffer = buffer_of(extra, &given);

    if (buffer != NULL) {
        if (given < bytes) {
            fake_die("%s: %zu bytes of arguments, not %zu", f->name, given,
                     bytes);
        }
        memcpy(l->bytes, buffer, bytes);
    }
    for (size_t i = 0; i < f->parameter_count; ++i) {
        const ptx_parameter *p = &f->parameters[i];

        if (buffer == NULL) {
            if (arguments == NULL || arguments[i] == NULL) {
                fake_die("%s: argument %zu is missing", f->name, i);
            }
            memcpy(l->bytes + p->offset, arguments[i], p->bytes);
        }
    }
}

work *fake_launch(CUfunction f, const grid *g, size_t shared, void **arguments,
                  void **extra)
{
    if (!fits(f, g, shared)) {
        return NULL;
    }
    launching *l = fake_work(sizeof *l + bytes_of_parameters(f), launch_now);

    l->run.function = f;
    l->run.grid = *g;
    l->run.shared_bytes = shared;
    take(l, f, arguments, extra);
    return &l->work;
}

bool fake_is_launch(const work *what)
{
    return what->run == launch_now;
}

DRIVER(cuLaunchKernel, CUfunction f, unsigned groups_x, unsigned groups_y,
       unsigned groups_z, unsigned items_x, unsigned items_y, unsigned items_z,
       unsigned shared, CUstream handle, void **arguments, void **extra)
{
    const grid g = {{groups_x, groups_y, groups_z},
                    {items_x, items_y, items_z}};
    CUstream stream = NULL;

    ENTER(NEEDS_INIT);
    fake_check(f, IS_FUNCTION);
    CUresult answer = fake_stream_of(handle, &stream);

    if (answer != CUDA_SUCCESS) {
        return answer;
    }
    if (stream->context != f->module->context) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    work *launch = fake_launch(f, &g, shared, arguments, extra);

    if (launch == NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    fake_queue(stream, launch);
    return CUDA_SUCCESS;
}
