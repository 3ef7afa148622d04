#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What breaks a rule of the kernel dialect does not compile. Each file of
# bad/ has a line with "error: TEXT" in a comment: the compiler refuses the
# file, says TEXT, and names that line.

set -u
failed=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
folder=$TN_SRCDIR/tests/kernels/bad

compile() {
    # shellcheck disable=SC2086 # CC may hold arguments
    LC_ALL=C $CC -std=c11 -O1 -fopenmp-simd -DTN_OPENMP_SIMD \
        -Werror=implicit-function-declaration \
        "-I$TN_SRCDIR/include" -c "$1" -o "$scratch/out.o" 2> "$scratch/log"
}

check() {
    name=$(basename "$1")
    text=$(sed -n 's,.*/\* error: \(.*\) \*/.*,\1,p' "$1")
    line=$(grep -n '/\* error: ' "$1" | cut -d: -f1)
    if compile "$1"; then
        echo "FAILED: $name compiles"
    elif ! grep -Eq "^[^ ]+:[0-9:]+ error: .*($text)" "$scratch/log"; then
        echo "FAILED: $name: no error with \"$text\""
    elif ! grep -q "$name:$line:" "$scratch/log"; then
        echo "FAILED: $name: line $line is not named"
    else
        echo "ok: $name"
        return
    fi
    cat "$scratch/log"
    failed=1
}

printf '#include <tenon/kernel.h>\nTN_KERNEL(k, TN_OUT(int, a))\n{\n%s\n}\n' \
    '    TN_ONCE { a[0] = 1; }' > "$scratch/good.c"
if ! compile "$scratch/good.c"; then
    cat "$scratch/log"
    echo 'FAILED: a good kernel is refused'
    exit 1
fi
for source in "$folder"/*.c; do
    check "$source"
done
exit $failed
