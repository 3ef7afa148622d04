/* SPDX-License-Identifier: MIT */
/* Its name is none for a backend. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("Bad Name", "")
{
    (void)table;
}
