#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The own_data example: it learns from its own table; files that are not what they should be are refused in one sentence.
set -u
. "$(dirname "$0")/harness.sh"
needs own_data

"$programs/own_data" --write-example sensors.csv --quiet || wrong "--write-example: status $?"
columns="--task-column sensor --target-column pressure"
# shellcheck disable=SC2086
for shots in 5 10; do
    "$programs/own_data" --csv sensors.csv $columns --shots $shots --iterations 500 --quiet --json own.json --plot plots ||
        wrong "$shots shots: status $?"
    json own.json 'r["settings"]["inputs"] == 2 and [e["name"] for e in r["evaluation"]] == ["maml", "joint"]'
    json own.json 'all(len(e["mse"]) == len(e["steps"]) == 11 for e in r["evaluation"])'
    json own.json 'r["evaluation"][0]["mse"][5] < 0.5 * r["evaluation"][0]["mse"][0]'
    [ -s plots/own_data_error_by_steps.csv ] || wrong "there is no picture's CSV"
    rm -rf plots
done

# Training that diverges: status 1, one sentence, and the results are there all the same.
# shellcheck disable=SC2086
"$programs/own_data" --csv sensors.csv $columns --rate 1e30 --iterations 20 --quiet --json lost.json 2>lost.txt
status=$?
[ $status = 1 ] || wrong "diverged: status $status instead of 1"
[ "$(wc -l <lost.txt)" = 1 ] && grep -q "^own_data: diverged" lost.txt || wrong "diverged: $(cat lost.txt)"
json lost.json '[e["name"] for e in r["evaluation"]] == ["maml", "joint"] and r["evaluation"][0]["diverged"][1] == 1'

# table <inputs> <tasks> <rows a task>: columns task, x1 .. xn, target.
table() {
    awk -v inputs="$1" -v tasks="$2" -v rows="$3" 'BEGIN {
        srand(1); line = "task"; for (i = 1; i <= inputs; ++i) line = line ",x" i; print line ",target"
        for (t = 0; t < tasks; ++t) for (r = 0; r < rows; ++r) {
            line = "t" t; sum = t; for (i = 1; i <= inputs; ++i) { x = rand(); sum += x * (t % 3); line = line "," x }
            print line "," sum } }'
}
for inputs in 1 3 5 16; do
    table $inputs 6 12 >table.csv
    "$programs/own_data" --csv table.csv --iterations 20 --quiet --json table.json || wrong "$inputs inputs: status $?"
    json table.json "r['settings']['inputs'] == $inputs and r['settings']['test_tasks'] == 1"
done

run="--iterations 10 --json out.json --plot plots"
# shellcheck disable=SC2086
{
    refuses "csv FILE is missing" own_data $run
    refuses "cannot be opened" own_data --csv missing.csv $run
    refuses "is a directory" own_data --csv . $run
    refuses "no column 'task'" own_data --csv sensors.csv $run
    refuses "no column 'y'" own_data --csv sensors.csv --task-column sensor --target-column y $run
    refuses "are the same column" own_data --csv sensors.csv --task-column sensor --target-column sensor $run
    refuses "5 or 10" own_data --csv sensors.csv $columns --shots 6 $run
    refuses "no option" own_data --cvs sensors.csv $columns $run
    table 17 6 12 >table.csv
    refuses "17 input columns" own_data --csv table.csv $run
    table 0 6 12 >table.csv
    refuses "0 input columns" own_data --csv table.csv $run
    table 2 6 65 >table.csv
    refuses "line 66.*at most 64" own_data --csv table.csv $run
    table 2 6 9 >table.csv
    refuses "has 9 rows, 10 are needed" own_data --csv table.csv $run
    table 2 4 12 >table.csv
    refuses "4 tasks; at least 5" own_data --csv table.csv $run
    for value in nan inf -inf 1e999 abc ''; do
        sed "7s/,[^,]*/,$value/" sensors.csv >bad.csv
        refuses "line 7, column 'reading': expected a finite number" own_data --csv bad.csv $columns $run
    done
    head -c 1000 sensors.csv >cut.csv # in the middle of a row
    refuses "expected 4 cells" own_data --csv cut.csv $columns $run
    : >empty.csv
    refuses "is empty" own_data --csv empty.csv $columns $run
    head -n 1 sensors.csv >header.csv
    refuses "no rows" own_data --csv header.csv $columns $run
    refuses "cannot be written" own_data --write-example nowhere/sensors.csv
    cp sensors.csv kept.csv
    refuses "'./sensors.csv'; give each its own" own_data --csv sensors.csv $columns --json ./sensors.csv
    refuses "are the same file" own_data --csv sensors.csv --write-example sensors.csv
    cmp -s sensors.csv kept.csv || wrong "a refused run writes over its table"
}

exit $failed
