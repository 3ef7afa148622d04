#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every kernel of the library is right on the opencl backend.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl
"$TN_BUILDDIR/tests/kernels/library" opencl
