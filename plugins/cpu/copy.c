/* SPDX-License-Identifier: MIT */
/* Copies and fills: work in pieces that several threads claim. */
#include <stdint.h>
#include <string.h>

#include "common/size.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/stream.h"

enum {
    STAGED_BYTES = 4096,      /* copied into the command, so nobody waits */
    SHORT_BYTES = 64 << 10,   /* copied before another thread would come */
    DIRECT_BYTES = 256 << 10, /* copied at once where nothing is queued */
    PATTERN_BYTES = 16,
    /* memcpy() of less never takes the processor's instruction for copies */
    STEP_BYTES = 512,
    PAGE_BYTES = 4096,
    LINE_BYTES = 64
};

/*
 * That instruction takes 17 to 25 times as long on AMD's processors where `to`
 * lies a few bytes behind `from`, but for whole pages. So it is with what
 * malloc() gives, 16 bytes behind a page, and our buffers, which begin with one.
 */
static void copy_bytes(unsigned char *to, const unsigned char *from,
                       size_t bytes)
{
    uintptr_t distance = ((uintptr_t)to - (uintptr_t)from) & (PAGE_BYTES - 1);

    if (distance == 0 || distance >= LINE_BYTES) {
        memcpy(to, from, bytes);
        return;
    }
    /* for a size that it knows, the compiler would write that instruction */
    size_t step = STEP_BYTES;

    __asm__("" : "+r"(step));
    for (; bytes > step; bytes -= step) {
        memcpy(to, from, step);
        to += step;
        from += step;
    }
    memcpy(to, from, bytes);
}

void cpu_copy_run(const cpu_copy_work *work, uint64_t begin, uint64_t end)
{
    uint64_t from = begin * CPU_PIECE_BYTES;
    uint64_t to = end * CPU_PIECE_BYTES;

    if (to > work->bytes) {
        to = work->bytes;
    }
    copy_bytes(work->to + from, work->from + from, (size_t)(to - from));
}

void cpu_fill_run(const cpu_fill_work *work, uint64_t begin, uint64_t end)
{
    unsigned char *to = work->to + begin * CPU_PIECE_BYTES;
    unsigned char *stop = work->to + end * CPU_PIECE_BYTES;

    if (end * CPU_PIECE_BYTES > work->bytes) {
        stop = work->to + work->bytes;
    }
    for (; stop - to >= PATTERN_BYTES; to += PATTERN_BYTES) {
        memcpy(to, work->pattern, PATTERN_BYTES);
    }
    memcpy(to, work->pattern, (size_t)(stop - to));
}

bool cpu_copy_is_short(uint64_t bytes)
{
    return bytes <= SHORT_BYTES;
}

static tn_status check(const tn_plugin_memory *memory, uint64_t offset,
                       uint64_t bytes)
{
    if (!tn_range_within(offset, bytes, memory->size)) {
        return cpu_fail(memory->instance, TN_ERROR_RANGE,
                        "%llu bytes at %llu lie outside a buffer of %llu",
                        (unsigned long long)bytes, (unsigned long long)offset,
                        (unsigned long long)memory->size);
    }
    return TN_OK;
}

static void cut_into_pieces(cpu_command *command, uint64_t bytes)
{
    atomic_init(&command->units, tn_size_parts(bytes, CPU_PIECE_BYTES));
    atomic_init(&command->brief, cpu_copy_is_short(bytes));
}

static void set_work(cpu_command *command, unsigned char *to, const void *from,
                     uint64_t bytes)
{
    cut_into_pieces(command, bytes);
    command->as.copy.to = to;
    command->as.copy.from = from;
    command->as.copy.bytes = bytes;
    command->as.copy.memories[0] = NULL;
    command->as.copy.memories[1] = NULL;
}

/* A copy that is not queued yet; NULL without memory. */
static cpu_command *new_copy(tn_plugin_stream *stream, unsigned char *to,
                             const void *from, uint64_t bytes)
{
    cpu_command *command = cpu_command_create(stream, CPU_COPY, 0);

    if (command != NULL) {
        set_work(command, to, from, bytes);
    }
    return command;
}

/* Queues a copy between the host and a buffer. */
static tn_status queue(tn_plugin_stream *stream, tn_plugin_memory *memory,
                       unsigned char *to, const void *from, uint64_t bytes)
{
    cpu_command *command = new_copy(stream, to, from, bytes);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    command->as.copy.memories[0] = memory;
    return cpu_stream_enqueue(stream, command);
}

/* The bytes travel inside the command. */
static tn_status queue_staged(tn_plugin_stream *stream,
                              tn_plugin_memory *memory, unsigned char *to,
                              const void *host, uint64_t bytes)
{
    cpu_command *command = cpu_command_create(stream, CPU_COPY, (size_t)bytes);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    void *staged = cpu_command_tail(command);

    memcpy(staged, host, (size_t)bytes);
    set_work(command, to, staged, bytes);
    command->as.copy.memories[0] = memory;
    return cpu_stream_enqueue(stream, command);
}

