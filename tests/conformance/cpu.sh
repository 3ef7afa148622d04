#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The cpu plugin passes the conformance suite.

# shellcheck disable=SC2086 # an emulator has arguments
exec ${TN_EMULATOR-} "$TN_BUILDDIR/tests/conformance/conformance" \
    "$TN_BUILDDIR/.libs/tenon/plugins/cpu.so" \
    "so=$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so"
