/* SPDX-License-Identifier: MIT */
/* Fails without a word, or talks where nothing failed. */
#include "tests/fakes/fake.h"

static tn_status memory_create(tn_plugin_device *device,
                               const tn_plugin_memory_desc *desc,
                               tn_plugin_memory **memory)
{
    (void)device;
    (void)desc;
    (void)memory;
    return TN_ERROR_NO_MEMORY;
}

static tn_status stream_status(tn_plugin_stream *stream)
{
    return fake_fail(stream->device->instance, TN_NOT_READY, "not yet");
}

static tn_status unknown_status(tn_plugin_stream *stream, uint64_t timeout)
{
    (void)stream;
    (void)timeout;
    return 4711;
}

FAKE_PLUGIN("speechless", "")
{
    table->memory_create = memory_create;
    table->stream_status = stream_status;
    table->stream_sync = unknown_status;
}
