#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The table of examples/README.md: runs omniglot for each preset whose JSON is not there yet, with a budget, and puts the
# table of all that are there between the markers in examples/README.md, with a picture of the curves. Two hours for a row are three days for all.
# Rows that differ in the test alone share a training: embeddings that are tested with other ways than they were trained
# with, and Reptile, which learns from ten drawings of each class whatever the shots, normalized by their own statistics, and
# is tested both ways. MAML, FOMAML and Reptile are tested as the codes of their papers do, too (<preset>.protocol.json).
# sh examples/omniglot_table.sh [--print] <packed data> <folder for the JSON files> [<preset>...]
#   --print: runs nothing, and prints the table instead
# The table that stands there is made of examples/omniglot/results; a row of it is run anew when its file is taken away, with
# its training if the folder does not have what that learned.
# From the environment: MINUTES of training for each row, 120 if not set; THREADS, 2; BUILD, the build folder; SEED, 1: what
# other seeds give is kept beside, as <preset>.seed2.json, and stands in the last column.
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
seed=${SEED:-1}
suffix=
[ "$seed" = 1 ] || suffix=.seed$seed

# The preset whose training is that of preset $1 too.
trained_as() {
    case $1 in
        proto_20w* | matching_20w* | relation_20w* | r2d2_20w*) echo "${1%%_*}_5w${1#*_20w}" ;;
        reptile_*w5s) echo "${1%5s}1s" ;;
        *) echo "$1" ;;
    esac
}

# As the code of the paper tests that the numbers of preset $1 are from; nothing where that is not offered.
protocol_of() {
    case $1 in
        maml_* | fomaml_*) echo maml ;;
        reptile_*) echo reptile ;;
    esac
}

# run <preset> <option>...: its JSON; of a test by another protocol, that of <preset>.protocol.
run() {
    preset=$1
    name=$1
    shift
    case $* in
        *--protocol*) name=$preset.protocol ;;
    esac
    part=$("$program" --preset "$preset" --print-part)
    cmake --build "$build" --target "omniglot_$part"
    "$program" --data "$data" --preset "$preset" --seed "$seed" --threads "${THREADS:-2}" --quiet \
        --json "$folder/$name$suffix.partial" "$@"
    mv "$folder/$name$suffix.partial" "$folder/$name$suffix.json"
}

if [ $runs = yes ]; then
    mkdir -p "$folder"
    cmake --build "$build" --target omniglot
    # shellcheck disable=SC2046
    [ $# -gt 0 ] || set -- $("$program" --help | sed -n '/^Presets:/,$s/^  //p')
    for row; do
        case $row in
            reptile_transductive_*) row=reptile_${row#reptile_transductive_} ;; # which is tested so too
        esac
        twin=$(trained_as "$row")
        wanted=$folder/$row$suffix.json
        # A test alone wants what was learned, which is not there where only the results were kept.
        trained=$folder/$twin$suffix
        if [ ! -e "$trained.json" ] || [ ! -e "$wanted" ] && [ ! -e "$trained.safetensors" ]; then
            echo "$twin, seed $seed: at most $minutes minutes"
            run "$twin" --minutes "$minutes" --save "$trained.safetensors"
            rm -f "$folder/$row.protocol$suffix.json" "$folder/$twin.protocol$suffix.json"
            [ "$wanted" = "$trained.json" ] || rm -f "$wanted"
        fi
        [ -e "$wanted" ] || run "$row" --load "$trained.safetensors"
        protocol=$(protocol_of "$row")
        if [ -n "$protocol" ] && [ ! -e "$folder/$row.protocol$suffix.json" ] && [ -e "$trained.safetensors" ]; then
            run "$row" --load "$trained.safetensors" --protocol "$protocol"
        fi
    done
fi

python3 - "$folder" "$runs" "$root/examples/README.md" <<'SCRIPT'
import json, pathlib, sys

folder, readme = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[3])
# 5w1s, 5w5s, 20w1s, 20w5s. Finn et al. 2017, table 1; Nichol et al. 2018, table 2; Snell et al. 2017, table 1; Vinyals
# et al. 2016, as Finn et al. quote them; Antoniou et al. 2019, table 1; Sung et al. 2018, table 1.
published = {
    "maml": ("98.7 ± 0.4", "99.9 ± 0.1", "95.8 ± 0.3", "98.9 ± 0.2"),
    "fomaml": ("98.3 ± 0.5", "99.2 ± 0.2", "89.4 ± 0.5", "97.9 ± 0.1"),
    "reptile": ("95.39 ± 0.09", "98.90 ± 0.10", "88.14 ± 0.15", "96.65 ± 0.33"),
    "reptile_transductive": ("97.68 ± 0.04", "99.48 ± 0.06", "89.43 ± 0.14", "97.12 ± 0.32"),
    "maml++": ("99.47", "99.93", "", ""),
    "meta_sgd": ("99.53 ± 0.26", "99.93 ± 0.09", "", ""),
    "proto": ("98.8", "99.7", "96.0", "98.9"),
    "matching": ("98.1", "98.9", "93.8", "98.5"),
    "relation": ("99.6 ± 0.2 *", "99.8 ± 0.1 *", "97.6 ± 0.2 *", "99.1 ± 0.1 *"),
}
shapes = ["5w1s", "5w5s", "20w1s", "20w5s"]
order = ["maml", "fomaml", "reptile", "reptile_transductive", "anil", "boil", "meta_sgd", "maml++", "proto", "matching",
         "relation", "r2d2"]

