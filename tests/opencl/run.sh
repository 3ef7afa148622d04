#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon run -b opencl FILE.cl KERNEL: kernels from elsewhere, and what is said
# of a wrong use.

. "$TN_SRCDIR/tests/tools/common.sh"
folder=$scratch
# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
trap 'rm -rf "$scratch" "$folder"' EXIT
cd "$folder" || exit 99

# ---- without a driver --------------------------------------------------------

"$npytool" make i.npy i32 128 0 10
cp "$TN_SRCDIR/tests/fixtures/elsewhere.cl" .
ini() {
    {
        echo '[backend opencl]'
        printf '%s\n' "$@"
    } > app.ini
}
unavailable() {
    expect "$1" "$2" "opencl: $3" \
        "$tenon" run -c app.ini -b opencl elsewhere.cl scale inout:i.npy=-
}

ini 'library = /nowhere/libOpenCL.so.1'
unavailable 'no loader' 3 '/nowhere/libOpenCL\.so\.1 not found; .*, or correct `library` in \[backend opencl\]'
ini 'device = 0'
"$tenon" list -v > listed 2>&1
if ! grep -q 'libOpenCL.so.1 not found' listed; then
    unavailable 'no platform' 3 \
        'the loader found no platform; install a driver such as pocl-opencl-icd'
    echo /nowhere/libdriver.so > "$OCL_ICD_VENDORS/broken.icd"
    unavailable 'a platform that cannot be loaded' 3 \
        'the loader found no platform; install a driver'
    cp "$TN_BUILDDIR/.libs/tenon/plugins/cpu.so" nonsense.so
    echo "$folder/nonsense.so" > "$OCL_ICD_VENDORS/broken.icd"
    unavailable 'a platform that is none' 3 \
        'the loader found no platform; install a driver'
    rm "$OCL_ICD_VENDORS/broken.icd"
fi
need_pocl

# A daemon's home is often none; /proc takes no folder, even of root.
expect 'PoCL without a folder to write' 3 \
    'no device that works; PoCL needs a folder .*: set HOME, or POCL_CACHE_DIR$' \
    env POCL_CACHE_DIR=/proc/none "$tenon" run -c app.ini -b opencl \
    elsewhere.cl scale inout:i.npy=-

# ---- kernels from elsewhere --------------------------------------------------

device='opencl:0 \(.*\): \./elsewhere\.cl \(clc\)$'
run() {
    name=$1
    shift
    expect "$name" 0 "$device" "$tenon" run -c app.ini -b opencl "$@"
}
# printed NAME VALUES
printed() {
    right "$1" test "$(tr '\n' ' ' < out)" = "$2 "
}

run 'local blocks in the middle' elsewhere.cl rotate_groups in:i.npy \
    local:128 i32:1 local:32 out:i32:128=r.npy -l 32
"$tenon" run -b opencl elsewhere.cl rotate_groups in:i.npy local:128 i32:31 \
    local:32 in:r.npy -l 32 2> err
right 'local blocks in the middle, again' test $? -eq 0
run 'twenty arguments' elsewhere.cl sum_twenty out:i32:2=- i32:1 i32:2 i32:3 \
    i32:4 i32:5 i32:6 i32:7 i32:8 i32:9 i32:10 i32:11 i32:12 i32:13 i32:14 \
    i32:15 i32:16 i32:17 i32:18 i32:-19
printed 'twenty arguments, values' '152 152'
"$npytool" make three.npy i32 3 1 1
run 'without options' elsewhere.cl scale inout:three.npy=-
printed 'without options, values' '1 2 3'
ini 'options = -DSCALE=7'
run 'an option of the configuration' elsewhere.cl scale inout:three.npy=-
printed 'an option, values' '7 14 21'
ini 'device = cpu'
run 'a device by its kind' elsewhere.cl scale inout:three.npy=-
ini 'device = portable computing'
run 'a device by its platform' elsewhere.cl scale inout:three.npy=-

# A kernel without a guard runs just the items that there are.
"$npytool" make odd.npy i32 1001 0 1
ini 'options = -DSCALE=2'
run 'a grid that no group divides' elsewhere.cl scale inout:odd.npy=z.npy
right 'a grid that no group divides, values' \
    "$npytool" check z.npy i32 1001 0 2

# ---- wrong use, and that the next one works ----------------------------------

# refused NAME CODE PATTERN ARGUMENT...
refused() {
    name=$1 code=$2 pattern=$3
    shift 3
    expect "$name" "$code" "$pattern" "$tenon" run -c app.ini "$@"
}
ini 'device = no such device'
refused 'a device that is not there' 3 \
    "opencl: no device matches 'no such device' of app\.ini:2; there is 0: " \
    -b opencl elsewhere.cl scale inout:three.npy=-
