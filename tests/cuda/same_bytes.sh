#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Graphs and staged copies leave the same bytes as plain ones on the fake
# driver: one of today, and one that has neither graphs nor pools.

set -e

stress() {
    echo "== $1"
    TENON_FAKE_CUDA=$1 TN_STRESS_BACKEND=cuda \
        TN_STRESS_KERNELS=$TN_SRCDIR/tests/cuda/entries.ptx \
        TN_STRESS_SETTINGS="[backend cuda]
library = $TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so
cache = no
staging_threads = 3
" "$TN_BUILDDIR/tests/unit/test_same_bytes"
}

stress 'version=13000'
stress 'version=11040; pools=no; missing=cuStreamGetCaptureInfo_v2'
