/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The short way of a plain launch: buffers and values, one to sixteen, of the
 * types that the kernel's first launch had, in the kernel's own groups. It only
 * says whether all is right. What is not goes the careful way, which finds the
 * sentence; so does what is rare, and the first launch.
 */
#ifndef TENON_RUNTIME_PLAIN_H
#define TENON_RUNTIME_PLAIN_H

#include "runtime/launch.h"

/** Sets what is the same in all plain launches of a stream. */
void tn_plain_init(tn_stream *stream);

/** Works out tn_kernel.plain, when all else is known of the kernel. */
void tn_plain_prepare(tn_kernel *kernel, const tn_device *device);

/** Notes the types of the first launch that was right, if they are plain. */
void tn_plain_note(tn_kernel *kernel, const tn_plugin_launch *record);

/** What may be wrong with any of the arguments, all together. */
typedef struct tn_plain_sum {
    uint64_t offsets; /* their bits */
    uint32_t open;    /* whether any is */
} tn_plain_sum;

/* What can wait is asked for once: fewer branches for what is right. */
static inline bool tn_plain_argument(const tn_argument *argument, tn_type type,
                                     const tn_device *device,
                                     tn_plugin_slot *slot, tn_plain_sum *sum)
{
    if (argument->type != type) {
        return false;
    }
    sum->open |= argument->open;
    if (__builtin_expect(argument->type == TN_TYPE_BUFFER, 1)) {
        const tn_buffer *buffer = argument->value.buffer;
        uint64_t offset = argument->offset;

        if (buffer == NULL || buffer->object.device != device ||
            offset >= buffer->bytes) {
            return false;
        }
        sum->offsets |= offset;
        slot->buffer.memory = buffer->handle;
        slot->buffer.offset = offset;
    } else {
        slot->words[0] = argument->value.u;
    }
    return true;
}

/* The last comes first. A loop would cost as much as what is in it. */
static inline bool tn_plain_arguments(const tn_plain *plain,
                                      const tn_argument *arguments,
                                      tn_plugin_slot *slots)
{
    const tn_device *device = plain->device;
    tn_plain_sum sum = {0, 0};

#define TN_PLAIN_CASE(i)                                                       \
    case i + 1:                                                                \
        if (!tn_plain_argument(&arguments[i], plain->types[i], device,         \
                               &slots[i], &sum)) {                             \
            return false;                                                      \
        }                                                                      \
        __attribute__((fallthrough));
    switch (plain->count) {
        TN_PLAIN_CASE(15)
        TN_PLAIN_CASE(14)
        TN_PLAIN_CASE(13)
        TN_PLAIN_CASE(12)
        TN_PLAIN_CASE(11)
        TN_PLAIN_CASE(10)
        TN_PLAIN_CASE(9)
        TN_PLAIN_CASE(8)
        TN_PLAIN_CASE(7)
        TN_PLAIN_CASE(6)
        TN_PLAIN_CASE(5)
        TN_PLAIN_CASE(4)
        TN_PLAIN_CASE(3)
        TN_PLAIN_CASE(2)
        TN_PLAIN_CASE(1)
        TN_PLAIN_CASE(0)
    case 0:
        break;
    default:
        __builtin_unreachable(); /* a kernel that takes more is never plain */
    }
#undef TN_PLAIN_CASE
    return (sum.open | (sum.offsets & plain->misaligned)) == 0;
}

static inline bool tn_plain_grid(const tn_plain *plain, const tn_grid *grid,
                                 tn_plugin_launch *record)
{
    uint64_t x = grid->items[0];
    uint64_t asked[2]; /* groups of a size, local bytes */

    _Static_assert(sizeof asked == sizeof *grid - sizeof grid->items, "grid");
    memcpy(asked, (const char *)grid + offsetof(tn_grid, group), sizeof asked);
    if ((asked[0] | asked[1]) != 0 || x - 1 >= plain->most ||
        grid->items[1] != 1 || grid->items[2] != 1) {
        return false;
    }
    record->groups[0] =
        ((uint32_t)x + (plain->items - 1)) / plain->items; /* below 2^32 */
    record->items[0] = plain->items;
    return true;
}

/** Whether the launch is plain and right; then stream->plain is what it is. */
static inline bool tn_launch_is_plain(tn_stream *stream,
                                      const tn_kernel *kernel,
                                      const tn_grid *grid,
                                      const tn_argument *arguments,
                                      size_t count)
{
    const tn_plain *plain = &kernel->plain;
    tn_plugin_launch *record = &stream->plain.record;
    uint64_t kinds = atomic_load_explicit(&plain->kinds, memory_order_acquire);

    if (kinds == 0 || count != plain->count ||
        stream->object.device != plain->device || stream->recording != NULL ||
        !tn_plain_grid(plain, grid, record) ||
        !tn_plain_arguments(plain, arguments, stream->plain.slots)) {
        return false;
    }
    record->argument_count = (uint32_t)count;
    record->slot_count = (uint32_t)count;
    record->kinds[0] = kinds;
    return true;
}

#endif
