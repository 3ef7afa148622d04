/* SPDX-License-Identifier: MIT */
#include "runtime/plain.h"

#include <string.h>

void tn_plain_init(tn_stream *stream)
{
    stream->plain.record = (tn_plugin_launch){
        .size = sizeof stream->plain.record,
        .groups = {1, 1, 1},
        .items = {1, 1, 1},
        .slots = stream->plain.slots,
    };
}

/* The group of a launch that asks for none, where it is one of a line. */
static uint32_t own_items(const tn_kernel *kernel, const tn_device_info *info)
{
    const uint32_t *required = kernel->info.required_items;
    uint32_t items = kernel->info.preferred_items != 0
                         ? kernel->info.preferred_items
                         : TN_DEFAULT_ITEMS;
    uint32_t side = info->max_items_dim[0];

    if (required[0] != 0) {
        return required[1] == 1 && required[2] == 1 &&
                       required[0] <= kernel->max_items &&
                       (side == 0 || required[0] <= side)
                   ? required[0]
                   : 0;
    }
    items = items < kernel->max_items ? items : kernel->max_items;
    return side == 0 || items < side ? items : side;
}

void tn_plain_prepare(tn_kernel *kernel, const tn_device *device)
{
    const tn_device_info *info = &device->info;
    uint32_t count = kernel->info.parameter_count;
    uint32_t items = own_items(kernel, info);
    uint64_t groups =
        info->max_groups_dim[0] != 0 ? info->max_groups_dim[0] : UINT32_MAX;
    uint32_t alignment = info->offset_alignment;
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    bool local_fits =
        info->local_bytes == 0 || kernel->info.local_bytes <= info->local_bytes;

    kernel->plain = (tn_plain){.device = NULL};
    if (count > TN_PLAIN_ARGUMENTS_MAX || !little || items == 0 ||
        !local_fits || kernel->extents != NULL || (alignment & (alignment - 1)) != 0) {
        return; /* each launch goes the careful way */
    }
    kernel->plain.count = count;
    kernel->plain.items = items;
    kernel->plain.most = groups < TN_ITEMS_MAX / items
                             ? groups * items
                             : TN_ITEMS_MAX / items * items;
    kernel->plain.misaligned = alignment - 1;
    kernel->plain.device = device;
}

void tn_plain_note(tn_kernel *kernel, const tn_plugin_launch *record)
{
    tn_plain *plain = &kernel->plain;
    tn_type types[TN_PLAIN_ARGUMENTS_MAX] = {0};

    if (plain->device == NULL) {
        return;
    }
    for (uint32_t i = 0; i < plain->count; ++i) {
        types[i] = (tn_type)(record->kinds[0] >> 4 * i & 15);
        if (types[i] == TN_TYPE_LOCAL || types[i] == TN_TYPE_STRUCT) {
            return;
        }
    }
    if (!atomic_exchange(&plain->noted, true)) {
        memcpy(plain->types, types, sizeof types);
        atomic_store_explicit(&plain->kinds, record->kinds[0],
                              memory_order_release);
    }
}
