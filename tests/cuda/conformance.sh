#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The cuda plugin passes the conformance suite over the fake driver: a driver
# of today, and one as old as it takes.

set -e

suite() {
    echo "== $1"
    TENON_FAKE_CUDA=$1 "$TN_BUILDDIR/tests/conformance/conformance" \
        -c "library=$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so" \
        "$TN_BUILDDIR/plugins/cuda/.libs/cuda.so" "ptx=$2"
}

old="version=11040; missing=cuFuncGetName,cuFuncGetParamInfo,\
cuModuleGetFunctionCount,cuModuleEnumerateFunctions"

suite 'version=13000' "$TN_SRCDIR/tests/cuda/entries.ptx"
suite "$old; pools=no" "$TN_SRCDIR/tests/cuda/entries.ptx"
