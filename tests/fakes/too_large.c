/* SPDX-License-Identifier: MIT */
/* A table that claims more than any can have. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("too_large", "")
{
    table->size = UINT32_MAX;
}
