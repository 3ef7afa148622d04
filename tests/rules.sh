#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs/plugin-abi.md names only tests that there are.

# Titles in the sources may be broken over lines: "one " "two".
sources=$(cat "$TN_SRCDIR"/tests/conformance/*.c "$TN_SRCDIR"/tests/unit/*.c |
    tr '\n' ' ' | sed 's/"  *"//g')

# A conformance test by its title, a host's by its program and function.
{
    sed -n 's/^- \(".*"\)$/\1/p' "$TN_SRCDIR/docs/plugin-abi.md"
    sed -n 's/^- \(test_[a-z_]*\): \([a-z0-9_]*\)$/\1 \2/p' \
        "$TN_SRCDIR/docs/plugin-abi.md"
} | {
    named=0
    missing=0
    while IFS= read -r title; do
        named=$((named + 1))
        case $title in
        \"*) where=$sources what=$title ;;
        *)
            where=$(cat "$TN_SRCDIR/tests/unit/${title% *}.c")
            what="void ${title#* }(void)"
            ;;
        esac
        case $where in
        *"$what"*) ;;
        *)
            echo "docs/plugin-abi.md names what is no test: $title"
            missing=$((missing + 1))
            ;;
        esac
    done
    echo "$named tests are named, $missing of them are missing"
    [ "$named" -gt 50 ] && [ "$missing" -eq 0 ]
}
