#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Graphs leave the same bytes on PoCL as commands that are queued one by one,
# replayed by the host and, where they are launches alone, as command buffers.
# PoCL compiles a kernel for each size of a group, so that rounds are few.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl

for choice in no yes; do
    TN_STRESS_ROUNDS=${TN_STRESS_ROUNDS:-8} TN_STRESS_BACKEND=opencl \
        TN_STRESS_KERNELS=$TN_SRCDIR/tests/fixtures/conformance_kernels.cl \
        TN_STRESS_SETTINGS="[backend opencl]
command_buffers = $choice
" "$TN_BUILDDIR/tests/unit/test_same_bytes" || exit 1
done
