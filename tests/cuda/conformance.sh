#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The cuda plugin passes the conformance suite over the fake driver: one of
# today, one as old as it takes, and beside streams that wait for the legacy
# one; with kernels declared by hand, and compiled ones where there are any.

set -e

# suite SCRIPT PTX [SETTING]...
suite() {
    script=$1 ptx=$2
    shift 2
    echo "== $script; $ptx $*"
    TENON_FAKE_CUDA=$script "$TN_BUILDDIR/tests/conformance/conformance" \
        -c "library=$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so" \
        "$@" "$TN_BUILDDIR/plugins/cuda/.libs/cuda.so" "ptx=$ptx"
}

by_hand=$TN_SRCDIR/tests/cuda/entries.ptx
compiled=$TN_BUILDDIR/tests/fixtures/conformance_kernels.ptx
old="version=11040; missing=cuFuncGetName,cuFuncGetParamInfo,\
cuModuleGetFunctionCount,cuModuleEnumerateFunctions,cuStreamGetCaptureInfo_v2"

suite 'version=13000' "$by_hand"
suite "$old; pools=no" "$by_hand"
suite 'devices=2' "$by_hand"
suite 'devices=2; peer=no; sm=75' "$by_hand" -c legacy_stream=wait
if [ -e "$compiled" ]; then
    suite 'version=13000' "$compiled"
fi
