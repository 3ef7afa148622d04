#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What `make install` leaves is complete: an application and a plugin build
# against it by pkg-config alone, the command runs, and `make uninstall` takes
# all of it away, except a configuration that somebody changed.

set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
cd "$TN_BUILDDIR"

step() {
    echo "-- $*"
}
make_quietly() {
    "$MAKE" "$@" DESTDIR="$root" > "$scratch/log" 2>&1 || {
        cat "$scratch/log"
        echo "FAILED: make $*"
        exit 1
    }
}

step install
make_quietly install
pc=$(dirname "$(find "$root" -name tenon.pc)")
export PKG_CONFIG_PATH="$pc" PKG_CONFIG_SYSROOT_DIR="$root"
plugindir=$(pkg-config --variable=plugindir tenon)
kerneldir=$(pkg-config --variable=kerneldir tenon)
confdir=$(pkg-config --variable=confdir tenon)
libdir=$(pkg-config --variable=libdir tenon)
includedir=$(pkg-config --variable=includedir tenon)

step 'files in place'
# Some pkg-configs put the sysroot in front of variables, some do not.
in_root() {
    case $1 in
    "$root"*) echo "$1" ;;
    *) echo "$root$1" ;;
    esac
}
test -f "$(in_root "$plugindir")/cpu.so"
if [ -d bundles/vector ]; then
    test -f "$(in_root "$kerneldir")/vector/bundle.ini"
fi
test -f "$(in_root "$confdir")/tenon.ini"
test -d "$(in_root "$confdir")/conf.d"
if find "$(in_root "$plugindir")" ! -type d ! -name '[a-z]*.so' | grep .; then
    echo 'FAILED: among the plugins, but none'
    exit 1
