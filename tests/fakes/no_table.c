/* SPDX-License-Identifier: MIT */
/* Answers TN_OK and gives no table. */
#include "tests/fakes/fake.h"

TN_PLUGIN_NOTE("no_table", "fake", "", "");

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    (void)host_abi;
    *plugin = NULL;
    return TN_OK;
}
