/* SPDX-License-Identifier: MIT */
/* Of a major version before this one. */
#include "tests/fakes/fake.h"

FAKE_NOTE_OF_ABI("too_old", "0.9");

FAKE_ENTRY("too_old")
{
    table->abi = 9;
}
