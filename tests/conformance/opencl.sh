#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The opencl plugin passes the conformance suite on PoCL.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl

"$TN_BUILDDIR/tests/conformance/conformance" "$opencl_plugin" \
    "clc=$TN_SRCDIR/tests/fixtures/conformance_kernels.cl"
