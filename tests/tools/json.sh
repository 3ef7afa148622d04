#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What scripts read stays: the names in the output of each --json are those that
# tenon(1) promises, no more and no fewer.

. "$TN_SRCDIR/tests/tools/common.sh"

"$npytool" make x.npy f32 12 0 1

# names of JSON on stdin, a line each
names() {
    grep -o '"[a-z0-9_-]*":' | tr -d '":' | sort -u
}

# promised COMMAND: the words of its paragraph in the JSON section of the page
promised() {
    awk -v command=".It $1" '
        /^\.Sh/ { json = $2 == "JSON" }
        /^\./ { found = 0 }
        json && found { print }
        json && $0 == command { found = 1 }
    ' "$TN_SRCDIR/docs/tenon.1" | tr ':;' '  ' | tr -s ' ' '\n' | grep . | sort -u
}

# keeps COMMAND ARGUMENT...: `tenon COMMAND --json ARGUMENT...` has these names
keeps() {
    promise=$1
    shift
    # shellcheck disable=SC2086 # "run --compare" is two words
    "$tenon" "$@" > out 2> err
    names < out > given
    promised "$promise" > wanted
    if [ -s given ] && cmp -s given wanted; then
        passed "$promise --json has the names that are promised"
    else
        failed "$promise --json has the names that are promised" \
            "$(diff wanted given) $(cat err)"
    fi
}

keeps list list --json
keeps info info --json cpu
keeps config config --json
keeps cache cache --json
keeps 'run --compare' run --json --compare cpu,cpu vector scale in:x.npy \
    out:f32:12 f32:2 u32:12
keeps 'cc --inspect' cc --inspect --json vector
keeps bench bench --json -b cpu open
finish
