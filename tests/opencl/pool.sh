#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Memory is used again on PoCL when queued work is done with it, not before.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl

TN_POOL_BACKEND=opencl "$TN_BUILDDIR/tests/unit/test_pool_stress"
