/* SPDX-License-Identifier: MIT */
/* Its devices are CPUs. */
#include "tests/fakes/fake.h"

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    info->kind = TN_DEVICE_CPU;
    return status;
}

FAKE_PLUGIN("processor", "")
{
    table->device_info = device_info;
}
