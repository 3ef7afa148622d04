#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What docs/tutorial.md tells to do works: its files are written and its
# commands run, one after the other. Those on a device that is not here may say
# so.

# shellcheck source=tests/tools/common.sh
. "$TN_SRCDIR/tests/tools/common.sh"
# The build folder as it says there, with PoCL where it is.
mkdir bin vendors pocl
echo "exec $CC $SANITIZE_CFLAGS \"\$@\"" > bin/cc
chmod +x bin/cc
cp "$(grep -ls pocl /etc/OpenCL/vendors/*.icd | head -n 1)" vendors/ 2> /dev/null
PATH=$scratch/bin:$TN_BUILDDIR:$PATH PKG_CONFIG_PATH=$TN_BUILDDIR
OCL_ICD_VENDORS=$scratch/vendors POCL_CACHE_DIR=$scratch/pocl
export PATH PKG_CONFIG_PATH OCL_ICD_VENDORS POCL_CACHE_DIR
# What PoCL and LLVM keep until the end of a process is no leak of ours.
printf 'leak:%s\n' libpocl libLLVM libclang libOpenCL libhwloc > leaks
LSAN_OPTIONS=suppressions=$scratch/leaks:print_suppressions=0
export LSAN_OPTIONS

# command LINE: it works, or names a device that is not here
command_works() {
    case $1 in
    *cuda* | *opencl*) missing='unavailable|not found|[Nn]o device' ;;
    *) missing='nothing is missing' ;;
    esac
    if eval "$1" > log 2>&1; then
        passed "$1"
    elif grep -Eq "$missing" log; then
        passed "$1: not here: $(tail -n 1 log)"
    else
        failed "$1" "$(cat log)"
    fi
}

# Steps in their order: 07.wave.c is written to wave.c, 07.wave.c+ added to it,
# and 08.sh is run line by line.
awk '
    /^```(c|ini) / {
        file = sprintf("step%02d.%s%s", ++steps, $2, $3)
        printf "" > file
        next
    }
    /^```sh$/ {
        file = sprintf("step%02d.sh", ++steps)
        next
    }
    /^```console$/ {
        file = "answer"
        next
    }
    /^```/ { file = "" }
    file != "" { print > file }
' "$TN_SRCDIR/docs/tutorial.md"

for step in step*; do
    name=${step#*.}
    case $name in
    sh)
        while read -r line; do
            command_works "$line"
        done < "$step"
        ;;
    *+) cat "$step" >> "${name%+}" ;;
    *) cp "$step" "$name" ;;
    esac
done
[ -x main ] || failed 'the program is built'

# The answer that is shown is the one that is given, but for its line breaks.
command=$(sed -n 's/^\$ //p' answer)
$command > log 2>&1 && failed "$command is refused"
told=$(sed 1d answer | tr '\n' ' ' | sed 's/ *$//')
if grep -qF "$told" log; then
    passed "$command says what is shown"
else
    failed "$command says \"$told\"" "$(cat log)"
fi
finish
