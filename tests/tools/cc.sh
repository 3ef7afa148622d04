#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tenon cc: what it builds, what it leaves as it was, and what it says of a
# source, a folder or a file that is not right.

. "$TN_SRCDIR/tests/tools/common.sh"
unset CPPFLAGS CFLAGS LDFLAGS KERNEL_CLANG LIBCLC NVCC AWK
XDG_CACHE_HOME=$scratch/cache
export XDG_CACHE_HOME

# says NAME CODE FILE PATTERN...: the exit code of the last command, and lines
# of FILE that match.
says() {
    if [ $got -ne "$2" ]; then
        failed "$1" "exit code $got instead of $2: $(cat err)"
        return
    fi
    name=$1 file=$3
    shift 3
    holds "$name" "$file" "$@"
}
cc() {
    "$tenon" cc "$@" > out 2> err < /dev/null
    got=$?
}
# what stands in the folder, and in all that is in it
entries() {
    find . ! -name out ! -name err ! -name right.log -print | sort
}

mkdir work
cd work || exit 99
cat > own.h << 'END'
#define OFFSET 1
END
cat > add.c << 'END'
#include <tenon/kernel.h>

#include "own.h"

#ifndef STEP
#define STEP 2
#endif

TN_KERNEL(add, TN_IN(int, a), TN_OUT(int, b), TN_VALUE(int, n))
{
    TN_RANGE(i, n) {
        b[i] = a[i] + STEP * OFFSET;
    }
}

TN_KERNEL_SIZED(least, 64, 1, 1, TN_IN(float, a), TN_OUT(float, b))
{
    TN_SHARED float tile[64];

    TN_ITEMS {
        tile[TN_LOCAL_ID(0)] = a[TN_GLOBAL_ID(0)];
    }
    TN_BARRIER;
    for (tn_i32 step = 32; step > 0; step /= 2) {
        TN_LOCAL_RANGE(l, step) {
            tile[l] = tn_min(tile[l], tile[l + step]);
        }
        TN_BARRIER;
    }
    TN_ONCE {
        b[TN_GROUP_ID(0)] = tile[0];
    }
}
END
printf '#include <tenon/kernel.h>\n' > bad.c
echo 'TN_KERNEL(k, TN_OUT(int, a)) { TN_ONCE { a[0] = 1; } }' >> bad.c

# ---- what it builds

cc add.c -o add
says 'a bundle is built' 0 add/bundle.ini '^name = add$' '^\[kernel add\]$' \
    '^arg.2 = i32 n$' '^items = 64 1 1$' '^\[variant clc\]$' '^format = so$' \
    '^; made from add.c$'
files=$(sed -n 's/^file = //p' add/bundle.ini)
for file in $files; do
    right "add/$file is there" test -s "add/$file"
done
right 'nothing else is' test "$(find add -type f | wc -l)" = \
    "$(($(echo "$files" | wc -w) + 1))"
ptx=no
[ ! -f add/add.ptx ] || ptx=yes
right 'anybody may read it' test "$(stat -c %A add)" = \
    "$(mkdir plain && stat -c %A plain && rmdir plain)"
right 'nothing is left beside it' test "$(entries | wc -l)" = \
    "$(($(find add | wc -l) + 4))"

"$npytool" make one.npy i32 1 1 0
right 'its kernel runs' "$tenon" run -b cpu ./add add in:one.npy \
    out:i32:1=two.npy i32:1
right 'and is right' "$npytool" check two.npy i32 1 3 0

cc add.c -o sub -DSTEP=40 -O1 --target cpu,opencl --arch native -j 1 -v
says 'options reach the compilers' 0 err -- ' -DSTEP=40 .* -E ' \
    '-march=native -O1 -shared' ' -undef -nostdinc '
holds 'a bundle is named as its folder' sub/bundle.ini '^name = sub$' \
    '^file = sub.native.so$' '^requires = .'
right 'and has the targets that were asked for' test "$(cd sub && echo *)" = \
    'bundle.ini sub.cl sub.native.so'
holds 'a -D reaches OpenCL C' sub/sub.cl '\+ 40 \* 1'

