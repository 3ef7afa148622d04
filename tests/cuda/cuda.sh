#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the cuda plugin has to do beyond the conformance suite.

exec "$TN_BUILDDIR/tests/cuda/cuda_test" \
    "$TN_BUILDDIR/plugins/cuda/.libs/cuda.so" \
    "$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so"
