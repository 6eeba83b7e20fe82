#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The example `probes`: short runs that already show what the probes claim, and options that are refused.
# From the environment: PRIORI_BUILD, the build folder.
set -u
program=$PRIORI_BUILD/examples/probes
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}

# number <file> <key>
number() { sed -n "s/.*\"$2\": \([-+.0-9e]*\).*/\1/p" "$1"; }
# holds <condition> <description>: an awk expression of numbers
holds() { awk "BEGIN { exit !($1) }" || complain "$2: not $1"; }
# run <probe> <option>...
run() {
    probe=$1
    shift
    json=$folder/$probe.json
    "$program" --probe "$probe" --quiet --json "$json" "$@" >"$folder/output" 2>&1 || complain "$probe failed: $(cat "$folder/output")"
    grep -q "^{\"probe\": \"$probe\", \"seed\": 1, \"results\": {" "$json" || complain "$probe: the JSON is $(cat "$json")"
}

run leo --iterations 300 --threads 2
for steps in 0_steps 5_steps 5_5_steps; do
    holds "$(number "$json" "after_$steps") < 0.5 * $(number "$json" "before_$steps")" "leo halves the loss after $steps"
done
run lstm --iterations 100 --plot "$folder/plot"
holds "$(number "$json" gain) > 0 && $(number "$json" sgd) > $(number "$json" learned)" "lstm is better than sgd"
[ -s "$folder/plot/probes_lstm.csv" ] || complain "lstm writes no CSV of the picture"
for probe in prototypes ridge; do
    run "$probe" --iterations 300
    holds "$(number "$json" max_difference) <= 1e-10" "$probe equals the direct computation"
    holds "$(number "$json" accuracy) > $(number "$json" accuracy_before)" "$probe learns its embedding"
done

# refuses <sentence> <option>...: one sentence on stderr, status 2, no file.
refuses() {
    sentence=$1
    shift
    "$program" --json "$folder/refused.json" "$@" >"$folder/output" 2>"$folder/error"
    status=$?
    [ "$status" = 2 ] || complain "$*: status $status, expected 2"
    [ "$(cat "$folder/error")" = "probes: $sentence" ] || complain "$*: said '$(cat "$folder/error")', expected 'probes: $sentence'"
    [ ! -e "$folder/refused.json" ] || complain "$*: leaves a file"
}
refuses "--probe maml is not offered; choose one of leo, lstm, prototypes or ridge." --probe maml
refuses "--iterations wants a whole number from 1 on, not '0'." --iterations 0
"$program" --help | grep -q -- "--probe leo|lstm|prototypes|ridge" || complain "--help does not list the probes"
exit $((failures > 0))
