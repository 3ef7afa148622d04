#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Help, versions, and what is no command line: exit code 2.

. "$TN_SRCDIR/tests/tools/common.sh"

expect '--help' 0 '' "$tenon" --help
holds '--help names commands and exit codes' out '^usage: tenon ' \
    '^  list ' '^  explain ' '^  config ' '^  run ' '^  7 +module or kernel'
expect '--version' 0 '' "$tenon" --version
holds '--version prints one line' out '^tenon [0-9]+\.[0-9]+\.[0-9]+$'
for command in list info explain config cache run; do
    expect "$command --help" 0 '' "$tenon" $command --help
    holds "$command --help begins with its usage" out \
        "^usage: tenon $command " '  -h, --help'
done

try="try 'tenon --help'"
expect 'no command' 2 "a command is missing, $try" "$tenon"
expect 'unknown command, near one' 2 \
    "no command 'lst' \(did you mean list\?\), $try" "$tenon" lst
expect 'unknown command, near none' 2 "no command 'frobnicate', $try" \
    "$tenon" frobnicate
expect 'unknown option' 2 "unknown option --frob, $try" "$tenon" --frob
expect 'a newline in a word stays on the line' 2 "no command 'a\?b'" \
    "$tenon" 'a
b'

try="try 'tenon list --help'"
expect 'list: unknown long option' 2 "unknown option --jsn, $try" \
    "$tenon" list --jsn
expect 'list: unknown short option' 2 "unknown option -x, $try" \
    "$tenon" list -vx
expect 'list: option without value' 2 "-c needs a value, $try" "$tenon" list -c
expect 'info: two operands' 2 "unexpected 'cuda', try 'tenon info --help'" \
    "$tenon" info cpu cuda
expect 'list: operand' 2 "unexpected 'cpu', $try" "$tenon" list cpu

try="try 'tenon run --help'"
expect 'run: no module' 2 "MODULE is missing, $try" "$tenon" run
expect 'run: no kernel' 2 "KERNEL is missing, $try" "$tenon" run vector
expect 'run: long option without value' 2 "--repeat needs a value, $try" \
    "$tenon" run vector add --repeat

# usage NAME PATTERN ARGUMENT...: tenon run vector add ARGUMENT...
usage() {
    name=$1 pattern=$2
    shift 2
    expect "run: $name" 2 "$pattern.*, $try" "$tenon" run vector add "$@"
}
usage '-n empty' '-n : items are X' -n ''
usage '-n no number' '-n x: items are X' -n x
usage '-n negative' '-n -1: items are X' -n -1
usage '-n four numbers' '-n 1,2,3,4: items are X' -n 1,2,3,4
usage '-n beyond 64 bits' 'items are X' -n 18446744073709551616
usage '-l 0' '-l 0: a group has 1 to 4294967295 items' -l 0
usage '-l 1,0' '-l 1,0: a group has 1 to' -l 1,0
usage '-l 2^32' '-l 4294967296: a group has 1 to' -l 4294967296
usage '--repeat 0' '--repeat 0: it is 1 to' --repeat 0
usage '-b empty' '-b : it is BACKEND' -b ''
usage '-b list' '-b cpu,cuda: it is BACKEND' -b cpu,cuda
usage '-b device alone' '-b :1: it is BACKEND' -b :1

usage '-D empty' '-D : it is NAME or NAME=VALUE' -D ''
usage '-D without a name' '-D =4: it is NAME or' -D =4
usage '-D with a blank' '-D N=a b: it is NAME or .* without blanks' -D 'N=a b'
usage 'struct without members' "struct:: '' is no member" struct:
usage 'struct with a value alone' "'1' is no member, write DTYPE:VALUE" struct:1
usage 'struct with a wrong dtype' "'f23:1' is no member" struct:f32:1,f23:1
usage 'struct with a wrong value' '300 is out of range, u8' struct:u8:300
usage 'struct with a comma too many' "'' is no member" struct:u8:3,

usage 'u8:300' 'u8:300: 300 is out of range, u8 takes 0 to 255' u8:300
usage 'u8:-1' 'u8:-1: -1 is out of range' u8:-1
usage 'i8:-129' 'i8:-129: .* i8 takes -128 to 127' i8:-129
usage 'i32:1.5' "i32:1.5: '1.5' is no integer" i32:1.5
usage 'u64:2^64' 'out of range' u64:18446744073709551616
usage 'f32:abc' "f32:abc: 'abc' is no number" f32:abc
usage 'f32:1e39' '1e39 is out of range of f32' f32:1e39
usage 'f16:65520' '65520 is out of range of f16' f16:65520
usage 'u32:' "u32:: '' is no integer" u32:
usage 'f23:1' 'f23:1: no such argument \(did you mean f32:\?\)' f23:1
usage 'inn:a' 'inn:a: no such argument \(did you mean in:\?\)' inn:a
usage 'a bare word' 'a.npy: no such argument, it begins with in:' a.npy
usage 'in without file' 'in:: a file is missing, in:FILE.npy' in:
usage 'in:-' 'in:-: text does not tell its dtype' in:-
usage 'inout without output' 'inout:a.npy: a file is missing, inout:FILE' \
    inout:a.npy
usage 'out without shape' 'not of the form out:DTYPE:D0' out:f32=c.npy
usage 'out without file' 'not of the form out:DTYPE:D0' out:f32:4=
usage 'out without dtype' "no dtype 'float', use one of i8 u8" \
    out:float:4=c.npy
usage 'out with a shape that is none' "'4,' is no shape" out:f32:4,=c.npy
usage 'out with a negative extent' "'-4' is no shape" out:f32:-4=c.npy
usage 'out beyond 2^63 bytes' 'overflows' out:f32:4294967296,4294967296=c.npy
usage 'local:0' 'local:0: local memory takes 1 to' local:0
usage 'local beyond 32 bits' 'local memory takes 1 to' local:4294967296

# lost NAME PATTERN CODE: the last command's exit code was CODE, which is 1
lost() {
    if [ "$3" -eq 1 ] && grep -Eq "cannot write the output: ($2)" err; then
        passed "$1"
    else
        failed "$1" "exit code $3: $(cat err)"
    fi
}
"$npytool" make x.npy f32 12 0 1
if [ -w /dev/full ]; then
    "$tenon" --help > /dev/full 2> err
    lost 'output that cannot be written is a failure' 'No space' $?
    for command in list info explain config; do
        "$tenon" $command > /dev/full 2> err
        lost "$command: the same" 'No space|some of it' $?
    done
fi
"$tenon" config >&- 2> err
lost 'a closed standard output is a failure' 'Bad file' $?
"$tenon" run vector sum in:x.npy out:f32:1=- u32:12 -b cpu >&- 2> err
lost 'run: values for a closed standard output' 'Bad file|some of it' $?
"$tenon" run vector sum in:x.npy out:f32:1=z.npy u32:12 -b cpu >&- 2>&-
right 'run: nothing to print, and nowhere to' test $? -eq 0
right 'and the file is what it should be' "$npytool" check z.npy f32 1 66 0
rm -f z.npy
told=$(
    ulimit -f 0
    "$tenon" run vector sum in:x.npy out:f32:1=z.npy u32:12 -b cpu 2>&1
    echo "exit code $?"
)
echo "$told" > told
holds 'a limit on the size of files is told' told \
    'z.npy: cannot be written: File too large' '^exit code 1$'
right 'and nothing is left behind' test ! -e z.npy
finish
