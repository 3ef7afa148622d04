#!/bin/sh
# SPDX-License-Identifier: MIT
# tenon cache: what it lists, and what it removes.

# shellcheck source-path=SCRIPTDIR source=common.sh
. "$TN_SRCDIR/tests/tools/common.sh"

XDG_CACHE_HOME=$scratch/cache
export XDG_CACHE_HOME
folder=$XDG_CACHE_HOME/tenon/opencl

# entry NAME SECONDS: 1500 bytes, last used so long after 1970
entry() {
    head -c 1500 /dev/zero > "$folder/$1"
    touch -d "@$2" "$folder/$1"
}
first=0123456789abcdef0123456789abcdef.bin
second=fedcba9876543210fedcba9876543210.bin

expect 'without a folder' 0 '' "$tenon" cache
holds 'without a folder: all backends' out \
    "^cuda +0 +0 +1.0 GiB +$XDG_CACHE_HOME/tenon/cuda$" \
    "^opencl +0 +0 +1.0 GiB +$folder$"
right 'nothing is made' test ! -e "$XDG_CACHE_HOME"

mkdir -p "$folder"
entry $first 1000000000
entry $second 1500000000
echo mine > "$folder/notes"
expect 'with entries' 0 '' env TZ=UTC "$tenon" cache
holds 'with entries: their number, bytes and use' out \
    '^opencl +2 +2.9 KiB +1.0 GiB +2001-09-09 01:46 +2017-07-14 02:40 '
expect 'JSON' 0 '' "$tenon" cache --json opencl
holds 'JSON: numbers' out '"backend": "opencl"' '"entries": 2' '"bytes": 3000' \
    '"bound": 1073741824' '"oldest": 1000000000' '"newest": 1500000000' \
    "\"folder\": \"$folder\""
if grep -q cuda out; then
    failed 'only the named backend' "$(cat out)"
else
    passed 'only the named backend'
fi
if command -v python3 > /dev/null; then
    right 'JSON is JSON' python3 -m json.tool out
fi

cat > app.ini << 'END'
[backend opencl]
cache_size = 64M
[backend cuda]
cache = no
cache_size = 2G
END
expect 'as configured' 0 '' "$tenon" cache -c app.ini
holds 'as configured: the bounds' out '^opencl .* 64 MiB ' '^cuda +0 +0 +0 '
printf '[backend opencl]\ncache_size = 10%%\n' > wrong.ini
expect 'a wrong size' 4 \
    'wrong.ini:2: cache_size = 10% takes bytes \(256M, 2G; 0 keeps nothing\)' \
    "$tenon" cache -c wrong.ini

expect 'an unknown backend' 2 \
    "no backend 'opencel' keeps anything \(did you mean opencl\?\)" \
    "$tenon" cache opencel
expect 'one that keeps nothing' 2 "no backend 'cpu' keeps anything, try" \
    "$tenon" cache --clear cpu
expect 'without a home' 1 'neither XDG_CACHE_HOME nor HOME' \
    env -u XDG_CACHE_HOME HOME= "$tenon" cache

expect '--clear of another backend' 0 '' "$tenon" cache --clear cuda
right 'leaves this one' test -e "$folder/$first"
ln -s "$scratch/app.ini" "$folder/11111111111111111111111111111111.bin"
expect '--clear: what is left is told' 0 '' sh -c \
    '"$1" cache --clear 2> left' sh "$tenon"
holds '--clear: what was removed' out "^opencl +2 +2.9 KiB +$folder$"
holds '--clear: what stays' left "^tenon: $folder/notes stays: it is no entry" \
    "^tenon: $folder/1+.bin stays: it is a symbolic link$"
right '--clear: only entries are gone' test ! -e "$folder/$first" -a \
    ! -e "$folder/$second" -a -e "$folder/notes" -a -e app.ini -a \
    -L "$folder/11111111111111111111111111111111.bin"
rm "$folder"/*
expect '--clear of nothing, as JSON' 0 '' "$tenon" cache --clear --json
holds '--clear of nothing: none' out '"removed": 0'
echo '[runtime' > broken.ini
entry $first 1000000000
expect '--clear whatever the configuration says' 0 '' \
    env TENON_CONFIG="$scratch/broken.ini" "$tenon" cache --clear opencl
holds 'it is gone' out '^opencl +1 '

# What cannot be removed is an error.
if [ "$(id -u)" -ne 0 ]; then
    entry $first 1000000000
    chmod 555 "$folder"
    expect '--clear of what is read-only' 1 "$first: Permission denied" \
        "$tenon" cache --clear
    chmod 755 "$folder"
    rm "$folder/$first"
fi
rmdir "$folder" && echo > "$folder"
expect 'a file in place of the folder' 1 'opencl: Not a directory' \
    "$tenon" cache
finish
