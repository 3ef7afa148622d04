/* SPDX-License-Identifier: MIT */
/* Of the next major version. */
#include "tests/fakes/fake.h"

FAKE_NOTE_OF_ABI("too_new", "2.0");

FAKE_ENTRY("too_new")
{
    table->abi = 2u << 16;
}