def percent(entry):
    interval = "" if entry["ci95"] is None else f" ± {100 * entry['ci95']:.2f}"  # one episode has none
    return f"{100 * entry['accuracy']:.2f}" + interval

def difference(ours, theirs):
    """To the published number, in its digits; nothing where there is none."""
    if not theirs:
        return ""
    number = theirs.split()[0]
    return f"{100 * ours['accuracy'] - float(number):+.{len(number.split('.')[1])}f}".replace("-", "−")

def heading(run):
    """The learning curve at a quarter, half and all of the time; a point that is nearest to two of them stands once."""
    curve, last = run["curve"], run["seconds"]
    near = [min(range(len(curve)), key=lambda i: abs(curve[i]["seconds"] - part * last)) for part in (0.25, 0.5, 1)] if curve else []
    return " / ".join(f"{100 * curve[i]['accuracy']:.1f}" for i in sorted(set(near)))

lines = ["| preset | model | published | asked as there | difference | transductive | support_statistics | iterations | minutes × threads (budget: 120 × 2) | curve | seed |",
         "|---|---|---|---|---|---|---|---|---|---|---|"]
machines = set()
for name in order:
    for i, shape in enumerate(shapes):
        row = tested = twin = f"{name}_{shape}"
        if name.startswith("reptile"):
            tested, twin = f"reptile_{shape}", f"reptile_{shape.replace('5s', '1s')}"
        elif name in ("proto", "matching", "relation", "r2d2"):
            twin = f"{name}_{shape.replace('20w', '5w')}"
        path = folder / f"{tested}.json"
        if not path.exists() or not (folder / f"{twin}.json").exists():
            continue
        run = json.loads(path.read_text())
        training = json.loads((folder / f"{twin}.json").read_text())
        by_mode = {e["normalization"]: percent(e) + f" ({e['steps']})" * (e["steps"] > 0) for e in run["evaluation"]}
        trained = "transductive" if name == "reptile_transductive" else run["settings"]["normalization"]
        by_mode[trained] = f"**{by_mode[trained]}**"
        compared = next(e for e in run["evaluation"] if e["normalization"] == trained)
        as_there = folder / f"{tested}.protocol.json"
        if as_there.exists():
            compared = next(e for e in json.loads(as_there.read_text())["evaluation"] if e["normalization"] == trained)
            by_mode["protocol"] = percent(compared) + f" ({compared['steps']})" * (compared["steps"] > 0)
        seeds = str(run["seed"])
        for other in sorted(path.parent.glob(f"{path.stem}.seed*.json")):
            more = json.loads(other.read_text())
            found = next(percent(e) for e in more["evaluation"] if e["normalization"] == trained)
            seeds += f"; {more['seed']}: {found}"
        done, planned = training["iterations"], training["settings"].get("planned_iterations", 0)
        cut = f" of {planned:,}" if done < planned else ""
        settings = training["settings"]
        if training["ending"] == "time" and settings["rate"] != settings["final_rate"]:
            cut += f" (rates over {settings['iterations']:,})"
        how = f"{done:,}{cut} | {training['seconds'] / 60:.0f} × {training['threads']} | {heading(training)}"
        theirs = published.get(name, 4 * ("",))[i]
        lines.append(f"| {row} | {run['model']} | {theirs} | {by_mode.get('protocol', '')} | {difference(compared, theirs)} "
                     f"| {by_mode['transductive']} | {by_mode['support_statistics']} | {how if row == twin else f'as {twin} | |'} | {seeds} |")
        machines.add(training["machine"])
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
[ $runs = no ] || python3 "$root/examples/omniglot_curves.py" "$folder" "$root/examples/omniglot/pictures/curves.svg"
