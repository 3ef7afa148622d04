#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The dialect gives the same through OpenCL as on the CPU, and maths is as
# accurate as kernel.h says for any target.

set -u
if [ ! -x "$TN_BUILDDIR/tests/kernels/opencl" ]; then
    echo 'built without CL/cl.h: install opencl-c-headers and configure again'
    exit 77
fi
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
POCL_CACHE_DIR=$scratch
export POCL_CACHE_DIR
"$TN_BUILDDIR/tests/kernels/opencl" || exit
"$TN_BUILDDIR/tests/kernels/opencl_math"
