/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/copy.h"

#include <string.h>

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"
#include "plugins/cuda/peer.h"
#include "plugins/cuda/stage.h"
#include "plugins/cuda/stream.h"

enum {
    /*
     * A long pattern is written this often by fills of 32 bits with gaps, and
     * then doubled by copies.
     */
    SEED_PATTERNS = 4096
};

/* ---- between host and device ---- */

static tn_status copy_host(tn_plugin_stream *stream,
                           const tn_plugin_memory *memory, uint64_t offset,
                           void *host, uint64_t bytes, bool out, bool wait)
{
    tn_plugin_device *device = stream->device;
    const cuda_transfer transfer = {.device = device,
                                    .queue = stream->queue,
                                    .foreign = stream->wrapped,
                                    .address = memory->address + offset,
                                    .host = host,
                                    .bytes = bytes,
                                    .out = out,
                                    .wait = wait};

    if (bytes == 0) {
        return TN_OK;
    }
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    cuda_result result = cuda_transfer_do(&transfer);

    cuda_stream_queued(stream);
    status = cuda_check(device, result,
                        out ? "copying from a buffer" : "copying to a buffer");
    cuda_leave(device);
    return status;
}

/* The host's memory is only read. */
static tn_status to_device(tn_plugin_stream *stream,
                           const tn_plugin_memory *memory, uint64_t offset,
                           const void *host, uint64_t bytes, bool wait)
{
    return copy_host(stream, memory, offset, (void *)(uintptr_t)host, bytes,
                     false, wait);
}

tn_status cuda_copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                       uint64_t offset, const void *host, uint64_t bytes)
{
    return to_device(stream, memory, offset, host, bytes, true);
}

tn_status cuda_copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                         uint64_t offset, void *host, uint64_t bytes)
{
    return copy_host(stream, memory, offset, host, bytes, true, true);
}

tn_status cuda_copy_to_async(tn_plugin_stream *stream, tn_plugin_memory *memory,
                             uint64_t offset, const void *host, uint64_t bytes)
{
    return to_device(stream, memory, offset, host, bytes, false);
}

tn_status cuda_copy_from_async(tn_plugin_stream *stream,
                               tn_plugin_memory *memory, uint64_t offset,
                               void *host, uint64_t bytes)
{
    return copy_host(stream, memory, offset, host, bytes, true, false);
}

/* ---- between buffers ---- */

tn_status cuda_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                    uint64_t to_offset, tn_plugin_memory *from,
                    uint64_t from_offset, uint64_t bytes)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result;

    if (bytes == 0) {
        return TN_OK;
    }
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    if (to->device == device && from->device == device) {
        result = driver->cuMemcpyDtoDAsync_v2(to->address + to_offset,
                                              from->address + from_offset,
                                              (size_t)bytes, stream->queue);
    } else {
        result = cuda_peer_copy(stream, to, to_offset, from, from_offset,
                                (size_t)bytes);
    }
    cuda_stream_queued(stream);
    status = cuda_check(device, result, "copying between buffers");
    cuda_leave(device);
    return status;
}

/* ---- fill ---- */

/* Each word of the pattern into its column of a table that many rows high. */
static cuda_result seed(const cuda_driver *driver, cuda_address address,
                        const uint32_t *words, uint32_t count, uint64_t rows,
                        cuda_queue queue)
{
    cuda_result result = TN_CUDA_SUCCESS;

    for (uint32_t i = 0; i < count && result == TN_CUDA_SUCCESS; ++i) {
        result = driver->cuMemsetD2D32Async(address + 4 * i, 4 * (size_t)count,
                                            words[i], 1, (size_t)rows, queue);
    }
    return result;
}

static cuda_result fill_long(const cuda_driver *driver, cuda_address address,
                             uint64_t bytes, const uint32_t *words,
                             uint32_t count, cuda_queue queue)
{
    uint64_t pattern_bytes = 4 * (uint64_t)count;
    uint64_t filled = SEED_PATTERNS * pattern_bytes;

    if (filled > bytes) {
        filled = bytes;
    }
    cuda_result result =
        seed(driver, address, words, count, filled / pattern_bytes, queue);

    while (filled < bytes && result == TN_CUDA_SUCCESS) {
        uint64_t part = filled < bytes - filled ? filled : bytes - filled;

        result = driver->cuMemcpyDtoDAsync_v2(address + filled, address,
                                              (size_t)part, queue);
        filled += part;
    }
    return result;
}

static bool all_equal(const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 1; i < count; ++i) {
        if (words[i] != words[0]) {
            return false;
        }
    }
    return true;
}

static cuda_result fill(const cuda_driver *driver, cuda_address address,
                        uint64_t bytes, const void *pattern,
                        uint32_t pattern_bytes, cuda_queue queue)
{
    uint32_t words[4] = {0, 0, 0, 0};
    uint16_t half = 0;

    memcpy(&half, pattern, pattern_bytes < 2 ? pattern_bytes : 2);
    memcpy(words, pattern, pattern_bytes);
    if (pattern_bytes == 1) {
        return driver->cuMemsetD8Async(address, (unsigned char)half,
                                       (size_t)bytes, queue);
    }
    if (pattern_bytes == 2) {
        return driver->cuMemsetD16Async(address, half, (size_t)(bytes / 2),
                                        queue);
    }
    if (all_equal(words, pattern_bytes / 4)) {
        return driver->cuMemsetD32Async(address, words[0], (size_t)(bytes / 4),
                                        queue);
    }
    return fill_long(driver, address, bytes, words, pattern_bytes / 4, queue);
}

tn_status cuda_fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                    uint64_t offset, uint64_t bytes, const void *pattern,
                    uint32_t pattern_bytes)
{
    tn_plugin_device *device = stream->device;

    if (bytes == 0) {
        return TN_OK;
    }
    if (pattern_bytes == 0 || pattern_bytes > 16 ||
        (pattern_bytes & (pattern_bytes - 1)) != 0) {
        return cuda_fail(device->instance, TN_ERROR_INVALID,
                         "a fill pattern has 1, 2, 4, 8 or 16 bytes, not %u",
                         (unsigned)pattern_bytes);
    }
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status =
        cuda_check(device,
                   fill(&device->instance->driver, memory->address + offset,
                        bytes, pattern, pattern_bytes, stream->queue),
                   "filling a buffer");
    cuda_stream_queued(stream);
    cuda_leave(device);
    return status;
}
