/* SPDX-License-Identifier: MIT */
/* Puts launches together as a host does. */
#include <string.h>

#include "tests/conformance/conformance.h"

void launching_init_3d(launching *l, const uint32_t groups[3],
                       const uint32_t items[3])
{
    memset(l, 0, sizeof *l);
    l->launch.size = sizeof l->launch;
    memcpy(l->launch.groups, groups, sizeof l->launch.groups);
    memcpy(l->launch.items, items, sizeof l->launch.items);
}

void launching_init(launching *l, uint32_t groups, uint32_t items)
{
    launching_init_3d(l, (uint32_t[3]){groups, 1, 1},
                      (uint32_t[3]){items, 1, 1});
}

static tn_plugin_slot *next(launching *l, tn_type type, uint32_t slots)
{
    uint32_t i = l->launch.argument_count++;
    tn_plugin_slot *slot = &l->slots[l->launch.slot_count];

    l->launch.kinds[i / 16] |= (uint64_t)type << (4 * (i % 16));
    l->launch.slot_count += slots;
    return slot;
}

void launching_buffer(launching *l, tn_plugin_memory *memory, uint64_t offset)
{
    tn_plugin_slot *slot = next(l, TN_TYPE_BUFFER, 1);

    slot->buffer.memory = memory;
    slot->buffer.offset = offset;
}

void launching_local(launching *l, uint64_t bytes)
{
    next(l, TN_TYPE_LOCAL, 1)->bytes = bytes;
}

void launching_struct(launching *l, const void *value, uint32_t bytes)
{
    tn_plugin_slot *slot = next(l, TN_TYPE_STRUCT, 1 + (bytes + 15) / 16);

    slot->bytes = bytes;
    memcpy(slot + 1, value, bytes);
}

void launching_value(launching *l, tn_type type, const void *value)
{
    static const uint8_t bytes[16] = {
#define BYTES_OF(name, number, text, size) [number] = size,
        TN_TYPE_LIST(BYTES_OF)
#undef BYTES_OF
    };

    memcpy(next(l, type, 1)->value, value, bytes[type]);
}

void launching_u32(launching *l, uint32_t value)
{
    launching_value(l, TN_TYPE_U32, &value);
}

tn_status launching_go(const launching *l, tn_plugin_stream *stream,
                       tn_plugin_kernel *kernel)
{
    tn_plugin_launch launch = l->launch;

    launch.slots = l->slots;
    return the.plugin.launch(stream, kernel, &launch);
}

tn_status append(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                 tn_plugin_memory *list, uint32_t value)
{
    launching l;

    launching_init(&l, 1, 1);
    launching_buffer(&l, list, 0);
    launching_u32(&l, value);
    return launching_go(&l, stream, kernel);
}
