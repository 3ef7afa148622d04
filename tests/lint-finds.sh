#!/bin/sh
# SPDX-License-Identifier: MIT
#
# scripts/lint finds what it is there to find: each violation is planted in a
# copy of the sources and has to be named with its file and line.

set -u
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
failed=0

for folder in include common runtime plugins tools examples kernels; do
    cp -R "$TN_SRCDIR/$folder" "$scratch/" || exit 99
    chmod -R u+w "$scratch/$folder"
done

lint() {
    "$TN_SRCDIR/scripts/lint" --root "$scratch" "$@"
}

# expect CHECK FILE LINE-TO-PLANT: puts the line into FILE, as its last
expect() {
    file=$scratch/$2
    mkdir -p "$(dirname "$file")"
    cp "$file" "$scratch/kept" 2> /dev/null || : > "$scratch/kept"
    { cat "$scratch/kept"; printf '%s\n' "$3"; } > "$file"
    where=$2:$(wc -l < "$file"):
    if lint "$1" | grep -F "$where" && ! lint "$1" > /dev/null; then
        echo "ok: found in $2"
    else
        echo "FAILED: $3 in $2 goes unnoticed"
        failed=1
    fi
    cp "$scratch/kept" "$file"
}

expect dependencies include/tenon/tenon.h '#include <tenon/plugin.h>'
expect dependencies include/tenon/tenon.h '#include "plugin.h"'
expect dependencies include/tenon/tenon.h '#include "common/dl.h"'
expect dependencies include/tenon/api/base.h '#include "../plugin.h"'
expect dependencies include/tenon/plugin.h '#include <stdio.h>'
expect dependencies include/tenon/plugin.h '#include <tenon/tenon.h>'
expect dependencies include/tenon/kernel.h '#include <tenon/plugin.h>'
expect dependencies include/tenon/kernel.h '#include "./tenon.h"'
expect dependencies common/new.c '#include "runtime/device.h"'
expect dependencies common/new.c '#include <tenon/tenon.h>'
expect dependencies runtime/new.c '#include "plugins/cpu/device.h"'
expect dependencies runtime/new.c '#include "../plugins/cpu/device.h"'
expect dependencies runtime/new.c '#include <dlfcn.h>'
expect dependencies runtime/new.c '  #  include <ini.h>'
expect dependencies plugins/cpu/new.c '#include "runtime/device.h"'
expect dependencies plugins/cpu/new.c '#include "../../runtime/device.h"'
expect dependencies plugins/cpu/new.c '#include <tenon/tenon.h>'
expect dependencies plugins/cpu/new.c '#include "plugins/cuda/device.h"'
expect dependencies plugins/cpu/new.c '#include <dlfcn.h>'
expect dependencies tools/new.c '#include <tenon/plugin.h>'
expect dependencies tools/new.c '#include <tenon/api/buffer.h>'
expect dependencies examples/new.c '#include "runtime/device.h"'
expect dependencies bench/new.c '#include <tenon/plugin.h>'
expect dependencies bench/peers/new.c '#include <dlfcn.h>'
expect dependencies kernels/vector/new.c '#include <tenon/tenon.h>'

# A source without its license, whatever else it says.
echo 'int x;' > "$scratch/common/new.c"
lint spdx | grep '^common/new.c:1: ' || {
    echo 'FAILED: a missing SPDX line goes unnoticed'
    failed=1
}

if [ -n "$(command -v clang-format)" ]; then
    cp "$TN_SRCDIR/.clang-format" "$scratch/"
    expect format common/new.c 'int  x ;'
fi
exit $failed
