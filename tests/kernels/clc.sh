#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The OpenCL C of a bundle is whole: nothing is left to include or to expand,
# its errors name lines of the author's source, and no folder of this machine
# stands in it. What a device may lack is left out there. clc.awk refuses what
# OpenCL C cannot do, at the author's line.

set -u
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# translate SOURCE TEXT: as make does
translate() {
    # shellcheck disable=SC2086 # CC may hold arguments
    $CC "-I$TN_SRCDIR/include" -E -undef -nostdinc -D__OPENCL_VERSION__=120 \
        "$1" -o "$scratch/expanded.i" &&
        awk -f "$TN_SRCDIR/kernels/clc.awk" "$scratch/expanded.i" > "$2"
}

# ---- what make has built

for text in "$TN_BUILDDIR/bundles/vector/vector.cl" \
    "$TN_BUILDDIR/tests/fixtures/dialect/dialect.cl"; do
    [ -s "$text" ] || fail "there is no $text"
    if grep -nE '# *include|^# [0-9]|TN_|tn_[iuf][0-9]|__VA_ARGS__' "$text" |
        grep -v 'tn_f16'; then
        fail "$text is not expanded"
    fi
    if grep -nE '"/|\.\./' "$text"; then
        fail "$text has a folder in it"
    fi
done

# The line of the source that each kernel's first line claims to be.
lines_of() {
    awk '/^#line/ { line = $2 - 1; next }
        { ++line }
        match($0, /tn_k_[a-z0-9_]*\(/) {
            print line, substr($0, RSTART + 5, RLENGTH - 6)
        }' "$1"
}
lines_of "$TN_BUILDDIR/bundles/vector/vector.cl" > "$scratch/found"
sed -n 's/^TN_KERNEL[A-Z_]*(\([a-z0-9_]*\),.*/\1/
    t found
    d
    :found
    =
    p' "$TN_SRCDIR/kernels/vector/vector.c" | paste -d ' ' - - > "$scratch/wanted"
diff "$scratch/wanted" "$scratch/found" || fail 'the lines of vector.cl'

# ---- what a device may lack

cat > "$scratch/parts.c" << 'END'
#include <tenon/kernel.h>

typedef struct pair {
    tn_f64 a, b;
} pair;

TN_FUNCTION double twice(double x)
{
    return 2.0 * x;
}

TN_KERNEL(by_function, TN_INOUT(float, a))
{
    TN_ONCE {
        a[0] = (float)twice(a[0]);
    }
}

TN_KERNEL(by_struct, TN_STRUCT(pair, 16, p), TN_OUT(float, a))
{
    TN_ONCE {
        a[0] = (float)p.a;
    }
}

TN_KERNEL(count, TN_INOUT(tn_u64, a))
{
    TN_ITEMS {
        tn_atomic_add_u64(a, 1);
    }
}

TN_KERNEL(most, TN_INOUT(tn_u64, a))
{
    TN_ITEMS {
        tn_atomic_max_u64(a, 1);
    }
}

TN_KERNEL(plain, TN_INOUT(float, a))
{
    TN_ONCE {
        a[0] = 2.0f * a[0];
    }
}
END
translate "$scratch/parts.c" "$scratch/parts.cl" || fail 'parts.c'

# kernels_with MACRO...: those that a device with these extensions gets
kernels_with() {
    defines=
    for extension; do
        defines="$defines -D$extension"
    done
    # shellcheck disable=SC2086
    $CC -x c -undef $defines -E "$scratch/parts.cl" |
        sed -n 's/.*tn_k_\([a-z_]*\)(.*/\1/p' | paste -sd ' ' -
}
# want FOUND WANTED
want() {
    [ "$1" = "$2" ] || fail "a device gets \"$1\" instead of \"$2\""
}
want "$(kernels_with)" 'plain'
want "$(kernels_with cl_khr_fp64)" 'by_function by_struct plain'
want "$(kernels_with cl_khr_int64_base_atomics)" 'count plain'
want "$(kernels_with cl_khr_int64_extended_atomics)" 'most plain'

# ---- what is refused

# refuse LINE SENTENCE TEXT
refuse() {
    printf '%s\n' '#include <tenon/kernel.h>' "$3" > "$scratch/bad.c"
    if translate "$scratch/bad.c" "$scratch/bad.cl" 2> "$scratch/error"; then
        fail "became OpenCL C: $3"
    elif ! grep -Eq "bad.c:$1:([0-9]+:)? (fatal )?error: .*$2" \
        "$scratch/error"; then
        fail "wanted \"$2\" in line $1 of: $3"
        cat "$scratch/error"
    fi
}
refuse 4 'TN_SHARED stands within inner braces' \
    'TN_KERNEL(k, TN_OUT(int, a)) {
    for (int i = 0; i < 2; ++i) {
        TN_SHARED int tile[4];
        TN_ITEMS { tile[0] = a[0]; }
    }
}'
refuse 2 'math.h' '#include <math.h>'
exit $failed
