/* SPDX-License-Identifier: MIT */
/* Its table has no name. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("nameless", "")
{
    table->name = NULL;
}
