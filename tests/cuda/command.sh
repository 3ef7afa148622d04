#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tenon command and an application on the cuda backend, over the fake
# driver: moved between machines, they say why they run where they do.

. "$TN_SRCDIR/tests/tools/common.sh"

fake=$TN_BUILDDIR/tests/fakes/cuda_driver/.libs/libcuda.so

# configure FILE [LINE]...: prefers cuda, whose section has these lines.
configure() {
    file=$1
    shift
    printf '[runtime]\nbackend = cuda, cpu\nlog = off\n' > "$file"
    printf '[backend cuda]\nlibrary = %s\n' "$fake" >> "$file"
    [ $# -eq 0 ] || printf '%s\n' "$@" >> "$file"
}

# with SCRIPT COMMAND...: on a machine as the script says
with() {
    script=$1
    shift
    env "TENON_FAKE_CUDA=$script" "$@"
}

configure app.ini

# ---- list
expect 'a machine with a GPU' 0 '' with 'sm=89; version=12040' \
    "$tenon" list -v -c app.ini
holds 'it is chosen, and described' out '^cuda +chosen' \
    'cuda:0 +.*NVIDIA Fake 0' 'sm_89' 'CUDA 12\.4'
expect 'a machine without one' 0 '' with 'cuInit=100' \
    "$tenon" list -c app.ini
holds 'the reason is told, and the cpu chosen' out \
    '^cuda +rejected .*no NVIDIA GPU is visible' '^cpu +chosen'
sed "s,$fake,libcuda.so.1," app.ini > driverless.ini
if ! ldconfig -p 2> ld.err | grep -q 'libcuda\.so\.1 '; then
    expect 'a machine without a driver' 0 '' "$tenon" list -c driverless.ini
    holds 'the driver is what to install' out \
        '^cuda +rejected .*libcuda\.so\.1 not found; install the NVIDIA driver'
fi

# ---- devices by their names
for device in 1 5b9e110c-274d-4b81-9366-1fd2703eaa01 0000:66:00.0 'Fake 1'; do
    configure named.ini "device = $device"
    expect "device = $device" 0 '' with 'devices=2' "$tenon" list -c named.ini
    holds "device = $device is the default" out 'cuda:1 +default'
done
configure named.ini 'device = Fake 7'
expect 'a device that nobody has' 0 '' with 'devices=2' \
    "$tenon" list -c named.ini
holds 'the others are listed' out "no device matches 'Fake 7'"

# ---- somebody else's PTX, with the names of a C++ compiler
cat > theirs.ptx <<'END'
.version 8.0
.target sm_75
.address_size 64

.visible .entry _Z3addPKfS0_Pfj(
	.param .u64 _Z3addPKfS0_Pfj_param_0,
	.param .u64 _Z3addPKfS0_Pfj_param_1,
	.param .u64 _Z3addPKfS0_Pfj_param_2,
	.param .u32 _Z3addPKfS0_Pfj_param_3
)
{
	add.f32 	%f3, %f1, %f2;
	ret;
}
END
n=100003
"$npytool" make a.npy f32 $n 0 1
"$npytool" make b.npy f32 $n 0 2
TENON_CONFIG=$scratch/app.ini
export TENON_CONFIG
expect 'PTX of a .cu' 0 'cuda:0 \(NVIDIA Fake 0\): .*theirs\.ptx' \
    with '' "$tenon" run -b cuda theirs.ptx add in:a.npy in:b.npy \
    out:f32:$n=c.npy u32:$n
right 'PTX of a .cu, element by element' "$npytool" check c.npy f32 $n 0 3
with 'version=11040' "$tenon" run -b cuda theirs.ptx add in:a.npy in:b.npy \
    out:f32:$n=c.npy u32:$n > out 2> err
right 'PTX that is newer than the driver fails' test $? -ne 0
holds 'PTX that is newer than the driver, and what to do' err \
    '\(222\).*the driver for CUDA 11\.4; install a later driver'
expect 'a count of arguments that does not fit' 7 'add' \
    with '' "$tenon" run -b cuda theirs.ptx add in:a.npy in:b.npy u32:$n
expect 'an error of the device' 6 'lost to this process.*\(700\)' \
    with 'cuStreamSynchronize=700' "$tenon" run -b cuda theirs.ptx add \
    in:a.npy in:b.npy out:f32:$n=c.npy u32:$n

# ---- what is called
with "trace=$scratch/calls" "$tenon" run -b cuda theirs.ptx add in:a.npy \
    in:b.npy out:f32:$n=c.npy u32:$n > out 2> err
right 'one launch is one launch' test "$(grep -c '^cuLaunchKernel$' calls)" = 1
right 'the context is released, once' \
    test "$(grep -c '^cuDevicePrimaryCtxRelease_v2$' calls)" = 1
rm calls
expect 'on the cpu' 0 'cpu:0' with "trace=$scratch/calls" "$tenon" run -b cpu \
    vector add in:a.npy in:b.npy out:f32:$n=c.npy u32:$n
right 'on the cpu no driver is opened' test ! -e calls

# ---- a script of the fake that nobody understands must not pass for another
for script in 'cuMemAloc=1' 'version=new' 'peer=maybe' 'cuInit' 'missing=cuX' \
    'cuInit:x=1' 'devices=9' 'trace=/nowhere/at/all'; do
    with "$script" "$tenon" list -c app.ini > out 2> err
    right "the script $script is refused" grep -q '^fake libcuda: script: ' err
done

# ---- one program, moved from a machine without a GPU to one with it
mkdir -p kernels
cp -RL "$TN_BUILDDIR/bundles/vector" kernels/
sed 's/_Z3addPKfS0_Pfj/tn_k_add_i32/; s/f32/s32/' theirs.ptx \
    > kernels/vector/by_hand.ptx
mkdir -p kernels/vector/bundle.d
printf '[variant by_hand]\nformat = ptx\nfile = by_hand.ptx\n%s\n' \
    'requires = sm_75' > kernels/vector/bundle.d/by_hand.ini
TENON_KERNEL_PATH=$scratch/kernels
export TENON_KERNEL_PATH
right 'the program without a GPU' with 'cuInit=100' \
    "$TN_BUILDDIR/examples/vecadd" "$scratch/app.ini"
holds 'it runs on the cpu' right.log '^cpu:0: .*so' '^all right'
right 'the program on a GPU' with '' "$TN_BUILDDIR/examples/vecadd" \
    "$scratch/app.ini"
holds 'it runs on that' right.log '^cuda:0: .*ptx' '^all right'

finish
