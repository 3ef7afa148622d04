#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What make builds of kernels/vector is a whole bundle: bundle.ini is as
# expected, and each native file exports its kernels and nothing else, carries
# the note of each, and links no library of ours. What bundle.awk cannot write
# down, it refuses with file and line.

set -u
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
bundle=$TN_BUILDDIR/bundles/vector
expected=$TN_SRCDIR/tests/kernels/vector.ini
kernels=$(sed -n 's/^\[kernel \(.*\)\]$/\1/p' "$expected" | sort)

# ---- bundle.ini: its variants depend on the machine, and what it builds with

without_variants() {
    sed '/^\[variant/,$d' "$1"
}
if [ -f "$bundle/vector.x86-64.so" ] && [ -f "$bundle/vector.ptx" ]; then
    diff -u "$expected" "$bundle/bundle.ini" || fail 'bundle.ini'
else
    without_variants "$expected" > "$scratch/expected"
    without_variants "$bundle/bundle.ini" > "$scratch/found"
    diff -u "$scratch/expected" "$scratch/found" || fail 'bundle.ini'
fi
files=$(sed -n 's/^file = //p' "$bundle/bundle.ini")
[ -n "$files" ] || fail 'bundle.ini names no file'

for file in $files; do
    [ -s "$bundle/$file" ] || fail "$file is missing"
done

# ---- the native files

# The notes of a file, as the sections of bundle.ini would have them.
notes_of() {
    readelf -p .note.tenon "$1" |
        sed -n 's/^ *\(\[ *[0-9a-f]*\]\)* *//; s/\\n$//; /=/p' |
        awk -F= '
            $1 == "abi" && $2 != 1 { print "abi " $2 }
            $1 == "name" { name = $2; argument = 0 }
            $1 == "items" && $2 != "0 0 0" { print name " items = " $2 }
            $1 == "elements" { print name " elements = " $2 }
            $1 == "arg" { print name " arg." argument++ " = " $2 }' | sort
}
kernels_of() {
    awk '/^\[/ { name = ""; if ($1 == "[kernel") { name = $2 } }
        / = / && name != "" { print substr(name, 1, length(name) - 1) " " $0 }' \
        "$1" | sort
}
kernels_of "$bundle/bundle.ini" > "$scratch/kernels"
[ -s "$scratch/kernels" ] || fail 'bundle.ini has no kernels'
for file in $(echo "$files" | grep '\.so$'); do
    exported=$(nm -D --defined-only "$bundle/$file" |
        awk '$3 !~ /^__(asan|ubsan)/ { print $3 }' | sort)
    wanted=$(echo "$kernels" | sed 's/^/tn_k_/')
    [ "$exported" = "$wanted" ] || fail "$file exports $exported"
    notes_of "$bundle/$file" > "$scratch/notes"
    diff -u "$scratch/kernels" "$scratch/notes" || fail "the notes of $file"
    if readelf -d "$bundle/$file" | grep 'NEEDED.*libtenon'; then
        fail "$file links libtenon"
    fi
done

# ---- what bundle.awk refuses

# refuse TEXT SENTENCE: the source does not become a bundle
refuse() {
    printf '#include <tenon/kernel.h>\n%s\n' "$1" > "$scratch/bad.c"
    # shellcheck disable=SC2086 # CC may hold arguments
    $CC -E -DTN_EMIT_SIGNATURE "-I$TN_SRCDIR/include" "$scratch/bad.c" \
        -o "$scratch/bad.i" || fail "the preprocessor, at $1"
    if awk -v bundle=bad -v source=bad.c -f "$TN_SRCDIR/kernels/rules.awk" -f "$TN_SRCDIR/kernels/bundle.awk" \
        "$scratch/bad.i" > "$scratch/bad.ini" 2> "$scratch/error"; then
        fail "became a bundle: $1"
    elif [ -s "$scratch/bad.ini" ]; then
        fail "wrote something: $1"
    elif ! grep -q "bad.c:2: error: $2" "$scratch/error"; then
        fail "wanted \"$2\" of: $1"
        cat "$scratch/error"
    fi
}
refuse 'int nothing;' 'there is no kernel in it'
refuse 'TN_KERNEL(k, TN_IN(real, a)) {}' 'kernel k: real is no type'
refuse 'TN_KERNEL(k, TN_VALUE(unsigned int, a)) {}' \
    'kernel k: unsigned is no type'
refuse 'TN_KERNEL(k, TN_BUFFER(float, a)) {}' 'kernel k: .* is no parameter'
refuse 'TN_KERNEL(k, TN_IN(int, a), TN_IN(int, a)) {}' \
    'kernel k has two parameters a'
refuse 'TN_KERNEL(k, TN_IN(int, a)) {} TN_KERNEL(k, TN_IN(int, a)) {}' \
    'kernel k is defined twice'
