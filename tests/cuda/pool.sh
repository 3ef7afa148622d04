#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Memory is used again on the fake driver when queued work is done with it, not
# before: with the driver's own pools, and without.

set -e

stress() {
    echo "== $1"
    TENON_FAKE_CUDA=$1 TN_POOL_BACKEND=cuda TN_POOL_SETTINGS="[backend cuda]
library = $TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so
" "$TN_BUILDDIR/tests/unit/test_pool_stress"
}

stress 'version=13000'
stress 'version=11040; pools=no'
