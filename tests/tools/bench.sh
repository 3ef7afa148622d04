#!/bin/sh
# SPDX-License-Identifier: MIT
# tenon bench: what it prints, not how fast anything is.

# shellcheck source-path=SCRIPTDIR source=common.sh
. "$TN_SRCDIR/tests/tools/common.sh"

expect 'a table' 0 '' "$tenon" bench -b cpu launch allocate
holds 'a table: the device, the measures' out '^cpu:0, ' '^MEASURE ' \
    '^launch ' '^allocate '
if grep -q '^submit' out; then
    failed 'only the named measures are taken' "$(cat out)"
else
    passed 'only the named measures are taken'
fi

expect 'JSON and a picture' 0 '' "$tenon" bench -b cpu --json --svg a.svg \
    launch graph load open
holds 'JSON: rows' out '"measure": "graph"' '"peer": "not recorded"' \
    '"measure": "load, bundle"' '"measure": "open"' '"ratio": [0-9.]+'
if command -v python3 > /dev/null; then
    right 'JSON is JSON' python3 -m json.tool out
    right 'SVG is XML' python3 -c \
        'import xml.dom.minidom; xml.dom.minidom.parse("a.svg")'
fi
holds 'the picture shows both' a.svg '<svg' '<polyline'

expect 'an unknown measure' 2 "no measure 'lunch' \(did you mean launch\?\)" \
    "$tenon" bench lunch
expect 'an unknown backend' 3 'no backend nvidia' "$tenon" bench -b nvidia launch
expect 'a picture that cannot be written' 1 'cannot write none/a.svg: No such' \
    "$tenon" bench -b cpu --svg none/a.svg launch
finish
