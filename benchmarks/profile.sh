#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Where the time of each workload goes: perf's samples of `workloads`, by what the sampled function does, as a table
# that is put between the markers in README.md of this folder. Wants perf (linux-perf) and the right to use it.
#
#   sh benchmarks/profile.sh [--print] [W1,W2,...]
#
# --print, or names: prints the table instead. From the environment: BUILD, the build folder, build/release if not set.
set -eu
usage() { echo "usage: sh benchmarks/profile.sh [--print] [W1,W2,...]"; }
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"
cd "$here/.."
print=no
if [ "${1-}" = --print ]; then
    print=yes
    shift
fi
answer_options "${1-}"
if [ $# -gt 1 ]; then
    usage >&2
    exit 2
fi
build=$(absolute "${BUILD:-$here/../build/release}")
program=$build/benchmarks/workloads
names=W1,W1-fo,W1-5,W2,W3,W3-5,W3-fo,W3-anil,W3-32,W4,W5-mlp,W5-conv
if [ -n "${1-}" ]; then
    names=$1
    print=yes
    are_workloads "$names" || exit 2
fi
if ! command -v perf >/dev/null; then
    echo "perf is missing (linux-perf)" >&2
    exit 1
fi
if ! [ -x "$program" ]; then
    echo "$program is missing; cmake --build --preset release --target benchmark_workloads makes it" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for name in $(echo "$names" | tr , ' '); do
    perf record -q -F 5000 -o "$work/perf.data" "$program" --benchmark_filter="^$name\$" --only "$name" \
        --benchmark_min_time=2 --benchmark_format=json >"$work/$name.json" 2>"$work/log" || {
        cat "$work/log" >&2
        exit 1
    }
    perf report -i "$work/perf.data" --stdio --no-children -F overhead,sym 2>/dev/null >"$work/$name.report"
done
python3 - "$work" "$names" "$print" "$here/README.md" <<'SCRIPT'
import json, pathlib, re, sys

folder, names, readme = pathlib.Path(sys.argv[1]), sys.argv[2].split(","), pathlib.Path(sys.argv[4])
# What a function does, by the beginning of its name. What is inlined counts as what it is inlined into: activations and
# losses as the sweep, or as the product that they finish.
kinds = {
    "products": ("tiled", "multiply", "dot", "column_sums", "sum<"),
    "transposing": ("transpose", "multiply_by_transposed"),
    "direct convolution": ("direct", "outer_products", "convolve", "patch", "gather", "scatter", "single"),
    "transforms of minimal filtering": ("to_spectra", "from_spectra", "winograd", "weight_spectra"),
    "normalization, pools": ("batch_normalization", "joint_block", "neighbour_moments", "max_pool"),
    "optimizers, sums of gradients": ("rule", "gradient_sums", "outer_state"),
    "sweep, losses, copies": ("program", "objective", "network", "run_", "learner", "adapt", "copy", "fill", "cross_entropy"),
}

def kind_of(symbol):
    name = re.sub(r"^(void|auto|bool|float) ", "", symbol.replace("priori::", "").replace("detail::", ""))
    if name.startswith("_ZN"):  # not demangled
        name = next((part for part in re.findall(r"\d+([a-z_]+)", name) if not part.startswith(("priori", "detail"))), "")
    # The longest beginning that fits.
    fits = [(len(start), kind) for kind, starts in kinds.items() for start in starts if name.startswith(start)]
    return max(fits)[1] if fits else "else"

head = ["workload", "share of the peak", *kinds, "else"]
lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
for name in names:
    run = json.loads((folder / f"{name}.json").read_text())["benchmarks"][0]
    parts = dict.fromkeys(head[2:], 0.0)
    for line in (folder / f"{name}.report").read_text().splitlines():
        found = re.match(r"\s*([\d.]+)%\s+\[.\]\s+(.*)", line)
        if found:
            parts[kind_of(found[2]) if "[k]" not in line else "else"] += float(found[1])
    cells = [f"{part:.0f} %" if part >= 0.5 else "" for part in parts.values()]
    lines.append(f"| {name} | {100 * run['peak_fraction']:.0f} % | " + " | ".join(cells) + " |")
table = "\n".join(lines)
if sys.argv[3] == "yes":
    print(table)
else:
    begin, end = "<!-- profile -->", "<!-- end of profile -->"
    text = readme.read_text()
    before, rest = text.split(begin)
    readme.write_text(before + begin + "\n\n" + table + "\n\n" + end + rest.split(end)[1])
SCRIPT
