/* SPDX-License-Identifier: MIT */
/* Its name is too long, and cut to size would be that of its table. */
#include "tests/fakes/fake.h"

TN_PLUGIN_NOTE("abcdefghijklmnopqrstuvwxyz01234567890", "fake", "", "");

FAKE_ENTRY("abcdefghijklmnopqrstuvwxyz01234")
{
    (void)table;
}
