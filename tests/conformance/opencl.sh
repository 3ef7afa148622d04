#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The opencl plugin passes the conformance suite on PoCL: as it is, and as a
# driver with less than it has.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
need_pocl
failures=0

# passes WHAT [ARGUMENT]...
passes() {
    what=$1
    shift
    echo "== $what"
    "$TN_BUILDDIR/tests/conformance/conformance" "$@" "$opencl_plugin" \
        "clc=$TN_SRCDIR/tests/fixtures/conformance_kernels.cl" ||
        failures=$((failures + 1))
}

drivers=$TN_BUILDDIR/tests/fakes/.libs
passes 'PoCL'
TN_FAKE_OPENCL='info:0x1053=1' # CL_DEVICE_SVM_CAPABILITIES
export TN_FAKE_OPENCL
passes 'coarse-grained shared memory' \
    -c "library=$drivers/opencl_driver.so"
TN_FAKE_OPENCL='info:0x1053=0'
passes 'no shared memory' -c "library=$drivers/opencl_driver.so"
TN_FAKE_OPENCL=
passes 'the functions of OpenCL 1.2' \
    -c "library=$drivers/opencl_driver_12.so"
passes 'no cache' -c cache=no
POCL_DEVICES='pthread pthread'
export POCL_DEVICES
passes 'two devices'
[ $failures -eq 0 ]