cc add.c -o sub --target opencl
says 'a bundle is replaced' 0 sub/bundle.ini '^file = sub.cl$'
right 'whole' test "$(cd sub && echo *)" = 'bundle.ini sub.cl'
mkdir empty
cc add.c -o empty/ --target opencl
says 'an empty folder is filled' 0 empty/bundle.ini '^name = empty$'
ln -s sub link
cc add.c -o link --target opencl --depfile add.d
right 'a link to a folder stays one' test -L link -a -f sub/bundle.ini
holds 'dependencies are rules of make' add.d '^link/bundle.ini: ' 'own\.h' \
    'tenon/kernel\.h'
mkdir deep
cp add.c own.h deep
CFLAGS=-DSTEP=5 CPPFLAGS=-DUNUSED cc deep/add.c -o deep/made -v --target cpu \
    --cflags '-DSTEP=6 -g0' --arch "$(sed -n 's/^requires = //p' \
    add/bundle.ini | tail -n 1 | grep -v sm_ || echo native)"
holds 'the environment and --cflags, in this order' err \
    '-DUNUSED .*-DSTEP=5 .*-DSTEP=6 -g0 '
for wrong in 'frob: takes cpu, opencl and ptx' ': takes cpu'; do
    cc add.c -o x --target "${wrong%%:*}"
    says "--target '${wrong%%:*}'" 2 err "--target $wrong"
done
cc add.c -o x --arch sm_7,native
says '--arch that nobody knows' 1 err '--arch sm_7: takes native, sm_70 and'
cc add.c -o x -O9
says '-O9' 2 err '-O 9: it is 0 to 3'
cc add.c -o x -j 0
says '-j 0' 2 err '-j 0: it is 1 to 4096'
cc add.c
says 'no -o' 2 err '-o DIR is missing'
cc -o x
says 'no source' 2 err 'SOURCE.c is missing'
cc add.c bad.c -o x
says 'two sources' 2 err "unexpected 'bad.c'"
cc add.cl -o x
says 'no C' 2 err 'a source of kernels ends in .c'

for wrong in --json '--config x'; do
    # shellcheck disable=SC2086 # two words
    cc add.c -o x $wrong
    says "$wrong without --inspect" 2 err "${wrong% *} stands with --inspect"
done
cc add.c -o x --name y
says '--name without --add' 2 err '--name stands with --add only'
cc --inspect -o x add
says '-o with --inspect' 2 err '-o stands with a source only'

# ---- what breaks a rule is refused at the author's line, and changes nothing

entries > ../before
cp add/bundle.ini ../ini
refuse() { # NAME LINE PATTERN, of bad.c
    cc bad.c -o add
    if [ $got -ne 7 ]; then
        failed "$1" "exit code $got: $(cat err)"
    elif ! grep -Eq "bad.c:$2:.*error: .*($3)" err &&
        ! { grep -Eq "error: .*($3)" err && grep -q "bad.c:$2:" err; }; then
        failed "$1" "'$3' is not at line $2: $(cat err)"
    else
        passed "$1"
    fi
}
for source in "$TN_SRCDIR"/tests/kernels/bad/*.c; do
    cp "$source" bad.c
    text=$(sed -n 's,.*/\* error: \(.*\) \*/.*,\1,p' bad.c)
    refuse "$(basename "$source")" "$(grep -n '/\* error: ' bad.c |
        cut -d: -f1)" "$text|kernel k: |stores at group level"
done
# body PATTERN TEXT
body() {
    printf '#include <tenon/kernel.h>\n%s\n' "$2" > bad.c
    refuse "$1" 2 "$1"
}
body 'expected .;.' 'TN_KERNEL(k, TN_OUT(int, a)) { TN_ONCE { a[0] = 1 } }'
body 's is changed within an item loop' \
    'TN_KERNEL(k, TN_IN(int, a)) { int s = 0; TN_ITEMS { s += a[0]; } }'
body 'a stores at group level' 'TN_KERNEL(k, TN_OUT(int, a)) { a[0] = 1; }'
body 'kernel is a keyword of OpenCL C' \
    'TN_KERNEL(k, TN_OUT(int, kernel)) { TN_ONCE { kernel[0] = 1; } }'
body 'class is a keyword of C\+\+' \
    'TN_KERNEL(k, TN_OUT(int, class)) { TN_ONCE { class[0] = 1; } }'
body 'unsigned is no type of a parameter' \
    'TN_KERNEL(k, TN_VALUE(unsigned int, a)) { }'
