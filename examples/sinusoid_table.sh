#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The table of examples/README.md: runs the sinusoid program for seeds 1 to 5 in each setting whose JSON is not there yet,
# and prints the table of all that is there. About 45 minutes on one core.
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

groups = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    run = json.loads(path.read_text())
    s = run["settings"]
    inner = f"{s['steps']} step{'s' * (s['steps'] != 1)}" if s["steps"] else "no inner loop"
    rate = "" if run["algorithm"] in ("joint", "averaging") else f", rate {s['rate']:g}"
    groups.setdefault((f"{run['algorithm']}: {s['train_shots']} points, {inner}{rate}, {s['initializer']}, "
                       f"{s['iterations_wanted']} x {s['meta_batch']} tasks"), []).append(run)

shown = [1, 5, 10, 32]
number = lambda x: "not finite" if x is None else f"{x:.3f}" if x < 100 else f"{x:.1e}"
print("| | 5 points: " + " / ".join(map(str, shown)) + " steps | 10 points | median task, 10 points | worse |")
print("|---|---|---|---|---|")
for name, runs in groups.items():
    def cells(values, digits=number): return " / ".join(digits(v) for v in values)
    def row(title, pick, digits=number):
        columns = []
        for shots, key in ((0, "mse"), (1, "mse"), (1, "median")):
            at = runs[0]["evaluation"][shots]["steps"]
            columns.append(cells([pick([r["evaluation"][shots][key][at.index(k)] for r in runs]) for k in shown], digits))
        worst = max(d for r in runs for e in r["evaluation"] for k, d in zip(e["steps"], e["diverged"]) if k <= 10)
        print(f"| {title} | " + " | ".join(columns) + f" | {100 * worst:.1f} % |")
    infinite = float("inf")
    def median(values):
        m = statistics.median([infinite if v is None else v for v in values])
        return None if m == infinite else m
    print(f"| **{name}** | | | | |")
    for i, run in enumerate(runs):
        def one(shots):
            e = run["evaluation"][shots]
            return " / ".join(number(m) + ("" if c is None else f" ± {c:.3f}") if m is not None and m < 100 else number(m)
                              for k, m, c in zip(e["steps"], e["mse"], e["ci95"]) if k in shown)
        e = run["evaluation"]
        med = cells([m for k, m in zip(e[1]["steps"], e[1]["median"]) if k in shown])
        worst = max(d for x in e for k, d in zip(x["steps"], x["diverged"]) if k <= 10)
        print(f"| seed {run['seed']} | {one(0)} | {one(1)} | {med} | {100 * worst:.1f} % |")
    if len(runs) > 1:
        row(f"median of {len(runs)}", median)
SCRIPT
