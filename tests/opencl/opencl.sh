#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the opencl plugin promises besides the ABI.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl
POCL_DEVICES='pthread pthread' # one waits for the other
export POCL_DEVICES

"$TN_BUILDDIR/tests/opencl/opencl_test" "$opencl_plugin" \
    "$TN_BUILDDIR/tests/fakes/.libs/opencl_driver.so" \
    "$TN_BUILDDIR/tests/fakes/.libs/opencl_driver_12.so" \
    "$TN_SRCDIR/tests/fixtures/conformance_kernels.cl" \
    "$TN_SRCDIR/tests/fixtures/elsewhere.cl"
