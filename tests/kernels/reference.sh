#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The kernel library passes its tests in the reference build too, in which each
# item is a fiber, whatever the order of items and groups: what is equal to the
# same plain C in both builds is equal in both.

set -u
failed=0
output=$(mktemp) || exit 99
trap 'rm -f "$output"' EXIT
TENON_KERNEL_PATH=$TN_BUILDDIR/tests/kernels/reference
export TENON_KERNEL_PATH
for TN_REFERENCE_ORDER in forward backward 1; do
    export TN_REFERENCE_ORDER
    if ! "$TN_BUILDDIR/tests/kernels/library" cpu > "$output" 2>&1; then
        echo "FAILED: order $TN_REFERENCE_ORDER"
        cat "$output"
        failed=1
    elif grep 'variant' "$output" | grep -v 'variant reference'; then
        echo 'FAILED: another variant than the reference build is used'
        failed=1
    else
        echo "order $TN_REFERENCE_ORDER: $(tail -n 1 "$output")"
    fi
done
exit $failed
