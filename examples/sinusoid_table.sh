#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The table of examples/README.md: runs the sinusoid program for seeds 1 to 5 in each setting whose JSON is not there yet,
# and prints the table of all that is there: the error after 1 / 5 / 10 / 32 steps. About half an hour on one core.
# sh examples/sinusoid_table.sh <folder for the JSON files> [<sinusoid program>], or --print <folder> to run nothing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
runs=yes
if [ "${1-}" = --print ]; then
    runs=no
    shift
fi
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: sh examples/sinusoid_table.sh [--print] <folder for the JSON files> [<sinusoid program>]" >&2
    exit 2
fi
folder=$1
program=${2-$root/build/release/examples/sinusoid}

# setting <name> <argument>...
setting() {
    name=$1
    shift
    for seed in 1 2 3 4 5; do
        [ -e "$folder/${name}_$seed.json" ] || "$program" --quiet --seed "$seed" --json "$folder/${name}_$seed.json" "$@"
    done
}
if [ $runs = yes ]; then
    mkdir -p "$folder"
    setting maml
    setting maml_truncated_normal --initializer truncated_normal
    setting reptile --algorithm reptile
    setting meta_sgd_5 --algorithm meta_sgd --train-shots 5
    setting joint --algorithm joint
    for algorithm in fomaml anil boil averaging; do setting "$algorithm" --algorithm "$algorithm"; done
fi

python3 - "$folder" <<'SCRIPT'
import json, pathlib, statistics, sys

order = ["maml", "maml_truncated_normal", "reptile", "meta_sgd_5", "joint", "fomaml", "anil", "boil", "averaging"]
shown = [1, 5, 10, 32]
infinite = float("inf")

def number(x):
    return "inf" if x is None or x == infinite else f"{x:.3f}" if x < 10 else f"{x:.3g}"

def cell(entry, key):
    return [entry[key][entry["steps"].index(k)] for k in shown]

def joined(values):
    return " / ".join(map(number, values))

def known(values):
    return [infinite if v is None else v for v in values]

seeds = [1, 2, 3, 4, 5]
print("| setting | given | " + " | ".join(f"seed {s}" for s in seeds) + " | median | widest interval, 1 step | worse, 1 step |")
print("|---|---|" + "---|" * (len(seeds) + 3))
for name in order:
    runs = [json.loads(p.read_text()) for s in seeds if (p := pathlib.Path(sys.argv[1], f"{name}_{s}.json")).exists()]
    if not runs:
        continue
    for i, title in enumerate((name, "")):
        entries = [r["evaluation"][i] for r in runs]
        median = [statistics.median(column) for column in zip(*(known(cell(e, "mse")) for e in entries))]
        cells = {r["seed"]: joined(cell(e, "mse")) for r, e in zip(runs, entries)}
        print(f"| {title} | {entries[0]['shots']} | " + " | ".join(cells.get(s, "-") for s in seeds) +
              f" | **{joined(median)}** | ± {number(max(known(cell(e, 'ci95')[0] for e in entries)))} | "
              f"{100 * max(cell(e, 'diverged')[0] for e in entries):.1f} % |")
SCRIPT