fi
license=$(find "$root" -name LICENSE)
cmp "$license" "$TN_SRCDIR/LICENSE"
docdir=${license%/LICENSE}
docdir=${docdir#"$root"}

step 'a manual for each program and each file of settings'
find "$root" -path '*/bin/*' > "$scratch/programs"
while IFS= read -r file; do
    test -n "$(find "$root" -name "${file##*/}.1")"
done < "$scratch/programs"
test -n "$(find "$root" -name tenon.ini.5)"

step 'only programs and shared objects may be executable'
find "$root" -type f -perm /111 ! -path '*/bin/*' ! -name '*.so*' \
    ! -name '*.la' > "$scratch/list"
if grep . "$scratch/list"; then
    echo 'FAILED: data that is executable'
    exit 1
fi

step 'no path of the build, nor of the sources'
cp -R "$root" "$scratch/stripped"
find "$scratch/stripped" -type f > "$scratch/list"
while IFS= read -r file; do
    if readelf -h "$file" > "$scratch/log" 2>&1; then
        strip -g "$file"
        if readelf -d "$file" | grep -E 'R(UN)?PATH' |
            grep -vF "[${libdir#"$root"}]"; then
            echo "FAILED: $file is looked for where it was built"
            exit 1
        fi
    fi
done < "$scratch/list"
sources=$(cd "$TN_SRCDIR" && pwd)
case $SANITIZE_CFLAGS${libdir#"$root"} in
-*) ;;            # sanitizers name the lines of what they find
"$sources"/*) ;; # where distcheck installs
*)
    if grep -rlF -e "$TN_BUILDDIR" -e "$sources" "$scratch/stripped"; then
        echo 'FAILED: these know where they were built'
        exit 1
    fi
    ;;
esac

step 'plugin_abi is that of plugin.h'
header=$(find "$root" -name plugin.h)
abi=$(awk '$2 == "TN_PLUGIN_ABI_MAJOR" { major = $3 + 0 }
    $2 == "TN_PLUGIN_ABI_MINOR" { minor = $3 + 0 }
    END { print major "." minor }' "$header")
test "$(pkg-config --variable=plugin_abi tenon)" = "$abi"
test "$(pkg-config --variable=plugin_abi tenon-plugin)" = "$abi"

step 'the examples build with their own Makefile'
docdir=$(dirname "$(find "$root" -name README.md)")
cp -R "$docdir/examples" "$scratch/"
[ -n "$CXX" ] || set -- vecadd # the only one in C
"$MAKE" -C "$scratch/examples" CC="$CC" CXX="$CXX" \
    CFLAGS="-g $SANITIZE_CFLAGS" ${1+"$@"}

step 'it runs, and so does the command'
LD_LIBRARY_PATH=$(in_root "$libdir")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
if [ -d bundles/vector ]; then
    for program in vecadd saxpy; do
        [ ! -x "$scratch/examples/$program" ] || "$scratch/examples/$program"
    done
    case $SANITIZE_CFLAGS in
    *address* | *thread*) # python3 would have to preload its library
        ;;
    *)
        if command -v python3 > /dev/null; then
            python3 "$scratch/examples/saxpy.py"
        fi
        ;;
    esac
fi
if [ -f "$(in_root "$libdir")/libtenon.a" ]; then
    step 'a program takes libtenon.a'
    # shellcheck disable=SC2046,SC2086
    $CC $SANITIZE_CFLAGS $(pkg-config --cflags tenon) \
        "$TN_SRCDIR/examples/vecadd.c" -o "$scratch/static" \
        $(pkg-config --static --libs tenon |
            sed 's/-ltenon/-Wl,-Bstatic -ltenon -Wl,-Bdynamic/')
    if readelf -d "$scratch/static" | grep 'NEEDED.*tenon'; then
        echo 'FAILED: it links libtenon.so'
        exit 1
    fi
    [ ! -d bundles/vector ] ||
        TENON_PLUGIN_PATH=$(in_root "$plugindir") \
            TENON_KERNEL_PATH=$(in_root "$kerneldir") "$scratch/static"
fi
command=$(find "$root" -path '*/bin/tenon')
if [ -n "$command" ]; then
    test "$("$command" --version)" = "tenon $(pkg-config --modversion tenon)"
    "$command" list > "$scratch/out"
    grep -q cpu "$scratch/out"

    step 'it builds a bundle with the headers that are installed'
    cat > "$scratch/mine.c" << 'END'
#include <tenon/kernel.h>
TN_KERNEL(fill, TN_OUT(float, a), TN_VALUE(int, n))
{
    TN_RANGE(i, n) {
        a[i] = 1.0f;
    }
}
END
    "$command" cc "$scratch/mine.c" -o "$scratch/mine" -v 2> "$scratch/log"
    if grep -F "$TN_SRCDIR/include" "$scratch/log"; then
        echo 'FAILED: it knows the source tree'
        exit 1
    fi
    "$command" run "$scratch/mine" fill out:f32:4=- i32:4 > "$scratch/out"
fi

step 'tenon-plugin gives flags to compile, none to link'
test -z "$(pkg-config --libs tenon-plugin)"
echo '#include <tenon/plugin.h>' > "$scratch/plugin.c"
# shellcheck disable=SC2046
$CC -fPIC -c $(pkg-config --cflags tenon-plugin) "$scratch/plugin.c" \
    -o "$scratch/plugin.o"

step 'the skeleton of a plugin becomes one, and its page is there'
test -f "$docdir/docs/plugin-abi.md"
# shellcheck disable=SC2046,SC2086
$CC -std=c11 -fPIC -shared -fvisibility=hidden $SANITIZE_CFLAGS \
    $(pkg-config --cflags tenon-plugin) \
    "$docdir/plugins/template/template_plugin.c" -o "$scratch/template.so"
if [ -n "$command" ]; then
    TENON_PLUGIN_PATH=$scratch "$command" info template
fi

step 'install again keeps the configuration, uninstall keeps it if changed'
ini=$(in_root "$confdir")/tenon.ini
echo '; mine' >> "$ini"
make_quietly install
grep -q '^; mine$' "$ini"
make_quietly uninstall
test "$(find "$root" ! -type d)" = "$ini"
rm "$ini"
make_quietly install
make_quietly uninstall
left=$(find "$root" ! -type d)
for folder in "$libdir/tenon" "$includedir/tenon" "$confdir" "$docdir"; do
    [ ! -d "$(in_root "$folder")" ] || left="$left $folder"
done
if [ -n "$left" ]; then
    echo "FAILED: left after uninstall: $left"
    exit 1
fi
