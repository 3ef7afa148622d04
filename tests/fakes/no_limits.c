/* SPDX-License-Identifier: MIT */
/* Its second device tells no limits. */
#include "tests/fakes/fake.h"

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    if (index == 1) {
        info->max_items = 0;
        info->offset_alignment = 0;
    }
    return status;
}

FAKE_PLUGIN("no_limits", "")
{
    table->device_info = device_info;
}
