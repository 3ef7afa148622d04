#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon run on backends that misbehave, each in one way: tests/fakes.

. "$TN_SRCDIR/tests/tools/common.sh"

TENON_PLUGIN_PATH=$TN_BUILDDIR/tests/fakes/.libs
TENON_LOG=off
export TENON_PLUGIN_PATH TENON_LOG
"$npytool" make x.npy f32 4 1 1
cat > k.cl <<'END'
kernel add(in f32* a, in f32* b, out f32* c, u32 n)
kernel local(in f32* a, local f32* l, u32 n)
kernel count(u32 n)
kernel half(out f32* c, f16 h, i8 i)
kernel members(in f32* a, struct:24 p)
END
add='k.cl add in:x.npy in:x.npy out:f32:4=z.npy u32:4'

# fails BACKEND CODE PATTERN
fails() {
    # shellcheck disable=SC2086 # $add is a list of words
    expect "$1: exit code $2" "$2" "$3" "$tenon" run -b "$1" $add
}

# shellcheck disable=SC2086
expect 'works' 0 'works:0 \(.*\): ' "$tenon" run -b works $add
right 'works, values' "$npytool" check z.npy f32 4 2 2
# shellcheck disable=SC2086
expect 'its second device' 0 'works:1 \(.*\): ' "$tenon" run -b works:1 $add
expect 'a kernel with local memory' 0 'works:0' "$tenon" run -b works k.cl \
    local in:x.npy local:64 u32:4
expect 'every kind of value' 0 'works:0' "$tenon" run -b works k.cl half \
    out:f32:4=- f16:0.1 i8:-128
expect 'a struct' 0 'works:0' "$tenon" run -b works k.cl members in:x.npy \
    struct:f32:1.5,u8:3,i64:-2,u16:7
expect 'a struct of another size' 7 \
    'argument 1 p is a struct of 24 bytes, .* of 16 bytes; write' \
    "$tenon" run -b works k.cl members in:x.npy struct:f32:1.5,u8:3,i64:-2

TENON_LOG=debug "$tenon" run -b works -D N=4 -DM --options '-x "a b"' \
    --define=K k.cl members in:x.npy struct:f64:0,f64:0,f64:0 2> err
right 'options of the compiler' test $? -eq 0
holds 'options of the compiler, in their order' err \
    '^tenon: debug: works: -DN=4 -DM -x "a b" -DK$'

expect 'a kernel without arrays needs -n' 2 \
    'no array tells the number of items, give -n' \
    "$tenon" run -b works k.cl count u32:1
expect 'a kernel without arrays' 0 'works:0' "$tenon" run -b works k.cl count \
    u32:1 -n 4
expect 'a kernel without arrays and arguments: the arguments come first' 7 \
    'count' "$tenon" run -b works k.cl count

fails unavailable 3 'libfake\.so\.1 is not here; install fake-driver'
fails no_device 3 'no_device'
fails refuses 5 'refuses'
fails too_new 5 'too_new.*ABI'
fails too_old 5 'too_old.*ABI'
fails no_entry 5 'no_entry'
fails launch_fails 1 'the queue is closed'
fails sticky 1 'sticky'
fails lost 6 'lost'

echo 'kernel what' > broken.cl
"$tenon" run -b works broken.cl add in:x.npy in:x.npy out:f32:4=z.npy u32:4 \
    2> err
right 'code that is not built: exit code 7' test $? -eq 7
holds 'code that is not built: the sentence, then the log' err \
    '^tenon: .*a line is no kernel' '^line 1: what is that' '^line 2: and that'
right 'code that is not built: the sentence comes first' \
    sh -c 'head -n 1 err | grep -q ^tenon:'
expect 'the next run works' 0 'works:0' "$tenon" run -b works k.cl local \
    in:x.npy local:64 u32:4
finish
