/* SPDX-License-Identifier: MIT */
/* Of a later minor version, with operations that this host cannot know. */
#include "tests/fakes/fake.h"

FAKE_NOTE_OF_ABI("longer", "1.99");

static tn_status from_the_future(void)
{
    return TN_ERROR_INTERNAL;
}

tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    static struct {
        tn_plugin known;
        tn_status (*more[8])(void);
    } table;

    (void)host_abi;
    fake_fill(&table.known, "longer");
    table.known.size = sizeof table;
    table.known.abi = ((uint32_t)TN_PLUGIN_ABI_MAJOR << 16) | 99;
    for (int i = 0; i < 8; ++i) {
        table.more[i] = from_the_future;
    }
    *plugin = &table.known;
    return TN_OK;
}
