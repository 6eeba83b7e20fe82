#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# must_fail.sh FILE: each case of FILE has to be refused by the compiler, in its first error, with the text of its comment:
#
#     #if CASE == 1
#     // CASE 1: [priori:N103] dense: the input has shape (28, 28, 1)
#     ...
#     #endif
#
# With CASE 0 the file has to compile without a word. A refusal costs the user at most 25 lines.
# What the file defines and includes before its first #if is precompiled once for all cases.
# From the environment: CXX, the compiler; PRIORI_FLAGS, a user's flags.
set -u
file=$1
line_limit=25
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
output=$work/output
failures=0
refuse() {
    echo "$file: $*"
    sed -n '1,40s/^/    | /p' "$output"
    failures=$((failures + 1))
}
compile() {
    # PRIORI_FLAGS is a list of words.
    # shellcheck disable=SC2086
    "$CXX" $PRIORI_FLAGS -include "$work/includes.hpp" -fsyntax-only -DCASE="$1" "$file" >"$output" 2>&1
}

described=$(sed -n 's|^ *// CASE \([0-9][0-9]*\): .*|\1|p' "$file" | sort -u)
selected=$(sed -n '/^ *# *\(el\)\{0,1\}if/p' "$file" | grep -o 'CASE == [0-9]*' | sed 's/CASE == //' | grep -vx 0 | sort -u)
if [ -z "$described" ] && [ -z "$selected" ]; then
    echo "$file: no case in it; write '#if CASE == 1' and '// CASE 1: <text of the error>'"
    exit 1
fi
if [ "$described" != "$selected" ]; then
    echo "$file: '// CASE n: <text>' describes $(echo "$described" | xargs), but '#if CASE == n' selects $(echo "$selected" | xargs)"
    exit 1
fi

sed '/^ *# *if/,$d' "$file" | grep -E '^ *# *(include *<|define )' >"$work/includes.hpp"
case $("$CXX" --version) in
    *clang*) precompiled=pch ;;
    *) precompiled=gch ;;
esac
# shellcheck disable=SC2086
"$CXX" $PRIORI_FLAGS -x c++-header "$work/includes.hpp" -o "$work/includes.hpp.$precompiled" >"$output" 2>&1 ||
    refuse "what it includes has to compile"

compile 0 || refuse "CASE 0 has to compile"
[ -s "$output" ] && [ "$failures" = 0 ] && refuse "CASE 0 has to compile without a warning"

for case in $described; do
    text=$(sed -n "s|^ *// CASE $case: *||p" "$file" | sed -n '1s/ *$//p')
    if compile "$case"; then
        refuse "CASE $case compiles, '$text' was expected"
        continue
    fi
    lines=$(wc -l <"$output")
    # clang prints a text that was put together in rows: "words ", "more words".
    first=$(grep -n -m 1 'error: ' "$output" | sed 's/ *", "/ /g')
    case $first in
        *"$text"*) ;;
        *) refuse "CASE $case: '$text' is not in the first error"; continue ;;
    esac
    if [ "$lines" -gt "$line_limit" ]; then
        refuse "CASE $case: $lines lines of output, $line_limit are allowed"
        continue
    fi
    echo "CASE $case: $lines lines, line ${first%%:*} says $text"
done
[ "$failures" = 0 ]
