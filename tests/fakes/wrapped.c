/* SPDX-License-Identifier: MIT */
/* Its major version is this one's, if only 16 bits of it are looked at. */
#include "tests/fakes/fake.h"

FAKE_NOTE_OF_ABI("wrapped", "65537.0");

FAKE_ENTRY("wrapped")
{
    (void)table;
}
