#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The extend example: every part of a user's own has a meta-gradient that agrees with differences, and all together learn.
set -u
. "$(dirname "$0")/harness.sh"
needs extend

refuses "no option '--algorithm'" extend --algorithm maml --json out.json
refuses "a whole number from 1 on" extend --iterations 0 --json out.json
refuses "does not exist" extend --iterations 10 --json nowhere/out.json

"$programs/extend" --iterations 200 --seed 1 --quiet --json extend.json --plot plots >stdout.txt 2>&1 || wrong "status $?"
[ -s stdout.txt ] && wrong "--quiet says: $(cat stdout.txt)"
[ -s plots/extend_learning_curve.csv ] || wrong "there is no CSV of the learning curve"
json extend.json 'list(r) == ["seed", "iterations", "errors", "loss_before", "loss_after"] and r["iterations"] == 200'
json extend.json '(list(r["errors"]) == ["activation", "loss", "layer", "optimizer", "rule", "all_together"]
    and all(0 <= e <= 1e-6 for e in r["errors"].values()))'
json extend.json 'r["loss_after"] < 0.9 * r["loss_before"]'
"$programs/extend" --help | grep -q -e "--iterations" || wrong "--help does not list --iterations"
exit $failed
