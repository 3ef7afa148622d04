#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a vendor goes through: the skeleton is copied, built by the line that
# stands in it and given to Tenon by its folder; then it goes wrong in the ways
# that first plugins do, and each time somebody says so.

. "$TN_SRCDIR/tests/tools/common.sh"
conformance=$TN_BUILDDIR/tests/conformance/conformance
PKG_CONFIG_PATH=$TN_BUILDDIR
TENON_PLUGIN_PATH=$scratch/folder
export PKG_CONFIG_PATH TENON_PLUGIN_PATH
mkdir folder
# Between query and table, and where an instance is made, as sed's patterns.
in_query='^    \*plugin = &table;'
in_instance='^    tn_plugin_instance \*created ='

# plugin NAME [SCRIPT]: a copy under that name, changed by sed
plugin() {
    sed "s/\"template\"/\"$1\"/;${2-}" \
        "$TN_SRCDIR/plugins/template/template_plugin.c" > "$1_plugin.c"
    rm -f folder/*
    # shellcheck disable=SC2046,SC2086 # lists of flags
    $CC -std=c11 -fPIC -shared -fvisibility=hidden $SANITIZE_CFLAGS \
        $(pkg-config --cflags tenon-plugin) "$1_plugin.c" \
        -o "folder/$1.so" > build.log 2>&1 || failed "$1 is built" \
        "$(cat build.log)"
}

# refused NAME PATTERN: by the conformance suite, whose output has PATTERN
refused() {
    if (cd folder && "$conformance" "$1.so") > out 2>&1; then
        failed "$1 does not conform" "$(cat out)"
    elif ! grep -Eq -- "$2" out; then
        failed "$1 does not conform" "'$2' is not in: $(cat out)"
    else
        passed "$1 does not conform"
    fi
}

plugin acme
right 'the copy conforms' sh -c 'cd folder && "$0" acme.so' "$conformance"
expect 'it is found in its folder' 0 '' "$tenon" info acme
holds 'it is found in its folder: the device' out '^device +Template device$'
mv folder/acme.so folder/other.so
expect 'under another name' 5 \
    'other\.so: is the plugin of backend acme; rename it to acme\.so' \
    "$tenon" info other

plugin silent "/$in_instance/i\\    return TN_ERROR_UNAVAILABLE;"
refused silent 'instance_create answers status .*: \[5\] without a sentence'
plugin loud "/$in_instance/i\\    puts(\"loud\");"
refused loud 'nothing is written to standard output \.\.\.FAILED'
plugin leaves "1i\\#include <stdlib.h>
/$in_instance/i\\    exit(0);"
refused leaves '^FAILED: \[5\] the plugin called exit'
TENON_LOG=debug "$tenon" list > out 2> err
holds 'who called exit stands in the log' err \
    '^tenon: debug: leaves: starting$'
plugin crashes "1i\\#include <stdlib.h>
/$in_query/i\\    abort();"
refused crashes 'opening .*/folder/crashes\.so$'
TENON_LOG=debug "$tenon" list > out 2> err
holds 'who crashed stands in the log' err \
    '^tenon: debug: crashes: opening .*/folder/crashes\.so$'
# A sanitizer's own functions are left open, and so are others then.
if [ -z "$SANITIZE_CFLAGS" ]; then
    plugin open "1i\\int acme_driver_open(void);
/$in_instance/i\\    acme_driver_open();"
    expect 'a function that is nowhere' 5 \
        'open: [^:]*/open\.so: undefined symbol: acme_driver_open$' \
        "$tenon" info open
fi
finish
