#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What a user's program costs the compiler: the README's first program (examples/first.cpp) and every compile/*.cpp.
#
#   sh benchmarks/compile.sh [--json FILE] [--quick]   processor seconds and peak memory of `g++ -O2 -c`, the least of
#                                                      three (of one), and the counts below
#   sh benchmarks/compile.sh --check                   the counts alone, against compile_budget.txt; status 1 beyond it
#
# Counts, the same on every run: lines after the preprocessor (without blank ones), and functions and classes
# instantiated whose names have to do with priori. Only g++ says the latter two; another compiler is held to the lines.
# From the environment: CXX, CXXFLAGS (beside -std=c++20 -Iinclude), PYTHON (for seconds and memory).
set -u
usage() { echo "usage: sh benchmarks/compile.sh [--check | --quick --json FILE]"; }
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"
cd "$here/.." || exit 1

check=
json=
runs=3
while [ $# -gt 0 ]; do
    case $1 in
        --check) check=1 ;;
        --quick) runs=1 ;;
        --json)
            [ "${2:-}" ] || { echo "compile.sh: --json wants a value" >&2; exit 2; }
            json=$(absolute "$2")
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

if [ -n "$json" ]; then
    can_write "$(dirname "$json")" || exit 1
fi
export CCACHE_DISABLE=1 LC_ALL=C
CXX=${CXX:-g++}
PYTHON=${PYTHON:-python3}
budget=benchmarks/compile_budget.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

is_gcc() { "$CXX" --version | grep -qi 'gcc\|g++\|Free Software Foundation'; }

# counts <file>: "<lines> <functions> <classes>"; 0 0 for the latter where the compiler does not say.
counts() {
    # CXXFLAGS is a list of words.
    # shellcheck disable=SC2086
    "$CXX" -std=c++20 ${CXXFLAGS:-} -Iinclude -E -P "$1" >"$work/lines" || return 1
    functions=0
    classes=0
    if is_gcc; then
        # shellcheck disable=SC2086
        "$CXX" -std=c++20 ${CXXFLAGS:-} -Iinclude -fsyntax-only "-fdump-tree-original=$work/functions" \
            "-fdump-lang-class=$work/classes" "$1" || return 1
        functions=$(grep -c '^;; Function .*priori' "$work/functions")
        classes=$(grep -c '^Class .*priori' "$work/classes")
    fi
    echo "$(grep -c . "$work/lines") $functions $classes"
}

# cost <file>: "<seconds> <bytes>", the least of $runs compilations.
cost() {
    # shellcheck disable=SC2086
    "$PYTHON" - $runs "$CXX" -std=c++20 ${CXXFLAGS:-} -O2 -Iinclude -c "$1" -o "$work/object.o" <<'PYTHON_END'
import os, subprocess, sys

least = None
for _ in range(int(sys.argv[1])):
    process = subprocess.Popen(sys.argv[2:])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(1)
    # Of the compiler proper, a child of the driver, whose largest child this is.
    found = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    least = found if least is None else tuple(map(min, least, found))
print(f"{least[0]:.3f} {least[1]}")
PYTHON_END
}

status=0
entries=
if [ -n "$check" ]; then
    printf '%-15s %22s %22s %22s\n' program lines functions classes
else
    printf '%-15s %8s %8s %10s %10s %8s\n' program seconds MiB lines functions classes
fi
for file in examples/first.cpp benchmarks/compile/*.cpp; do
    name=$(basename "$file" .cpp)
    if ! found=$(counts "$file"); then
        echo "$name does not compile"
        status=1
        continue
    fi
    # shellcheck disable=SC2086
    set -- $found
    if [ -n "$check" ]; then
        allowed=$(awk -v name="$name" '$1 == name { print $2, $3, $4 }' $budget)
        if [ -z "$allowed" ]; then
            echo "$name: no line in $budget"
            status=1
            continue
        fi
        # shellcheck disable=SC2086
        set -- $found $allowed
        printf '%-15s %10s of %8s %10s of %8s %10s of %8s\n' "$name" "$1" "$4" "$2" "$5" "$3" "$6"
        if [ "$1" -gt "$4" ] || [ "$2" -gt "$5" ] || [ "$3" -gt "$6" ]; then
            echo "$name: beyond its budget in $budget; make it cheaper, or raise the budget with the reason"
            status=1
        fi
    else
        if ! used=$(cost "$file"); then
            echo "$name does not compile"
            status=1
            continue
        fi
        seconds=${used% *}
        bytes=${used#* }
        printf '%-15s %8.1f %8d %10d %10d %8d\n' "$name" "$seconds" $((bytes / 1048576)) "$1" "$2" "$3"
        entries="$entries${entries:+,
} \"$name\": {\"seconds\": $seconds, \"bytes\": $bytes, \"instantiations\": $2, \"classes\": $3, \"lines\": $1}"
    fi
done
[ -z "$json" ] || printf '{\n%s\n}\n' "$entries" >"$json"
exit $status
