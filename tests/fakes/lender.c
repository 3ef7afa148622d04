/* SPDX-License-Identifier: MIT */
/* No plugin, but a library that lends the entry of one; see borrowed.c. */
#include "tests/fakes/fake.h"

FAKE_ENTRY("borrowed")
{
    (void)table;
}