body 'TN_SHARED stands within inner braces' \
    'TN_KERNEL(k, TN_OUT(int, a)) { { TN_SHARED int t[4]; TN_ONCE { a[0] = t[0]; } } }'
body 'there is no kernel in it' 'int nothing;'
body 'nowhere.h' '#include "nowhere.h"'
mkdir full
cat > full.sh << 'END'
mount -t tmpfs -o size=16k tmpfs full && cd full || exit 99
cp ../add.c ../own.h .
head -c 8k /dev/zero > fill
head -c 64k /dev/zero > rest 2> ../full.log
exec "$1" cc "$(pwd)/add.c" -o out
END
unshare -rm sh full.sh "$tenon" > out 2> err < /dev/null
got=$?
if unshare -rm mount -t tmpfs tmpfs full 2> full.log; then
    says 'a full disk is named' 7 err 'No space left on device'
fi
rm -rf full full.sh full.log
: > nothing.c
cc nothing.c -o nothing
says 'an empty source' 7 err '^nothing.c:1: error: there is no kernel in it'
rm nothing.c
printf '#include <tenon/kernel.h>\nTN_KERNEL(k, TN_DYNAMIC(int, %s)) { }\n' \
    't), TN_DYNAMIC(int, u, 1' > local.c
cc local.c -o local --target cpu
says 'local memory without an extent' 0 err '^local.c:2: note: kernel k: t has no extent, .*; write TN_DYNAMIC\(type, t, ELEMENTS\)'
right 'and nothing of that with one' test "$(wc -l < err)" -eq 1
rm -rf local local.c
printf '#include <tenon/kernel.h>\nextern int f(int);\n%s\n' \
    'TN_KERNEL(k, TN_OUT(int, a)) { TN_ONCE { a[0] = f(1); } }' > bad.c
cc bad.c -o add
says 'a function that no target has' 7 err "undefined reference to .f'"
says 'what failed is told last' 7 err '^tenon: bad.c: could not be built \('
cc bad.c -o fresh
right 'a failure leaves nothing' test ! -e fresh
right 'the bundle is the one that was' cmp ../ini add/bundle.ini
entries > ../after
right 'a failure leaves all as it was' cmp ../before ../after

# ---- folders and files

cc nowhere.c -o x
says 'a source that is not there' 1 err 'cannot read nowhere.c: No such file'
mkdir folder.c
cc folder.c -o x
says 'a source that is a folder' 1 err 'folder.c is no file of C'
cc add.c -o deep
says 'a folder that is no bundle' 1 err 'deep is no bundle and not empty'
cc add.c -o add.c
says 'a file in the place of the folder' 1 err 'is there and no folder'
touch sub/notes
cc add.c -o sub
says 'a file that would be lost' 1 err \
    'holds notes, which is not of the bundle and would be lost'
rm sub/notes
cc add.c -o nowhere/at/all
says 'no folder to write into' 1 err 'cannot write beside nowhere/at/all'
cc add.c -o 'a b'
says 'a name that is none' 1 err "the folder's name is the bundle's"
# As anybody but root, who may read and write all.
plain() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@" > out 2> err
    else
        capsh --drop=cap_dac_override,cap_dac_read_search -- -c \
            'exec "$@"' - "$@" > out 2> err
    fi
    got=$?
}
if [ "$(id -u)" -ne 0 ] || [ -n "$(command -v capsh)" ]; then
    chmod a-r add.c
    plain "$tenon" cc add.c -o x
    says 'a source that nobody may read' 1 err 'cannot read add.c: Permission'
    chmod u+r add.c
    chmod a-w deep
    plain "$tenon" cc add.c -o deep/x
    says 'a folder that nobody may write' 1 err 'cannot write beside deep/x'
    chmod u+w deep
fi
cp -r sub newer
sed -i 's/^format = 1$/format = 2/' newer/bundle.ini
cc add.c -o newer
says 'a bundle of a newer format is not replaced' 1 err \
    'newer/bundle.ini:3: a bundle of format 2; .* remove .*newer to build'
cc --inspect newer
says 'nor shown' 7 err 'a bundle of format 2; this Tenon reads format 1'

# ---- compilers

