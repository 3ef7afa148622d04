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

/** Works out tn_kernel.plain, when all else is known of the kernel. */
void tn_plain_prepare(tn_kernel *kernel, const tn_device *device);

/** Notes the types of a launch that was right, if they are plain. */
void tn_plain_note(tn_kernel *kernel, const tn_plugin_launch *record);

/*
 * What is wrong anywhere is collected and asked for once: a launch that is
 * right passes few branches.
 */
static inline bool tn_plain_arguments(const tn_plain *plain, uint64_t known,
                                      const tn_argument *arguments,
                                      tn_encoded_launch *out)
{
    const tn_argument *argument = &arguments[plain->count];
    tn_plugin_slot *slot = &out->slots[plain->count];
    uint64_t kinds = 0;
    uint64_t offsets = 0;
    uint32_t odd = 0;

    while (argument != arguments) {
        --argument;
        --slot;
        kinds = kinds << 4 | argument->type;
        odd |= argument->type | argument->open << 4;
        slot->words[0] = argument->value.u;
        if (argument->type == TN_TYPE_BUFFER) {
            const tn_buffer *buffer = argument->value.buffer;
            uint64_t offset = argument->offset;

            if (buffer == NULL || buffer->object.device != plain->device ||
                offset >= buffer->bytes) {
                return false;
            }
            offsets |= offset;
            slot->words[0] = (uintptr_t)buffer->handle;
            slot->words[1] = offset;
        }
    }
    return kinds == known && odd < 16 && (offsets & plain->misaligned) == 0;
}

static inline bool tn_plain_grid(const tn_plain *plain, const tn_grid *grid,
                                 tn_plugin_launch *record)
{
    uint64_t x = grid->items[0];

    if ((grid->group[0] | grid->group[1] | grid->group[2] |
         grid->local_bytes) != 0 ||
        x - 1 >= plain->most || grid->items[1] != 1 || grid->items[2] != 1) {
        return false;
    }
    record->groups[0] =
        ((uint32_t)x + (plain->items - 1)) / plain->items; /* below 2^32 */
    record->groups[1] = 1;
    record->groups[2] = 1;
    record->items[0] = plain->items;
    record->items[1] = 1;
    record->items[2] = 1;
    return true;
}

/** Whether the launch is plain and right; then out is what it is. */
static inline bool tn_launch_is_plain(const tn_stream *stream,
                                      const tn_kernel *kernel,
                                      const tn_grid *grid,
                                      const tn_argument *arguments,
                                      size_t count, tn_encoded_launch *out)
{
    const tn_plain *plain = &kernel->plain;
    uint64_t kinds = atomic_load_explicit(&plain->kinds, memory_order_relaxed);

    if (count != plain->count || stream->object.device != plain->device ||
        stream->recording != NULL ||
        !tn_plain_grid(plain, grid, &out->record) ||
        !tn_plain_arguments(plain, kinds, arguments, out)) {
        return false;
    }
    out->record.size = sizeof out->record;
    out->record.argument_count = (uint32_t)count;
    out->record.slot_count = (uint32_t)count;
    out->record.local_bytes = 0;
    out->record.kinds[0] = kinds;
    out->record.kinds[1] = 0;
    out->record.kinds[2] = 0;
    out->record.kinds[3] = 0;
    out->record.slots = out->slots;
    return true;
}

#endif
