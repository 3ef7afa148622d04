#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What tenon run refuses: the exit code, and one line that says why.

. "$TN_SRCDIR/tests/tools/common.sh"

"$npytool" make x.npy f32 12 0 1
"$npytool" make y.npy f32 13 0 1
"$npytool" make d.npy f64 12 0 1
"$npytool" make i.npy i32 12 0 1
add='in:x.npy in:x.npy out:f32:12=z.npy u32:12'

# fails NAME CODE PATTERN ARGUMENT...: tenon run -b cpu ARGUMENT...
fails() {
    name=$1 code=$2 pattern=$3
    shift 3
    rm -f z.npy
    expect "$name" "$code" "$pattern" "$tenon" run -b cpu "$@"
    if [ -e z.npy ]; then
        failed "$name" 'z.npy was written'
    fi
}

fixtures=$TN_BUILDDIR/tests/fixtures/.libs

cat > local.c <<'END'
#include <tenon/kernel.h>
TN_KERNEL(turn, TN_DYNAMIC(float, tile, n), TN_INOUT(float, a, n),
          TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        tile[i] = a[i];
    }
    TN_BARRIER;
    TN_RANGE(i, n) {
        a[i] = tile[(tn_i32)n - 1 - i];
    }
}
END
right 'a kernel with local memory is built' "$tenon" cc local.c -o local \
    --target cpu

# shellcheck disable=SC2086 # $add is a list of words
{
    # ---- 7: modules and kernels
    fails 'no such bundle' 7 'vectr.*did you mean vector\?' vectr add $add
    fails 'no such folder' 7 './absent: No such file' ./absent add $add
    fails 'no such kernel' 7 'kernel ad .*did you mean add\?' vector ad $add
    example='tenon run vector add in:a.npy in:b.npy out:f32:16=c.npy u32:16$'
    fails 'no argument at all' 7 \
        "add takes 4 arguments, given 0; .* missing is 0 a, an array of f32 that is read; write $example" \
        vector add
    fails 'too few arguments' 7 \
        "add takes 4 arguments, given 3; .* missing is 3 n, u32; write $example" \
        vector add in:x.npy in:x.npy out:f32:12=z.npy
    fails 'too many arguments' 7 "add takes 4 arguments, given 5; write $example" \
        vector add $add u32:1
    fails 'a value of another type' 7 \
        'argument 3 n is u32, i32:12 is i32; write u32:12$' vector add \
        in:x.npy in:x.npy out:f32:12=z.npy i32:12
    fails 'a value of another type and out of range' 7 \
        'argument 3 n is u32, i32:-1 is i32; write for example u32:16$' \
        vector add in:x.npy in:x.npy out:f32:12=z.npy i32:-1
    fails 'a value for an array' 7 \
        'argument 1 b is an array of f32 that is read, f32:1 is f32; write for example in:b.npy$' \
        vector add in:x.npy f32:1 out:f32:12=z.npy u32:12
    fails 'a value for an output' 7 \
        'argument 2 c is .* that is written, f32:1 is f32; write for example out:f32:12=c.npy$' \
        vector add in:x.npy in:x.npy f32:1 u32:12
    fails 'an array for a value' 7 \
        'argument 3 n is u32, in:x.npy is an array of f32; write for example u32:16$' \
        vector add in:x.npy in:x.npy out:f32:12=z.npy in:x.npy
    fails 'local memory for a value' 7 \
        'argument 3 n is u32, local:4 is memory of a group; write for example u32:16$' \
        vector add in:x.npy in:x.npy out:f32:12=z.npy local:4
    fails 'a struct of another size' 7 \
        'argument 0 small is a struct of 5 bytes, struct:u8:1 is a struct of 1 bytes; write for example struct:u8:0,u8:0,u8:0,u8:0,u8:0$' \
        "$fixtures/conformance_kernels.so" structs struct:u8:1 u32:1 \
        struct:i64:1,i64:2,i64:3,i64:4,i64:5 out:u8:49=-
    fails 'no local memory' 7 \
        'given 2; the first that is missing is 0 tile, memory of a group; write tenon run ./local turn local:64 ' \
        ./local turn inout:x.npy=z.npy u32:12
    fails 'too little local memory' 1 \
        'argument 0 tile: local:8 holds 2 elements, needs n = 12; write local:48$' \
        ./local turn local:8 inout:x.npy=z.npy u32:12
    fails 'an array of another dtype' 7 \
        'argument 1 b: in:d.npy holds f64, the kernel takes f32' \
        vector add in:x.npy in:d.npy out:f32:12=z.npy u32:12
    fails 'an output of another dtype' 7 \
        'argument 2 c: .* holds i32, the kernel takes f32; write out:f32:12=z.npy$' \
        vector add in:x.npy in:x.npy out:i32:12=z.npy u32:12
    fails 'in: for what the kernel writes' 7 'the kernel writes it; use out:' \
        vector add in:x.npy in:x.npy in:x.npy u32:12
    fails 'in: for what the kernel reads and writes' 7 'use inout:' \
        vector saxpy f32:1 in:x.npy in:x.npy u32:12
    fails 'out: for what the kernel reads' 7 'the kernel reads it; use in:' \
        vector add out:f32:12=z.npy in:x.npy out:f32:12=z.npy u32:12
    fails 'options for a bundle' 1 'vector: is a bundle, whose bundle.ini has' \
        -DN=4 vector add $add
    echo 'no code' > text.so
    fails 'a file that is no code' 7 'text\.so' text.so add $add

    # ---- 1: files, limits
    fails 'no such file' 1 'absent.npy: cannot be opened: No such file' \
        vector add in:absent.npy in:x.npy out:f32:12=z.npy u32:12
    fails 'an array that is too short' 1 \
        'argument 1 b: in:x.npy holds 12 elements, needs n = 13; give a file of 13' \
        vector add in:y.npy in:x.npy out:f32:13=z.npy u32:13
    fails 'an output that is too short' 1 \
        'argument 2 c: .* needs n = 13; write out:f32:13=z.npy$' \
        vector add in:y.npy in:y.npy out:f32:12=z.npy u32:13
    head -c 150 x.npy > cut.npy
    fails 'a truncated file' 1 'cut.npy: is truncated, its shape needs 48' \
        vector add in:cut.npy in:x.npy out:f32:12=z.npy u32:12
    head -c 20 x.npy > cut.npy
    fails 'a truncated header' 1 'cut.npy: is truncated within its header' \
        vector add in:cut.npy in:x.npy out:f32:12=z.npy u32:12
    sed 's/<f4/>f4/' x.npy > big.npy
    fails 'a big-endian file' 1 "big.npy: dtype '>f4' is not little-endian" \
        vector add in:big.npy in:x.npy out:f32:12=z.npy u32:12
    sed 's/<f4/<c8/' x.npy > complex.npy
    fails 'a file of complex numbers' 1 "complex.npy: holds dtype '<c8'" \
        vector add in:complex.npy in:x.npy out:f32:12=z.npy u32:12
    fails 'text for a file' 1 'text.so: is no .npy file' \
        vector add in:text.so in:x.npy out:f32:12=z.npy u32:12
    fails 'an output that cannot be written' 1 \
        'absent/z.npy: cannot be written: No such file' \
        vector add in:x.npy in:x.npy out:f32:12=absent/z.npy u32:12
    fails 'a group that is too large' 1 '1000000.*1024' vector add $add \
        -l 1000000
    fails 'a group that the kernel does not take' 1 '64.*256' \
        vector sum in:x.npy out:f32:1=z.npy u32:12 -l 64
    fails 'a grid that is too large' 1 '99999999' vector add $add \
        -n 1,99999999,1
}
# ---- 3, 4, 5: devices, configuration, plugins
cat > nowhere.ini <<'END'
[runtime]
backend = nowhere

