#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The skeleton that vendors copy passes the conformance suite; the kernels that
# are offered to it, it has to decline.

exec "$TN_BUILDDIR/tests/conformance/conformance" \
    "$TN_BUILDDIR/plugins/template/.libs/template.so" \
    "so=$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so"
