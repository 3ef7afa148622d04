#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The dialect gives the same on an NVIDIA GPU as on the CPU, and maths is as
# accurate as kernel.h says for any target.

set -u
if [ ! -f "$TN_BUILDDIR/tests/fixtures/dialect/dialect.ptx" ]; then
    echo "built without PTX: configure's summary says why"
    exit 77
fi
CUDA_CACHE_DISABLE=1
export CUDA_CACHE_DISABLE
"$TN_BUILDDIR/tests/kernels/cuda" || exit
"$TN_BUILDDIR/tests/kernels/cuda_math"
