#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The scripts of benchmarks/ refuse wrong arguments before anything is installed or built, losses that are no numbers
# are not the same work, and what RESULTS.md says of musts follows from the numbers. From the environment:
# PRIORI_SOURCE, PYTHON.
set -u
benchmarks=${PRIORI_SOURCE:?the source folder}/benchmarks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
touch file
failures=0

# refuses <status> <text> <script> <argument>...: and leaves nothing behind.
refuses() {
    status=$1
    text=$2
    shift 2
    sh "$@" >"$work/output" 2>&1
    found=$?
    if [ $found != "$status" ] || ! grep -qF -- "$text" "$work/output" || [ "$(find . -type f | wc -l)" != 2 ]; then
        echo "status $status and '$text' were expected, status $found was found: $*"
        sed 's/^/    | /' "$work/output"
        failures=$((failures + 1))
    fi
}
for script in compare run scaling compile agree profile; do
    refuses 0 usage: "$benchmarks/$script.sh" --help
    refuses 2 usage: "$benchmarks/$script.sh" --unknown
done
refuses 2 "no workload 'W9'; there are W1 W1-fo" "$benchmarks/compare.sh" --only W1,W9
refuses 2 "no workload ''" "$benchmarks/compare.sh" --only W1,
refuses 2 "a whole number from 1, not '0'" "$benchmarks/compare.sh" --rounds 0
refuses 2 "a number above 0, not '0.0'" "$benchmarks/compare.sh" --seconds 0.0
refuses 2 "--output wants a value" "$benchmarks/compare.sh" --output
refuses 1 "nothing can be written into $work/file" "$benchmarks/compare.sh" --output file
refuses 1 "nothing can be written into $work/file" "$benchmarks/run.sh" file
refuses 1 "nothing can be written into $work/file" "$benchmarks/compile.sh" --json file/x.json
refuses 2 "a number above 0, not 'x'" "$benchmarks/scaling.sh" folder x
refuses 2 "svg or png, not gif" "$benchmarks/scaling.sh" folder 1 gif
refuses 2 "no variant mmx" "$benchmarks/agree.sh" --variants "native mmx"
refuses 2 "no workload 'W9'" "$benchmarks/agree.sh" --only W9
refuses 2 "no workload 'W9'" "$benchmarks/profile.sh" W9
refuses 2 usage: "$PRIORI_SOURCE/tests/vectors.sh" avx2 mmx

"${PYTHON:-python3}" - "$benchmarks" <<'PYTHON_END' || failures=$((failures + 1))
import math, sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from compare import most, relative_difference
from machine import Server
from results import about_musts, is_same_work, other_musts, ratio_row

same = lambda *losses: is_same_work({"difference": relative_difference(*losses)})
assert same([2.0, 1.0], [2.001, 1.0]) and not same([2.0, 1.0], [2.0, 1.1])
assert not same([2.0, 1.0], [2.0]) and not same([], []) and not same([2.0], [2.0, 1.0])
assert not same([2.0, 1.0], [2.0, math.nan]) and not same([math.nan], [math.nan]) and not same([math.inf], [math.inf])
server = Server(["sh", "-c", "while read -r line; do echo '{\"losses\": [nan]}'; done"], 1)
assert server.ask(losses="W1")["losses"] == [] and "not the same work" in server.ask(losses="W1")["error"]
server.close()

# W2's must is 20: at 10 times the rival and half of a peak of 100 GF/s it is that of the whole peak.
row = dict(workload="W2", rival="torch", threads=1, difference=0.0, priori=[1e-4], times=[1e-3])
row.update(flops=[50e9], peak=[0.5])
assert ratio_row(row)[8:10] == ("20x: **missed**", "100%") and ratio_row(row)[-1] == "135%"
easy = dict(row, workload="W1", times=[2e-3])
said = " ".join(about_musts([row, easy]))
assert "is 100 GF/s, 37% of it" in said and "are the musts of W2 (100%: missed)." in said, said
assert "85%" not in " ".join(about_musts([easy]))
rows = [dict(workload=name, memory=memory) for name, memory in (("W1", 2), ("W1", 3), ("W2", 1), ("W1", 1))]
assert most(rows, "memory") == {"W1": 3, "W2": 1}
report = {"threads": {"W1": {"speed_up": 1.95, "undisturbed": 1.96, "fma_speed_up": 2.0}}, "same_bits": {"W1": True},
          "memory": {}, "allocations": {}, "compile": {"first": {"seconds": 8.4, "bytes": 2**20, "instantiations": 1}}}
threads, compiling = other_musts(report)
assert "1.95 times one by medians, 1.96 by lower deciles" in threads and "must 1.9: met, aim 1.97: missed" in threads
assert "must be below 10 s and 700 MiB: met, aim 5 s: missed" in compiling
PYTHON_END
exit $failures
