/* SPDX-License-Identifier: MIT */
/* tn_plugin_query() refuses this host. */
#include "tests/fakes/fake.h"

TN_PLUGIN_NOTE("refuses", "fake", "", "");

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    (void)host_abi;
    (void)plugin;
    return TN_ERROR_UNSUPPORTED;
}
