# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# For tests of the tenon command, which source this. Each case prints one line,
# "ok: ..." or "FAILED: ...", and `finish` ends the test.

set -u
tenon=$TN_BUILDDIR/tenon
npytool=$TN_BUILDDIR/tests/tools/npytool
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99

# Run by hand, too, nothing of the user's own settings counts.
unset TENON_BACKEND TENON_CONFIG TENON_PLUGIN_PATH TENON_KERNEL_PATH TENON_LOG
unset COLUMNS
HOME=$scratch XDG_CONFIG_HOME=$scratch/xdg
export HOME XDG_CONFIG_HOME
failures=0

# This machine's settings do count, and nothing is to be said about those.
foreign=$("$tenon" config --json 2> /dev/null |
    sed -n 's/.*"origin": *"\([^"]*\)".*/\1/p' | grep -vx default | head -n 1)
if [ -n "$foreign" ]; then
    echo "this machine has a configuration: $foreign; move it away to test"
    exit 77
fi

# passed NAME, failed NAME [WHY]
passed() {
    echo "ok: $1"
}
failed() {
    echo "FAILED: $1${2:+: $2}"
    failures=$((failures + 1))
}

# expect NAME CODE PATTERN COMMAND...: the exit code, and on stderr one line
# that PATTERN (extended, '' for nothing on stderr) matches. Output is in `out`,
# stderr in `err`.
expect() {
    name=$1 code=$2 pattern=$3
    shift 3
    "$@" > out 2> err < /dev/null
    got=$?
    if [ $got -ne "$code" ]; then
        failed "$name" "exit code $got instead of $code: $(cat err)"
    elif [ -z "$pattern" ] && [ -s err ]; then
        failed "$name" "on stderr: $(cat err)"
    elif [ -n "$pattern" ] && [ "$(wc -l < err)" -ne 1 ]; then
        failed "$name" "not one line on stderr: $(cat err)"
    elif [ -n "$pattern" ] && ! grep -Eq -- "^tenon: .*($pattern)" err; then
        failed "$name" "'$pattern' is not in: $(cat err)"
    else
        passed "$name"
    fi
}

# holds NAME FILE PATTERN...: every pattern matches a line of the file.
holds() {
    name=$1 file=$2
    shift 2
    for pattern; do
        if ! grep -Eq -- "$pattern" "$file"; then
            failed "$name" "'$pattern' is not in: $(cat "$file")"
            return
        fi
    done
    passed "$name"
}

# right NAME COMMAND...: the command succeeds.
right() {
    name=$1
    shift
    if "$@" > right.log 2>&1; then
        passed "$name"
    else
        failed "$name" "$(cat right.log)"
    fi
}

finish() {
    [ $failures -eq 0 ]
    exit
}
