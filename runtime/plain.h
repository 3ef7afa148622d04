/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The short way of a plain launch: buffers and values, up to sixteen, of types
 * that a launch of this kernel had before, in the kernel's own groups. It only
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

/** Notes the types of a launch that was right, if they are plain. */
void tn_plain_note(tn_kernel *kernel, const tn_plugin_launch *record);

/** What the arguments are, all together. */
typedef struct tn_plain_sum {
    uint64_t kinds;   /* as in tn_plugin_launch.kinds, if no type is odd */
    uint64_t offsets; /* their bits */
    uint32_t types;   /* their bits */
    uint32_t open;    /* whether any is */
} tn_plain_sum;

/*
 * What is wrong with any of them is summed up and asked for once: a launch that
 * is right passes few branches.
 */
static inline bool tn_plain_argument(const tn_argument *argument,
                                     const tn_device *device,
                                     tn_plugin_slot *slot, tn_plain_sum *sum)
{
    tn_type type = argument->type;

    sum->kinds = sum->kinds << 4 | type;
    sum->types |= type;
    sum->open |= argument->open;
    if (__builtin_expect(type == TN_TYPE_BUFFER, 1)) {
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
static inline bool tn_plain_arguments(const tn_plain *plain, uint64_t known,
                                      const tn_argument *arguments,
                                      tn_plugin_slot *slots)
{
    const tn_device *device = plain->device;
    tn_plain_sum sum = {0, 0, 0, 0};

#define TN_PLAIN_CASE(i)                                                       \
    case i + 1:                                                                \
        if (!tn_plain_argument(&arguments[i], device, &slots[i], &sum)) {      \
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
    return ((sum.kinds ^ known) | (sum.types & ~15u) | sum.open |
            (sum.offsets & plain->misaligned)) == 0;
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
    uint64_t kinds = atomic_load_explicit(&plain->kinds, memory_order_relaxed);

    if (count != plain->count || stream->object.device != plain->device ||
        stream->recording != NULL || !tn_plain_grid(plain, grid, record) ||
        !tn_plain_arguments(plain, kinds, arguments, stream->plain.slots)) {
        return false;
    }
    record->argument_count = (uint32_t)count;
    record->slot_count = (uint32_t)count;
    record->kinds[0] = kinds;
    return true;
}

#endif
