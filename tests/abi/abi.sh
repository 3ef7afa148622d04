#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is promised to those who build against Tenon: structs and numbers stand
# where they stood (layout.c), and tn_launch() does the same in C and in C++
# (launch.c). Without a C++ compiler, only C is tested.

set -u
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
source=$TN_SRCDIR/tests/abi
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# layout WHAT COMPILER...
layout() {
    what=$1
    shift
    if "$@" -Wall -Wextra -Werror "-I$TN_SRCDIR/include" -fsyntax-only \
        "$source/layout.c"; then
        echo "ok: layout, $what"
    else
        fail "layout, $what"
    fi
}

# A layout that changed is found: of each assertion one, made wrong.
layout_is_looked_at() {
    for change in 's/^\(SIZE(tn_plugin, \)/\11/' \
        's/^\(AT(tn_plugin_launch, slots, \)/\11/' \
        's/^\(IS(TN_TYPE_F64, \)/\11/'; do
        sed "$change" "$source/layout.c" > "$scratch/layout.c"
        # shellcheck disable=SC2086 # CC may hold arguments
        if cmp -s "$source/layout.c" "$scratch/layout.c" ||
            $CC -std=c11 "-I$TN_SRCDIR/include" -fsyntax-only \
                "$scratch/layout.c" 2> /dev/null; then
            fail "$change goes unnoticed"
        fi
    done
}

# launch WHAT COMPILER...
launch() {
    what=$1
    shift
    # shellcheck disable=SC2086 # a list of flags
    if "$@" -Wall -Wextra -Werror $SANITIZE_CFLAGS "-I$TN_SRCDIR/include" \
        "$source/launch.c" -o "$scratch/launch" \
        -L"$TN_BUILDDIR/.libs" -ltenon &&
        "$scratch/launch" "$TN_BUILDDIR/tests/fakes/.libs"; then
        echo "ok: launch, $what"
    else
        fail "launch, $what"
    fi
}

# refused WHAT LINES PATTERN COMPILER...: one error, which says what to write,
# in so many lines of notes at most, at the line of the call.
refused() {
    what=$1 lines=$2 pattern=$3
    shift 3
    if LC_ALL=C "$@" "-I$TN_SRCDIR/include" -fsyntax-only "$scratch/struct.c" \
        2> "$scratch/log"; then
        fail "a struct as it is, $what: it compiles"
    elif [ "$(grep -c 'error: ' "$scratch/log")" -ne 1 ] ||
        ! grep -q "error: .*$pattern" "$scratch/log" ||
        ! grep -q 'struct\.c:8:' "$scratch/log" ||
        [ "$(wc -l < "$scratch/log")" -gt "$lines" ]; then
        fail "a struct as it is, $what: $(cat "$scratch/log")"
    else
        echo "ok: a struct as it is, $what"
    fi
}
cat > "$scratch/struct.c" <<'END'
#include <tenon/tenon.h>
struct box { float a; int n; };
tn_status go(tn_stream *s, tn_kernel *k, tn_buffer *b);
tn_status go(tn_stream *s, tn_kernel *k, tn_buffer *b)
{
    struct box box = {1, 2};
    tn_grid grid = tn_items(4);
    return tn_launch(s, k, grid, b, b, b, b, b, b, b, b, b, b, b, b, box, 1.0f);
}
END

LD_LIBRARY_PATH=$TN_BUILDDIR/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# shellcheck disable=SC2086 # CC may hold arguments
{
    layout C11 $CC -std=c11 -pedantic
    layout_is_looked_at
    launch C11 $CC -std=c11 -pedantic -Wstrict-prototypes -Wc++-compat
    refused C11 15 'cannot pass box; write tn_struct(&box, sizeof box)' \
        $CC -std=c11
}
if [ -n "$CXX" ]; then
    for standard in c++11 c++17; do
        # shellcheck disable=SC2086
        {
            layout "$standard" $CXX "-std=$standard" -x c++
            launch "$standard" $CXX "-std=$standard" -x c++
            refused "$standard" 15 'write tn_struct(&s, sizeof s)' \
                $CXX "-std=$standard" -x c++
        }
    done
fi
exit $failed
