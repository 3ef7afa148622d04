# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What quickstart and check share: Debian's packages, and steps with a time, a
# log and a tail of it on failure. Whoever sources this has set -u.

# The one list of packages: what a build needs, and what tests need besides.
build_packages=(gcc libc6-dev make autoconf automake libtool pkg-config
    libinih-dev libsmartcols-dev opencl-c-headers)
check_packages=(g++ clang clang-format libclang-rt-dev libclc-14 libcap2-bin
    libcunit1-dev ocl-icd-libopencl1 pocl-opencl-icd shellcheck strace valgrind
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)

jobs=$(nproc)

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# distribution: "debian", or what else this is
distribution() {
    (
        ID=unknown ID_LIKE=
        # shellcheck disable=SC1091
        [ ! -r /etc/os-release ] || . /etc/os-release
        case " $ID $ID_LIKE " in
        *' debian '*) echo debian ;;
        *) echo "${PRETTY_NAME:-$ID}" ;;
        esac
    )
}

# install_packages LOG PACKAGE...: installs those that are missing
install_packages() {
    local log=$1 missing=() as_root=() package
    shift
    if [ "$(distribution)" != debian ]; then
        die "this is $(distribution), and only Debian's package names are" \
            "known here: install what it calls $*, then run this again with" \
            "--no-install"
    fi
    for package; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>&1)" \
            != installed ]; then
            missing+=("$package")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then
        printf '%-12s all there\n' packages
        return
    fi
    if [ "$(id -u)" -ne 0 ]; then
        [ -n "$(command -v sudo)" ] ||
            die "not root, and no sudo here: as root, run" \
                "apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    echo "installing ${missing[*]} from Debian's packages"
    run_step "$log" packages install_now
}

# Reads install_packages' variables.
install_now() {
    "${as_root[@]}" apt-get update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"
}

# run_step LOG NAME COMMAND...: one line with the outcome and the time; what
# the command says is added to LOG. Returns as the command did.
run_step() {
    local log=$1 name=$2 start=$SECONDS rc=0
    shift 2
    printf '%-12s ' "$name"
    echo "== $name: $*" >> "$log"
    "$@" >> "$log" 2>&1 < /dev/null || rc=$?
    if [ $rc -eq 0 ]; then
        printf 'done     %4d s\n' $((SECONDS - start))
    else
        printf 'FAILED   %4d s\n' $((SECONDS - start))
    fi
    return $rc
}
