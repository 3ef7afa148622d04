#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Nothing is opened that the configuration excludes: no plugin, and no library
# of a driver. The plugins that stand for cuda and opencl here are fake, and
# try to open their driver's library as the real ones do.

set -u
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99

if [ -z "$(command -v strace)" ]; then
    echo 'strace is not here: install strace'
    exit 77
fi
if ! strace -o trace true 2> err; then
    echo "nobody may trace here: $(head -n 1 err)"
    exit 77
fi

# A sanitizer looks for leaks by tracing too.
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
failures=0

mkdir plugins
ln -s "$TN_BUILDDIR/plugins/cpu/.libs/cpu.so" \
    "$TN_BUILDDIR/tests/fakes/.libs/cuda.so" \
    "$TN_BUILDDIR/tests/fakes/.libs/opencl.so" plugins/

# trace BACKENDS COMMAND...: runs it where these are listed
trace() {
    listed=$1
    shift
    printf '[runtime]\nbackend = %s\nplugin_path = %s\n' "$listed" \
        "$scratch/plugins" > app.ini
    if ! strace -f -qq -e trace=open,openat,openat2 -o trace \
        "$@" > out 2> err; then
        echo "FAILED: $* with backend = $listed: $(cat out err)"
        failures=$((failures + 1))
    fi
    what="${1##*/} ${2-} with backend = $listed"
}

# opens YES-OR-NO FILE...: whether a file whose path contains FILE was opened
opens() {
    wanted=$1
    shift
    for file; do
        if grep -Fq "$file" trace; then
            found=yes
        else
            found=no
        fi
        if [ $found = "$wanted" ]; then
            echo "ok: $what: $file opened: $found"
        else
            echo "FAILED: $what: $file opened: $found"
            failures=$((failures + 1))
        fi
    done
}

probe() {
    trace "$1" "$TN_BUILDDIR/tests/trust_probe" app.ini
}
probe cpu
opens yes 'plugins/cpu.so'
opens no 'plugins/cuda.so' 'plugins/opencl.so' libcuda libOpenCL
probe auto
opens yes 'plugins/cuda.so' libcuda
opens no 'plugins/cpu.so' 'plugins/opencl.so' libOpenCL # cuda works
probe opencl
opens yes 'plugins/opencl.so' libOpenCL
opens no 'plugins/cpu.so' 'plugins/cuda.so' libcuda
TENON_BACKEND=cpu
export TENON_BACKEND
probe auto
opens yes 'plugins/cpu.so'
opens no 'plugins/cuda.so' 'plugins/opencl.so' libcuda libOpenCL
unset TENON_BACKEND

if [ -e "$TN_BUILDDIR/tenon" ]; then
    tenon=$TN_BUILDDIR/tenon
    trace auto "$tenon" list -v -c app.ini
    opens yes 'plugins/cpu.so' 'plugins/cuda.so' 'plugins/opencl.so' \
        libcuda libOpenCL
    for command in list explain; do
        trace cpu "$tenon" $command -c app.ini
        opens yes 'plugins/cpu.so'
        opens no 'plugins/cuda.so' 'plugins/opencl.so' libcuda libOpenCL
    done
    for command in config cache; do
        trace auto "$tenon" $command -c app.ini
        opens no 'plugins/cpu.so' 'plugins/cuda.so' 'plugins/opencl.so' \
            libcuda libOpenCL
    done
fi
[ $failures -eq 0 ]
