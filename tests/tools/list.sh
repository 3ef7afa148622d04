#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon list, explain and config: tables for people, JSON for programs.

. "$TN_SRCDIR/tests/tools/common.sh"

cat > app.ini <<'END'
[runtime]
backend = nowhere, cpu
log     = off

[backend nowhere]
rank = 60
END
cat > none.ini <<'END'
[runtime]
backend = nowhere

[backend nowhere]
rank = 60
END
mkdir plugins
echo 'no plugin' > plugins/broken.so

# Whether it is JSON that somebody can read.
json() {
    if command -v python3 > /dev/null; then
        right "$1 is JSON" python3 -m json.tool "$2"
    fi
}

# ---- list
expect 'list' 0 '' "$tenon" list -c app.ini
holds 'list: a line for each' out '^NAME +STATE +DEVICE .*REASON$' \
    '^nowhere +rejected .*nowhere\.so' '^cpu +chosen' 'cpu:0 +default .+GiB'
holds 'list: what is not listed is excluded' out '^cuda +excluded' \
    '^opencl +excluded'
expect 'list -v' 0 '' "$tenon" list -v -c app.ini
holds 'list -v: limits too' out 'plugin +/.*cpu\.so$' 'rank +60$' \
    'group items +[0-9]+$' 'features +.*f64' 'status +TN_ERROR_UNAVAILABLE$'
expect 'list --json' 0 '' "$tenon" list --json -c app.ini
holds 'list --json: names and numbers' out '"name": "cpu:0"' \
    '"memory": [0-9]+,' '"units": [0-9]+,' '"state": "excluded"' '"rank": 60,'
json 'list --json' out
expect 'list when nothing works' 3 'nowhere.*nowhere\.so' \
    "$tenon" list -c none.ini
holds 'list when nothing works: the table' out '^nowhere +rejected' \
    '^cpu +excluded'
expect 'list beside a broken plugin' 0 '' \
    env TENON_PLUGIN_PATH="$scratch/plugins" TENON_LOG=off "$tenon" list
holds 'list beside a broken plugin: why' out '^broken +rejected .*broken\.so' \
    '^cpu +(chosen|works)'
printf '[runtime]\nbakend = cpu\n' > wrong.ini
expect 'list: an unknown key' 4 'wrong\.ini:2: .*did you mean backend\?' \
    "$tenon" list -c wrong.ini
printf '[runtime]\nbackend = cpu\n[backend cpu]\ntreads = 2\n' > wrong.ini
expect "list: an unknown key of a plugin" 4 \
    'wrong\.ini:4: .*treads.*did you mean threads\?' \
    "$tenon" list -c wrong.ini

# ---- info
expect 'info' 0 '' "$tenon" info -c app.ini
holds 'info: the device and its memory' out '^name +cpu:0$' '^device +[^ ]' \
    '^memory +[0-9.]+ .iB$' '^cached at most +[0-9.]+ .iB$' '^cached +0$' \
    '^buffers +0$'
printf '[runtime]\ncache_memory = 3M\n' > small.ini
expect 'info: of a device' 0 '' "$tenon" info -c small.ini cpu:0
holds 'info: the limit of the configuration' out '^cached at most +3.0 MiB$'
expect 'info --json' 0 '' "$tenon" info --json -c small.ini cpu
holds 'info --json: names and numbers' out '"name": "cpu:0"' \
    '"cache_limit": 3145728,' '"used": 0,' '"misses": 0$'
json 'info --json' out
expect 'info: no such device' 3 "no device matches '7'" "$tenon" info cpu:7
expect 'info: no such backend' 3 'no backend nowhere' "$tenon" info nowhere
expect 'info when nothing works' 3 'nowhere' "$tenon" info -c none.ini
expect 'info: a wrong limit' 4 'wrong\.ini:2: .*takes bytes' \
    sh -c 'printf "[runtime]\ncache_memory = 3 M\n" > wrong.ini
           exec "$0" info -c wrong.ini' "$tenon"

# ---- explain
expect 'explain' 0 '' "$tenon" explain -c app.ini
holds 'explain: why' out 'backend = nowhere, cpu \(.*app\.ini:2\)' \
    'nowhere: rejected: ' 'cpu: chosen: '
expect 'explain when nothing works' 3 'nowhere' "$tenon" explain -c none.ini
holds 'explain when nothing works: why' out 'nowhere: rejected: '

# ---- config
expect 'config' 0 '' "$tenon" config -c app.ini
holds 'config: values and origins' out '^SECTION +KEY +VALUE +ORIGIN$' \
    '^runtime +backend +nowhere, cpu +.*app\.ini:2$' \
    '^runtime +fallback +yes +default$' \
    '^backend nowhere +rank +60 +.*app\.ini:6$'
expect 'config: the environment' 0 '' env TENON_BACKEND=cpu "$tenon" config \
    -c app.ini
holds 'config: the environment wins' out '^runtime +backend +cpu +TENON_BACKEND'
expect 'config: a second file' 0 '' env TENON_CONFIG=none.ini "$tenon" config \
    -c app.ini
holds 'config: the second file wins' out 'backend +nowhere +.*none\.ini:2$' \
    'log +off +.*app\.ini:3$'
mkdir -p xdg/tenon
printf '[runtime]\nbackend = cpu\nfallback = no\n' > xdg/tenon/tenon.ini
expect "config: the user's file" 0 '' "$tenon" config -c app.ini
holds "config: the application's file wins over the user's" out \
    'backend +nowhere, cpu' 'fallback +no +.*xdg/tenon/tenon\.ini:3$'
rm -r xdg
expect 'config --json' 0 '' "$tenon" config --json -c app.ini
holds 'config --json: a setting' out '"key": "backend"' \
    '"value": "nowhere, cpu"' '"origin": ".*app\.ini:2"'
json 'config --json' out
expect 'config beside a broken plugin' 0 '' \
    env TENON_PLUGIN_PATH="$scratch/plugins" TENON_BACKEND=broken \
    "$tenon" config
expect 'config: an unknown key' 4 'wrong\.ini:2: .*did you mean fallback\?' \
    sh -c 'printf "[runtime]\nfalback = no\n" > wrong.ini
           exec "$0" config -c wrong.ini' "$tenon"
expect 'config: a wrong value' 4 'wrong\.ini:2: .*yes or no' \
    sh -c 'printf "[runtime]\nfallback = perhaps\n" > wrong.ini
           exec "$0" config -c wrong.ini' "$tenon"

# ---- what is shipped
right 'etc/tenon.ini changes nothing' sh -c '
    "$0" config | sed "s/ *$//" > bare &&
    "$0" config -c "$1/etc/tenon.ini" | sed "s/ *$//" | cmp bare -' \
    "$tenon" "$TN_SRCDIR"
right 'etc/tenon.ini holds the defaults' sh -c '
    sed "s/^;\([a-z_]* =\)/\1/" "$1/etc/tenon.ini" > all.ini &&
    "$0" config -c all.ini > all && "$0" config > bare &&
    while read -r section key value origin; do
        [ -n "$origin" ] || value= # an empty one
        grep -Eq "^$section +$key +$value( |$)" all || exit 1
    done < bare' "$tenon" "$TN_SRCDIR"
right 'examples/app.ini is read' "$tenon" config -c \
    "$TN_SRCDIR/examples/app.ini"
finish
