#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The table of examples/README.md: runs omniglot for each preset whose JSON is not there yet, with a budget, and puts the
# table of all that are there between the markers in examples/README.md. Two hours for a row are four days for all.
# sh examples/omniglot_table.sh [--print] <packed data> <folder for the JSON files> [<preset>...]
#   --print: runs nothing, and prints the table instead
# From the environment: MINUTES of training for each row, 120 if not set; THREADS, 2; BUILD, the build folder.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
runs=yes
if [ "${1-}" = --print ]; then
    runs=no
    shift
fi
if [ $# -lt 2 ]; then
    echo "usage: sh examples/omniglot_table.sh [--print] <packed data> <folder for the JSON files> [<preset>...]" >&2
    exit 2
fi
data=$1
folder=$2
shift 2
build=${BUILD:-$root/build/release}
minutes=${MINUTES:-120}
program=$build/examples/omniglot

if [ $runs = yes ]; then
    mkdir -p "$folder"
    cmake --build "$build" --target omniglot
    # shellcheck disable=SC2046
    [ $# -gt 0 ] || set -- $("$program" --help | sed -n '/^Presets:/,$s/^  //p')
    for preset; do
        [ -e "$folder/$preset.json" ] && continue
        part=$("$program" --preset "$preset" --print-part)
        cmake --build "$build" --target "omniglot_$part"
        echo "$preset: at most $minutes minutes"
        "$program" --data "$data" --preset "$preset" --minutes "$minutes" --threads "${THREADS:-2}" --quiet \
            --save "$folder/$preset.safetensors" --json "$folder/$preset.partial"
        mv "$folder/$preset.partial" "$folder/$preset.json"
        sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1 >"$folder/$preset.machine" || true
    done
fi

python3 - "$folder" "$runs" "$root/examples/README.md" <<'SCRIPT'
import json, pathlib, sys

folder, readme = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[3])
# 5w1s, 5w5s, 20w1s, 20w5s. Finn et al. 2017, table 1; Nichol et al. 2018, table 2; Snell et al. 2017, table 1; Vinyals
# et al. 2016, as Finn et al. quote them; Antoniou et al. 2019, table 1.
published = {
    "maml": ("98.7 ± 0.4", "99.9 ± 0.1", "95.8 ± 0.3", "98.9 ± 0.2"),
    "fomaml": ("98.3 ± 0.5", "99.2 ± 0.2", "89.4 ± 0.5", "97.9 ± 0.1"),
    "reptile": ("95.39 ± 0.09", "98.90 ± 0.10", "88.14 ± 0.15", "96.65 ± 0.33"),
    "reptile_transductive": ("97.68 ± 0.04", "99.48 ± 0.06", "89.43 ± 0.14", "97.12 ± 0.32"),
    "maml++": ("99.47", "99.93", "", ""),
    "meta_sgd": ("99.53 ± 0.26", "99.93 ± 0.09", "", ""),
    "proto": ("98.8", "99.7", "96.0", "98.9"),
    "matching": ("98.1", "98.9", "93.8", "98.5"),
}
shapes = ["5w1s", "5w5s", "20w1s", "20w5s"]
order = ["maml", "fomaml", "reptile", "reptile_transductive", "anil", "boil", "meta_sgd", "maml++", "proto", "matching",
         "relation", "r2d2"]

def percent(entry):
    return f"{100 * entry['accuracy']:.2f} ± {100 * entry['ci95']:.2f}"

def heading(run):
    """The learning curve at a quarter, half and all of the time."""
    curve, last = run["curve"], run["seconds"]
    if not curve:
        return ""
    near = lambda part: min(curve, key=lambda point: abs(point["seconds"] - part * last))
    return " / ".join(f"{100 * near(part)['accuracy']:.1f}" for part in (0.25, 0.5, 1))

lines = ["| preset | model | published | transductive | support_statistics | iterations | minutes | curve | seed |",
         "|---|---|---|---|---|---|---|---|---|"]
machines = set()
for name in order:
    for i, shape in enumerate(shapes):
        path = folder / f"{name}_{shape}.json"
        if not path.exists():
            continue
        run = json.loads(path.read_text())
        by_mode = {e["normalization"]: percent(e) + f" ({e['steps']})" * (e["steps"] > 0) for e in run["evaluation"]}
        trained = run["settings"]["normalization"]
        by_mode[trained] = f"**{by_mode[trained]}**"
        cut = f" of {run['settings']['iterations']:,}" if run["ending"] == "time" else ""
        lines.append(f"| {path.stem} | {run['model']} | {published.get(name, 4 * ('',))[i]} | {by_mode['transductive']} "
                     f"| {by_mode['support_statistics']} | {run['iterations']:,}{cut} | {run['seconds'] / 60:.0f} "
                     f"| {heading(run)} | {run['seed']} |")
        machine = folder / f"{path.stem}.machine"
        if machine.exists():
            machines.add(f"{machine.read_text().strip()}, {run['threads']} threads")
if machines:
    lines += ["", "Machine: " + "; ".join(sorted(machines)) + "."]
table = "\n".join(lines)
if sys.argv[2] == "no":
    print(table)
else:
    begin, end = "<!-- omniglot table -->", "<!-- end of omniglot table -->"
    text = readme.read_text()
    head, rest = text.split(begin)
    readme.write_text(head + begin + "\n\n" + table + "\n\n" + end + rest.split(end)[1])
SCRIPT
