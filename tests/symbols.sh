#!/bin/sh
# SPDX-License-Identifier: MIT
#
# libtenon exports tn_* and a plugin tn_plugin_query, and nothing else; a
# plugin does not link libtenon.

set -u
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}

# Names of what FILE exports, without versions and the version's own node.
exports() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }'
}

library=$TN_BUILDDIR/.libs/libtenon.so
exports "$library" | grep -q '^tn_runtime_open$' ||
    fail 'libtenon.so does not export tn_runtime_open'
for name in $(exports "$library" | grep -v '^tn_'); do
    fail "libtenon.so exports $name"
done
nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /@@TENON_0$/' |
    grep . && fail 'these symbols are of no version'
readelf -d "$library" | grep -q 'SONAME.*\[libtenon\.so\.0\]' ||
    fail 'the SONAME of libtenon.so is not libtenon.so.0'

for plugin in "$TN_BUILDDIR"/.libs/tenon/plugins/*.so \
    "$TN_BUILDDIR/plugins/template/.libs/template.so"; do
    names=$(exports "$plugin" | tr '\n' ' ')
    [ "$names" = 'tn_plugin_query ' ] ||
        fail "$(basename "$plugin") exports: $names"
    if readelf -d "$plugin" | grep -q 'NEEDED.*libtenon'; then
        fail "$(basename "$plugin") links libtenon"
    fi
done
exit $failed
