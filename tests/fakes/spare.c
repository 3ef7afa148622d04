/* SPDX-License-Identifier: MIT */
/* Works too, under another name. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("spare", "")
{
    (void)table;
}