[backend nowhere]
rank = 60
END
# ---- what the sentence says to write does work

# example MODULE BUNDLE.INI KERNEL: its files have more elements than it needs
example() {
    sed -n "/^\[kernel $3\]/,/^$/p" "$2" |
        sed -n 's/^arg[^=]* = in\(out\)* \([a-z0-9]*\)\* \([a-z0-9_]*\).*/\3 \2/p' \
            > files
    while read -r file dtype; do
        "$npytool" make "$file.npy" "$dtype" 8192 0 0
    done < files
    "$tenon" run -b cpu "$1" "$3" 2> err
    sed -n 's/.*; write tenon run/run -b cpu/p' err > words
    # shellcheck disable=SC2046 # a command line
    expect "the example for $3 of $1" 0 'cpu:0' "$tenon" $(cat words)
}
example ./local local/bundle.ini turn
for ini in "$TN_BUILDDIR"/bundles/*/bundle.ini; do
    sed -n 's/^\[kernel \(.*\)\]/\1/p' "$ini" > names
    while read -r kernel; do
        example "$(basename "$(dirname "$ini")")" "$ini" "$kernel"
    done < names
done

expect 'a device that is not there' 3 "cpu: no device matches '7'" \
    "$tenon" run -b cpu:7 vector add
expect 'a backend whose plugin is not there' 3 'nowhere.*nowhere\.so' \
    "$tenon" run -c nowhere.ini vector add
expect 'the same with -b' 3 'nowhere.*nowhere\.so' \
    "$tenon" run -c nowhere.ini -b nowhere vector add
expect 'an unknown backend' 4 '-b: unknown backend cup \(did you mean cpu\?\)' \
    "$tenon" run -b cup vector add
expect 'an unknown backend with a device' 4 '-b: unknown backend cup' \
    "$tenon" run -b cup:1 vector add
printf '\n[runtime]\nbackend = cup\n' > wrong.ini
expect 'an unknown backend in a file' 4 'wrong\.ini:3: .*did you mean cpu\?' \
    "$tenon" run -c wrong.ini vector add
printf '[runtime]\nbakend = cpu\n' > wrong.ini
expect 'an unknown key' 4 'wrong\.ini:2: .*bakend.*did you mean backend\?' \
    "$tenon" run -c wrong.ini vector add
expect 'a configuration that is not there' 4 'absent\.ini: No such file' \
    "$tenon" run -c absent.ini vector add
mkdir plugins
echo 'no plugin' > plugins/broken.so
expect 'a plugin that is none' 5 'broken\.so' \
    env TENON_PLUGIN_PATH="$scratch/plugins" "$tenon" run -b broken vector add
finish
