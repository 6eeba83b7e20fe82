#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Priori and PyTorch side by side: installs Debian's PyTorch where it is missing, builds, measures both by turns in one
# run, compares their losses, and writes RESULTS.md and RESULTS.json. Half an hour; --quick takes a few minutes and
# shows only that all works.
#
#   sh benchmarks/compare.sh [--quick] [--only W1,W2] [--output FOLDER] [--rounds 7] [--seconds 0.5]
#
# Otherwise into benchmarks, where the whole run belongs; with --quick or --only into build/benchmarks.
set -u
usage() {
    echo "usage: sh benchmarks/compare.sh [--quick] [--only W1,W2] [--output FOLDER] [--rounds 7] [--seconds 0.5]"
}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"
cd "$here/.." || exit 1

output=
quick=
only=
rounds=7
seconds=0.5
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=--quick ;;
        --only | --output | --rounds | --seconds)
            [ "${2:-}" ] || { echo "compare.sh: $1 wants a value" >&2; exit 2; }
            case $1 in
                --only) only=$2 ;;
                --output) output=$(absolute "$2") ;;
                --rounds) rounds=$2 ;;
                *) seconds=$2 ;;
            esac
            shift
            ;;
        --help)
            usage
            exit
            ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
    shift
done
is_count "$rounds" || { echo "compare.sh: --rounds wants a whole number from 1, not '$rounds'" >&2; exit 2; }
is_positive "$seconds" || { echo "compare.sh: --seconds wants a number above 0, not '$seconds'" >&2; exit 2; }
[ -z "$only" ] || are_workloads "$only" || exit 2
if [ -z "$output" ]; then
    output=benchmarks
    [ -z "$quick$only" ] || output=build/benchmarks
fi
can_write "$output" || exit 1

. tests/support/install.sh
install_missing tests || exit 1

# The Python that has torch: Debian's is for /usr/bin/python3, which need not be the first.
torch_python() {
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import torch, functorch, numpy' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}
has_openblas() { ldconfig -p 2>/dev/null | grep -q libopenblas; }

if { [ -z "$(torch_python)" ] || ! has_openblas || ! has_header torch/torch.h torch/csrc/api/include/torch/torch.h; } &&
    command -v apt-get >/dev/null; then
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        python3-torch libtorch-dev libopenblas0-openmp
fi
python=$(torch_python)
if [ -z "$python" ]; then
    echo "PyTorch with functorch is missing and could not be installed from here; as root:"
    echo "    apt-get install python3-torch libtorch-dev libopenblas0-openmp"
    exit 1
fi
has_openblas ||
    echo "OpenBLAS is missing (libopenblas0-openmp): PyTorch runs on a slow BLAS, and the ratios flatter Priori."

cmake --preset release -DPRIORI_BUILD_TESTS=OFF -DPRIORI_BUILD_EXAMPLES=OFF || exit 1
cmake --build --preset release -j "$(nproc)" --target benchmark_workloads benchmark_threads benchmark_kernels || exit 1
programs=build/release/benchmarks
for folder in /usr/include /usr/local/include; do
    [ -f $folder/torch/csrc/api/include/torch/torch.h ] && api=$folder/torch/csrc/api/include
done
if [ -n "${api:-}" ] && [ -z "$(find $programs/libtorch -newer benchmarks/rivals/libtorch.cpp 2>/dev/null)" ]; then
    echo "building the rival on libtorch"
    "$CXX" -std=c++17 -O2 -march=native -isystem "$api" benchmarks/rivals/libtorch.cpp -o $programs/libtorch \
        -ltorch -ltorch_cpu -lc10 -lpthread || echo "libtorch could not be used and is left out"
fi

# What CMake's cache says that Priori was compiled with; -march=native comes from PRIORI_NATIVE (CMakeLists.txt).
cached() { sed -n "s/^$1:[A-Z]*=//p" build/release/CMakeCache.txt; }
flags="$(cached CMAKE_CXX_FLAGS) $(cached "CMAKE_CXX_FLAGS_$(cached CMAKE_BUILD_TYPE | tr '[:lower:]' '[:upper:]')")"
[ "$(cached PRIORI_NATIVE)" != ON ] || flags="$flags -march=native"
compiler=$("$(cached CMAKE_CXX_COMPILER)" --version | head -n 1)
blas=$(readlink -f "$(ldconfig -p | sed -n 's/.*libblas\.so\.3 .*=> //p' | head -n 1)")
"$python" benchmarks/compare.py --programs $programs --python "$python" --output "$output" $quick --only "$only" \
    --rounds "$rounds" --seconds "$seconds" \
    --compiler "$compiler" --flags="${flags# }" --blas "$(basename "$(dirname "$blas")")"
