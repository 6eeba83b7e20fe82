#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# readme.sh README FILE: the first ```cpp block of README is FILE, word for word.
# readme.sh README FILE DESCRIPTIONS TESTS: moreover
#   - the rows of the table in "What a line says" are the sections "// README: <first cell>" of DESCRIPTIONS, no more and
#     no less, and each piece of code in a row stands in its section (spaces do not count, `...` is anything, a `|` is \|);
#   - the ```text block of "On a device" stands in the section "// README: On a device" likewise;
#   - each line "<code>  [priori:<code>] <sentence>" of "Two wrong lines" is a case of one of TESTS/*/*.fail.cpp: it has the
#     sentence, up to `...`, in a comment `// CASE n: ...`, and the code right below that, without `pr::`.
set -u
for file in "$1" "$2" "${3:-$1}"; do
    if ! [ -f "$file" ]; then
        echo "$file is missing"
        exit 1
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
block=$work/block
awk '/^```/ && inside { exit } inside { print } /^```cpp[ \t]*$/ { inside = 1 }' "$1" >"$block"
if ! [ -s "$block" ]; then
    echo "$1 has no \`\`\`cpp block, $2 was expected in it"
    exit 1
fi
if ! diff -u "$2" "$block"; then
    echo "$1: the first \`\`\`cpp block is not $2"
    exit 1
fi
[ $# -gt 2 ] || exit 0

# What README claims, a line each: <section>, a tab, <code without spaces>. A row without code has an empty one.
awk '
    function claim(section, code) { gsub(/[ \t]/, "", code); print section "\t" code }
    /^## / { heading = substr($0, 4); rows = 0; next }
    /^```/ { text = $0 ~ /^```text/ && !text; next }
    text && heading == "On a device" { claim(heading, $0) }
    heading == "What a line says" && /^\|/ {
        if (++rows < 3) next # the names of the columns, and the line below them
        gsub(/\\\|/, "\001")
        split($0, cell, "|")
        gsub(/^ +| +$/, "", cell[2])
        pieces = split(cell[3], piece, "`")
        claim(cell[2], "")
        for (i = 2; i <= pieces; i += 2) {
            gsub("\001", "|", piece[i])
            claim(cell[2], piece[i])
        }
    }' "$1" >"$work/claims"
# What DESCRIPTIONS has: <section>, a tab, <all of its code without spaces>.
awk '
    /^\/\/ README: / { if (section != "") print section "\t" code; section = $0; sub(/^\/\/ README: /, "", section); code = ""; next }
    { sub(/\/\/.*/, ""); gsub(/[ \t]/, ""); code = code $0 }
    /^}/ && section != "" { print section "\t" code; section = "" }' "$3" >"$work/sections"

cut -f 1 "$work/claims" | sort -u >"$work/claimed"
cut -f 1 "$work/sections" | sort >"$work/present"
if ! [ -s "$work/claimed" ]; then
    echo "$1: neither a table below '## What a line says' nor a \`\`\`text block below '## On a device'"
    exit 1
fi
if ! diff "$work/claimed" "$work/present" >"$work/difference"; then
    sed -n "s|^< \(.*\)|$1 has '\1', which $3 does not: put its code behind '// README: \1'|p
            s|^> \(.*\)|$3 has '// README: \1', which $1 does not, or not once: take it out, or name the row so|p" "$work/difference"
    exit 1
fi
if ! awk -F '\t' -v file="$3" '
    NR == FNR { code[$1] = $2; next }
    {
        count = split($2, part, /\.\.\./)
        rest = code[$1]
        for (i = 1; i <= count; ++i) {
            at = index(rest, part[i])
            if (part[i] != "" && at == 0) {
                print file ": the code of \047" $1 "\047 does not contain " part[i]
                failed = 1
                break
            }
            if (part[i] != "") rest = substr(rest, at + length(part[i]))
        }
    }
    END { exit failed }' "$work/sections" "$work/claims"; then
    exit 1
fi

# --- the wrong lines ---
awk '
    /^## / { heading = substr($0, 4); next }
    /^```/ { text = $0 ~ /^```text/ && !text; next }
    text && heading == "Two wrong lines"' "$1" >"$work/wrong"
if ! [ -s "$work/wrong" ]; then
    echo "$1: no \`\`\`text block was found below '## Two wrong lines'"
    exit 1
fi
while IFS= read -r line; do
    if ! cat "$4"/*/*.fail.cpp | awk -v line="$line" '
        BEGIN {
            cut = index(line, "[priori:")
            code = substr(line, 1, cut - 1)
            gsub(/[ \t]/, "", code)
            sentence = substr(line, cut)
            sub(/ *\.\.\.$/, "", sentence)
        }
        /\/\/ CASE [0-9]+: / { is_it = cut > 1 && index($0, sentence) > 0; below = ""; next }
        /^#/ { is_it = 0 }
        is_it {
            gsub(/[ \t]|pr::/, "")
            below = below $0
            if (index(below, code) > 0) found = 1
        }
        END { exit !found }'; then
        echo "$1: no case of $4/*/*.fail.cpp has the sentence and the code of: $line"
        exit 1
    fi
done <"$work/wrong"
