/* SPDX-License-Identifier: MIT */
/*
 * Of an earlier version, whose table ended before asynchronous copies. What
 * lies behind its end is not the host's to read.
 */
#include "tests/fakes/fake.h"

static tn_status behind_the_end(tn_plugin_stream *stream,
                                tn_plugin_memory *memory, uint64_t offset,
                                const void *host, uint64_t bytes)
{
    (void)stream;
    (void)memory;
    (void)offset;
    (void)host;
    (void)bytes;
    return TN_ERROR_INTERNAL;
}

FAKE_PLUGIN("shorter", "")
{
    table->size = offsetof(tn_plugin, copy_to_async);
    table->copy_to_async = behind_the_end;
}
