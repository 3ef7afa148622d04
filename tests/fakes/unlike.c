/* SPDX-License-Identifier: MIT */
/* Its table is of another minor version than its note. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("unlike", "")
{
    table->abi = TN_PLUGIN_ABI + 1;
}