/* Copies now: directly if nothing comes before, else in its turn. */
static tn_status copy_and_wait(tn_plugin_stream *stream,
                               tn_plugin_memory *memory, unsigned char *to,
                               const void *from, uint64_t bytes)
{
    tn_status status = cpu_stream_report(stream);

    if (status != TN_OK) {
        return status;
    }
    if (bytes <= DIRECT_BYTES && cpu_stream_is_idle(stream)) {
        copy_bytes(to, from, (size_t)bytes);
        return TN_OK;
    }
    status = queue(stream, memory, to, from, bytes);
    return status == TN_OK ? cpu_stream_sync(stream, TN_FOREVER) : status;
}

tn_status cpu_copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, const void *host, uint64_t bytes)
{
    tn_status status = check(memory, offset, bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    unsigned char *to = memory->bytes + offset;

    if (bytes > STAGED_BYTES || cpu_stream_is_idle(stream)) {
        return copy_and_wait(stream, memory, to, host, bytes);
    }
    return queue_staged(stream, memory, to, host, bytes);
}

tn_status cpu_copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                        uint64_t offset, void *host, uint64_t bytes)
{
    tn_status status = check(memory, offset, bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    return copy_and_wait(stream, memory, host, memory->bytes + offset, bytes);
}

tn_status cpu_copy_to_async(tn_plugin_stream *stream, tn_plugin_memory *memory,
                            uint64_t offset, const void *host, uint64_t bytes)
{
    tn_status status = check(memory, offset, bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    return queue(stream, memory, memory->bytes + offset, host, bytes);
}

tn_status cpu_copy_from_async(tn_plugin_stream *stream,
                              tn_plugin_memory *memory, uint64_t offset,
                              void *host, uint64_t bytes)
{
    tn_status status = check(memory, offset, bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    return queue(stream, memory, host, memory->bytes + offset, bytes);
}

tn_status cpu_copy_set(cpu_copy_work *work, tn_plugin_memory *to,
                       uint64_t to_offset, tn_plugin_memory *from,
                       uint64_t from_offset, uint64_t bytes, uint64_t *units)
{
    tn_status status = check(to, to_offset, bytes);

    if (status == TN_OK) {
        status = check(from, from_offset, bytes);
    }
    if (status != TN_OK) {
        return status;
    }
    *work = (cpu_copy_work){.to = to->bytes + to_offset,
                            .from = from->bytes + from_offset,
                            .bytes = bytes,
                            .memories = {to, from}};
    *units = tn_size_parts(bytes, CPU_PIECE_BYTES);
    return TN_OK;
}

tn_status cpu_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                   uint64_t to_offset, tn_plugin_memory *from,
                   uint64_t from_offset, uint64_t bytes)
{
    cpu_copy_work work;
    uint64_t units = 0;
    tn_status status =
        cpu_copy_set(&work, to, to_offset, from, from_offset, bytes, &units);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    cpu_command *command = new_copy(stream, work.to, work.from, bytes);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    command->as.copy.memories[0] = to;
    command->as.copy.memories[1] = from;
    return cpu_stream_enqueue(stream, command);
}

static tn_status check_pattern(const tn_plugin_memory *memory, uint64_t offset,
                               uint64_t bytes, uint32_t pattern_bytes)
{
    if (pattern_bytes == 0 || pattern_bytes > PATTERN_BYTES ||
        (pattern_bytes & (pattern_bytes - 1)) != 0 ||
        (offset | bytes) % pattern_bytes != 0) {
        return cpu_fail(memory->instance, TN_ERROR_INVALID,
                        "%llu bytes at %llu do not hold whole patterns of %u "
                        "bytes; patterns have 1, 2, 4, 8 or 16",
                        (unsigned long long)bytes, (unsigned long long)offset,
                        (unsigned)pattern_bytes);
    }
    return TN_OK;
}

tn_status cpu_fill_set(cpu_fill_work *work, tn_plugin_memory *memory,
                       uint64_t offset, uint64_t bytes, const void *pattern,
                       uint32_t pattern_bytes, uint64_t *units)
{
    tn_status status = check(memory, offset, bytes);

    if (status == TN_OK) {
        status = check_pattern(memory, offset, bytes, pattern_bytes);
    }
    if (status != TN_OK) {
        return status;
    }
    work->to = memory->bytes + offset;
    work->bytes = bytes;
    work->memory = memory;
    for (uint32_t i = 0; i < PATTERN_BYTES; i += pattern_bytes) {
        memcpy(work->pattern + i, pattern, pattern_bytes);
    }
    *units = tn_size_parts(bytes, CPU_PIECE_BYTES);
    return TN_OK;
}

tn_status cpu_fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                   uint64_t offset, uint64_t bytes, const void *pattern,
                   uint32_t pattern_bytes)
{
    cpu_fill_work work;
    uint64_t units = 0;
    tn_status status = cpu_fill_set(&work, memory, offset, bytes, pattern,
                                    pattern_bytes, &units);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    cpu_command *command = cpu_command_create(stream, CPU_FILL, 0);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    cut_into_pieces(command, bytes);
    command->as.fill = work;
    return cpu_stream_enqueue(stream, command);
}
