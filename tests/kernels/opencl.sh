#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The dialect gives the same through OpenCL as on the CPU, by plain calls of
# OpenCL, and maths is as accurate as kernel.h says for any target.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl
"$TN_BUILDDIR/tests/kernels/opencl" &&
    "$TN_BUILDDIR/tests/kernels/opencl_math"
