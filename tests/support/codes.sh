#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# codes.sh INCLUDE TESTS: every code [priori:X123] in the headers of INCLUDE has a case that must fail with it in TESTS, and
# every code in a case is one that a header says.
set -u
export LC_ALL=C
said=$(find "$1" -name '*.hpp' -exec grep -ho '\[priori:[A-Z][0-9]*\]' {} + | sort -u)
tested=$(find "$2" -name '*.fail.cpp' -exec grep -h '^ *// CASE [0-9]*: ' {} + | grep -o '\[priori:[A-Z][0-9]*\]' | sort -u)
failures=0
for code in $said; do
    echo "$tested" | grep -qxF "$code" && continue
    echo "$code has no case that must fail with it: $(grep -rlF "$code" "$1" | xargs)"
    failures=$((failures + 1))
done
for code in $tested; do
    echo "$said" | grep -qxF "$code" && continue
    echo "$code is said by no header: $(grep -rlF "$code" "$2" | xargs)"
    failures=$((failures + 1))
done
[ -n "$said" ] || { echo "$1: no code was found"; exit 1; }
[ "$failures" = 0 ] && echo "$(echo "$said" | wc -l) codes, each with a case that must fail"
