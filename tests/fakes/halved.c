/* SPDX-License-Identifier: MIT */
/* A table that ends in the middle of an operation. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("halved", "")
{
    table->size = offsetof(tn_plugin, copy_to_async) + 3;
}
