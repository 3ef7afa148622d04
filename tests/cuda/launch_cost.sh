#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A launch of four arguments costs few instructions more than a direct call of
# the driver: of plain values, also in groups of another size and in a plane, of
# plain values where buffers have extents, and with offsets into the buffers.
# They are counted by callgrind, without those of the driver, so the figures are
# the same on every machine with this compiler.

set -u
launches=1000 # as in launch_cost.c

if [ -n "$SANITIZE_CFLAGS" ]; then
    echo 'a sanitizer adds instructions of its own'
    exit 77
fi
if [ -z "$(command -v valgrind)" ]; then
    echo 'valgrind is not here: install valgrind'
    exit 77
fi
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# Debian's valgrind cannot read what clang writes for debuggers (DWARF 5).
if ! valgrind --tool=none "$TN_BUILDDIR/tests/cuda/launch_cost" raw \
    /nonexistent "$scratch" 2>&1 | grep -q '/nonexistent:'; then
    echo "valgrind cannot run what this compiler builds: gcc's is counted"
    exit 77
fi

# count MODE FUNCTION: instructions of a launch in FUNCTION and in all that it
# calls but the driver
count() {
    if ! valgrind --tool=callgrind --callgrind-out-file="$scratch/$1" \
        --toggle-collect="$2*" "$TN_BUILDDIR/tests/cuda/launch_cost" "$1" \
        "$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so" "$scratch" \
        2> "$scratch/$1.err" >&2; then
        cat "$scratch/$1.err" >&2
        return 1
    fi
    # "1,234,000 (99.9%)  file.c:function [object]", in the order of cost
    callgrind_annotate --inclusive=yes --threshold=100 "$scratch/$1" |
        awk -v function_name="$2" -v launches="$launches" '
            { gsub(/,/, "", $1) }
            $0 ~ ":" function_name "[. ]" && !whole { whole = $1 }
            $0 ~ /:cuLaunchKernel( |$)/ && !driver { driver = $1 }
            END {
                if (!whole || !driver) {
                    exit 1
                }
                printf "%d\n", (whole - driver) / launches
            }'
}

raw=$(count raw launch_raw) || exit 1
[ "$raw" -gt 0 ] || exit 1
failed=0
# check MODE BOUND WHAT
check() {
    ours=$(count "$1" "launch_$1") || exit 1
    above=$((ours - raw))
    echo "$3: $ours instructions, a direct call $raw: $above above it;" \
        "at most $2"
    [ "$above" -gt 0 ] && [ "$above" -le "$2" ] || failed=1
}
check tenon 165 'a launch of four arguments'
check group 385 'in groups of a size'
check plane 385 'in two dimensions'
check sized 195 'with extents'
check at 225 'with offsets'
exit $failed
