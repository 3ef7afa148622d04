#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The typical mistakes of who writes a kernel and runs it from the shell: each is
# told in the words of the place where it was made, with what to write instead.

. "$TN_SRCDIR/tests/tools/common.sh"
unset CPPFLAGS CFLAGS LDFLAGS KERNEL_CLANG LIBCLC NVCC AWK

# built NAME: NAME.c, which is on stdin behind the include, becomes a bundle
built() {
    { echo '#include <tenon/kernel.h>' && cat; } > "$1.c"
    right "$1.c becomes a bundle" "$tenon" cc -O1 --target cpu --arch native \
        "$1.c" -o "$1"
}
run() {
    "$tenon" run -b cpu "$@"
}
prints() {
    right "$1" test "$(tr '\n' ' ' < out)" = "$2 "
}

# ---- a grid of fewer dimensions than the kernel's loops

built flat << 'END'
TN_KERNEL(flat, TN_OUT(int, a), TN_VALUE(int, nx), TN_VALUE(int, ny))
{
    TN_RANGE2(x, nx, y, ny) {
        a[y * nx + x] = 1 + y;
    }
}
TN_KERNEL(deep, TN_OUT(int, a), TN_VALUE(int, n))
{
    TN_RANGE3(x, n, y, n, z, n) {
        a[(z * n + y) * n + x] = 1 + z;
    }
}
END
expect 'a grid as the first array has it' 1 \
    'kernel flat has 2 dimensions, the grid 1: .*; give -n X,Y$' \
    run ./flat flat out:i32:4=- i32:2 i32:2
expect 'a grid of one dimension' 1 'the grid 1: .*; give -n X,Y$' \
    run -n 4 ./flat flat out:i32:4=- i32:2 i32:2
expect 'a grid of two for three' 1 \
    'kernel deep has 3 dimensions, the grid 2: .*; give -n X,Y,Z$' \
    run -n 2,2 ./flat deep out:i32:8=- i32:2
expect 'a grid of two' 0 'cpu:0' run -n 2,2 ./flat flat out:i32:4=- i32:2 i32:2
prints 'a grid of two, values' '1 1 2 2'
expect 'a row on purpose' 0 'cpu:0' \
    run -n 2,1 ./flat flat out:i32:4=- i32:2 i32:2
prints 'a row on purpose, values' '1 1 0 0'
sed '/^dimensions/d' flat/bundle.ini > older && cp older flat/bundle.ini
expect 'a bundle that does not tell' 0 'cpu:0' \
    run ./flat flat out:i32:4=- i32:2 i32:2

finish
