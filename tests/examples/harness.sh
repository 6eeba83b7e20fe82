# shellcheck shell=sh
# SPDX-License-Identifier: BSL-1.0
# Sourced by the tests of the examples: a temporary folder to work in, and what a good and a bad run look like.
# shellcheck disable=SC2034
programs=${PRIORI_BUILD:?the build folder}/examples
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

wrong() {
    echo "WRONG: $*"
    failed=1
}

needs() {
    [ -x "$programs/$1" ] && return
    echo "$programs/$1 was not built"
    exit 1
}

# refuses <words of the sentence> <program> <argument>...: one sentence on stderr, status 2, nothing on stdout, no output.
refuses() {
    words=$1
    program=$2
    shift 2
    timeout 60 "$programs/$program" "$@" >stdout.txt 2>stderr.txt
    status=$?
    [ "$status" = 2 ] || wrong "$program $*: status $status instead of 2"
    [ "$(wc -l <stderr.txt)" = 1 ] || wrong "$program $*: not one line on stderr: $(cat stderr.txt)"
    grep -q -e "$words" stderr.txt || wrong "$program $*: no '$words' in: $(cat stderr.txt)"
    [ -s stdout.txt ] && wrong "$program $*: something on stdout: $(cat stdout.txt)"
    [ -e out.json ] || [ -e plots ] && wrong "$program $*: there is output"
    rm -rf stdout.txt stderr.txt out.json plots
}

# json <file> <Python expression over r, the results>: the file is valid JSON and the expression holds.
json() {
    if ! command -v python3 >/dev/null; then
        [ -s "$1" ] || wrong "$1 is missing or empty"
        return
    fi
    # Python reads NaN and Infinity, which JSON does not have.
    python3 - "$1" "$2" <<'SCRIPT' || wrong "$1: not so: $2"
import json, math, sys
def refuse(constant): raise ValueError(constant)
r = json.load(open(sys.argv[1]), parse_constant=refuse)
sys.exit(0 if eval(sys.argv[2]) else 1)
SCRIPT
}