# with PATH-PROGRAMS...: a PATH of these alone, then what follows --
with() {
    rm -rf bin
    mkdir bin
    while [ "$1" != -- ]; do
        program=$(command -v "$1") && ln -s "$program" "bin/$1"
        shift
    done
    shift
    for program in sh env sed awk as ld ls cat basename dirname rm expr grep; do
        ln -sf "$(command -v $program)" bin/
    done
    (
        unset CC
        PATH=$PWD/bin
        "$@"
    ) > out 2> err
    got=$?
}
with -- "$tenon" cc add.c -o x
says 'no compiler at all' 1 err \
    'no C compiler here, .* install gcc \(apt-get install gcc\)'
CC=none cc add.c -o x
says 'a compiler that is not there' 1 err 'CC=none: there is no such program'
KERNEL_CLANG=none cc add.c -o x
says 'a clang that is not there' 1 err 'KERNEL_CLANG=none: there is no'
LIBCLC=none cc add.c -o x
says 'a libclc that is not there' 1 err 'LIBCLC=none: cannot be read'
if [ ! -x /usr/local/cuda/bin/nvcc ] && [ -n "$(command -v gcc)" ]; then
    with gcc -- "$tenon" cc add.c -o x
    says 'without clang there is no PTX' 0 err 'x gets no PTX.*clang.*missing' \
        'the OpenCL C of x is not checked: clang is missing'
    with gcc -- "$tenon" cc add.c -o y --target ptx
    says 'PTX that was asked for is an error' 1 err '--target ptx: .*clang'
fi
if [ $ptx = yes ]; then
    cc add.c -o gpus --target ptx --arch sm_80,sm_70
    says 'PTX for several GPUs' 0 gpus/bundle.ini '^\[variant ptx-sm_80\]$' \
        '^file = gpus.sm_70.ptx$' '^requires = sm_80$'
    holds 'is for these' gpus/gpus.sm_80.ptx '^\.target sm_80'
fi

# ---- progress and interruption

cat > slow << 'END'
#!/bin/sh
case " $* " in *' -dumpmachine '*) echo x86_64-linux-gnu; exit ;; esac
exec sleep 60
END
chmod +x slow
entries > ../before
CC=$PWD/slow "$tenon" cc add.c -o slowly > out 2> err &
process=$!
sleep 0.5
kill -TERM $process
wait $process
right 'it ends when it is told to' test $? -eq 143
entries > ../after
right 'and leaves nothing behind' cmp ../before ../after
rm slow

# ---- showing

cc --inspect add
says 'a bundle is shown' 0 out '^add +any +1 +in i32\* a, out i32\* b, i32 n$' \
    '^least +64,1,1 +1 +in f32\* a, out f32\* b$' \
    '^clc +clc +add.cl +[0-9.]+( KiB)? ' '^[^ ]+ +so +.* cpu:0 +cpu:0$'
cc --inspect --json add
says 'and as JSON' 0 out '"kernel": "least"' '"group": "64,1,1"' '"elements": 1,' \
    '"format": "clc"' '"size": [0-9]+,' '"requires": null'
if [ -n "$(command -v python3)" ]; then
    right 'which is JSON' python3 -m json.tool out
fi
cc --target cpu --arch native "$TN_SRCDIR/kernels/image/image.c" -o image
cc --inspect image
says 'the dimensions of grids are shown' 0 out '^convolve +32,8,1 +2 +1 '
cc --inspect vector
says 'a bundle of the kernel path' 0 out '^saxpy +any +4 +f32 k, '
cc --inspect vectr
says 'a bundle that is not there' 7 err 'no bundle vectr .*did you mean vector'
cp -r sub lost
rm lost/sub.cl
cc --inspect lost
says 'a file that is missing' 7 err \
    'lost/bundle.ini:[0-9]+: \[variant clc\]: sub.cl is missing'
holds 'is seen in the table' out '^clc +clc +sub.cl +missing'

# ---- adding

cat > hand.ptx << 'END'
.version 6.3
.target sm_75
.address_size 64
.visible .entry tn_k_add(.param .u64 a, .param .u64 b,
    .param .u32 n)
{
    ret;
}
.visible .entry tn_k_least(.param .u64 a, .param .u64 b)
.reqntid 64, 1, 1
{
    ret;
}
END
cc --add hand.ptx add
says 'PTX is added' 0 add/bundle.d/hand.ini '^format = ptx$' \
    '^file = bundle.d/hand.ptx$' '^requires = sm_75$'
