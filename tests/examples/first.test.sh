#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The first example, which takes no options: it learns, and its error on a new task is a finite number below 1.
set -u
. "$(dirname "$0")/harness.sh"
if ! grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=Rel' "$PRIORI_BUILD/CMakeCache.txt"; then
    echo "its 70,000 iterations take too long in a build that is not optimized"
    exit 77
fi
needs first

"$programs/first" >stdout.txt 2>stderr.txt || wrong "status $?"
[ -s stderr.txt ] && wrong "it says: $(cat stderr.txt)"
number='-?[0-9]+(\.[0-9]+)?(e[-+][0-9]+)?' # neither nan nor inf
grep -Eq "^error $number, prediction at 1: $number\$" stdout.txt || wrong "not two finite numbers: $(cat stdout.txt)"
awk '$1 == "error" { found = $2 + 0 >= 0 && $2 + 0 < 1 } END { exit !found }' stdout.txt ||
    wrong "the error is not below 1: $(cat stdout.txt)"
exit $failed
