/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What tests of the memory pool share: a fake device whose streams are busy as
 * a test says, and buffers that say whether their memory is used again.
 */
#ifndef TENON_TESTS_POOLED_H
#define TENON_TESTS_POOLED_H

#include "runtime/objects.h"
#include "tests/unit/backends.h"

enum {
    KIB = 1 << 10,
    MIB = 1 << 20
};

/** The device, and its first stream. */
extern backends_fixture the;

/** Another stream of the.device. */
extern tn_stream *second;

/** Opens them. @param more  as for backends_open() */
void pooled_begin(const char *more);

/** Ends all work, and closes them. */
void pooled_end(void);

tn_memory_stats pooled_stats(void);

/** A buffer in a stream's order or none, of memory that is used again or not. */
#define TAKE(bytes, stream, again)                                             \
    pooled_take(bytes, 0, stream, again, __FILE__, __LINE__)
#define TAKE_PINNED(bytes, again)                                              \
    pooled_take(bytes, TN_MEMORY_PINNED, NULL, again, __FILE__, __LINE__)
tn_buffer *pooled_take(uint64_t bytes, tn_memory_kind kind, tn_stream *stream,
                       bool again, const char *file, unsigned line);

/** Of the.seen->busy and broken. */
unsigned pooled_bit(const tn_stream *stream);

/** Work that uses a buffer; the long one does not end before pooled_let_end(). */
void pooled_use(tn_stream *stream, tn_buffer *buffer);
void pooled_use_long(tn_stream *stream, tn_buffer *buffer);
void pooled_let_end(const tn_stream *stream);

#endif
