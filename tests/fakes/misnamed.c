/* SPDX-License-Identifier: MIT */
/* Its table has another name than its note. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("misnamed", "")
{
    table->name = "someone";
}
