/* SPDX-License-Identifier: MIT */
/* Texts of its devices lack their NUL, and it changes the size. */
#include <string.h>

#include "tests/fakes/fake.h"

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    tn_status status = fake_device_info(instance, index, info);

    memset(info->name, 'n', sizeof info->name);
    memset(info->vendor, 'v', sizeof info->vendor);
    memset(info->target, 't', sizeof info->target);
    memset(info->driver, 'd', sizeof info->driver);
    memset(info->pci_address, 'p', sizeof info->pci_address);
    info->size = 1;
    return status;
}

FAKE_PLUGIN("unended", "")
{
    table->device_info = device_info;
}
