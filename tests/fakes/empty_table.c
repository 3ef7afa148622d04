/* SPDX-License-Identifier: MIT */
/* Starts, and has no other operation that it could do without. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("empty_table", "")
{
    const tn_plugin whole = *table;

    *table = (tn_plugin){.size = whole.size,
                         .abi = whole.abi,
                         .name = whole.name,
                         .instance_create = whole.instance_create,
                         .instance_destroy = whole.instance_destroy,
                         .device_count = whole.device_count,
                         .device_info = whole.device_info,
                         .device_open = whole.device_open,
                         .device_close = whole.device_close,
                         .stream_create = whole.stream_create,
                         .stream_destroy = whole.stream_destroy,
                         .event_create = whole.event_create,
                         .event_destroy = whole.event_destroy,
                         .memory_create = whole.memory_create,
                         .memory_destroy = whole.memory_destroy};
}
