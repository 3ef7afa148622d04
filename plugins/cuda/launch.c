/* SPDX-License-Identifier: MIT */
/*
 * The way of a launch takes no lock, allocates nothing and calls one function
 * of the driver, which needs no current context: the stream tells it.
 */
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/module.h"
#include "plugins/cuda/stream.h"

/* What the driver is told of the arguments. */
typedef struct arguments {
    void *pointers[TN_ARGUMENTS_MAX];
    uint64_t words[TN_ARGUMENTS_MAX]; /* addresses and offsets */
    uint64_t shared;                  /* bytes of all local blocks */
} arguments;

static tn_status fail_count(const tn_plugin_kernel *kernel,
                            const tn_plugin_launch *launch)
{
    return cuda_fail(kernel->module->device->instance, TN_ERROR_SIGNATURE,
                     "kernel %s takes %u arguments, not %u", kernel->name,
                     (unsigned)kernel->parameter_count,
                     (unsigned)launch->argument_count);
}

static tn_status fail_struct(const tn_plugin_kernel *kernel, uint32_t index,
                             uint64_t bytes)
{
    return cuda_fail(kernel->module->device->instance, TN_ERROR_SIGNATURE,
                     "kernel %s: argument %u has %llu bytes, not %llu",
                     kernel->name, (unsigned)index,
                     (unsigned long long)kernel->parameters[index].bytes,
                     (unsigned long long)bytes);
}

/* A launch that was refused, with what it asked for. */
static __attribute__((noinline)) tn_status
fail_launch(const tn_plugin_stream *stream, const tn_plugin_kernel *kernel,
            const tn_plugin_launch *launch, uint64_t shared, cuda_result result)
{
    tn_plugin_device *device = stream->device;
    const uint32_t *groups = launch->groups;
    const uint32_t *items = launch->items;
    tn_sentence text;

    if (cuda_result_is_final(result)) {
        return cuda_check(device, result, "launching a kernel");
    }
    return cuda_fail(
        device->instance,
        result == TN_CUDA_ERROR_INVALID_VALUE ? TN_ERROR_RANGE
                                              : cuda_result_status(result),
        "kernel %s in %u x %u x %u groups of %u x %u x %u items with %llu "
        "bytes of dynamic group memory: %s",
        kernel->name, groups[0], groups[1], groups[2], items[0], items[1],
        items[2], (unsigned long long)shared,
        cuda_result_text(&device->instance->driver, result, &text));
}

/* Blocks begin at multiples of the alignment, in the arguments' order. */
static uint64_t place(arguments *a, uint64_t bytes)
{
    uint64_t offset = (a->shared + CUDA_LOCAL_ALIGNMENT - 1) &
                      ~(uint64_t)(CUDA_LOCAL_ALIGNMENT - 1);

    /* too much is too much; no sum can overflow */
    a->shared = offset + (bytes < UINT32_MAX ? bytes : UINT32_MAX);
    return offset;
}

/* The driver copies values from where the pointers point, before it returns. */
static inline tn_status point(arguments *a, const tn_plugin_kernel *kernel,
                              const tn_plugin_launch *launch)
{
    const tn_plugin_slot *slot = launch->slots;
    uint32_t count = launch->argument_count;
    uint64_t kinds = 0;

    for (uint32_t i = 0; i < count; ++i) {
        kinds = i % 16 == 0 ? launch->kinds[i / 16] : kinds >> 4;
        uint32_t kind = kinds & 15;

        if (kind == TN_TYPE_BUFFER) {
            a->words[i] = slot->buffer.memory->address + slot->buffer.offset;
            a->pointers[i] = &a->words[i];
        } else if (__builtin_expect(kind > TN_TYPE_STRUCT, 1)) {
            a->pointers[i] = (void *)(uintptr_t)slot->value;
        } else if (kind == TN_TYPE_LOCAL) {
            a->words[i] = place(a, slot->bytes);
            a->pointers[i] = &a->words[i];
        } else {
            uint64_t bytes = slot->bytes;

            if (kernel->parameter_count != TN_UNKNOWN &&
                bytes != kernel->parameters[i].bytes) {
                return fail_struct(kernel, i, bytes);
            }
            a->pointers[i] = (void *)(uintptr_t)(slot + 1);
            slot += (bytes + sizeof *slot - 1) / sizeof *slot;
        }
        ++slot;
    }
    return TN_OK;
}

/* The legacy stream is one of the context that is current. */
static __attribute__((noinline)) cuda_result
launch_in_context(const tn_plugin_stream *stream,
                  const tn_plugin_kernel *kernel,
                  const tn_plugin_launch *launch, arguments *a)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result = driver->cuCtxPushCurrent_v2(device->context);

    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuLaunchKernel(kernel->function, launch->groups[0],
                                        launch->groups[1], launch->groups[2],
                                        launch->items[0], launch->items[1],
                                        launch->items[2], (unsigned)a->shared,
                                        stream->queue, a->pointers, NULL);
        cuda_leave(device);
    }
    return result;
}

tn_status cuda_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                      const tn_plugin_launch *launch)
{
    tn_plugin_device *device = stream->device;
    arguments a; /* large: only what counts is written */
    cuda_result result;

    if (__builtin_expect(
            atomic_load_explicit(&device->lost, memory_order_relaxed), 0)) {
        return cuda_report_loss(device);
    }
    if (__builtin_expect(launch->argument_count != kernel->parameter_count &&
                             kernel->parameter_count != TN_UNKNOWN,
                         0)) {
        return fail_count(kernel, launch);
    }
    a.shared = launch->local_bytes; /* the first block */
    tn_status status = point(&a, kernel, launch);

    if (status == TN_OK &&
        __builtin_expect(a.shared > atomic_load_explicit(&kernel->shared_ready,
                                                         memory_order_relaxed),
                         0)) {
        status = cuda_kernel_allow_shared(kernel, a.shared);
    }
    if (status != TN_OK) {
        return status;
    }
    if (__builtin_expect(stream->needs_context, 0)) {
        result = launch_in_context(stream, kernel, launch, &a);
    } else {
        result = device->instance->driver.cuLaunchKernel(
            kernel->function, launch->groups[0], launch->groups[1],
            launch->groups[2], launch->items[0], launch->items[1],
            launch->items[2], (unsigned)a.shared, stream->queue, a.pointers,
            NULL);
    }
    cuda_stream_queued(stream);
    return __builtin_expect(result == TN_CUDA_SUCCESS, 1)
               ? TN_OK
               : fail_launch(stream, kernel, launch, a.shared, result);
}
