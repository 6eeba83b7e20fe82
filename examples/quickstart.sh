#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# From a fresh clone to pictures of MAML learning to learn sinusoids: installs what is missing, builds the examples, and
# meta-trains for a few minutes. At most five minutes on two cores.
set -u
cd "$(dirname "$0")/.." || exit 1

. tests/support/install.sh
install_missing examples gnuplot-nox || exit 1

cmake --preset release -DPRIORI_BUILD_TESTS=OFF -DPRIORI_BUILD_BENCHMARKS=OFF || exit 1
cmake --build --preset release -j "$(nproc)" --target example_sinusoid || exit 1

mkdir -p build/plots
build/release/examples/sinusoid --algorithm maml --seed 1 --minutes 3 --plot build/plots --json build/sinusoid.json || exit

echo
echo "The numbers: $PWD/build/sinusoid.json"
echo "The pictures, and the CSV files they are drawn from, in $PWD/build/plots:"
ls build/plots
command -v gnuplot >/dev/null || echo "gnuplot is not installed: there are CSV files only."
