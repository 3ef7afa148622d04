/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The short way of a plain launch: buffers and values, one to sixteen, of the
 * types that the kernel's first launch had. It only says whether all is right.
 * What is not goes the careful way, which finds the sentence; so does what is
 * rare, and the first launch.
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

/**
 * Bytes that a buffer needs at most on the short way, and what no offset has:
 * so their sum is below 2^64.
 */
#define TN_PLAIN_NEED_MAX ((uint64_t)1 << 62)
#define TN_PLAIN_OFFSET_TOP ((uint64_t)1 << 63)

/** Where a stream is while its work is recorded: on no device of a kernel. */
#define TN_PLAIN_NOWHERE ((const tn_device *)(uintptr_t)1)

/**
 * What buffers need at least: 1 byte, or what their extents say, which may be
 * more than a value. Of words and arguments one is NULL.
 *
 * @return false: go the careful way
 */
bool tn_plain_calculate_needs(const tn_plain *plain, const uint64_t *words,
                              const tn_argument *arguments, uint64_t *needs);

/** What may be wrong with any of the arguments, all together. */
typedef struct tn_plain_sum {
    uint64_t offsets; /* their bits */
    uint32_t open;    /* whether any is */
} tn_plain_sum;

/* Of what is given as words: the types are right, offsets 0, nothing is open. */
static inline bool tn_plain_word(uint64_t word, tn_type type,
                                 const tn_device *device, uint64_t need,
                                 tn_plugin_slot *slot)
{
    if (__builtin_expect(type == TN_TYPE_BUFFER, 1)) {
        const tn_buffer *buffer = (const tn_buffer *)(uintptr_t)word;

        if (buffer == NULL || buffer->object.device != device ||
            buffer->bytes < need) {
            return false;
        }
        slot->buffer.memory = buffer->handle;
        slot->buffer.offset = 0;
    } else {
        slot->words[0] = word;
    }
    return true;
}

