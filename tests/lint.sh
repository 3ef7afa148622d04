#!/bin/sh
# SPDX-License-Identifier: MIT
#
# No source includes what its folder may not know.

exec "$TN_SRCDIR/scripts/lint" --root "$TN_SRCDIR" dependencies
