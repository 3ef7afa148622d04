/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/copy.h"

#include "plugins/opencl/device.h"
#include "plugins/opencl/memory.h"
#include "plugins/opencl/stream.h"

/* What the copy waited for may have failed, and so may the copy itself. */
static tn_status waited(tn_plugin_stream *stream, tn_status status)
{
    return status == TN_OK ? ocl_stream_sync(stream, TN_FOREVER) : status;
}

tn_status ocl_copy_to_async(tn_plugin_stream *stream, tn_plugin_memory *memory,
                            uint64_t offset, const void *host, uint64_t bytes)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;

    if (bytes == 0) {
        return TN_OK;
    }
    cl_int code =
        memory->pointer != NULL
            ? cl->EnqueueSVMMemcpy(stream->queue, CL_FALSE,
                                   memory->pointer + offset, host, bytes, 0,
                                   NULL, &event)
            : cl->EnqueueWriteBuffer(stream->queue, memory->buffer, CL_FALSE,
                                     offset, bytes, host, 0, NULL, &event);

    return ocl_stream_queued(stream, code, event, "copying from the host");
}

tn_status ocl_copy_from_async(tn_plugin_stream *stream,
                              tn_plugin_memory *memory, uint64_t offset,
                              void *host, uint64_t bytes)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;

    if (bytes == 0) {
        return TN_OK;
    }
    cl_int code =
        memory->pointer != NULL
            ? cl->EnqueueSVMMemcpy(stream->queue, CL_FALSE, host,
                                   memory->pointer + offset, bytes, 0, NULL,
                                   &event)
            : cl->EnqueueReadBuffer(stream->queue, memory->buffer, CL_FALSE,
                                    offset, bytes, host, 0, NULL, &event);

    return ocl_stream_queued(stream, code, event, "copying to the host");
}

tn_status ocl_copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, const void *host, uint64_t bytes)
{
    return waited(stream,
                  ocl_copy_to_async(stream, memory, offset, host, bytes));
}

tn_status ocl_copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                        uint64_t offset, void *host, uint64_t bytes)
{
    return waited(stream,
                  ocl_copy_from_async(stream, memory, offset, host, bytes));
}

/*
 * Between a buffer object and shared virtual memory: the former is mapped for
 * as long as the copy takes, in the queue's order.
 */
static tn_status copy_mapped(tn_plugin_stream *stream, tn_plugin_memory *buffer,
                             uint64_t buffer_offset, unsigned char *pointer,
                             uint64_t bytes, bool into_buffer)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;
    cl_int code = CL_SUCCESS;
    void *mapped =
        cl->EnqueueMapBuffer(stream->queue, buffer->buffer, CL_FALSE,
                             into_buffer ? CL_MAP_WRITE : CL_MAP_READ,
                             buffer_offset, bytes, 0, NULL, NULL, &code);

    if (mapped == NULL) {
        return ocl_fail_code(stream->instance, code,
                             "mapping a buffer to copy it");
    }
    code = cl->EnqueueSVMMemcpy(
        stream->queue, CL_FALSE, into_buffer ? mapped : pointer,
        into_buffer ? pointer : mapped, bytes, 0, NULL, NULL);
    cl_int unmapped = cl->EnqueueUnmapMemObject(stream->queue, buffer->buffer,
                                                mapped, 0, NULL, &event);

    if (code != CL_SUCCESS && unmapped == CL_SUCCESS) {
        ocl_stream_advance(stream, event);
        unmapped = code;
    }
    return ocl_stream_queued(stream, unmapped, event, "copying a buffer");
}

tn_status ocl_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                   uint64_t to_offset, tn_plugin_memory *from,
                   uint64_t from_offset, uint64_t bytes)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;
    cl_int code;

    if (to->device != from->device) {
        return ocl_fail(stream->instance, TN_ERROR_UNSUPPORTED,
                        "a copy from %s to %s: OpenCL copies within one device",
                        from->device->info.name, to->device->info.name);
    }
    if (bytes == 0) {
        return TN_OK;
    }
    if ((to->pointer != NULL) != (from->pointer != NULL)) {
        return to->pointer != NULL
                   ? copy_mapped(stream, from, from_offset,
                                 to->pointer + to_offset, bytes, false)
                   : copy_mapped(stream, to, to_offset,
                                 from->pointer + from_offset, bytes, true);
    }
    code = to->pointer != NULL
               ? cl->EnqueueSVMMemcpy(
                     stream->queue, CL_FALSE, to->pointer + to_offset,
                     from->pointer + from_offset, bytes, 0, NULL, &event)
               : cl->EnqueueCopyBuffer(stream->queue, from->buffer, to->buffer,
                                       from_offset, to_offset, bytes, 0, NULL,
                                       &event);
    return ocl_stream_queued(stream, code, event, "copying a buffer");
}

tn_status ocl_fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                   uint64_t offset, uint64_t bytes, const void *pattern,
                   uint32_t pattern_bytes)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;

    if (bytes == 0) {
        return TN_OK;
    }
    cl_int code = memory->pointer != NULL
                      ? cl->EnqueueSVMMemFill(
                            stream->queue, memory->pointer + offset, pattern,
                            pattern_bytes, bytes, 0, NULL, &event)
                      : cl->EnqueueFillBuffer(stream->queue, memory->buffer,
                                              pattern, pattern_bytes, offset,
                                              bytes, 0, NULL, &event);

    return ocl_stream_queued(stream, code, event, "filling a buffer");
}
