/* SPDX-License-Identifier: MIT */
/* Its launches take few bytes of arguments; the second device tells none. */
#include "tests/fakes/fake.h"

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    info->argument_bytes = index == 0 ? 1024 : 0;
    return status;
}

FAKE_PLUGIN("narrow", "")
{
    table->device_info = device_info;
}
