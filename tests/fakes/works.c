/* SPDX-License-Identifier: MIT */
/* Works. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("works", "")
{
    (void)table;
}
