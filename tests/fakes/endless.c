/* SPDX-License-Identifier: MIT */
/* Its devices take grids of any size. */
#include <string.h>

#include "tests/fakes/fake.h"

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    memset(info->max_groups_dim, 0, sizeof info->max_groups_dim);
    return status;
}

FAKE_PLUGIN("endless", "")
{
    table->device_info = device_info;
}
