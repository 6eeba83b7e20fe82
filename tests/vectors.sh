#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The tests of the kernels and the laws of layers, losses and optimizers with other vector units than this machine's own:
# built with the flags of each variant, and run, NEON by qemu. A quarter of an hour of one core a variant.
#
#   sh tests/vectors.sh [avx512 | avx2 | sse2 | scalar | neon]...     otherwise avx2 sse2 scalar neon
#
# A variant that cannot be built or run here is skipped and said so. The last line is `N passed, N failed, N skipped`.
# From the environment: CXX, JOBS (compilers at once, otherwise one a core), SOURCES (otherwise as said above).
set -u
cd "$(dirname "$0")/.." || exit 1

CXX=${CXX:-g++}
jobs=${JOBS:-$(nproc)}
sources=${SOURCES:-$(ls tests/simd/*.test.cpp tests/nn/*.law.cpp tests/loss/*.law.cpp tests/optim/*.law.cpp)}
[ $# -gt 0 ] || set -- avx2 sse2 scalar neon
for variant; do
    case $variant in
        avx512 | avx2 | sse2 | scalar | neon) ;;
        *)
            echo "usage: sh tests/vectors.sh [avx512 | avx2 | sse2 | scalar | neon]..." >&2
            exit 2
            ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0
skipped=0

skip() {
    echo "$variant: skipped, $1"
    skipped=$((skipped + 1))
}

# check <compiler> <what runs the program, or env> <flag>...
check() {
    compiler=$1
    runner=$2
    shift 2
    mkdir -p "$work/$variant"
    # An object for each source, its name with dots for the folders.
    if printf '%s\n' tests/support/test_main.cpp $sources | xargs -P "$jobs" -I '{}' sh -c '
        source=$1; folder=$2; compiler=$3; shift 3
        "$compiler" -std=c++20 -O1 "$@" -DPRIORI_TEST_FULL=0 -Iinclude -Itests -c "$source" \
            -o "$folder/$(echo "$source" | tr / .).o"' sh '{}' "$work/$variant" "$compiler" "$@" &&
        "$compiler" "$@" "$work/$variant"/*.o -o "$work/$variant/tests" -pthread; then
        if $runner "$work/$variant/tests"; then
            passed=$((passed + 1))
            echo "$variant: passed"
            return
        fi
    fi
    failed=$((failed + 1))
    echo "$variant: FAILED"
}

# on <what the processor must have> <flag>...
on() {
    feature=$1
    shift
    if grep -qw "$feature" /proc/cpuinfo; then
        check "$CXX" env "$@"
    else
        skip "this processor lacks $feature"
    fi
}

neon() {
    cross=aarch64-linux-gnu-g++
    qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
    if ! command -v $cross >/dev/null || [ -z "$qemu" ]; then
        skip "wants g++-aarch64-linux-gnu and qemu-user"
    elif ! [ -f /usr/include/catch2/catch.hpp ]; then
        skip "wants Catch2 2.13, which is a header"
    else
        # The headers of this machine that have nothing of its processor in them.
        mkdir -p "$work/headers"
        for library in xtensor xtl xsimd boost catch2; do
            [ -d /usr/include/$library ] && ln -sf /usr/include/$library "$work/headers/$library"
        done
        check $cross "$qemu" -static -Wno-psabi -isystem "$work/headers"
    fi
}

for variant; do
    case $variant in
        avx512) on avx512dq -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma ;;
        avx2) on avx2 -mavx2 -mfma ;;
        sse2) on sse2 -msse2 ;;
        scalar) check "$CXX" env -DPRIORI_SCALAR=1 ;;
        neon) neon ;;
    esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
