#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs/dialect.md says what is true: each example becomes a bundle, but where it
# has a comment "error: TEXT": there tenon cc says TEXT, and names that line.

# shellcheck source=tests/tools/common.sh
. "$TN_SRCDIR/tests/tools/common.sh"

awk '
    /^```c$/ {
        file = sprintf("%02d.c", ++examples)
        print "#include <tenon/kernel.h>" > file
        next
    }
    /^```/ { file = "" }
    file != "" { print > file }
' "$TN_SRCDIR/docs/dialect.md"

# example FILE: as its comments say
example() {
    text=$(sed -n 's,.*/\* error: \(.*\) \*/.*,\1,p' "$1")
    line=$(grep -n '/\* error: ' "$1" | cut -d: -f1)
    "$tenon" cc -O1 "$1" -o bundle > log 2>&1
    code=$?
    if [ -z "$text" ] && [ $code -ne 0 ]; then
        failed "$1 becomes a bundle" "$(cat "$1" log)"
    elif [ -n "$text" ] && [ $code -eq 0 ]; then
        failed "$1 is refused" "$(cat "$1")"
    elif [ -n "$text" ] && ! grep -q "error: .*$text" log; then
        failed "$1 is refused with \"$text\"" "$(cat log)"
    elif [ -n "$text" ] && ! grep -q "^$1:$line:" log; then
        failed "$1 is refused at line $line" "$(cat log)"
    elif [ -n "$text" ] &&
        [ "$(wc -l < log)" -gt $((16 * $(grep -c "^$1:.*: error: " log))) ]; then
        failed "$1 is refused in a few words" "$(cat log)"
    else
        passed "$1${text:+ is refused: $text}"
    fi
    rm -rf bundle
}

for file in [0-9]*.c; do
    example "$file"
done
[ -e 20.c ] || failed 'examples are found'
[ "$(grep -l '/\* error: ' [0-9]*.c | wc -l)" -ge 9 ] ||
    failed 'examples of what is refused are found'
finish
