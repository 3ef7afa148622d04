# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The steps of check that look at Tenon as a distribution does: its options,
# another machine, the same files again. Sourced behind common.sh.

# ---- options ----------------------------------------------------------------

# refused SENTENCE FOLDER COMMAND...: configure fails there, and says so
refused() {
    local sentence=$1 folder=build/check/options/$2 configure=$PWD/configure
    shift 2
    mkdir -p "$folder"
    if (cd "$folder" && "$@" "$configure" -q "${arguments[@]}") \
        > "$folder.log" 2>&1; then
        echo "FAILED: configure ${arguments[*]} is content"
        return 1
    fi
    tr '\n' ' ' < "$folder.log" | tr -s ' ' | grep -F "$sentence" || {
        cat "$folder.log"
        echo "FAILED: not told: $sentence"
        return 1
    }
}

# What is missing is named as Debian calls it; the least that can be built is
# whole.
step_options() {
    local arguments=() nothing=(env PKG_CONFIG_LIBDIR=/nonexistent)
    local no_cl=(env ac_cv_header_CL_cl_h=no)
    refused 'install libinih-dev' inih "${nothing[@]}" || return
    refused 'install libsmartcols-dev, or configure with --disable-command' \
        smartcols "${nothing[@]}" INIH_CFLAGS=-I. INIH_LIBS=-linih || return
    refused 'make cannot build in a folder with a space' 'with space' env ||
        return
    arguments=(--disable-shared --enable-static)
    refused 'plugins and kernels are shared objects' static env || return
    arguments=(--enable-opencl)
    refused 'install opencl-c-headers' opencl "${no_cl[@]}" || return
    arguments=(--enable-ptx)
    refused 'install libclc-14' ptx env LIBCLC=/nonexistent || return
    build_and_test options/least --disable-command --disable-cuda \
        --disable-opencl --disable-ptx --enable-static
}

# ---- the tarball --------------------------------------------------------------

# holds_sources TARBALL: it has every file of git's but git's own and .ci/, and
# nothing else but what ./bootstrap makes.
holds_sources() {
    diff <(git ls-files | grep -v '^\.ci/\|^\.gitignore$' | sort) \
        <(tar tzf "$1" | sed -n 's,^[^/]*/\(.*[^/]\)$,\1,p' |
            grep -v '^build-aux/\|^m4/l\|^Makefile\.in$\|^aclocal\.m4$' |
            grep -v '^configure$' | sort)
}

# ---- another machine ----------------------------------------------------------

# Debian's libraries for arm64, unpacked in the folder $1. The packages of this
# machine stay as they are.
arm64_libraries() {
    local deb apt=(apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64
        -o "Dir::State=$1/apt" -o "Dir::State::status=$1/apt/status"
        -o "Dir::Cache=$1/apt")
    mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
    : > "$1/apt/status"
    "${apt[@]}" update &&
        (cd "$1" && "${apt[@]}" download libinih-dev libinih1 libcunit1-dev \
            libcunit1 libsmartcols-dev libsmartcols1) || return
    for deb in "$1"/*.deb; do
        dpkg -x "$deb" "$1/root" || return
    done
}

# Built for arm64, where qemu runs the tests.
step_arm64() {
    local folder=$PWD/build/check/arm64 triple=aarch64-linux-gnu library
    arm64_libraries "$folder" || return
    library=$folder/root/usr/lib/$triple
    (
        export PKG_CONFIG_LIBDIR=$library/pkgconfig
        export PKG_CONFIG_SYSROOT_DIR=$folder/root
        build_in arm64/build --host=$triple "LDFLAGS=-Wl,-rpath-link,$library"
    ) || return
    VERBOSE=1 make -C build/check/arm64/build -j "${jobs:?}" check-emulated \
        EMULATOR="qemu-aarch64-static -L /usr/$triple \
            -E LD_LIBRARY_PATH=$library:/usr/$triple/lib"
}

# ---- the same files again -----------------------------------------------------

# installed NAME: what `make install` leaves, without debug information, which
# knows the folder of the build, and the build's id, which is made of it
installed() {
    local root=$PWD/build/check/reproducible/root-$1
    make -C "build/check/reproducible/$1" -j "${jobs:?}" \
        DESTDIR="$root" install &&
        find "$root" \( -name '*.so*' -o -path '*/bin/*' \) -type f \
            -exec strip -g -R .note.gnu.build-id {} +
}

step_reproducible() {
    build_in reproducible/one && installed one || return
    (
        export HOME=/nonexistent TZ=Pacific/Kiritimati LC_ALL=C.UTF-8
        umask 027
        build_in reproducible/in/another && mkdir -p build/check/reproducible &&
            ln -s in/another build/check/reproducible/two && installed two
    ) || return
    diff -r build/check/reproducible/root-one build/check/reproducible/root-two
}
