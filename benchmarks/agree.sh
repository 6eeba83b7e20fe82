#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The same losses whatever the kernels are made of: builds the workloads for each variant of the vector unit and
# compares the losses of every training iteration with those of the scalar fallback: 1e-3 relative in float, 1e-10 in
# double. Of trainings on images in float, the first two losses are: rounding decides some winners of the max-pools, and
# the paths part from there.
#
#   sh benchmarks/agree.sh [--small] [--iterations 100] [--only W1,W2] [--variants "native avx512 avx2 sse2 neon"]
#
# --small leaves out the workloads on images before compiling. neon wants g++-aarch64-linux-gnu and qemu-user and is not
# among the variants unless asked for. A variant that this processor does not run is skipped and said so.
# From the environment: CXX, CXXFLAGS (otherwise -O2).
set -u
usage() {
    echo "usage: sh benchmarks/agree.sh [--small] [--iterations N] [--only W1,W2] [--variants \"native avx2\"]"
}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"
cd "$here/.." || exit 1

program=losses
iterations=100
only=
variants="native avx512 avx2 sse2"
while [ $# -gt 0 ]; do
    case $1 in
        --small) program=small_losses ;;
        --iterations | --only | --variants)
            [ $# -gt 1 ] || { echo "agree.sh: $1 wants a value"; exit 2; }
            case $1 in
                --iterations) iterations=$2 ;;
                --only) only=$2 ;;
                --variants) variants=$2 ;;
            esac
            shift
            ;;
        --help)
            usage
            exit
            ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
    shift
done

is_count "$iterations" || { echo "agree.sh: --iterations wants a whole number from 1, not '$iterations'" >&2; exit 2; }
[ -z "$only" ] || are_workloads "$only" || exit 2
for variant in $variants; do
    case $variant in
        native | avx512 | avx2 | sse2 | neon) ;;
        *)
            echo "agree.sh: there is no variant $variant; there are native avx512 avx2 sse2 neon" >&2
            exit 2
            ;;
    esac
done

CXX=${CXX:-g++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failed=0


# build <program> <flag>...: $work/<program>.
build() {
    target=$1
    shift
    # CXXFLAGS is a list of words.
    # shellcheck disable=SC2086
    "$CXX" -std=c++20 ${CXXFLAGS:--O2} "$@" -Iinclude -Itests "benchmarks/support/$program.cpp" \
        -o "$work/$target" -pthread
}

# on <what the processor must have> <flag>...: the program of $variant; status says 1 for not here, 2 for broken.
on() {
    if grep -qw "$1" /proc/cpuinfo; then
        shift
        build "$variant" "$@" || status=2
    else
        status=1
    fi
}

build_neon() {
    cross=aarch64-linux-gnu-g++
    qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
    if ! command -v $cross >/dev/null || [ -z "$qemu" ]; then
        echo "neon: skipped, wants g++-aarch64-linux-gnu and qemu-user"
        return 1
    fi
    # The headers of this machine that have nothing of its processor in them.
    mkdir -p "$work/headers"
    for library in xtensor xtl xsimd boost; do
        [ -d /usr/include/$library ] && ln -sf /usr/include/$library "$work/headers/$library"
    done
    CXX=$cross build neon.program -static -Wno-psabi -isystem "$work/headers" || return 2
    printf '#!/bin/sh\nexec %s %s "$@"\n' "$qemu" "$work/neon.program" >"$work/neon"
    chmod +x "$work/neon"
}

build scalar -DPRIORI_SCALAR=1 || { echo "the scalar build fails"; exit 1; }
"$work/scalar" "$iterations" "$only" >"$work/scalar.txt" || { echo "the scalar program ends with status $?"; exit 1; }

for variant in $variants; do
    status=0
    case $variant in
        native) build native -march=native || status=2 ;;
        avx512) on avx512dq -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma ;;
        avx2) on avx2 -mavx2 -mfma ;;
        sse2) on sse2 -msse2 ;;
        neon) build_neon || status=$? ;;
    esac
    if [ $status = 1 ]; then
        [ "$variant" = neon ] || echo "$variant: skipped, this processor does not run it"
        continue
    elif [ $status = 2 ] || ! "$work/$variant" "$iterations" "$only" >"$work/$variant.txt"; then
        echo "$variant: does not build or run"
        failed=1
        continue
    fi
    paste -d ' ' "$work/scalar.txt" "$work/$variant.txt" | awk -v variant="$variant" '
    function size(x) { return x < 0 ? -x : x }
    $1 != $5 || $2 != $6 || $3 != $7 { print variant ": not the same lines: " $0; failures++; exit }
    {
        bound = $2 == "float" ? 1e-3 : 1e-10
        difference = $4 == $8 ? 0 : size($4 - $8) / (size($4) > size($8) ? size($4) : size($8))
        key = $1 " " $2
        if (!(key in worst)) order[++count] = key
        # A number that is none is a difference, too.
        if (!(difference <= bound) || $4 ~ /nan|inf/) broken[key] = 1
        if (!(difference <= worst[key])) worst[key] = difference
    }
    END {
        for (i = 1; i <= count; ++i) {
            key = order[i]
            printf "%-7s %-15s %.1e%s\n", variant, key, worst[key], key in broken ? "  DIFFERENT" : ""
            if (key in broken) failures++
        }
        if (!count) { print variant ": nothing was compared"; failures++ }
        exit failures > 0
    }' || failed=1
done
exit $failed
