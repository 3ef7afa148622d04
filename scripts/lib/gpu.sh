# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# scripts/check --gpu-build and --gpu: what needs a real NVIDIA GPU. The machine
# that has one needs none of the tools and packages of a build, and no network.
# Whoever sources this has sourced common.sh.

gpu=build/gpu # all that runs there, without links

# ---- building ---------------------------------------------------------------

gpu_configure_and_make() {
    mkdir -p build/check/gpu &&
        (cd build/check/gpu && ../../../configure -q --enable-strict \
            CFLAGS=-O2 LDFLAGS=-s INIH_CFLAGS=' ' INIH_LIBS=-l:libinih.a \
            CUNIT_CFLAGS=' ' CUNIT_LIBS=-l:libcunit.a) &&
        make -C build/check/gpu -j "${jobs:?}" gpu-programs
}

# gpu_copy FOLDER FILE...: those that there are, without libtool's wrappers
gpu_copy() {
    local folder=$gpu/$1 file real
    shift
    mkdir -p "$folder"
    for file; do
        real=${file%/*}/.libs/${file##*/}
        [ -e "$real" ] || real=$file
        [ ! -e "$real" ] || cp -L "$real" "$folder/" || return
    done
}

gpu_collect() {
    local b=build/check/gpu bundle
    rm -rf $gpu
    gpu_copy lib $b/.libs/libtenon.so.0 /usr/lib/*/libOpenCL.so.1 &&
        gpu_copy plugins $b/plugins/{cpu,cuda,opencl}/.libs/*.so &&
        gpu_copy lib /usr/lib/*/libsmartcols.so.1 &&
        gpu_copy bench $b/bench/cuda $b/bench/cuda_library \
            bench/peers/kernels.cu $b/bench/peers/pytorch.so &&
        gpu_copy bin $b/tools/tenon $b/examples/vecadd \
            $b/tests/conformance/conformance $b/tests/gpu/faults \
            $b/tests/kernels/{cuda,cuda_math,library} \
            $b/tests/unit/{test_kernel,test_kernel_math} &&
        gpu_copy fixtures $b/tests/fixtures/*.ptx \
            tests/fixtures/conformance_kernels.cl || return
    # kernels that a test looks for beside itself in the build tree
    gpu_copy tests/fixtures/dialect $b/tests/fixtures/dialect/* &&
        gpu_copy tests/fixtures $b/tests/fixtures/dialect.reference.so || return
    for bundle in "$b"/bundles/*/bundle.ini; do
        bundle=${bundle%/bundle.ini}
        gpu_copy "kernels/${bundle##*/}" "$bundle"/*.{ini,so,cl,ptx} || return
    done
    git rev-parse --short HEAD > $gpu/commit 2>&1 || echo unknown > $gpu/commit
    du -sh $gpu
}

gpu_build() {
    local log=build/check/gpu.log
    mkdir -p build/check
    : > $log
    if run_step $log bootstrap ./bootstrap &&
        run_step $log build gpu_configure_and_make &&
        run_step $log collect gpu_collect; then
        tail -n 1 $log
    else
        tail -n 25 $log
        return 1
    fi
}

# ---- running ----------------------------------------------------------------

gpu_failed=0 gpu_passed=0 gpu_skipped=0

gpu_row() {
    printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "${4//|/\\|}" \
        >> $gpu/table.md
    printf '%-24s %-8s %5s s  %s\n' "$1" "$2" "$3" "$4"
}

# gpu_step NAME SECONDS FIGURE COMMAND...: FIGURE is an awk program that makes
# one line of what the command says
gpu_step() {
    local name=$1 limit=$2 figure=$3 start=$SECONDS rc=0 log told result
    shift 3
    log=$gpu/logs/${name//[^a-zA-Z0-9]/-}.log
    timeout -k 5 "$limit" "$@" > "$log" 2>&1 < /dev/null || rc=$?
    told=$(awk "$figure" "$log")
    case $rc in
    0)
        result=passed
        gpu_passed=$((gpu_passed + 1))
        ;;
    77)
        result=skipped
        told=$(tail -n 1 "$log")
        gpu_skipped=$((gpu_skipped + 1))
        ;;
    *)
        result=FAILED
        [ $rc -ne 124 ] || told="no end after $limit s; $told"
        gpu_failed=$((gpu_failed + 1))
        ;;
    esac
    gpu_row "$name" $result $((SECONDS - start)) "$told"
    [ $result != FAILED ] || tail -n 30 "$log" | sed 's/^/    /'
}

gpu_skip() {
    gpu_skipped=$((gpu_skipped + 1))
    gpu_row "$1" skipped 0 "$2"
}

gpu_suite='/^ *tests / { t = $3; f = $5 } /^skipped:/ { s++ }
    END { print t - f " of " t " tests, " s + 0 " skip themselves" }'
gpu_wrong='/^NOT/ { w++ } /^(NOT|   ) / { n++ }
    END { print n - w " of " n + 0 " answers as they should be" }'
gpu_last='{ last = $0 } END { print last }'

gpu_conformance() {
    local plugin=$gpu/plugins/cuda.so
    gpu_step 'conformance cuda' 200 "$gpu_suite" $gpu/bin/conformance \
        $plugin ptx=$gpu/fixtures/conformance_kernels.ptx
    if [ ! -e $gpu/plugins/opencl.so ]; then
        gpu_skip 'conformance opencl' 'the opencl plugin is not built'
        return
    fi
    mkdir -p $gpu/icd
    echo libnvidia-opencl.so.1 > $gpu/icd/nvidia.icd
    OCL_ICD_VENDORS=$PWD/$gpu/icd gpu_step 'conformance opencl' 200 \
        "$gpu_suite" $gpu/bin/conformance $gpu/plugins/opencl.so \
        clc=$gpu/fixtures/conformance_kernels.cl
}

gpu_faults() {
    local fault
    for fault in $($gpu/bin/faults list); do
        gpu_step "fault $fault" 60 "$gpu_wrong" $gpu/bin/faults "$fault"
    done
}

gpu_examples() {
    printf '[runtime]\nbackend = cuda, opencl, cpu\nfallback = no\n' \
        > $gpu/app.ini
    gpu_step 'example vecadd' 60 "$gpu_last" $gpu/bin/vecadd $gpu/app.ini
    gpu_step 'tenon list' 60 '/cuda:0/ { print }' $gpu/bin/tenon list
    if [ -z "$(command -v nvcc)" ]; then
        gpu_skip 'tenon run, nvcc PTX' 'nvcc is not here'
        return
    fi
    gpu_step 'tenon run, nvcc PTX' 120 "$gpu_last" \
        bash -c "gpu=$gpu; $(declare -f gpu_run_nvcc); gpu_run_nvcc"
}

# Somebody else's .cu, a C++ kernel, compiled by nvcc and run from the shell.
gpu_run_nvcc() {
    cat > $gpu/other.cu <<'END'
__global__ void scale(const float *in, float *out, float factor, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = factor * in[i];
    }
}
END
    nvcc -ptx -o $gpu/other.ptx $gpu/other.cu &&
        python3 - "$gpu" <<'END'
import struct, sys
floats = [float(i) for i in range(1000)]
head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000,), }"
head += ' ' * (64 - (10 + len(head) + 1) % 64) + '\n'
with open(sys.argv[1] + '/in.npy', 'wb') as f:
    f.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)))
    f.write(head.encode() + struct.pack('<1000f', *floats))
END
    $gpu/bin/tenon run -b cuda ./$gpu/other.ptx scale in:$gpu/in.npy \
        out:f32:1000=$gpu/out.npy f32:2.5 i32:1000 &&
        python3 - "$gpu" <<'END'
import struct, sys
data = open(sys.argv[1] + '/out.npy', 'rb').read()[-4000:]
wrong = sum(v != 2.5 * i for i, v in enumerate(struct.unpack('<1000f', data)))
print(f'{1000 - wrong} of 1000 values are right')
sys.exit(wrong != 0)
END
}

gpu_variant='/variant/ { sub(/.*variant /, ""); variant = $1; next }
    { last = $0 } END { print last ", variant " variant }'
gpu_levels='/^Suite: x86-64/ { levels = levels " " $2 }
    /^ *tests / { t = $3; f = $5 }
    END { print t - f " of " t " tests, built for" levels }'

# What a processor with AVX-512 runs: those of build machines often lack it.
gpu_on_cpu() {
    local test
    for test in test_kernel test_kernel_math; do
        gpu_step "dialect, cpu, $test" 120 "$gpu_levels" \
            env TN_BUILDDIR="$PWD/$gpu" $gpu/bin/$test
    done
    gpu_step 'kernel library, cpu' 200 "$gpu_variant" $gpu/bin/library cpu
}

# The dialect's kernels by plain calls of the driver, then every kernel of the
# library through Tenon.
gpu_kernels() {
    local test
    for test in cuda cuda_math; do
        if [ -e $gpu/tests/fixtures/dialect/dialect.ptx ]; then
            gpu_step "dialect, $test" 120 "$gpu_suite" \
                env TN_BUILDDIR="$PWD/$gpu" $gpu/bin/$test
        else
            gpu_skip "dialect, $test" 'built without PTX'
        fi
    done
    gpu_step 'kernel library, cuda' 200 "$gpu_last" $gpu/bin/library cuda
    if [ -e $gpu/plugins/opencl.so ]; then
        OCL_ICD_VENDORS=$PWD/$gpu/icd gpu_step 'kernel library, opencl' 200 \
            "$gpu_last" $gpu/bin/library opencl
    fi
}

# Kernels and plugin under the checker of memory accesses and of the driver's
# calls. It has cuStreamDestroy() wait for the stream, which two tests hold back.
# The suite makes the driver refuse things, so such answers are no errors.
gpu_sanitizer() {
    local tool=(compute-sanitizer --error-exitcode 1)
    if [ -z "$(command -v compute-sanitizer)" ]; then
        gpu_skip sanitizer 'compute-sanitizer is not here'
        return
    fi
    gpu_step 'sanitizer, library' 200 '/ERROR SUMMARY/ { print $2, $3, $4, $5 }' \
        "${tool[@]}" $gpu/bin/library cuda
    gpu_step 'sanitizer, conformance' 200 "$gpu_suite" \
        "${tool[@]}" --report-api-errors no $gpu/bin/conformance \
        -x 'a destroyed stream still runs its work' \
        -x 'who waits for a destroyed event goes on after it' \
        $gpu/plugins/cuda.so ptx=$gpu/fixtures/conformance_kernels.ptx
}

gpu_goals='/missed|not measured/ { w++ } /met \|/ { n++ }
    END { print n + 0 " goals met, " w + 0 " not" }'

gpu_bench() {
    gpu_step benchmark 240 "$gpu_goals" $gpu/bench/cuda
    gpu_step 'benchmark, PyTorch' 240 "$gpu_goals" \
        python3 bench/peers/pytorch.py cuda $gpu/bench/pytorch.so
    gpu_step 'tenon bench' 300 "$gpu_goals" \
        bash -c "gpu=$gpu; $(declare -f gpu_tenon_bench); gpu_tenon_bench"
    if [ -z "$(command -v nvcc)" ]; then
        gpu_skip 'benchmark, kernels' 'nvcc is not here'
        return
    fi
    nvcc -O3 -arch=native -cubin -o $gpu/bench/kernels.cubin \
        $gpu/bench/kernels.cu &&
        gpu_step 'benchmark, kernels' 240 "$gpu_goals" \
            $gpu/bench/cuda_library $gpu/bench/kernels.cubin
}

gpu_tenon_bench() {
    set -o pipefail
    $gpu/bin/tenon bench -b cuda --json --svg $gpu/table.svg |
        awk -v backend=cuda -f bench/table.awk
}

gpu_figures() {
    echo
    grep -h '^|\|driver' $gpu/logs/benchmark.log
    grep -hs '^| [^c-]' $gpu/logs/benchmark--kernels.log
    printf '\n'
    grep -hs '^|\|PyTorch' $gpu/logs/benchmark--PyTorch.log
    printf '\ntenon bench -b cuda, the same device\n\n'
    grep -hs '^|' $gpu/logs/tenon-bench.log
}

# gpu_keep FOLDER: the tables as FOLDER/h200.md, named for the GPU
gpu_keep() {
    local name
    name=$(head -n 1 $gpu/table.md | tr '[:upper:]' '[:lower:]' |
        sed 's/^# //; s/nvidia //; s/[^a-z0-9]\{1,\}/-/g')
    mkdir -p "$1" && cp $gpu/table.md "$1/$name.md" &&
        cp $gpu/table.svg "$1/$name.svg" && echo "kept as $1/$name.md"
}

# gpu_check [FOLDER]: where the tables are kept
gpu_check() {
    local start=$SECONDS
    [ -x $gpu/bin/conformance ] ||
        die "$gpu is not there: run scripts/check --gpu-build on a machine" \
            "with Tenon's packages, and bring the folder"
    rm -rf $gpu/logs
    mkdir -p $gpu/logs
    export LD_LIBRARY_PATH=$PWD/$gpu/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export TENON_PLUGIN_PATH=$PWD/$gpu/plugins
    export TENON_KERNEL_PATH=$PWD/$gpu/kernels
    export CUDA_CACHE_DISABLE=1
    nvidia-smi -L || die 'there is no NVIDIA GPU here: nvidia-smi finds none'
    {
        echo "# $(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)"
        echo
        echo "- machine: driver" \
            "$(nvidia-smi --query-gpu=driver_version --format=csv,noheader |
                head -n 1), $(nproc) processors," \
            "$(awk '/^MemTotal/ { printf "%d GiB", $2 / 1048576 }' \
                /proc/meminfo)"
        echo "- date: $(date -u '+%Y-%m-%d %H:%M') UTC, load before:" \
            "$(cut -d ' ' -f 1-3 /proc/loadavg)"
        echo "- commit: $(cat $gpu/commit)"
        printf '\n| step | result | seconds | |\n|---|---|---|---|\n'
    } > $gpu/table.md
    gpu_conformance
    gpu_faults
    gpu_examples
    gpu_kernels
    gpu_on_cpu
    gpu_bench
    gpu_sanitizer
    gpu_figures | tee -a $gpu/table.md
    printf '%-24s          %5s s\n' total $((SECONDS - start))
    echo "$gpu_passed passed, $gpu_failed failed, $gpu_skipped skipped;" \
        "the table: $gpu/table.md"
    [ $# -eq 0 ] || gpu_keep "$1" || return
    [ $gpu_failed -eq 0 ]
}
