/* SPDX-License-Identifier: MIT */
/* Exports nothing. */
#include "tests/fakes/fake.h"

TN_PLUGIN_NOTE("no_entry", "fake", "", "");