right 'its file is there' cmp hand.ptx add/bundle.d/hand.ptx
cc --inspect add
says 'and shown' 0 out '^hand +ptx +bundle.d/hand.ptx '
cc --add hand.ptx add
says 'it may be added again' 0 add/bundle.d/hand.ini '^\[variant hand\]$'
cc --add hand.ptx --name v8 --requires sm_80 add
says 'under another name' 0 add/bundle.d/v8.ini '^\[variant v8\]$' \
    '^requires = sm_80$'
cc --add hand.ptx --name clc add
says 'not under one that is taken' 1 err 'has a variant clc already; .*--name'
cc --add hand.ptx --name 'a b' add
says 'not under one that is none' 1 err 'letters, digits and _.\+-, not "a b"'
[ $ptx = no ] || {
    sed 's/sm_75/sm_70/' hand.ptx > equal.ptx
    cc --add equal.ptx add
    says 'what will never be taken is told' 0 err \
        'equal.ptx needs what variant ptx needs, which stands before it'
    rm add/bundle.d/equal.*
}
# wrong NAME PATTERN SED-SCRIPT
wrong() {
    sed "$3" hand.ptx > wrong.ptx
    cc --add wrong.ptx add
    says "$1" 7 err "$2"
    right "$1: nothing is added" test ! -e add/bundle.d/wrong.ptx
}
wrong 'another size' 'wrong.ptx:5: kernel add: argument 2 takes 8 bytes, .*"i32 n" by bundle.ini:' \
    's/\.u32 n/.u64 n/'
wrong 'another kind' 'wrong.ptx:5: kernel add: argument 2 takes f32' \
    's/\.u32 n/.f32 n/'
wrong 'a parameter too few' 'wrong.ptx:9: kernel least: takes 1 arguments, and 2' \
    's/u64 a, .param .u64 b)/u64 a)/'
wrong 'a kernel too few' 'wrong.ptx: kernel least: is missing, which bundle.ini' \
    's/tn_k_least/tn_k_last/'
wrong 'another group' 'wrong.ptx:9: kernel least: takes groups of 32 1 1 items, and 64 1 1 by' \
    's/64, 1, 1/32, 1, 1/'
echo text > text.ptx
cc --add text.ptx add
says 'no PTX' 1 err 'text.ptx: is no PTX: it does not begin with .version'
echo text > text.txt
cc --add text.txt add
says 'no code' 1 err 'text.txt is no code that a bundle takes'
mkfifo pipe.ptx
for file in pipe.ptx /dev/zero deep; do
    timeout 20 "$tenon" cc --add $file add > out 2> err < /dev/null
    got=$?
    says "$file as code" 1 err "$file is no regular file; give one of code"
done
rm pipe.ptx
cc --add none.ptx add
says 'no file' 1 err 'cannot read none.ptx: No such file'
cc --add hand.ptx deep
says 'no bundle' 7 err 'deep/bundle.ini: No such file'
cc --add hand.ptx
says 'no folder' 2 err "the bundle's folder is missing"
so=$(sed -n 's/^file = \(.*\.so\)$/\1/p' add/bundle.ini | tail -n 1)
cc --add "add/$so" --name native --requires x86-64 add
says 'native code' 0 add/bundle.d/native.ini '^format = so$'
cc --add "$TN_BUILDDIR/bundles/scan/$(cd "$TN_BUILDDIR/bundles/scan" &&
    echo scan.*.so | cut -d' ' -f1)" add
says 'native code of other kernels' 7 err 'kernel add: is missing'

cc add.c -o add --target opencl
says 'what was added stays' 0 add/bundle.d/v8.ini '^requires = sm_80$'
right 'with its file' cmp hand.ptx add/bundle.d/v8.ptx
sed 's/TN_VALUE(int, n)/TN_VALUE(tn_i64, n)/' add.c > other.c
cc other.c -o add --target opencl
says 'until it does not fit' 1 err \
    'bundle.d/hand.ptx:5: kernel add: argument 2 takes 4 bytes' \
    'add/bundle.d does not fit other.c any more'
holds 'and then nothing has changed' add/bundle.ini '^arg.2 = i32 n$'

finish
