/* SPDX-License-Identifier: MIT */
#include "tests/unit/pooled.h"

backends_fixture the;
tn_stream *second;

void pooled_begin(const char *more)
{
    backends_begin_with(&the, "works", more);
    NEEDS(tn_stream_create(the.device, &second));
}

void pooled_end(void)
{
    the.seen->busy = 0;
    the.seen->broken = 0;
    backends_end(&the);
}

tn_memory_stats pooled_stats(void)
{
    tn_memory_stats now = {.size = sizeof now};

    WORKS(tn_device_memory_stats(the.device, &now));
    return now;
}

tn_buffer *pooled_take(uint64_t bytes, tn_memory_kind kind, tn_stream *stream,
                       bool again, const char *file, unsigned line)
{
    const tn_buffer_options options = {
        .size = sizeof options, .kind = kind, .stream = stream};
    uint64_t hits = pooled_stats().hits;
    tn_buffer *buffer = NULL;

    NEEDS(tn_buffer_create_with(the.device, bytes, &options, &buffer));
    suite_check((pooled_stats().hits > hits) == again,
                again ? "is used again" : "is not used again", "", file, line);
    CU_ASSERT_EQUAL(tn_buffer_size(buffer), bytes);
    return buffer;
}

unsigned pooled_bit(const tn_stream *stream)
{
    return 1u << stream->handle->number;
}

void pooled_use(tn_stream *stream, tn_buffer *buffer)
{
    WORKS(tn_fill(stream, buffer, 0, 1, "x", 1));
}

void pooled_use_long(tn_stream *stream, tn_buffer *buffer)
{
    the.seen->busy |= pooled_bit(stream);
    pooled_use(stream, buffer);
}

void pooled_let_end(const tn_stream *stream)
{
    the.seen->busy &= ~pooled_bit(stream);
}
