/* SPDX-License-Identifier: MIT */
/* A table that is too small to be one. */
#include "tests/fakes/fake.h"

FAKE_PLUGIN("too_small", "")
{
    table->size = offsetof(tn_plugin, instance_create);
}
