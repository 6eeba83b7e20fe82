#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Builds and runs the tests, after installing what they need: everything with g++; the programs (but those of oracle and
# heap tests and some others, which run what the rest runs) once more with clang++ under the address and
# undefined-behaviour sanitizers, and the compile-time and must-fail tests with it; the law tests once more with
# clang++, optimized. With --full, everything with both compilers, without xsimd, without optimization and under the
# sanitizers (there without the examples, which learn for hours when nothing is optimized), with clang++'s sanitizers as
# above, kernels and layers under g++'s with the registers of this processor as well, training under the thread
# sanitizer, kernels and laws with other vector units (vectors.sh), and once all 4,320 combinations in the oracle tests
# (a pairwise cover of them otherwise): about three hours on two cores.
# The last line is `N passed, N failed`, with `, N skipped` where a test was skipped; a broken build counts as failed.
set -u
cd "$(dirname "$0")/.." || exit 1

full=OFF
case "$*" in
    '') ;;
    --full) full=ON ;;
    *)
        echo "usage: sh tests/run.sh [--full]"
        exit 2
        ;;
esac

. tests/support/install.sh
if ! install_missing tests; then
    echo "0 passed, 1 failed"
    exit 1
fi

jobs=$(nproc)
passed=0
failed=0
skipped=0
report=$(mktemp)
trap 'rm -f "$report"' EXIT
trap 'exit 130' INT TERM

broken() {
    echo "FAILED: $*"
    failed=$((failed + 1))
    echo "    $*" >>"$report"
}

# stage <preset> <target to build> [<argument of ctest>...], with the full product of combinations where $product is ON
stage() {
    preset=$1
    target=$2
    shift 2
    begin=$(date +%s)
    echo "=== $preset: build $target"
    if ! cmake --preset "$preset" -DPRIORI_TEST_FULL="$product" -DPRIORI_TEST_QUICK="$quick"; then
        broken "$preset: cmake --preset $preset"
        return
    fi
    case $(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "build/$preset/CMakeCache.txt") in
        Ninja*) keep_going="-k 0" ;;
        *) keep_going=-k ;;
    esac
    # shellcheck disable=SC2086
    cmake --build --preset "$preset" -j "$jobs" --target "$target" -- $keep_going ||
        broken "$preset: cmake --build --preset $preset --target $target"

    echo "=== $preset: test $*"
    log=build/$preset/tests.log
    ctest --preset "$preset" -j "$jobs" --timeout 900 "$@" 2>&1 | tee "$log"
    # The last summary is ctest's own: a test may print one, too.
    summary=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log" | tail -n 1)
    if [ -z "$summary" ]; then
        broken "$preset: ctest ran no test ($*)"
        return
    fi
    stage_failed=$(echo "$summary" | sed 's/.*passed, \([0-9]*\) .*/\1/')
    total=$(echo "$summary" | sed 's/.*out of \([0-9]*\).*/\1/')
    stage_skipped=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#.*\*\*\*Skipped' "$log")
    passed=$((passed + total - stage_failed - stage_skipped))
    failed=$((failed + stage_failed))
    skipped=$((skipped + stage_skipped))
    [ "$stage_failed" = 0 ] || grep -E '^[[:space:]]+[0-9]+ - .*\((Failed|Not Run|Timeout|SEGFAULT|[A-Za-z ]*)\)' "$log" |
        grep -v '(Skipped)' | sed "s/^[[:space:]]*[0-9]* - /    $preset: /" >>"$report"
    echo "=== $preset: $(($(date +%s) - begin)) s"
}

product=$full
quick=ON
if [ "$full" = ON ]; then
    quick=OFF
    stage release all
    product=OFF
    stage scalar tested
    stage clang tested
    stage debug tests -LE '^programs$'
    stage sanitize tests -LE '^programs$'
    stage sanitize_clang sanitized -L '^runtime$' -LE '^(oracle|heap)$'
    stage sanitize_native sanitized -R '^(test|law)_(simd|ad|nn|optim|loss)$'
    stage sanitize_threads test_train -R '^test_train$'
    echo "=== other vector units"
    others=build/vectors.log
    sh tests/vectors.sh avx2 neon 2>&1 | tee "$others"
    summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$others" | tail -n 1)
    if [ -z "$summary" ]; then
        broken "tests/vectors.sh ran nothing"
    else
        # shellcheck disable=SC2086
        set -- $summary
        passed=$((passed + $1))
        failed=$((failed + $3))
        skipped=$((skipped + $5))
        [ "$3" = 0 ] || echo "    vectors.sh: see $others" >>"$report"
    fi
else
    stage release tested
    stage sanitize_clang sanitized -L '^(runtime|static|must_fail)$' -LE '^(oracle|heap)$'
    stage clang laws -L '^law$'
fi

if [ -s "$report" ]; then
    echo "What failed:"
    cat "$report"
fi
if [ "$skipped" = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" = 0 ]
