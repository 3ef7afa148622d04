#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon run --compare: several backends, one after the other.

. "$TN_SRCDIR/tests/tools/common.sh"

# Not all of the fakes: one of them is named cpu.
mkdir plugins
for fake in works spare drifts no_device launch_fails; do
    ln -s "$TN_BUILDDIR/tests/fakes/.libs/$fake.so" plugins/
done
TENON_PLUGIN_PATH=$scratch/plugins
export TENON_PLUGIN_PATH
echo 'kernel add(in f32* a, in f32* b, out f32* c, u32 n)' > k.cl
"$npytool" make x.npy f32 4 1 1
"$npytool" make zero.npy f32 4 0 0
"$npytool" make nan.npy f32 4 nan 0
"$npytool" make i.npy i32 12 -3 1

# compare CODE BACKENDS WORD...: tenon run --compare BACKENDS WORD...
compare() {
    code=$1
    shift
    "$tenon" run --compare "$@" > out 2> err < /dev/null
    got=$?
    what="--compare $*"
    if [ $got -eq "$code" ]; then
        passed "$what: exit code $code"
    else
        failed "$what" "exit code $got instead of $code: $(cat out err)"
    fi
}

# add CODE BACKENDS WORD...: the sum of x and x
add() {
    code=$1 backends=$2
    shift 2
    compare "$code" "$backends" "$@" k.cl add in:x.npy in:x.npy out:f32:4 u32:4
}

# row PATTERN...: the table has a row of these columns
row() {
    holds "$what: the table" out \
        "^ *$(echo "$*" | sed 's/ / +/g') *$"
}

# ---- the same --------------------------------------------------------------

add 0 works,spare
row BACKEND REFERENCE ARGUMENT NAME ELEMENTS DIFFERENT ABSOLUTE RELATIVE AT \
    RESULT
row spare:0 works:0 2 c 4 0 0 0 same
holds 'each backend is told, the first one first' err '^tenon: works:0 ' \
    '^tenon: spare:0 '
right 'and nothing else' test "$(wc -l < err)" -eq 2
right 'nothing is written' test ! -e z.npy

add 0 works:1,works:0,spare:1
row works:0 works:1 2 c 4 0 0 0 same
row spare:1 works:1 2 c 4 0 0 0 same

compare 0 cpu,cpu vector add_i32 in:i.npy in:i.npy out:i32:12 u32:12
row cpu:0 cpu:0 2 c 12 0 0 0 same
compare 0 cpu,cpu --repeat 3 vector saxpy f32:2 in:x.npy inout:x.npy u32:4
row cpu:0 cpu:0 2 y 4 0 0 0 same
right 'each backend tells its time' \
    test "$(grep -c '^tenon: 3 launches, each: median' err)" -eq 2

compare 0 works,drifts k.cl add in:nan.npy in:x.npy out:f32:4 u32:4
row drifts:0 works:0 2 c 4 0 0 0 same

# ---- not the same ----------------------------------------------------------

add 1 works,spare,drifts
row spare:0 works:0 2 c 4 0 0 0 same
row drifts:0 works:0 2 c 4 1 0.00400019 0.000500023 1 beyond
right 'one line says so' test "$(cat err)" = "tenon: kernel add: argument 2 c: \
drifts:0 differs from works:0 by 0.0005 of the largest value at element 1; \
the tolerance is 0.0001"

add 0 works,drifts --tolerance 1e-3
row drifts:0 works:0 2 c 4 1 0.00400019 0.000500023 1 within
add 1 works,drifts --tolerance 0
add 0 works,spare --tolerance 0

compare 1 works,drifts k.cl add in:zero.npy in:zero.npy out:f32:4 u32:4
row drifts:0 works:0 2 c 4 1 inf inf 1 beyond
holds 'a NaN against a number' err 'by inf of the largest value at element 1'

sed 's/$/ untold/' k.cl > untold.cl
compare 1 works,drifts untold.cl add in:x.npy in:x.npy out:f32:4 u32:4
row drifts:0 works:0 2 4 1 0.00400019 0.000500023 1 beyond
holds 'a parameter without a name' err ' argument 2: drifts:0 differs from '

# ---- JSON ------------------------------------------------------------------

add 1 works,drifts --json
holds 'JSON' out '"comparison"' '"backend": *"drifts:0"' \
    '"reference": *"works:0"' '"argument": *2' '"name": *"c"' \
    '"elements": *4' '"different": *1' '"absolute": *0\.00400019' \
    '"relative": *0\.000500023' '"at": *1' '"result": *"beyond"'
if [ -n "$(command -v python3)" ]; then
    right 'JSON is JSON' python3 -c 'import json; json.load(open("out"))'
    compare 1 works,drifts --json k.cl add in:zero.npy in:zero.npy out:f32:4 \
        u32:4
    right 'what is infinite is null in JSON' python3 -c '
import json
row = json.load(open("out"))["comparison"][0]
assert row["absolute"] is None and row["relative"] is None and row["at"] == 1'
fi

# ---- files -----------------------------------------------------------------

compare 1 works,drifts k.cl add in:x.npy in:x.npy out:f32:4=z.npy u32:4
right 'a file gets what the first backend wrote' \
    "$npytool" check z.npy f32 4 2 2
"$npytool" make y.npy f32 4 0 1
compare 0 cpu,cpu vector saxpy f32:10 in:x.npy inout:y.npy=z.npy u32:4
right 'every backend began with what inout: read' \
    "$npytool" check z.npy f32 4 10 11
right 'which stays as it is' "$npytool" check y.npy f32 4 0 1

# ---- what goes wrong -------------------------------------------------------

add 3 works,no_device
holds 'a backend that does not work' err '^tenon: no_device: '
right 'and no table' test ! -s out
add 4 works,wroks
holds 'an unknown backend' err '^tenon: --compare: unknown backend wroks'
add 1 works,launch_fails
holds 'a launch that fails' err 'launch_fails:0: the queue is closed'
add 0 works,spare

try="try 'tenon run --help'"
usage() {
    name=$1 pattern=$2
    shift 2
    expect "$name" 2 "$pattern.*, $try" "$tenon" run k.cl add in:x.npy \
        in:x.npy "$@"
}
usage 'one backend' '--compare works: it is BACKEND,BACKEND' out:f32:4 u32:4 \
    --compare works
usage 'a comma too many' '--compare : it is BACKEND' out:f32:4 --compare works,
usage 'with -b' '-b and --compare both name backends' out:f32:4 -b works \
    --compare works,spare
usage 'nothing that is written' 'needs an array that the kernel writes' u32:4 \
    --compare works,spare
usage 'values on the output' 'out:f32:4=-: --compare prints the differences' \
    out:f32:4=- --compare works,spare
usage 'a tolerance that is none' '--tolerance x: it is a number from 0 on' \
    out:f32:4 --compare works,spare --tolerance x
usage 'a negative tolerance' '--tolerance -1: it is a number' out:f32:4 \
    --compare works,spare --tolerance -1
usage 'a tolerance of NaN' '--tolerance nan: it is a number' out:f32:4 \
    --compare works,spare --tolerance nan
usage '--json alone' '--json is for --compare' out:f32:4=z.npy --json
usage '--tolerance alone' '--tolerance is for --compare' out:f32:4=z.npy \
    --tolerance 1
usage 'no file without --compare' 'not of the form out:DTYPE:D0' out:f32:4
usage 'the same for inout' 'a file is missing, inout:FILE' inout:x.npy
finish
