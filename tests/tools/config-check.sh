#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon config --check: each error of a file, and of no other.

. "$TN_SRCDIR/tests/tools/common.sh"

# check NAME CODE LINES COMMAND...: the exit code, nothing on stdout, and so
# many lines on stderr, which stay in `err`
check() {
    name=$1 code=$2 lines=$3
    shift 3
    "$@" > out 2> err < /dev/null
    got=$?
    if [ $got -ne "$code" ]; then
        failed "$name" "exit code $got instead of $code: $(cat err)"
    elif [ -s out ]; then
        failed "$name" "on stdout: $(cat out)"
    elif [ "$(wc -l < err)" -ne "$lines" ]; then
        failed "$name" "not $lines lines on stderr: $(cat err)"
    else
        passed "$name"
    fi
}

cat > right.ini <<'END'
[runtime]
backend = cuda, cpu

[backend acme]
plugin = acme.so
colour = blue
END
check 'a file without error' 0 0 "$tenon" config --check right.ini

cat > wrong.ini <<'END'
bakend = cpu
[runtime]
bakend = cpu
backend = auto, cpu
fallback = perhaps
log = loud
log = debug
 strict = no
[backend CUDA]
[backend cpu]
rank = high
no value
[runtmie]
END
check 'a file that is wrong in ten places' 4 10 "$tenon" config \
    --check wrong.ini
holds 'each with its line and what would be right' err \
    '^tenon: wrong\.ini:1: a key before the first \[section\]' \
    '^tenon: wrong\.ini:3: unknown key bakend .*did you mean backend\?' \
    '^tenon: wrong\.ini:4: backend = auto, cpu: auto stands alone' \
    '^tenon: wrong\.ini:5: fallback = perhaps: takes yes or no' \
    '^tenon: wrong\.ini:6: log = loud: takes off, error, warning' \
    '^tenon: wrong\.ini:8: an indented line' \
    '^tenon: wrong\.ini:9: \[backend CUDA\]: .*lower case' \
    '^tenon: wrong\.ini:11: rank = high: takes a whole number' \
    '^tenon: wrong\.ini:12: is neither \[section\] nor key = value' \
    '^tenon: wrong\.ini:13: unknown section .*did you mean runtime\?'
cp err once
check 'read twice, told once' 4 10 \
    env TENON_CONFIG=wrong.ini "$tenon" config --check wrong.ini
right 'and all of it' cmp once err

check 'a file that is right beside one that is wrong' 0 0 \
    env TENON_CONFIG=wrong.ini "$tenon" config --check right.ini
check 'a variable that is wrong' 0 0 \
    env TENON_LOG=loud "$tenon" config --check right.ini
printf '[runtime]\nlog = loud\n' > one.ini
check 'a file with one error' 4 1 "$tenon" config --check one.ini
check 'beside one with ten' 4 1 \
    env TENON_CONFIG=wrong.ini "$tenon" config --check one.ini
holds 'only its own' err '^tenon: one\.ini:2: '
check 'one error read twice' 4 1 \
    env TENON_CONFIG=one.ini "$tenon" config --check one.ini
check 'no such file' 4 1 "$tenon" config --check absent.ini
holds 'no such file, named' err '^tenon: absent\.ini: No such file'
check 'a folder' 4 1 "$tenon" config --check .
holds 'a folder, named' err '^tenon: \.: is a directory'
printf '[runtime]\nstrict = yes\n' > strict.ini
chmod 666 strict.ini
check 'a strict file that anyone may write' 4 1 "$tenon" config \
    --check strict.ini
holds 'with what to do' err '^tenon: strict\.ini: .*chmod o-w it'
chmod 644 strict.ini
check 'a strict file' 0 0 "$tenon" config --check strict.ini

try="try 'tenon config --help'"
expect 'without a file' 2 "--check needs a value, $try" "$tenon" config --check
expect 'with --json' 2 "--check takes no other option, $try" \
    "$tenon" config --json --check right.ini
expect 'with -c' 2 "--check takes no other option, $try" \
    "$tenon" config --check right.ini -c right.ini
finish
