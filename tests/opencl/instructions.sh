#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A launch whose arguments stay takes at most 70 instructions more in the
# plugin itself than the same calls by hand.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
most=70
[ -n "$(command -v valgrind)" ] || skip 'valgrind is not here: install valgrind'
[ -z "${SANITIZE_CFLAGS-}" ] || skip 'a sanitizer adds instructions of its own'
cd "$scratch" || exit 99

# count LAUNCHES: instructions in the plugin, and in the calls by hand
count() {
    if ! valgrind --tool=callgrind --callgrind-out-file="out.$1" \
        "$TN_BUILDDIR/tests/opencl/launches" "$opencl_plugin" \
        "$TN_BUILDDIR/tests/fakes/.libs/opencl_null.so" "$1" > log 2>&1; then
        grep -q 'Unrecognised instruction\|unhandled instruction' log &&
            skip 'valgrind does not know this processor'
        grep -q 'debuginfo reader' log &&
            skip "valgrind cannot read what $CC writes for debuggers"
        cat log >&2
        exit 1
    fi
    callgrind_annotate --threshold=100 --auto=no "out.$1" > "text.$1" || exit 1
    awk '
        { number = $1; gsub(",", "", number) }
        /\[[^]]*opencl\.so\]/ { plugin += number }
        /:launch_by_hand / { hand = number }
        END { print plugin + 0, hand + 0 }' "text.$1"
}

# told RC TEXT: ends as `count` did
told() {
    echo "$2"
    exit "$1"
}
few=$(count 100) || told $? "$few"
many=$(count 1100) || told $? "$many"
read -r plugin_few hand_few <<< "$few"
read -r plugin_many hand_many <<< "$many"
plugin=$(((plugin_many - plugin_few) / 1000))
hand=$(((hand_many - hand_few) / 1000))
echo "$plugin instructions in the plugin, $hand by hand"
if [ $plugin -le 0 ] || [ $hand -le 0 ]; then
    echo 'FAILED: what was counted is not the launches'
    exit 1
fi
[ $((plugin - hand)) -le $most ]
