#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every kernel of the library is right on the cuda backend.

TENON_BACKEND=cuda
export TENON_BACKEND
if ! listed=$("$TN_BUILDDIR/tools/tenon" list 2>&1); then
    echo "$listed"
    exit 77
fi
"$TN_BUILDDIR/tests/kernels/library" cuda
