/* SPDX-License-Identifier: MIT */
/* Claims more devices than there can be. */
#include "tests/fakes/fake.h"

static tn_status device_count(tn_plugin_instance *instance, uint32_t *count)
{
    (void)instance;
    *count = UINT32_MAX;
    return TN_OK;
}

FAKE_PLUGIN("crowd", "")
{
    table->device_count = device_count;
}
