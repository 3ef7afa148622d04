#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The cpu plugin passes the conformance suite.

exec "$TN_BUILDDIR/tests/conformance/conformance" \
    "$TN_BUILDDIR/.libs/tenon/plugins/cpu.so" \
    "so=$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so"
