/* SPDX-License-Identifier: MIT */
#include "common/size.h"
#include "runtime/error.h"
#include "runtime/objects.h"
#include "runtime/recording.h"

/* What every copy between host and device checks. */
static tn_status check_host_copy(const tn_stream *stream,
                                 const tn_buffer *buffer, uint64_t offset,
                                 uint64_t bytes, const char *what)
{
    tn_status status = tn_check_same_device("the buffer", buffer->object.device,
                                            stream->object.device);

    if (status == TN_OK) {
        status = tn_check_range(what, buffer, offset, bytes);
    }
    return status == TN_OK ? tn_check_not_recording(stream, what) : status;
}

static tn_status copy_to(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                         const void *host, uint64_t bytes, bool async)
{
    const tn_plugin *plugin = stream->object.device->plugin;
    tn_status status =
        check_host_copy(stream, buffer, offset, bytes, "a copy to a buffer");

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    if (host == NULL) {
        return tn_fail_null("tn_copy_to", "host");
    }
    return tn_stream_answer(
        stream,
        (async ? plugin->copy_to_async : plugin->copy_to)(
            stream->handle, buffer->handle, offset, host, bytes),
        "copying to a buffer");
}

tn_status tn_copy_to(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                     const void *host, uint64_t bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(buffer);
    return copy_to(stream, buffer, offset, host, bytes, false);
}

tn_status tn_copy_to_async(tn_stream *stream, tn_buffer *buffer,
                           uint64_t offset, const void *host, uint64_t bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(buffer);
    return copy_to(stream, buffer, offset, host, bytes, true);
}

static tn_status copy_from(tn_stream *stream, tn_buffer *buffer,
                           uint64_t offset, void *host, uint64_t bytes,
                           bool async)
{
    const tn_plugin *plugin = stream->object.device->plugin;
    tn_status status =
        check_host_copy(stream, buffer, offset, bytes, "a copy from a buffer");

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    if (host == NULL) {
        return tn_fail_null("tn_copy_from", "host");
    }
    uint64_t count = tn_timeline_submitted(stream->timeline);

    status = (async ? plugin->copy_from_async : plugin->copy_from)(
        stream->handle, buffer->handle, offset, host, bytes);
    if (status == TN_OK && !async) { /* all before it has ended, too */
        return tn_stream_settle(stream, count, status, "");
    }
    return tn_stream_answer(stream, status, "copying from a buffer");
}

tn_status tn_copy_from(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                       void *host, uint64_t bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(buffer);
    return copy_from(stream, buffer, offset, host, bytes, false);
}

tn_status tn_copy_from_async(tn_stream *stream, tn_buffer *buffer,
                             uint64_t offset, void *host, uint64_t bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(buffer);
    return copy_from(stream, buffer, offset, host, bytes, true);
}

/* ---- between buffers ---- */

/* The work of another device is none that a buffer's own could wait for. */
static void expose(const tn_device *device, tn_buffer *buffer)
{
    if (buffer->object.device != device) {
        tn_buffer_expose(buffer);
    }
}

static tn_status check_devices(const tn_device *device, const tn_buffer *to,
                               const tn_buffer *from)
{
    const tn_device *other =
        to->object.device != device ? to->object.device : from->object.device;

    if (other == device) {
        return TN_OK;
    }
    if (other->backend != device->backend ||
        (device->info.features & TN_FEATURE_PEER) == 0) {
        return tn_fail(TN_ERROR_UNSUPPORTED,
                       "a copy between %s and %s; copy through the host",
                       other->name, device->name);
    }
    return TN_OK;
}

static tn_status check_copy(const tn_stream *stream, const tn_buffer *to,
                            uint64_t to_offset, const tn_buffer *from,
                            uint64_t from_offset, uint64_t bytes)
{
    tn_status status = check_devices(stream->object.device, to, from);

    if (status == TN_OK) {
        status = tn_check_range("a copy to a buffer", to, to_offset, bytes);
    }
    if (status == TN_OK) {
        status =
            tn_check_range("a copy from a buffer", from, from_offset, bytes);
    }
    if (status == TN_OK && to == from && to_offset < from_offset + bytes &&
        from_offset < to_offset + bytes) {
        status =
            tn_fail(TN_ERROR_INVALID,
                    "a copy within a buffer: %llu bytes from %llu to "
                    "%llu overlap; copy through another buffer",
                    (unsigned long long)bytes, (unsigned long long)from_offset,
                    (unsigned long long)to_offset);
    }
    return status;
}

tn_status tn_copy(tn_stream *stream, tn_buffer *to, uint64_t to_offset,
                  tn_buffer *from, uint64_t from_offset, uint64_t bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(to);
    TN_REQUIRE_OBJECT(from);
    const tn_device *device = stream->object.device;
    tn_status status =
        check_copy(stream, to, to_offset, from, from_offset, bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    expose(device, to);
    expose(device, from);
    if (stream->recording != NULL) {
        return tn_record_copy(stream->recording, to, to_offset, from,
                              from_offset, bytes);
    }
    return tn_stream_answer(stream,
                            device->plugin->copy(stream->handle, to->handle,
                                                 to_offset, from->handle,
                                                 from_offset, bytes),
                            "copying between buffers");
}

/* ---- fill ---- */

static tn_status check_fill(const tn_stream *stream, const tn_buffer *buffer,
                            uint64_t offset, uint64_t bytes,
                            size_t pattern_bytes)
{
    tn_status status = tn_check_same_device("the buffer", buffer->object.device,
                                            stream->object.device);

    if (status == TN_OK) {
        status = tn_check_range("a fill", buffer, offset, bytes);
    }
    if (status != TN_OK) {
        return status;
    }
    if (pattern_bytes == 0 || pattern_bytes > 16 ||
        (pattern_bytes & (pattern_bytes - 1)) != 0) {
        return tn_fail(TN_ERROR_INVALID,
                       "a fill pattern has 1, 2, 4, 8 or 16 bytes, not %zu",
                       pattern_bytes);
    }
    return offset % pattern_bytes == 0 && bytes % pattern_bytes == 0
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "a fill of %llu bytes from %llu is no multiple of "
                         "its pattern of %zu bytes",
                         (unsigned long long)bytes, (unsigned long long)offset,
                         pattern_bytes);
}

tn_status tn_fill(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                  uint64_t bytes, const void *pattern, size_t pattern_bytes)
{
    TN_REQUIRE_OBJECT(stream);
    TN_REQUIRE_OBJECT(buffer);
    TN_REQUIRE(pattern);
    const tn_device *device = stream->object.device;
    tn_status status = check_fill(stream, buffer, offset, bytes, pattern_bytes);

    if (status != TN_OK || bytes == 0) {
        return status;
    }
    if (stream->recording != NULL) {
        return tn_record_fill(stream->recording, buffer, offset, bytes, pattern,
                              (uint32_t)pattern_bytes);
    }
    return tn_stream_answer(stream,
                            device->plugin->fill(stream->handle, buffer->handle,
                                                 offset, bytes, pattern,
                                                 (uint32_t)pattern_bytes),
                            "filling a buffer");
}
