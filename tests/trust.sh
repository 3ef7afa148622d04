#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whom a program trusts. Run by another user, with and without privileges that
# this user has not got: what of the environment and the user's files counts,
# that the system's files count always, and what becomes of files that others
# may have written.

set -u
skip() {
    echo "$*"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip 'only root can make files of other users'
[ -n "$(command -v setpriv)" ] || skip 'setpriv (util-linux) is not here'

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
cd "$scratch" || exit 99

# Who runs the program, who else there is, and a group of neither.
user=65534 other=64321 group=64322
failures=0
kinds=(setgid)

# ---- three programs that differ in their rights alone ------------------------

probe=$TN_BUILDDIR/tests/trust_probe
install -m 755 "$probe" plain
install -m 755 -g $group "$probe" setgid
chmod g+s setgid

# run PROGRAM [FILE [MODULE]]: as the user; with `settings`, variables NAME=VALUE
settings=()
run() {
    setpriv --reuid=$user --regid=$user --clear-groups \
        env -i PATH="$PATH" "${settings[@]}" "$scratch/$1" "${@:2}" \
        > "$scratch/out" 2> "$scratch/err" < /dev/null
}

run plain || { cat out err; exit 99; }
run setgid
grep -qx 'privileged: yes' out ||
    skip "setgid has no effect in $scratch (nosuid or no_new_privs)"
install -m 755 "$probe" capable
if [ -z "$(command -v setcap)" ]; then
    uncovered='setcap (libcap2-bin) is not here: no file capabilities tested'
elif ! setcap cap_net_bind_service+ep capable 2> err ||
    ! run capable || ! grep -qx 'privileged: yes' out; then
    uncovered="no file capabilities in $scratch: $(head -n 1 err)"
else
    uncovered=
    kinds+=(capable)
fi

# ---- what is expected --------------------------------------------------------

report() {
    if [ "$1" -eq 0 ]; then
        echo "ok: $2"
    else
        echo "FAILED: $2:"
        sed 's/^/    /' "$scratch/out" "$scratch/err"
        failures=$((failures + 1))
    fi
}

# tells NAME LINE: what ran last printed that whole line
tells() {
    grep -Fqx -- "$2" "$scratch/out"
    report $? "$1 tells '$2'"
}

# hides NAME WORDS: these are in no line of it
hides() {
    ! grep -Fq -- "$2" "$scratch/out"
    report $? "$1 knows nothing of $2"
}

# ---- environment and user's files --------------------------------------------

mkdir -p home/.config/tenon xdg/tenon folder
printf '[backend of_home]\nrank = 1\n' > home/.config/tenon/tenon.ini
printf '[backend of_xdg]\nrank = 2\n[runtime]\nfallback = no\n' \
    > xdg/tenon/tenon.ini
printf '[backend of_extra]\nrank = 3\n' > extra.ini
printf '[backend of_application]\nrank = 4\n' > app.ini
variables=(TENON_BACKEND=cpu TENON_CONFIG="$scratch/extra.ini"
    TENON_PLUGIN_PATH="$scratch/folder" TENON_KERNEL_PATH="$scratch/folder"
    TENON_LOG=debug)

settings=(HOME="$scratch/home" XDG_CONFIG_HOME="$scratch/xdg" "${variables[@]}")
run plain app.ini
tells plain 'privileged: no'
tells plain "cache: $scratch/home/.cache/tenon/acme"
tells plain "[backend of_xdg] rank = 2 ($scratch/xdg/tenon/tenon.ini:2)"
tells plain "[runtime] fallback = no ($scratch/xdg/tenon/tenon.ini:4)"
tells plain "[backend of_extra] rank = 3 ($scratch/extra.ini:2)"
tells plain '[backend of_application] rank = 4 (app.ini:2)'
tells plain '[runtime] backend = cpu (TENON_BACKEND)'
tells plain "[runtime] plugin_path = $scratch/folder (TENON_PLUGIN_PATH)"
tells plain "[runtime] kernel_path = $scratch/folder (TENON_KERNEL_PATH)"
tells plain '[runtime] log = debug (TENON_LOG)'
hides plain of_home
for kind in "${kinds[@]}"; do
    run "$kind" app.ini
    tells "$kind" 'privileged: yes'
    tells "$kind" 'cache: none'
    tells "$kind" '[backend of_application] rank = 4 (app.ini:2)'
    tells "$kind" '[runtime] backend = auto (default)'
    tells "$kind" '[runtime] fallback = yes (default)'
    tells "$kind" '[runtime] plugin_path =  (default)'
    tells "$kind" '[runtime] kernel_path =  (default)'
    tells "$kind" '[runtime] log = warning (default)'
    hides "$kind" TENON_
    hides "$kind" of_xdg
    hides "$kind" of_extra
done
settings=(HOME="$scratch/home")
run plain
tells plain \
    "[backend of_home] rank = 1 ($scratch/home/.config/tenon/tenon.ini:2)"
for kind in "${kinds[@]}"; do
    run "$kind"
    hides "$kind" of_home
done
settings=()

mkdir -m 700 closed
settings=(HOME="$scratch/closed")
if run plain; then
    report 1 'plain fails where HOME is that of another user'
else
    grep -Fq "$scratch/closed/.config/tenon/tenon.ini: Permission denied; let HOME \
name a folder that this user can read" out err
    report $? 'plain tells that HOME is that of another user'
fi
settings=()

# ---- the system's files ------------------------------------------------------

# However hard the user tries, these are what counts.
mkdir -p lib/conf.d run/conf.d etc/conf.d
printf '[runtime]\nlog = error\n[backend of_vendor]\nrank = 1\n' \
    > lib/conf.d/50-vendor.ini
printf '[backend of_masked]\nrank = 2\n' > lib/conf.d/60-both.ini
printf '[backend of_boot]\nrank = 3\n' > run/conf.d/60-both.ini
printf '[backend of_disabled]\nrank = 4\n' > run/conf.d/70-off.ini
ln -s /dev/null etc/conf.d/70-off.ini
printf '[backend of_local]\nrank = 5\n' > etc/conf.d/80-local.ini
printf '[runtime]\nbackend = cpu\n' > etc/tenon.ini
settings=(HOME="$scratch/home" XDG_CONFIG_HOME="$scratch/xdg" "${variables[@]}"
    TENON_BACKEND=opencl)
for kind in plain "${kinds[@]}"; do
    run "$kind" app.ini
    tells "$kind" \
        "[backend of_vendor] rank = 1 ($scratch/lib/conf.d/50-vendor.ini:4)"
    tells "$kind" \
        "[backend of_boot] rank = 3 ($scratch/run/conf.d/60-both.ini:2)"
    tells "$kind" \
        "[backend of_local] rank = 5 ($scratch/etc/conf.d/80-local.ini:2)"
    tells "$kind" '[backend of_application] rank = 4 (app.ini:2)'
    hides "$kind" of_masked
    hides "$kind" of_disabled
done
for kind in "${kinds[@]}"; do
    run "$kind" app.ini
    tells "$kind" "[runtime] log = error ($scratch/lib/conf.d/50-vendor.ini:2)"
    tells "$kind" "[runtime] backend = cpu ($scratch/etc/tenon.ini:2)"
    tells "$kind" '[runtime] fallback = yes (default)'
    hides "$kind" of_xdg
    hides "$kind" of_extra
done
run plain app.ini
tells plain '[runtime] log = debug (TENON_LOG)'
tells plain '[runtime] backend = opencl (TENON_BACKEND)'
settings=()

# ---- files that others may have written --------------------------------------

owned='is owned by another user, who can change it; chown it'
starter='is owned by the user who started this privileged program; chown it'
writable='can be changed by anyone; chmod o-w it'

# of_root FILE, of_other FILE, of_user FILE, of_all FILE: whose it is
of_root() {
    chown 0 "$1" && chmod 644 "$1"
}
of_other() {
    of_root "$1" && chown $other "$1"
}
of_user() {
    of_root "$1" && chown $user "$1"
}
of_all() {
    of_root "$1" && chmod o+w "$1"
}

# judged FILE FAILURE ARGUMENT...: how FILE is judged when the program runs
# with ARGUMENT..., which fails with FAILURE where it is refused
judged() {
    local file=$1 failure=$2 kind
    shift 2
    of_root "$file"
    for kind in plain "${kinds[@]}"; do
        run "$kind" "$@"
        report $? "$kind takes $file of root"
        hides "$kind" "$file: "
    done
    of_user "$file"
    run plain "$@"
    report $? "plain takes $file of its own user"
    hides plain "$file: "
    for kind in "${kinds[@]}"; do
        run "$kind" "$@"
        tells "$kind" "$failure$scratch/$file: $starter"
    done
    for whose in of_other of_all; do
        $whose "$file"
        [ $whose = of_all ] && why=$writable || why=$owned
        run plain "$@"
        report $? "plain takes $file $whose"
        tells plain "log: $scratch/$file: $why"
        for kind in "${kinds[@]}"; do
            run "$kind" "$@"
            tells "$kind" "$failure$scratch/$file: $why"
        done
        cp strict.ini app.ini
        run plain "$@"
        tells 'plain under strict' "$failure$scratch/$file: $why"
        cp lax.ini app.ini
    done
    of_root "$file"
    run plain "$@"
    report $? "plain takes $file again"
}

install -m 644 "$TN_BUILDDIR/plugins/cpu/.libs/cpu.so" .
install -m 644 "$TN_BUILDDIR/tests/fixtures/.libs/conformance_kernels.so" \
    kernels.so
{
    echo '[runtime]'
    echo 'backend = cpu'
    echo '[backend cpu]'
    echo "plugin = $scratch/cpu.so"
} > lax.ini
{
    cat lax.ini
    echo '[runtime]'
    echo 'strict = yes'
} > strict.ini
cp lax.ini app.ini

rm -r lib run etc
mkdir -p lib/conf.d run/conf.d etc/conf.d linked
for file in lib/conf.d/a.ini run/conf.d/b.ini etc/conf.d/c.ini etc/tenon.ini \
    linked/d.ini; do
    printf '[backend of_system]\nrank = 1\n' > "$file"
done
for file in lib/conf.d/a.ini run/conf.d/b.ini etc/conf.d/c.ini etc/tenon.ini; do
    judged "$file" 'configuration: TN_ERROR_CONFIG: ' "$scratch/app.ini"
done

# Whose a link is says nothing of whose the file is.
ln -s "$scratch/linked/d.ini" etc/conf.d/d.ini
of_user linked/d.ini
for kind in "${kinds[@]}"; do
    run "$kind" "$scratch/app.ini"
    tells "$kind" "configuration: TN_ERROR_CONFIG: $scratch/etc/conf.d/d.ini: $starter"
done
rm etc/conf.d/d.ini

# One file of the system that is not trusted, and nobody else's is taken.
of_all lib/conf.d/a.ini
ln -s /dev/null etc/conf.d/a.ini
for kind in plain "${kinds[@]}"; do
    run "$kind" "$scratch/app.ini"
    report $? "$kind takes a mask for a drop-in that anyone may write"
    hides "$kind" lib/conf.d/a.ini
done
rm -r lib run etc

judged app.ini 'configuration: TN_ERROR_CONFIG: ' "$scratch/app.ini"
judged cpu.so 'device: TN_ERROR_PLUGIN: cpu: ' "$scratch/app.ini"
judged kernels.so 'module: TN_ERROR_DENIED: ' "$scratch/app.ini" \
    "$scratch/kernels.so"

[ $failures -eq 0 ] || exit 1
[ -z "$uncovered" ] || skip "$uncovered"
