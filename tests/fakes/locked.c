/* SPDX-License-Identifier: MIT */
/* Its device cannot be opened. */
#include "tests/fakes/fake.h"

static tn_status device_open(tn_plugin_instance *instance, uint32_t index,
                             tn_plugin_device **device)
{
    (void)index;
    (void)device;
    return fake_fail(instance, TN_ERROR_UNAVAILABLE,
                     "another process has the device");
}

FAKE_PLUGIN("locked", "")
{
    table->device_open = device_open;
}
