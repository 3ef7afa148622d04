#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A bundle.ini that does not fit its code is refused before anything runs, on
# every backend: by the note of native code, by what OpenCL tells of a kernel,
# and by the parameters in PTX.

. "$TN_SRCDIR/tests/tools/common.sh"
folder=$scratch
built=$TN_BUILDDIR/bundles/vector

"$npytool" make x.npy f32 12 0 1
printf '[backend cuda]\nlibrary = %s\n' \
    "$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so" > app.ini

# bundle FORMAT FILE SED: bundle.ini of the vector kernels with that one variant
# and a change
bundle() {
    rm -rf vector
    mkdir vector
    cp "$built/$2" vector/
    sed "/^\[variant/,\$d; $3" "$built/bundle.ini" > vector/bundle.ini
    printf '[variant one]\nformat = %s\nfile = %s\n' "$1" "$2" \
        >> vector/bundle.ini
}

# refused NAME BACKEND FORMAT FILE: each change to add or sum
refused() {
    kind=$1 backend=$2 format=$3 file=$4
    in_code="in the code of vector, variant one .$format.: [^ ]*/vector/$file;"
    in_code="$in_code build the bundle anew"
    run="$tenon run -c app.ini -b $backend ./vector"
    add='in:x.npy in:x.npy out:f32:12=- u32:12'

    # shellcheck disable=SC2086 # lists of words
    {
        bundle "$format" "$file" ''
        expect "$kind: as it was built" 0 "$backend:0 .*: vector, variant one" $run add $add
        bundle "$format" "$file" 's/^arg.3 = u32 n$/arg.3 = u64 n/'
        expect "$kind: another size" 7 \
            "vector/bundle.ini:[0-9]+: arg.3 of kernel add is \"u64 n\", and .* $in_code" \
            $run add $add
        bundle "$format" "$file" 's/^arg.3 = u32 n$/&\narg.4 = u32 m/'
        expect "$kind: an argument more" 7 \
            "vector/bundle.ini:6: kernel add has 5 arguments, and 4 $in_code" \
            $run add $add
        bundle "$format" "$file" '/^.kernel add.$/,/^$/s/^arg.1.*/arg.1 = i32 b/'
        expect "$kind: a value for a buffer" 7 \
            "arg.1 of kernel add is \"i32 b\", and .* $in_code" $run add $add
        bundle "$format" "$file" '/^.kernel sum.$/,/^$/s/^items.*/items = 128 1 1/'
        expect "$kind: other groups" 7 \
            "kernel sum takes groups of 128 1 1 items, and of 256 1 1 $in_code" \
            $run sum in:x.npy out:f32:1=- u32:12
        bundle "$format" "$file" 's/^.kernel add.$/[kernel addition]/'
        expect "$kind: a kernel that is not there" 7 \
            "vector/bundle.ini:6: kernel addition is not in its code, vector, variant one .$format.: [^ ]*/vector/$file" \
            $run addition $add
    }
}

baseline=$(sed -n 's/^file = \(.*\.so\)$/\1/p' "$built/bundle.ini" | tail -n 1)
refused native cpu so "$baseline"
if [ -f "$built/vector.ptx" ]; then
    refused PTX cuda ptx vector.ptx
fi

# shellcheck source=tests/opencl/common.sh
if (. "$TN_SRCDIR/tests/opencl/common.sh" && need_pocl) > reason; then
    . "$TN_SRCDIR/tests/opencl/common.sh"
    trap 'rm -rf "$scratch" "$folder"' EXIT
    need_pocl
    cd "$folder" || exit 99
    refused 'OpenCL C' opencl clc vector.cl
else
    cat reason
fi
finish
