#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# freestanding.sh FILE: FILE, a program that prints numbers, is compiled as for a device without operating system. The
# object may refer to no stream, no heap and no exception, and its numbers agree with the hosted scalar build's to 1e-5.
# From the environment: CXX, PRIORI_FLAGS, PRIORI_SOURCE, PRIORI_BUILD.
set -u
file=$1
export LC_ALL=C
work=$PRIORI_BUILD/tests/freestanding/$(basename "$file" .cpp)
mkdir -p "$work" || exit 1
fail() {
    echo "$file: $*"
    exit 1
}

"$CXX" -std=c++20 -O2 -Wall -Wextra -I"$PRIORI_SOURCE/include" -fno-exceptions -fno-rtti -DPRIORI_FREESTANDING \
    -c "$file" -o "$work/freestanding.o" || fail "does not compile without operating system"
nm "$work/freestanding.o" >"$work/symbols" || fail "nm cannot read the object"
refused='ios_base|^(malloc|calloc|realloc|aligned_alloc|posix_memalign|memalign)$|^_Zn[wa]|^__cxa_(allocate_exception|throw|rethrow)$'
found=$(awk '{ print $NF }' "$work/symbols" | grep -E "$refused" | tr '\n' ' ')
[ -z "$found" ] || fail "the freestanding object refers to $found"

"$CXX" "$work/freestanding.o" -o "$work/freestanding" || fail "does not link"
# PRIORI_FLAGS is a list of words.
# shellcheck disable=SC2086
"$CXX" $PRIORI_FLAGS -O2 -DPRIORI_SCALAR=1 "$file" -o "$work/hosted" || fail "does not compile with an operating system"
"$work/freestanding" >"$work/freestanding.txt" || fail "the freestanding program ends with status $?"
"$work/hosted" >"$work/hosted.txt" || fail "the hosted program ends with status $?"

tr -s '[:space:],' '\n' <"$work/freestanding.txt" >"$work/freestanding.words"
tr -s '[:space:],' '\n' <"$work/hosted.txt" >"$work/hosted.words"
paste "$work/freestanding.words" "$work/hosted.words" | awk -F '\t' '
function size(x) { return x < 0 ? -x : x }
function is_number(x) { return x ~ /^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$/ }
{
    if (is_number($1) && is_number($2)) {
        numbers++
        largest = size($1) > size($2) ? size($1) : size($2)
        if (size($1 - $2) <= 1e-5 * largest) next
    } else if ($1 == $2 && $1 !~ /^[-+]?(nan|inf)/)
        next
    print "word " NR ": freestanding " $1 ", hosted " $2
    failures++
}
END {
    if (!numbers) { print "no number was printed"; exit 1 }
    print numbers " numbers compared"
    exit failures > 0
}' || fail "the freestanding numbers are not the hosted ones"
