/* SPDX-License-Identifier: MIT */
/* Starts and has no device. */
#include "tests/fakes/fake.h"

static tn_status device_count(tn_plugin_instance *instance, uint32_t *count)
{
    (void)instance;
    *count = 0;
    return TN_OK;
}

FAKE_PLUGIN("no_device", "")
{
    table->device_count = device_count;
}
