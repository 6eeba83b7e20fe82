#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Builds and runs all that measures Priori alone: kernels, convolutions, layers, workloads, threads, tiny models, and
# how cost grows. Ten minutes.
#
#   sh benchmarks/run.sh [--quick] [FOLDER]     JSON files, CSV files and pictures; otherwise into build/benchmarks
set -u
usage() { echo "usage: sh benchmarks/run.sh [--quick] [FOLDER]"; }
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"

minimum=1
folder=
for argument in "$@"; do
    case $argument in
        --quick) minimum=0.05 ;;
        *)
            answer_options "$argument"
            [ -z "$folder" ] || { usage >&2; exit 2; }
            folder=$(absolute "$argument")
            ;;
    esac
done
folder=${folder:-$here/../build/benchmarks}
cd "$here/.." || exit 1
can_write "$folder" || exit 1

. tests/support/install.sh
install_missing tests gnuplot-nox || exit 1
cmake --preset release -DPRIORI_BUILD_TESTS=OFF -DPRIORI_BUILD_EXAMPLES=OFF || exit 1
cmake --build --preset release -j "$(nproc)" --target benchmarks || exit 1

status=0
for name in kernels convolutions layers workloads threads tiny; do
    build/release/benchmarks/$name --benchmark_min_time=$minimum --benchmark_out="$folder/$name.json" \
        --benchmark_out_format=json || status=1
    if grep '"allocations":' "$folder/$name.json" | grep -qv '"allocations": 0.0*e+00,\{0,1\}$'; then
        echo "run.sh: $name allocates in a measured loop, see allocations in $folder/$name.json" >&2
        status=1
    fi
done
sh benchmarks/scaling.sh "$folder/scaling" $minimum || status=1
exit $status
