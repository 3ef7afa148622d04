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

/* Arguments of any kind, one after the other. */
static __attribute__((noinline)) tn_status
point_to_any(arguments *a, const tn_plugin_kernel *kernel,
             const tn_plugin_launch *launch)
{
    const tn_plugin_slot *slot = launch->slots;

    if (launch->argument_count != kernel->parameter_count &&
        kernel->parameter_count != TN_UNKNOWN) {
        return fail_count(kernel, launch);
    }
    for (uint32_t i = 0; i < launch->argument_count; ++i) {
        uint32_t kind = launch->kinds[i / 16] >> 4 * (i % 16) & 15;

        a->pointers[i] = &a->words[i];
        if (kind == TN_TYPE_BUFFER) {
            a->words[i] = slot->buffer.memory->address + slot->buffer.offset;
        } else if (kind == TN_TYPE_LOCAL) {
            a->words[i] = place(a, slot->bytes);
        } else if (kind == TN_TYPE_STRUCT) {
            uint64_t bytes = slot->bytes;

            if (kernel->parameter_count != TN_UNKNOWN &&
                bytes != kernel->parameters[i].bytes) {
                return fail_struct(kernel, i, bytes);
            }
            a->pointers[i] = (void *)(uintptr_t)(slot + 1);
            slot += (bytes + sizeof *slot - 1) / sizeof *slot;
        } else {
            a->words[i] = slot->words[0];
        }
        ++slot;
    }
    return TN_OK;
}

/* Buffers and values alone, up to sixteen. */
static inline void point_to_plain(arguments *a, uint32_t count, uint64_t kinds,
                                  const tn_plugin_slot *slot)
{
    for (uint32_t i = 0; i < count; ++i) {
        uint64_t word = slot->words[0];

        if ((kinds & 15) == TN_TYPE_BUFFER) {
            word = slot->buffer.memory->address + slot->buffer.offset;
        }
        kinds >>= 4;
        ++slot;
        a->words[i] = word;
        a->pointers[i] = &a->words[i];
    }
}

/* Notes the types of a launch that was right, if they are plain. */
static void note_plain(tn_plugin_kernel *kernel, const tn_plugin_launch *launch)
{
    uint64_t kinds = launch->kinds[0];

    if (launch->argument_count > 16 ||
        kernel->parameter_count != launch->argument_count) {
        return;
    }
    for (uint32_t i = 0; i < launch->argument_count; ++i) {
        uint32_t kind = kinds >> 4 * i & 15;

        if (kind == TN_TYPE_LOCAL || kind == TN_TYPE_STRUCT) {
            return;
        }
    }
    atomic_store_explicit(&kernel->plain_kinds, kinds, memory_order_relaxed);
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
    a.shared = launch->local_bytes; /* the first block */
    if (__builtin_expect(launch->kinds[0] ==
                                 atomic_load_explicit(&kernel->plain_kinds,
                                                      memory_order_relaxed) &&
                             launch->argument_count == kernel->parameter_count,
                         1)) {
        point_to_plain(&a, launch->argument_count, launch->kinds[0],
                       launch->slots);
    } else {
        tn_status status = point_to_any(&a, kernel, launch);

        if (status != TN_OK) {
            return status;
        }
        note_plain(kernel, launch);
    }
    if (__builtin_expect(a.shared > atomic_load_explicit(&kernel->shared_ready,
                                                         memory_order_relaxed),
                         0)) {
        tn_status status = cuda_kernel_allow_shared(kernel, a.shared);

        if (status != TN_OK) {
            return status;
        }
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
