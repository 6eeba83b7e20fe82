#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# layering.sh DIRECTORY: the rules of the house for the headers in DIRECTORY (include/priori). Which folder may include
# which, who may see which foreign header, no cycles, at most 400 lines, #pragma once. Prints file:line and the rule broken.
set -u
export LC_ALL=C
find "$1" -name '*.hpp' | sort | awk -v root="$1" '
function may(folder, list) { allowed[folder] = " " folder " config " list " " }
function only(pattern, folders) { foreign[++foreign_count] = pattern; home[foreign_count] = " " folders " " }
function refuse(place, text) { print place ": " text; failures++ }

# The first folder below the root; "" for the umbrella headers in the root itself.
function folder_of(name) { return index(name, "/") ? substr(name, 1, index(name, "/") - 1) : "" }

function check_own(place, from, included, to) {
    if (from == "") return
    to = folder_of(included)
    if (to == "")
        refuse(place, "<priori/" included "> is an umbrella, for users; include exactly what is used")
    else if (!index(allowed[from], " " to " "))
        refuse(place, from " may not include " to " (<priori/" included ">); it may include:" allowed[from])
}

function check_foreign(place, from, included, i) {
    for (i = 1; i <= foreign_count; i++)
        if (included ~ foreign[i] && !index(home[i], " " from " "))
            refuse(place, "<" included "> may be included in" home[i] "only")
}

function read_header(name, path, line, number, place, included, once) {
    path = root "/" name
    from = folder_of(name)
    if (from != "" && !(from in allowed)) refuse(path ":1", "the folder " from " has no rule in the table of layering.sh")
    while ((getline line < path) > 0) {
        number++
        place = path ":" number
        if (line ~ /^#pragma once/) once = 1
        if (line !~ /^[ \t]*#[ \t]*include/) continue
        if (line !~ /</) { refuse(place, "write #include <priori/...>, not quotes"); continue }
        included = line
        sub(/^[^<]*</, "", included)
        sub(/>.*/, "", included)
        if (included ~ /^priori\//) {
            sub(/^priori\//, "", included)
            check_own(place, from, included)
            edges[name] = edges[name] " " included
        } else
            check_foreign(place, from, included)
    }
    close(path)
    if (number > 400) refuse(path ":" number, "a header has at most 400 lines")
    if (!once) refuse(path ":1", "#pragma once is missing")
}

# Depth first; state 1: on the way, 2: done.
function visit(name, way, next_ones, count, i) {
    if (state[name] == 2) return
    if (state[name] == 1) {
        sub("^.* " name " ->", name " ->", way)
        refuse(root "/" name ":1", "headers include each other in a circle: " way " " name)
        return
    }
    state[name] = 1
    count = split(edges[name], next_ones, " ")
    for (i = 1; i <= count; i++) visit(next_ones[i], way " " name " ->")
    state[name] = 2
}

BEGIN {
    may("config")
    may("core")
    may("simd", "core")
    may("tensor", "core simd")
    may("ad", "core simd tensor")
    may("nn", "core simd tensor ad")
    may("loss", "core simd tensor ad")
    may("optim", "core simd tensor ad")
    may("task", "core tensor")
    may("adapt", "core simd tensor ad nn loss optim task")
    may("meta", "core simd tensor ad nn loss optim task adapt")
    may("io", "core tensor task")
    may("train", "core simd tensor ad nn loss optim task adapt meta io")
    may("interop", "core tensor")

    only("^(xsimd/|[a-z]+intrin[.]h|arm_(neon|sve)[.]h)", "simd")
    only("^(xtensor|xtl)/", "tensor interop")
    only("^boost/", "core")
    only("^(Eigen|torch)/", "interop")
    only("^(iostream|istream|ostream|fstream|sstream|streambuf|ios|iomanip)$", "io train")
}
{ names[NR] = substr($0, length(root) + 2) }
END {
    if (NR == 0) refuse(root, "no header was found")
    for (i = 1; i <= NR; i++) read_header(names[i])
    for (i = 1; i <= NR; i++) visit(names[i], "")
    if (failures) exit 1
    print NR " headers keep the rules"
}'
