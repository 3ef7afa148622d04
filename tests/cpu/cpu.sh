#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the cpu plugin promises besides the ABI.

# shellcheck disable=SC2086 # an emulator has arguments
exec ${TN_EMULATOR-} "$TN_BUILDDIR/tests/cpu/cpu_test" \
    "$TN_BUILDDIR/.libs/tenon/plugins/cpu.so" \
    "$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so" \
    "$TN_BUILDDIR/tests/fixtures/.libs/cpu_kernels.so" \
    "$TN_BUILDDIR/tests/fixtures/dialect/dialect.x86-64-v4.so"