/* What can wait is asked for once: fewer branches for what is right. */
static inline bool tn_plain_argument(const tn_argument *argument, tn_type type,
                                     const tn_device *device, uint64_t need,
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
            offset + need > buffer->bytes) {
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

/*
 * The same where each extent is a value. One that is 0 or below goes the careful
 * way.
 */
static inline __attribute__((always_inline)) bool
tn_plain_needs(const tn_plain *plain, const uint64_t *words,
               const tn_argument *arguments, uint64_t *needs)
{
    const tn_plain_extent *extent = plain->extents;
    const tn_plain_extent *end = extent + plain->extent_count;

    *needs++ = 1;
    do {
        uint64_t value = arguments == NULL ? words[extent->value]
                                           : arguments[extent->value].value.u;

        if (value - 1 >= extent->most) {
            return false;
        }
        *needs++ = value * extent->factor;
    } while (++extent < end);
    return true;
}

/* Runs ONE(i) for each argument. A loop would cost as much as what is in it. */
#define TN_PLAIN_CASE(i, one)                                                  \
    case i + 1:                                                                \
        one(i) __attribute__((fallthrough));
#define TN_PLAIN_EACH(count, one)                                              \
    switch (count) {                                                           \
        TN_PLAIN_CASE(15, one)                                                 \
        TN_PLAIN_CASE(14, one)                                                 \
        TN_PLAIN_CASE(13, one)                                                 \
        TN_PLAIN_CASE(12, one)                                                 \
        TN_PLAIN_CASE(11, one)                                                 \
        TN_PLAIN_CASE(10, one)                                                 \
        TN_PLAIN_CASE(9, one)                                                  \
        TN_PLAIN_CASE(8, one)                                                  \
        TN_PLAIN_CASE(7, one)                                                  \
        TN_PLAIN_CASE(6, one)                                                  \
        TN_PLAIN_CASE(5, one)                                                  \
        TN_PLAIN_CASE(4, one)                                                  \
        TN_PLAIN_CASE(3, one)                                                  \
        TN_PLAIN_CASE(2, one)                                                  \
        TN_PLAIN_CASE(1, one)                                                  \
        TN_PLAIN_CASE(0, one)                                                  \
    case 0:                                                                    \
        break;                                                                 \
    default:                                                                   \
        __builtin_unreachable(); /* a kernel that takes more is never plain */ \
    }

/*
 * Compiled for buffers that need different sizes, and for those that need the
 * same: needs NULL. A whole buffer has a byte.
 */
static inline __attribute__((always_inline)) bool
tn_plain_words(const tn_plain *plain, const tn_device *device,
               const uint64_t *words, const uint64_t *needs, uint64_t need,
               tn_plugin_slot *slots)
{
#define TN_PLAIN_WORD(i)                                                       \
    if (!tn_plain_word(words[i], plain->types[i], device,                      \
                       needs != NULL ? needs[plain->need_of[i]] : need,        \
                       &slots[i])) {                                           \
        return false;                                                          \
    }
    TN_PLAIN_EACH(plain->count, TN_PLAIN_WORD)
#undef TN_PLAIN_WORD
    return true;
}

static inline __attribute__((always_inline)) bool
tn_plain_arguments(const tn_plain *plain, const tn_device *device,
                   const tn_argument *arguments, const uint64_t *needs,
                   tn_plugin_slot *slots)
{
    tn_plain_sum sum = {0, 0};

#define TN_PLAIN_ARGUMENT(i)                                                   \
    if (!tn_plain_argument(&arguments[i], plain->types[i], device,             \
                           needs != NULL ? needs[plain->need_of[i]] : 1,       \
                           &slots[i], &sum)) {                                 \
        return false;                                                          \
    }
    TN_PLAIN_EACH(plain->count, TN_PLAIN_ARGUMENT)
#undef TN_PLAIN_ARGUMENT
    return (sum.open | (sum.offsets & plain->misaligned)) == 0;
}

/* In a line, the groups left to the kernel. */
static inline bool tn_plain_line(tn_stream *stream, const tn_plain *plain,
                                 const tn_grid *grid)
{
    tn_plugin_launch *record = &stream->plain.record;
    uint64_t x = grid->items[0];
    uint64_t asked[2]; /* groups of a size, local bytes */

    _Static_assert(offsetof(tn_grid, group) + sizeof asked ==
                       offsetof(tn_grid, dimensions),
                   "grid");
    memcpy(asked, (const char *)grid + offsetof(tn_grid, group), sizeof asked);
    if ((asked[0] | asked[1] | stream->plain.shaped) != 0 ||
        x - 1 >= plain->most || grid->items[1] != 1 || grid->items[2] != 1) {
        return false;
    }
    record->groups[0] =
        ((uint32_t)x + (plain->width - 1)) / plain->width; /* below 2^32 */
    record->items[0] = plain->items;
    return true;
}

/** Any grid. */
bool tn_plain_shape(tn_stream *stream, const tn_kernel *kernel,
                    const tn_grid *grid);

/**
 * Whether a launch may be plain and right so far as its arguments do not matter;
 * then stream->plain is what it is, all but these.
 *
 * @param line  tries only grids in a line whose groups are left to the kernel
 */
static inline __attribute__((always_inline)) bool
tn_plain_begin(tn_stream *stream, const tn_kernel *kernel, const tn_grid *grid,
               bool line)
{
    const tn_plain *plain = &kernel->plain;
    tn_plugin_launch *record = &stream->plain.record;

    if (stream->plain.fork_count != tn_fork_count ||
        stream->plain.device !=
            atomic_load_explicit(&plain->device, memory_order_acquire) ||
        !(line ? tn_plain_line(stream, plain, grid)
               : tn_plain_shape(stream, kernel, grid))) {
        return false;
    }
    _Static_assert(offsetof(tn_plugin_launch, slot_count) ==
                       offsetof(tn_plugin_launch, argument_count) +
                           sizeof record->argument_count,
                   "counts");
    memcpy((char *)record + offsetof(tn_plugin_launch, argument_count),
           plain->counts, sizeof plain->counts);
    record->kinds[0] = plain->kinds;
    return true;
}

#endif
