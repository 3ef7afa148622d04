# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What tests on PoCL share: a folder of their own for whatever is cached, and
# PoCL as the one driver, whatever else this machine has.

set -u

skip() {
    echo "$*"
    exit 77
}

opencl_plugin=$TN_BUILDDIR/.libs/tenon/plugins/opencl.so
[ -e "$opencl_plugin" ] ||
    skip 'the opencl backend is not built: install opencl-c-headers'

# `exit` runs a trap in dash and bash alike; `exec` would not
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/vendors" "$scratch/pocl" "$scratch/cache"

# private_opencl: nothing of the user's settings reaches loader and drivers
private_opencl() {
    for variable in $(env | sed -n \
        's/^\(\(OCL_\|OPENCL_\|POCL_\)[A-Za-z0-9_]*\)=.*/\1/p'); do
        unset "$variable"
    done
    OCL_ICD_VENDORS=$scratch/vendors
    POCL_CACHE_DIR=$scratch/pocl
    XDG_CACHE_HOME=$scratch/cache
    export OCL_ICD_VENDORS POCL_CACHE_DIR XDG_CACHE_HOME
}
private_opencl

# What PoCL and LLVM keep until the end of a process is no leak of ours; what the
# plugin allocates is counted by the conformance suite's host.
printf 'leak:%s\n' libpocl libLLVM libclang libOpenCL libhwloc \
    > "$scratch/leaks"
LSAN_OPTIONS=suppressions=$scratch/leaks:print_suppressions=0
export LSAN_OPTIONS

# need_pocl: ends the test as skipped where PoCL is not here
need_pocl() {
    found=$(grep -ls pocl /etc/OpenCL/vendors/*.icd | head -n 1)
    [ -n "$found" ] ||
        skip 'PoCL is not here: install pocl-opencl-icd and ocl-icd-libopencl1'
    cp "$found" "$scratch/vendors/"
}
