/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Buffers, and copies and fills in a stream's order.
 */
#ifndef TENON_API_BUFFER_H
#define TENON_API_BUFFER_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What buffer is asked for. */
typedef struct tn_buffer_options {
    uint32_t size; /**< sizeof(tn_buffer_options) */
    tn_memory_kind kind;
    uint64_t alignment; /**< a power of two; 0: suits every type */
    /**
     * allocate in its order: the memory may be that of a buffer which was
     * destroyed on this stream, with work that still uses it, so other streams
     * and the host wait for this one first. NULL: usable at once everywhere
     */
    tn_stream *stream;
} tn_buffer_options;

/**
 * Allocates memory on a device; its contents are undefined. Memory of destroyed
 * buffers is used again, as soon as no queued work can use it: see
 * tn_memory_stats. Where the driver has none left, what is cached goes back to
 * it first.
 *
 * @param bytes   at least 1
 * @param buffer  owned by the caller
 *
 * @return TN_OK; TN_ERROR_INVALID for 0 bytes; TN_ERROR_NO_MEMORY with what was
 *         asked for and what there is
 */
TN_API tn_status tn_buffer_create(tn_device *device, uint64_t bytes,
                                  tn_buffer **buffer);

/**
 * The same with more to say. TN_ERROR_UNSUPPORTED for a kind that the device
 * lacks.
 */
TN_API tn_status tn_buffer_create_with(tn_device *device, uint64_t bytes,
                                       const tn_buffer_options *options,
                                       tn_buffer **buffer);

/**
 * Wraps memory that somebody else owns and that this device can use at that
 * address.
 *
 * @param release  called once, when the buffer is destroyed and no queued work
 *                 uses it; may be NULL
 *
 * @return TN_OK; TN_ERROR_UNSUPPORTED. On failure release is not called.
 */
TN_API tn_status tn_buffer_import(tn_device *device, void *pointer,
                                  uint64_t bytes, void (*release)(void *data),
                                  void *data, tn_buffer **buffer);

/** Frees it after the work that is queued on its device now. */
TN_API void tn_buffer_destroy(tn_buffer *buffer);

/**
 * Frees it in the order of a stream: the next buffer that is allocated in this
 * order can have the memory at once. What other streams do with the buffer, this
 * one has waited for.
 */
TN_API void tn_buffer_destroy_on(tn_buffer *buffer, tn_stream *stream);

/** Its bytes; 0 for NULL. */
TN_API uint64_t tn_buffer_size(const tn_buffer *buffer);
TN_API tn_device *tn_buffer_device(const tn_buffer *buffer);

/**
 * Makes a range visible to the host until tn_buffer_unmap(). Work that uses it
 * has finished.
 *
 * @return TN_OK; TN_ERROR_RANGE; TN_ERROR_UNSUPPORTED
 */
TN_API tn_status tn_buffer_map(tn_buffer *buffer, uint64_t offset,
                               uint64_t bytes, tn_access access,
                               void **pointer);
TN_API tn_status tn_buffer_unmap(tn_buffer *buffer, void *pointer);

/**
 * The driver's own handle: CUdeviceptr, cl_mem, an address.
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_buffer_native(tn_buffer *buffer, uint64_t *handle);

/* ---- copies and fills ---- */

/**
 * Copies from the host; `host` may be reused when it returns.
 *
 * @return TN_OK; TN_ERROR_RANGE when offset + bytes lies outside the buffer. 0
 *         bytes do nothing.
 */
TN_API tn_status tn_copy_to(tn_stream *stream, tn_buffer *buffer,
                            uint64_t offset, const void *host, uint64_t bytes);

/** Copies to the host; the bytes are there when it returns. */
TN_API tn_status tn_copy_from(tn_stream *stream, tn_buffer *buffer,
                              uint64_t offset, void *host, uint64_t bytes);

/**
 * The same, returning when queued: `host` stays valid until the stream has
 * passed it.
 */
TN_API tn_status tn_copy_to_async(tn_stream *stream, tn_buffer *buffer,
                                  uint64_t offset, const void *host,
                                  uint64_t bytes);
TN_API tn_status tn_copy_from_async(tn_stream *stream, tn_buffer *buffer,
                                    uint64_t offset, void *host,
                                    uint64_t bytes);

/**
 * Between buffers of the stream's backend; overlapping ranges are
 * TN_ERROR_INVALID.
 */
TN_API tn_status tn_copy(tn_stream *stream, tn_buffer *to, uint64_t to_offset,
                         tn_buffer *from, uint64_t from_offset, uint64_t bytes);

/**
 * Repeats a pattern of 1, 2, 4, 8 or 16 bytes; offset and bytes are multiples
 * of it.
 */
TN_API tn_status tn_fill(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                         uint64_t bytes, const void *pattern,
                         size_t pattern_bytes);

#ifdef __cplusplus
}
#endif

#endif
