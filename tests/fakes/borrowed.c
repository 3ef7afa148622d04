/* SPDX-License-Identifier: MIT */
/* Exports nothing, but depends on lender.so, which has the entry. */
#include "tests/fakes/fake.h"

TN_PLUGIN_NOTE("borrowed", "fake clc", "", "");
