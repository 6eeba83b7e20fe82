#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# readme.sh README FILE: the first ```cpp block of README is FILE, word for word.
set -u
for file in "$1" "$2"; do
    if ! [ -f "$file" ]; then
        echo "$file is missing"
        exit 1
    fi
done
block=$(mktemp)
trap 'rm -f "$block"' EXIT
awk '/^```/ && inside { exit } inside { print } /^```cpp[ \t]*$/ { inside = 1 }' "$1" >"$block"
if ! [ -s "$block" ]; then
    echo "$1 has no \`\`\`cpp block, $2 was expected in it"
    exit 1
fi
if ! diff -u "$2" "$block"; then
    echo "$1: the first \`\`\`cpp block is not $2"
    exit 1
fi
