/* SPDX-License-Identifier: MIT */
/*
 * The way of a launch takes no lock, allocates nothing and calls one function
 * of the driver, which needs no current context: the stream tells it.
 */
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/module.h"
#include "plugins/cuda/stream.h"

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
static uint64_t place(cuda_arguments *a, uint64_t bytes)
{
    uint64_t offset = (a->shared + CUDA_LOCAL_ALIGNMENT - 1) &
                      ~(uint64_t)(CUDA_LOCAL_ALIGNMENT - 1);

    /* too much is too much; no sum can overflow */
    a->shared = offset + (bytes < UINT32_MAX ? bytes : UINT32_MAX);
    return offset;
}

/* Arguments of any kind, one after the other. */
static __attribute__((noinline)) tn_status
point_to_any(cuda_arguments *a, const tn_plugin_kernel *kernel,
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

tn_status cuda_launch_arguments(cuda_arguments *a, tn_plugin_kernel *kernel,
                                const tn_plugin_launch *launch)
{
    a->shared = launch->local_bytes; /* the first block */
    tn_status status = point_to_any(a, kernel, launch);

    if (status == TN_OK && a->shared > atomic_load(&kernel->shared_ready)) {
        status = cuda_kernel_allow_shared(kernel, a->shared);
    }
    return status;
}

/* A buffer or a value. */
static inline uint64_t word_of(const tn_plugin_slot *slot, bool buffer)
{
    return buffer ? slot->buffer.memory->address + slot->buffer.offset
                  : slot->words[0];
}

/*
 * Buffers and values alone, up to CUDA_PLAIN_ARGUMENTS. The stream has a place
 * for them, to which its pointers point, and one thread at a time.
 */
static inline void write_plain(uint64_t *words, uint32_t count,
                               uint32_t buffers, const tn_plugin_slot *slots)
{
#define WORD_CASE(i)                                                           \
    case i + 1:                                                                \
        words[i] = word_of(&slots[i], (buffers & 1u << i) != 0);               \
        __attribute__((fallthrough));
    switch (count) {
        WORD_CASE(14)
        WORD_CASE(13)
        WORD_CASE(12)
        WORD_CASE(11)
        WORD_CASE(10)
        WORD_CASE(9)
        WORD_CASE(8)
        WORD_CASE(7)
        WORD_CASE(6)
        WORD_CASE(5)
        WORD_CASE(4)
        WORD_CASE(3)
        WORD_CASE(2)
        WORD_CASE(1)
        WORD_CASE(0)
    case 0:
        break;
    default:
        __builtin_unreachable(); /* types of more are never noted */
    }
#undef WORD_CASE
}

/*
 * Notes the types of the first launch that was right, if they are plain; they
 * never change again, so nobody reads a part of them.
 */
static void note_plain(tn_plugin_kernel *kernel, const tn_plugin_launch *launch)
{
    tn_plugin_device *device = kernel->module->device;
    uint64_t kinds = launch->kinds[0];
    uint32_t buffers = 0;

    if (launch->argument_count > CUDA_PLAIN_ARGUMENTS ||
        kernel->parameter_count != launch->argument_count) {
        return;
    }
    for (uint32_t i = 0; i < launch->argument_count; ++i) {
        uint32_t kind = kinds >> 4 * i & 15;

        if (kind == TN_TYPE_LOCAL || kind == TN_TYPE_STRUCT) {
            return;
        }
        buffers |= (uint32_t)(kind == TN_TYPE_BUFFER) << i;
    }
    pthread_mutex_lock(&device->lock);
    if (atomic_load(&kernel->plain_kinds) == CUDA_NO_KINDS) {
        kernel->plain_buffers = buffers;
        atomic_store_explicit(&kernel->plain_kinds, kinds,
                              memory_order_release);
    }
    pthread_mutex_unlock(&device->lock);
}

/* The legacy stream is one of the context that is current. */
static __attribute__((noinline)) cuda_result
launch_in_context(const tn_plugin_stream *stream,
                  const tn_plugin_kernel *kernel,
                  const tn_plugin_launch *launch, cuda_arguments *a)
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

/* A launch with whatever is rare. */
static __attribute__((noinline)) tn_status
launch_any(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
           const tn_plugin_launch *launch)
{
    tn_plugin_device *device = stream->device;
    cuda_arguments a; /* large: only what counts is written */

    if (atomic_load_explicit(&device->lost, memory_order_relaxed)) {
        return cuda_report_loss(device);
    }
    tn_status status = cuda_launch_arguments(&a, kernel, launch);

    if (status != TN_OK) {
        return status;
    }
    cuda_result result = launch_in_context(stream, kernel, launch, &a);

    cuda_stream_queued(stream);
    if (result != TN_CUDA_SUCCESS) {
        return fail_launch(stream, kernel, launch, a.shared, result);
    }
    note_plain(kernel, launch);
    return TN_OK;
}

static inline bool is_plain(const tn_plugin_stream *stream,
                            const tn_plugin_kernel *kernel,
                            const tn_plugin_launch *launch)
{
    uint64_t odd = atomic_load_explicit(&stream->odd, memory_order_relaxed);

    return (launch->kinds[0] | odd) ==
               atomic_load_explicit(&kernel->plain_kinds,
                                    memory_order_acquire) &&
           launch->local_bytes <= atomic_load_explicit(&kernel->shared_ready,
                                                       memory_order_relaxed);
}

tn_status cuda_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                      const tn_plugin_launch *launch)
{
    if (__builtin_expect(!is_plain(stream, kernel, launch), 0)) {
        return launch_any(stream, kernel, launch);
    }
    write_plain(stream->words, launch->argument_count, kernel->plain_buffers,
                launch->slots);
    cuda_result result = stream->launch(
        kernel->function, launch->groups[0], launch->groups[1],
        launch->groups[2], launch->items[0], launch->items[1], launch->items[2],
        launch->local_bytes, stream->queue, stream->pointers, NULL);

    cuda_stream_queued(stream);
    return __builtin_expect(result == TN_CUDA_SUCCESS, 1)
               ? TN_OK
               : fail_launch(stream, kernel, launch, launch->local_bytes,
                             result);
}
