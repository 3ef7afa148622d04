#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every public header stands alone, in C11 and in C++17, without a warning;
# plugin.h and what a kernel includes need no C library.

set -u
failed=0
include=$TN_SRCDIR/include
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# compile WHAT HEADER EXTENSION COMPILER...
compile() {
    what=$1 header=$2 source=$scratch/source.$3
    shift 3
    printf '#include <%s>\n#include <%s>\ntypedef int tn_any;\n' \
        "$header" "$header" > "$source"
    if "$@" -Wall -Wextra -Werror "-I$include" -fsyntax-only "$source"; then
        echo "ok: $header, $what"
    else
        echo "FAILED: $header, $what"
        failed=1
    fi
}

# pair FIRST SECOND: a program may share a header of its own with its kernels, and
# so meet both.
pair() {
    printf '#include <tenon/%s.h>\n' "$1" "$2" > "$scratch/pair.c"
    # shellcheck disable=SC2086 # CC may hold arguments
    if $CC -std=c11 -Wall -Wextra -Werror "-I$include" -fsyntax-only \
        "$scratch/pair.c"; then
        echo "ok: $1.h before $2.h"
    else
        echo "FAILED: $1.h before $2.h"
        failed=1
    fi
}

pair kernel tenon
pair tenon kernel
pair plugin tenon

cd "$include" || exit 99
for header in tenon/*.h tenon/api/*.h tenon/kernel/*.h; do
    # shellcheck disable=SC2086 # CC may hold arguments
    compile C11 "$header" c $CC -std=c11 -pedantic
    case $header in
    tenon/status.h | tenon/types.h | tenon/plugin.h)
        # shellcheck disable=SC2086
        compile 'freestanding C11' "$header" c \
            $CC -ffreestanding -nostdlib -std=c11 -pedantic
        ;;
    esac
    case $header in
    tenon/kernel.h | tenon/kernel/*) # a dialect of C, not of C++
        ;;
    *)
        if [ -n "$CXX" ]; then
            # shellcheck disable=SC2086
            compile C++17 "$header" cc $CXX -std=c++17 -pedantic \
                -Wold-style-cast
        fi
        ;;
    esac
done
exit $failed
