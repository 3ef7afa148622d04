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
POCL_CACHE_DIR=$scratch/pocl
export POCL_CACHE_DIR

# What a driver keeps until the end is not ours.
printf 'leak:%s\n' libpocl libLLVM libclang libnvidia > "$scratch/suppressions"
LSAN_OPTIONS=suppressions=$scratch/suppressions:print_suppressions=0
export LSAN_OPTIONS

"$TN_BUILDDIR/tests/kernels/opencl" || exit
"$TN_BUILDDIR/tests/kernels/opencl_math"
