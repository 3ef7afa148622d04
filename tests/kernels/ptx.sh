#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The PTX of a bundle is for every GPU since Volta, and its kernels have the
# parameters that their signatures say. Where a CUDA toolkit is, ptxas takes
# the PTX, and nvcc the source.

set -u
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
fixtures=$TN_BUILDDIR/tests/fixtures
if [ ! -f "$fixtures/dialect/dialect.ptx" ]; then
    echo "built without PTX: configure's summary says why"
    exit 77
fi
PATH=$PATH:/usr/local/cuda/bin

# ---- the text

# The kernels of an .ini, each with its group size and the PTX types of its
# parameters: "sum 256, 1, 1 u64 u64 u32".
wanted() {
    awk '/^\[/ { kernel = /^\[kernel / ? substr($2, 1, length($2) - 1) : "" }
        /^\[kernel / { text[kernel] = kernel; order[++count] = kernel }
        kernel == "" { next }
        /^items = / { text[kernel] = text[kernel] " " $3 ", " $4 ", " $5 }
        /^arg\./ {
            sub(/^[^=]*= /, "")
            type = /\*/ ? "u64" : /^struct/ ? "b8" : $1
            sub(/^i/, "u", type)
            text[kernel] = text[kernel] " " type
        }
        END { for (i = 1; i <= count; ++i) { print text[order[i]] } }' "$1" |
        sort
}
found() {
    awk '/^\.visible \.entry / {
            if (text != "") { print text types }
            text = $3
            sub(/^tn_k_/, "", text)
            sub(/\(.*/, "", text)
            types = ""
        }
        /^\.reqntid / { text = text " " $2 " " $3 " " $4 }
        /^\.maxntid / { text = text " only the most items: " $0 }
        $1 == ".param" && text != "" {
            type = $2 == ".align" ? $4 : $2
            types = types " " substr(type, 2)
        }
        END { print text types }' "$1" | sort
}
# check NAME INI PTX
check() {
    wanted "$2" > "$scratch/wanted"
    found "$3" > "$scratch/found"
    diff "$scratch/wanted" "$scratch/found" || fail "the kernels of $1"
    grep -q '^\.version 6\.3$' "$3" || fail "$1: another version of PTX"
    grep -q '^\.target sm_70' "$3" || fail "$1: another target"
    if grep -nE '\.extern \.func|\.file|/tenon' "$3"; then
        fail "$1 needs something, or names a file"
    fi
}
check dialect "$fixtures/dialect/bundle.ini" "$fixtures/dialect/dialect.ptx"
check vector "$TN_BUILDDIR/bundles/vector/bundle.ini" \
    "$TN_BUILDDIR/bundles/vector/vector.ptx"
grep -q '^\.reqntid 8, 4, 2$' "$fixtures/conformance_kernels.ptx" ||
    fail 'conformance_kernels.ptx does not say what group size it takes'

# ---- the toolkit

if [ -z "$(command -v ptxas)" ]; then
    echo 'not checked by ptxas: no CUDA toolkit here'
    exit $failed
fi
for arch in sm_70 sm_75 sm_80 sm_90 sm_100; do
    if ! ptxas --help | grep -q "'$arch'"; then
        echo "not checked: ptxas knows no $arch"
        continue
    fi
    for ptx in "$fixtures/dialect/dialect.ptx" "$fixtures/conformance_kernels.ptx" \
        "$TN_BUILDDIR"/bundles/*/*.ptx; do
        ptxas "-arch=$arch" "$ptx" -o "$scratch/cubin" ||
            fail "ptxas refuses $ptx for $arch"
    done
done
if [ -z "$(command -v nvcc)" ]; then
    echo 'not checked by nvcc'
    exit $failed
fi
for source in "$TN_SRCDIR/tests/fixtures/dialect.c" \
    "$TN_SRCDIR"/kernels/*/*.c; do
    nvcc -x cu -arch=sm_75 -Werror all-warnings "-I$TN_SRCDIR/include" \
        -ptx "$source" -o "$scratch/nvcc.ptx" || fail "nvcc refuses $source"
done
exit $failed
