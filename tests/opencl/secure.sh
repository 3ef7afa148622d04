#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A privileged program lets nobody's environment choose what the ICD loader
# opens: a library that another user names is opened by a plain program, and not
# by the same one with rights of others.

# shellcheck source=tests/opencl/common.sh
. "$TN_SRCDIR/tests/opencl/common.sh"
[ "$(id -u)" -eq 0 ] || skip 'only root can make privileged programs'
[ -n "$(command -v setpriv)" ] || skip 'setpriv (util-linux) is not here'
chmod 755 "$scratch"
cd "$scratch" || exit 99

user=65534 group=64322
install -m 755 "$TN_BUILDDIR/tests/trust_probe" plain
install -m 755 -g $group "$TN_BUILDDIR/tests/trust_probe" setgid
chmod g+s setgid
install -m 644 "$opencl_plugin" opencl.so
install -m 755 "$TN_BUILDDIR/tests/fakes/.libs/opencl_vendor.so" evil.so
mkdir evil
echo "$scratch/evil.so" > evil/evil.icd
printf '[runtime]\nbackend = opencl\n[backend opencl]\nplugin = %s\n' \
    "$scratch/opencl.so" > app.ini
chmod 644 app.ini evil/evil.icd
chmod 755 evil

# opens PROGRAM VARIABLE...: whether the library is opened
opens() {
    local program=$1
    shift
    setpriv --reuid=$user --regid=$user --clear-groups \
        env -i PATH="$PATH" HOME=/nonexistent "$@" \
        "$scratch/$program" "$scratch/app.ini" > out 2>&1 < /dev/null
    grep -q "the vendor's library is opened" out
}

if ! opens plain OCL_ICD_VENDORS="$scratch/evil"; then
    grep -q 'libOpenCL.so.1 not found' out &&
        skip 'no ICD loader is here: install ocl-icd-libopencl1'
    cat out
    echo 'FAILED: the loader does not open what OCL_ICD_VENDORS names'
    exit 1
fi
opens setgid OCL_ICD_VENDORS="$scratch/evil"
grep -qx 'privileged: yes' out ||
    skip "setgid has no effect in $scratch (nosuid or no_new_privs)"
failures=0
for variable in OCL_ICD_VENDORS="$scratch/evil" \
    OPENCL_VENDOR_PATH="$scratch/evil" OCL_ICD_VENDORS="$scratch/evil.so" \
    OCL_ICD_FILENAMES="$scratch/evil.so" OPENCL_LAYERS="$scratch/evil.so"; do
    if opens setgid "$variable"; then
        echo "FAILED: a privileged program obeys $variable:"
        cat out
        failures=1
    else
        echo "ok: a privileged program does not obey $variable"
    fi
done
exit $failures
