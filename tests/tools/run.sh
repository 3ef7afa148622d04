#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon run does what it is told: the right values, every one.

. "$TN_SRCDIR/tests/tools/common.sh"

device='cpu:0 \(.*\): vector, variant .* \(so\): .*\.so$'
run() {
    name=$1
    shift
    expect "$name" 0 "$device" "$tenon" run -b cpu "$@"
}

n=1000003
"$npytool" make a.npy f32 $n 0 1
"$npytool" make b.npy f32 $n 0 2
run "add of $n" vector add in:a.npy in:b.npy out:f32:$n=c.npy u32:$n -n $n
right "add of $n, element by element" "$npytool" check c.npy f32 $n 0 3
run "add of $n in groups of 7" vector add in:a.npy in:b.npy \
    out:f32:$n=c7.npy u32:$n -l 7
right 'the same in groups of 7' cmp c.npy c7.npy

"$npytool" make x.npy f32 12 0 1
"$npytool" make y.npy f32 3,4 1 1
"$npytool" make i.npy i32 12 -3 1
"$npytool" make d.npy f64 12 0.5 0.25

run 'the default of -n is the first array' vector add in:x.npy in:y.npy \
    out:f32:12=z.npy u32:12
right 'add of 12' "$npytool" check z.npy f32 12 1 2
run 'shapes are kept' vector add in:x.npy in:y.npy out:f32:2,3,2=z.npy u32:12
right 'a shape of three' "$npytool" check z.npy f32 2,3,2 1 2
run 'add_i32' vector add_i32 in:i.npy in:i.npy out:i32:12=z.npy u32:12
right 'add_i32, values' "$npytool" check z.npy i32 12 -6 2
run 'add_f64' vector add_f64 in:d.npy in:d.npy out:f64:12=z.npy u32:12
right 'add_f64, values' "$npytool" check z.npy f64 12 1 0.5
run 'scale' vector scale in:x.npy out:f32:12=z.npy f32:0.5 u32:12
right 'scale, values' "$npytool" check z.npy f32 12 0 0.5
run 'saxpy' vector saxpy f32:10 in:x.npy inout:y.npy=z.npy u32:12
right 'saxpy, values' "$npytool" check z.npy f32 3,4 1 11
right 'the input of inout is left alone' "$npytool" check y.npy f32 3,4 1 1
run 'inout onto itself' vector saxpy f32:10 in:x.npy inout:z.npy=z.npy u32:12
right 'inout onto itself, values' "$npytool" check z.npy f32 3,4 1 21

"$npytool" make ones.npy f32 1000 1 0
run 'sum' vector sum in:ones.npy out:f32:4=- u32:1000
right 'sum, printed' test "$(tr '\n' ' ' < out)" = '256 256 256 232 '
run 'values are printed one a line' vector add_i32 in:i.npy in:i.npy \
    out:i32:12=- u32:3
right 'what the kernel leaves alone is 0' \
    test "$(tr '\n' ' ' < out)" = '-6 -4 -2 0 0 0 0 0 0 0 0 0 '

run 'an empty grid does nothing' vector add in:x.npy in:x.npy \
    out:f32:12=z.npy u32:12 -n 0
right 'an empty grid, values' "$npytool" check z.npy f32 12 0 0
"$npytool" make empty.npy f32 0 0 0
run 'empty arrays' vector add in:empty.npy in:empty.npy out:f32:0=z.npy u32:0
right 'an empty array is written' "$npytool" check z.npy f32 0 0 0

"$tenon" run -b cpu --repeat 5 vector saxpy f32:10 in:x.npy \
    inout:y.npy=z.npy u32:12 2> err
right '--repeat' test $? -eq 0
holds '--repeat tells the time' err \
    '^tenon: 5 launches, each: median [0-9.]+ us, least [0-9.]+ us$'
right '--repeat gives the result of one launch' \
    "$npytool" check z.npy f32 3,4 1 11

bundle=$("$tenon" run -b cpu vector add in:x.npy in:x.npy out:f32:12=/dev/null \
    u32:12 2>&1 | sed 's/.*: //')
run 'a bundle by its folder' "$(dirname "$bundle")" add in:x.npy in:x.npy \
    out:f32:12=z.npy u32:12
cp "$bundle" copy.so
expect 'a file in this folder' 0 'cpu:0 .*copy\.so' "$tenon" run -b cpu copy.so \
    add in:x.npy in:x.npy out:f32:12=z.npy u32:12
right 'a file, values' "$npytool" check z.npy f32 12 0 2
expect 'a file by its path' 0 'cpu:0 .*copy\.so' "$tenon" run -b cpu \
    "$scratch/copy.so" add in:x.npy in:x.npy out:f32:12=z.npy u32:12

expect 'structs by value' 0 'cpu:0 .*conformance_kernels\.so' "$tenon" run \
    -b cpu -n 1 "$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so" \
    structs struct:u8:1,u8:2,u8:3,u8:4,u8:5 u32:0x01020304 \
    struct:i64:-1,f64:0,u8:9,u16:0x0807,u32:7,i64:2,i64:3 out:u8:49=-
right 'structs by value, byte by byte' test "$(tr '\n' ' ' < out)" = \
    "1 2 3 4 5 4 3 2 1 255 255 255 255 255 255 255 255 0 0 0 0 0 0 0 0 \
9 0 7 8 7 0 0 0 2 0 0 0 0 0 0 0 3 0 0 0 0 0 0 0 "

expect 'without -b' 0 "$device" \
    env TENON_BACKEND=cpu "$tenon" run vector add in:x.npy in:x.npy \
    out:f32:12=z.npy u32:12
run 'a device by its index' vector add in:x.npy in:x.npy out:f32:12=z.npy \
    u32:12 -b cpu:0
printf '[runtime]\nbackend = nosuch\n[backend nosuch]\nrank = 60\n' > none.ini
run '-b overrides the file' -c none.ini vector add in:x.npy in:x.npy \
    out:f32:12=z.npy u32:12
finish