refuse 'TN_KERNEL_SIZED(k, TILE, 1, 1, TN_IN(int, a)) {}' \
    'kernel k: the size of a group'
refuse 'TN_KERNEL_WIDE(k, WIDE, TN_IN(int, a)) {}' \
    'kernel k: an item has 1 to 16 elements'
refuse 'TN_KERNEL_WIDE(k, 17, TN_IN(int, a)) {}' \
    'kernel k: an item has 1 to 16 elements'
refuse 'TN_KERNEL(k, TN_IN(int, kernel)) {}' \
    'kernel is a keyword of OpenCL C; choose another name'
refuse 'TN_KERNEL(k, TN_IN(int, class)) {}' \
    'class is a keyword of C++, which CUDA is; choose another name'
refuse 'TN_FUNCTION int f(int half) { return half; }' 'half is a keyword'
refuse 'TN_KERNEL(k, TN_OUT(int, a)) { uint32_t b; }' \
    'uint32_t is no type of OpenCL C'
refuse 'TN_KERNEL(k, TN_IN(int, tn_x)) {}' \
    'kernel k: the names that begin with tn_ belong to'
refuse 'TN_KERNEL(k, TN_IN(float, a)) { float s = 0, t; TN_ITEMS { t += a[0]; } }' \
    't is changed within an item loop or TN_ONCE, but declared outside'
refuse 'TN_KERNEL(k, TN_IN(float, a)) { int n = 0; TN_ONCE { if (a[0] > 0) { ++n; } } }' \
    'n is changed within'
refuse 'TN_KERNEL(k, TN_OUT(float, a)) { float s[4]; TN_RANGE(i, 4) { s[i & 3] = 1; } }' \
    's is changed within'
refuse 'TN_KERNEL(k, TN_OUT(float, a)) { float *p = a; TN_RANGE(i, 4) { p++; } }' \
    'p is changed within'
refuse 'TN_KERNEL(k, TN_OUT(float, a)) { a[TN_GROUP_ID(0)] = 1.0f; }' \
    'a stores at group level'
refuse 'TN_KERNEL(k, TN_OUT(int, a)) { TN_SHARED int t[4]; t[0] = 1; }' \
    't stores at group level'
refuse 'TN_KERNEL(k, TN_INOUT(tn_u32, a)) { tn_atomic_add_u32(a, 1); }' \
    'tn_atomic_add_u32 stores at group level'

# refuse_call C_FUNCTION SENTENCE
refuse_call() {
    refuse "TN_KERNEL(k, TN_OUT(float, a)) { TN_RANGE(i, 4) { a[i] = $1(a[i]); } }" \
        "kernels have no C library: $2"
}
refuse '#include <stdio.h>' 'kernels have no C library: leave out .*stdio.h'
sed -n '/^ \* MATHS/,/^ \* ATOMICS/p' "$TN_SRCDIR/include/tenon/kernel.h" |
    grep -o 'tn_[a-z]*(x' | sed 's/(x//' | sort -u > "$scratch/forms"