ini 'device = 0'
refused 'a kernel that is not there' 7 \
    'no kernel scael in \./elsewhere\.cl \(clc\) \(did you mean scale\?\); it has .*rotate_groups' \
    -b opencl elsewhere.cl scael inout:three.npy=-
refused 'an argument of the wrong kind' 7 \
    'kernel sum_twenty: argument 1 a is i32, f32:1 is f32; write i32:1' \
    -b opencl elsewhere.cl sum_twenty out:i32:2=- f32:1 i32:2 i32:3 i32:4 \
    i32:5 i32:6 i32:7 i32:8 i32:9 i32:10 i32:11 i32:12 i32:13 i32:14 i32:15 \
    i32:16 i32:17 i32:18 i32:19
refused 'a buffer for a local block' 7 \
    'kernel rotate_groups: argument 1 tile is memory of a group, in:i.npy is' \
    -b opencl elsewhere.cl rotate_groups in:i.npy in:i.npy i32:1 local:32 \
    out:i32:128=- -l 32
refused 'too much local memory' 1 \
    'kernel rotate_groups: [0-9]+ bytes of group memory; a group has at most [0-9]+ here' \
    -b opencl elsewhere.cl rotate_groups in:i.npy local:1000000000 i32:1 \
    local:32 out:i32:128=- -l 32
refused 'a group that is too large' 1 \
    'kernel scale: a group of 1000000 x 1 x 1 items; at most [0-9]+ in all' \
    -b opencl elsewhere.cl scale inout:three.npy=- -l 1000000
export POCL_MEMORY_LIMIT=4 # GiB
refused 'a buffer that is too large' 1 \
    'a buffer of 2800000000 bytes on opencl:0, which gives at most [0-9]+' \
    -b opencl elsewhere.cl scale out:i32:700000000=-
unset POCL_MEMORY_LIMIT
printf '__kernel void k(__global int *a)\n{\n    a[0] = nobody;\n}\n' > bad.cl
"$tenon" run -b opencl bad.cl k inout:three.npy=- > out 2> err < /dev/null
right 'code that does not compile' test $? -eq 7
holds 'code that does not compile, its sentence' err \
    '^tenon: opencl:0: \./bad\.cl: error: .*:3:12: use of undeclared identifier'
printf '#include "/etc/passwd"\n__kernel void k(__global int *a) { }\n' > bad.cl
refused 'an include' 7 \
    'opencl:0: \./bad\.cl: line 1: #include is refused, since it would read files; set include = FOLDER in \[backend opencl\]' \
    -b opencl bad.cl k inout:three.npy=-
run 'the next right one' elsewhere.cl scale inout:three.npy=-

# ---- the cache ---------------------------------------------------------------

cached=$(find "$XDG_CACHE_HOME/tenon/opencl" -type f | head -n 1)
right 'programs are kept' test -n "$cached"
for file in "$XDG_CACHE_HOME"/tenon/opencl/*; do
    truncate -s 100 "$file"
done
run 'entries that are cut' elsewhere.cl scale inout:three.npy=-
printed 'entries that are cut, values' '1 2 3'
"$tenon" cache opencl > out
holds 'tenon cache tells of them' out '^opencl +[1-9][0-9]* '

# A disk of a page, and what is left on it.
cat > on_full_disk << 'END'
mount -t tmpfs -o size=4k none full || exit 99
XDG_CACHE_HOME=$PWD/full
"$1" run -b opencl elsewhere.cl scale inout:three.npy=- > out 2> err || exit
find full -type f > left
END
mkdir full
if unshare -m mount -t tmpfs none full 2> /dev/null; then
    right 'a full disk' unshare -m sh on_full_disk "$tenon"
    printed 'a full disk, values' '1 2 3'
    holds 'a full disk, the log' err \
        'opencl: code is compiled anew .*kept: .*No space left on device; set cache = no'
    right 'a full disk, one line in the log' test "$(grep -c kept err)" -eq 1
    right 'a full disk, nothing half is left' test ! -s left
else
    echo 'skipped: a full disk: nobody may mount here'
fi

XDG_CACHE_HOME=$folder/app.ini # a file, so that no folder can be in it
run_unkept() {
    "$tenon" run -b opencl elsewhere.cl scale inout:three.npy=- > out 2> err
}
right 'a folder that cannot be written' run_unkept
holds 'a folder that cannot be written, the log' err \
    'opencl: code is compiled anew in each process, since it cannot be kept: .*app\.ini'
right 'one line in the log' test "$(grep -c 'kept' err)" -eq 1
printed 'a folder that cannot be written, values' '1 2 3'
finish
