#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ThreadSanitizer, to which each item of a reference build is a thread, finds
# no race in the kernel library; and it does find what gives the same result by
# chance: two items that store the same, or add without atomics.

set -u
failed=0
tsan=$($CC -print-file-name=libtsan.so)
if [ -n "$SANITIZE_CFLAGS" ]; then
    echo 'another sanitizer is built in'
    exit 77
elif [ ! -f "$tsan" ] || ! LD_PRELOAD=$tsan "$TN_BUILDDIR/examples/vecadd"; then
    echo "$CC brings no libtsan.so that runs here"
    exit 77
fi
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# build SOURCE FILE
build() {
    # shellcheck disable=SC2086 # CC may hold arguments
    $CC -std=gnu11 -g -O1 -fPIC -shared -pthread -fsanitize=thread \
        -D_GNU_SOURCE -DTN_REFERENCE "-I$TN_SRCDIR/include" "$1" -o "$2" -lm ||
        exit 99
}

# watched COMMAND...: 66 when there was a race
watched() {
    LD_PRELOAD=$tsan \
        TSAN_OPTIONS='exitcode=66 halt_on_error=1 ignore_noninstrumented_modules=1' \
        "$@" > "$scratch/output" 2>&1
}

# ---- the library

for ini in "$TN_BUILDDIR"/tests/kernels/reference/*/bundle.ini; do
    name=$(basename "$(dirname "$ini")")
    mkdir "$scratch/$name"
    cp "$ini" "$scratch/$name/bundle.ini"
    build "$TN_SRCDIR/kernels/$name/$name.c" "$scratch/$name/$name.so"
done
TENON_KERNEL_PATH=$scratch
export TENON_KERNEL_PATH
if watched "$TN_BUILDDIR/tests/kernels/library" cpu; then
    tail -n 1 "$scratch/output"
else
    cat "$scratch/output"
    echo 'FAILED: the kernel library'
    failed=1
fi

# ---- what breaks the rules

build "$TN_SRCDIR/tests/fixtures/broken.c" "$scratch/broken.so"
if ! watched "$TN_BUILDDIR/tests/kernels/broken" "$scratch/broken.so" \
    keeps_the_rules; then
    cat "$scratch/output"
    echo 'FAILED: a race in a kernel without one'
    failed=1
fi
for kernel in no_barrier_before_read no_barrier_before_write \
    no_barrier_before_group_level store_at_group_level \
    item_reads_what_another_writes same_store_at_group_level \
    sum_without_atomics; do
    watched "$TN_BUILDDIR/tests/kernels/broken" "$scratch/broken.so" $kernel
    if [ $? -ne 66 ] || ! grep -q "data race" "$scratch/output" ||
        ! grep -q "tn_body_$kernel .*broken.c:[0-9]" "$scratch/output"; then
        cat "$scratch/output"
        echo "FAILED: no race found in $kernel"
        failed=1
    else
        echo "found: $kernel"
    fi
done
exit $failed