while read -r form; do
    case $form in
    tn_as_*) continue ;;
    tn_abs | tn_min | tn_max) function=f${form#tn_} ;;
    *) function=${form#tn_} ;;
    esac
    refuse_call "${function}f" "write $form for ${function}f\$"
    refuse_call "$function" "write $form for $function; it is float's"
done < "$scratch/forms"
[ "${function:-}" = tanh ] || fail "the maths of kernel.h: ends with ${function:-}"
# shellcheck disable=SC2086
for function in $(echo '#include <math.h>' | $CC -std=c11 -E - |
    sed -n 's/^ *extern [a-z ]* \([a-z][a-z0-9]*\) (.*/\1/p' | sort -u); do
    refuse_call "$function" "\(write .* for $function\|$function has no form\)"
done
[ "${function:-}" = truncl ] || fail "math.h ends with ${function:-}"
refuse_call printf 'printf has no form in tenon/kernel.h, write your own'

# refuse_extent EXTENT SENTENCE
refuse_extent() {
    refuse "TN_KERNEL(k, TN_IN(int, a, $1), TN_VALUE(int, n), TN_VALUE(float, x)) {}" \
        "kernel k: a .*: $2"
}
refuse_extent 'm' 'the kernel has no integer m that is passed by value'
refuse_extent '2 * x' 'the kernel has no integer x'
refuse_extent 'a' 'the kernel has no integer a'
refuse_extent '2 * s.rows' \
    's.rows is a member of a struct, and no parameter; pass it by itself, as in TN_VALUE(tn_i32, rows), and write rows$'
for wrong in 'n n' 'n % 2' '-n' 'n *' 'f(n)' 'n << 1' '()'; do
    refuse_extent "$wrong" "\(an extent is made of\|the kernel has no\)"
done
refuse_extent '0x10' '0x10 is no plain number'
refuse_extent '010' '010 is no plain number'
refuse_extent '1.5' '1.5 is no plain number'
refuse_extent '99999999999999999999' '9* is no plain number'
refuse_extent '(n / 0) + 1' 'divides by 0'
refuse_extent '1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1' 'an extent has at most 16'
refuse 'TN_KERNEL(k, TN_IN(int, a, n, n), TN_VALUE(int, n)) {}' \
    'kernel k: .* is no parameter'

# What looks like it and is none of these.
cat > "$scratch/good.c" << 'END'
#include <tenon/kernel.h>
typedef struct pair {
    int x, y;
} pair;
TN_FUNCTION float fmodf(float x) { return x; }
TN_FUNCTION int *free(int *exp) { return exp; }
TN_FUNCTION float use(float x, int *y) { return fmodf(x) + *free(y); }
TN_KERNEL(k, TN_INOUT(int, a), TN_STRUCT(pair, 8, p), TN_VALUE(int, n))
{
    TN_SHARED int tile[4], more[2];
    TN_PRIVATE(int, sum);
    int *b = a + TN_GROUP_ID(0), end = n * n;
    pair q = {p.x, p.y};

    for (int step = 2; step > 0; step /= 2) {
        end -= step, q.x += end;
        TN_LOCAL_RANGE(l, step) {
            int end = a[l] == tile[l], *c = &end;

            TN_MY(sum) = end;
            *c = b[l] <= end;
            end += q.x >= end;
            b[l] = tile[l] = more[0] = end;
        }
        TN_BARRIER;
    }
    TN_RANGE(end, n) {
        pair q;

        q.x = a[end];
        b[end] = q.x;
    }
    TN_ONCE {
        tn_atomic_add_i32(a, end);
    }
}
END
# shellcheck disable=SC2086
$CC -E -DTN_EMIT_SIGNATURE "-I$TN_SRCDIR/include" "$scratch/good.c" |
    awk -v bundle=good -f "$TN_SRCDIR/kernels/rules.awk" \
        -f "$TN_SRCDIR/kernels/bundle.awk" | grep -q 'arg.2 = i32 n' ||
    fail 'a good kernel is refused'

# The dimensions of a kernel's loops, or of its groups.
cat > "$scratch/flat.c" << 'END'
#include <tenon/kernel.h>
TN_KERNEL(line, TN_OUT(int, a)) { TN_RANGE(i, 4) { a[i] = i; } }
TN_KERNEL(flat, TN_OUT(int, a))
{
    TN_RANGE(i, 4) { a[i] = i; }
    TN_BARRIER;
    TN_RANGE2(x, 4, y, 4) { a[y * 4 + x] += x; }
}
TN_KERNEL(deep, TN_OUT(int, a)) { TN_RANGE3(x, 1, y, 1, z, 1) { a[x] = y; } }
TN_KERNEL_SIZED(tile, 16, 16, 1, TN_OUT(int, a)) { TN_ITEMS { a[0] = 1; } }
TN_KERNEL_SIZED(row, 16, 1, 1, TN_OUT(int, a)) { TN_ITEMS { a[0] = 1; } }
END
# shellcheck disable=SC2086
$CC -E -DTN_EMIT_SIGNATURE "-I$TN_SRCDIR/include" "$scratch/flat.c" |
    awk -v bundle=flat -f "$TN_SRCDIR/kernels/rules.awk" \
        -f "$TN_SRCDIR/kernels/bundle.awk" |
    awk '$1 == "[kernel" { kernel = $2 } $1 == "dimensions" { print kernel $0 }' \
        > "$scratch/dimensions"
printf '%s\n' 'flat]dimensions = 2' 'deep]dimensions = 3' \
    'tile]dimensions = 2' | diff -u - "$scratch/dimensions" ||
    fail 'dimensions in bundle.ini'

# How an extent stands in bundle.ini, however it was written.
cat > "$scratch/sized.c" << 'END'
#include <tenon/kernel.h>
#define PER_ROW 4
TN_KERNEL(k, TN_OUT(int, a, 2*(n+1)/  PER_ROW - n), TN_IN(tn_f16, b, ( n )),
          TN_VALUE(int, n), TN_DYNAMIC(float, t, 16 *
                                       n))
{
    TN_RANGE(i, n) { a[i] = i; }
}
END
cat > "$scratch/sized.expected" << 'END'
arg.0 = out i32* a [2 * (n + 1) / 4 - n]
arg.1 = in f16* b [n]
arg.2 = i32 n
arg.3 = local f32* t [16 * n]
END
# shellcheck disable=SC2086
$CC -E -DTN_EMIT_SIGNATURE "-I$TN_SRCDIR/include" "$scratch/sized.c" |
    awk -v bundle=sized -f "$TN_SRCDIR/kernels/rules.awk" \
        -f "$TN_SRCDIR/kernels/bundle.awk" | grep '^arg' |
    diff -u "$scratch/sized.expected" - || fail 'extents in bundle.ini'
exit $failed
