#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The example `omniglot` on a small packed folder made here: 30 characters of random strokes, 20 drawings of each with a
# few pixels turned over. Every algorithm runs and tells the characters apart; bad input is refused.
# From the environment: PRIORI_BUILD, the build folder.
set -u
program=$PRIORI_BUILD/examples/omniglot
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}

# An npy file of u8 (30, 20, 98): magic, version 1.0, a header of 118 bytes, and the bits.
mkdir "$folder/data"
{
    printf '\223NUMPY\001\000\166\000'
    printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (30, 20, 98), }"
    awk 'BEGIN {
        state = 7
        for (c = 0; c < 30; c++) {
            for (i = 0; i < 98; i++) { state = (state * 16807) % 2147483647; kind[i] = state % 3 == 0 ? int(state / 64) % 256 : 0 }
            for (d = 0; d < 20; d++)
                for (i = 0; i < 98; i++) {
                    state = (state * 16807) % 2147483647
                    printf "\\%03o", state % 50 == 0 ? int(state / 64) % 256 : kind[i]
                }
        }
    }' >"$folder/bits"
    # shellcheck disable=SC2059
    printf "$(cat "$folder/bits")"
} >"$folder/data/omniglot28_bits.npy"
{
    echo class_id,alphabet_id,alphabet,character,vinyals_split
    awk 'BEGIN { for (c = 0; c < 30; c++) print c ",0,Made," "character" c "," (c < 18 ? "train" : c < 24 ? "val" : "test") }'
} >"$folder/data/classes.csv"

# first <file> <key>: the number of that key in the first evaluation.
first() { sed -n "s/[^[]*\[{[^}]*\"$2\": \([^,}]*\).*/\1/p" "$1"; }

# run <algorithm> <option>...
run() {
    algorithm=$1
    shift
    json=$folder/$algorithm.json
    "$program" --data "$folder/data" --algorithm "$algorithm" --test-tasks 10 --quiet --json "$json" "$@" \
        >"$folder/output" 2>&1 || complain "$algorithm failed: $(cat "$folder/output")"
    for key in algorithm ways shots model seed iterations seconds loss_convention split evaluation normalization tasks \
        steps accuracy ci95; do
        grep -q "\"$key\": " "$json" || complain "$algorithm: the JSON has no $key"
    done
    accuracy=$(first "$json" accuracy)
    awk "BEGIN { exit !($accuracy > 0.3 && $accuracy <= 1) }" || complain "$algorithm: the accuracy is $accuracy"
}
run maml --iterations 10 --threads 2 --plot "$folder/plot"
grep -q '^{"algorithm": "maml", "ways": 5, "shots": 1, "model": "dense", "seed": 1, "iterations": 10, ' "$json" ||
    complain "the JSON is $(cat "$json")"
grep -q '\[{"normalization": "transductive", "tasks": 10, "steps": ' "$json" || complain "the JSON is $(cat "$json")"
[ -s "$folder/plot/omniglot_maml_learning_curve.csv" ] || complain "maml writes no CSV of the learning curve"
run fomaml --iterations 10 --shots 5 --normalization support_statistics
grep -q '\[{"normalization": "support_statistics", ' "$json" || complain "the JSON is $(cat "$json")"
run anil --iterations 10 --shots 5 --split random
run reptile --iterations 5

# refuses <part of the sentence> <option>...: one sentence on stderr, status 2, no file.
refuses() {
    sentence=$1
    shift
    "$program" --json "$folder/refused.json" --iterations 1 --test-tasks 1 "$@" >"$folder/output" 2>"$folder/error"
    status=$?
    [ "$status" = 2 ] || complain "$*: status $status, expected 2"
    [ "$(wc -l <"$folder/error")" = 1 ] || complain "$*: not one line: $(cat "$folder/error")"
    grep -qF -- "$sentence" "$folder/error" || complain "$*: said '$(cat "$folder/error")', expected '$sentence'"
    [ ! -e "$folder/refused.json" ] || complain "$*: leaves a file"
}
spoiled() { # a copy of the data, to be spoiled
    rm -rf "$folder/spoiled"
    cp -r "$folder/data" "$folder/spoiled"
}
refuses "omniglot: --data is missing; give the folder that examples/convert_omniglot.py makes."
refuses "holds no omniglot28_bits.npy" --data "$folder/nowhere"
refuses "--ways 20 is not offered; choose one of 5." --data "$folder/data" --ways 20
refuses "--shots 2 is not offered; choose one of 1 or 5." --data "$folder/data" --shots 2
refuses "cannot become one" --data "$folder/data" --plot "$folder/data/classes.csv"
spoiled
head -c 30000 "$folder/data/omniglot28_bits.npy" >"$folder/spoiled/omniglot28_bits.npy"
refuses "omniglot28_bits.npy" --data "$folder/spoiled"
spoiled
sed 's/^7,0,/7,4,/' "$folder/data/classes.csv" >"$folder/spoiled/classes.csv"
refuses "expected a whole number from 0 to 0" --data "$folder/spoiled"
spoiled
sed 's/^7,/700,/' "$folder/data/classes.csv" >"$folder/spoiled/classes.csv"
refuses "expected 7, the classes in order, found 700" --data "$folder/spoiled"
spoiled
sed '/^29,/d' "$folder/data/classes.csv" >"$folder/spoiled/classes.csv"
refuses "has 29 classes, the images are of 30" --data "$folder/spoiled"
exit $((failures > 0))
