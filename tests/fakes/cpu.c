/* SPDX-License-Identifier: MIT */
/* Has the name of the backend that needs no driver. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("cpu", "")
{
    (void)table;
}
