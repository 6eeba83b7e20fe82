#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# How the cost of a task grows with inner steps, meta-batch, width, ways and threads: CSV files and pictures.
#
#   sh benchmarks/scaling.sh FOLDER [SECONDS for each point [svg|png]]
set -u
usage() { echo "usage: sh benchmarks/scaling.sh FOLDER [SECONDS [svg|png]]"; }
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=benchmarks/support/arguments.sh
. "$here/support/arguments.sh"
answer_options "${1:-}"
if [ -z "${1:-}" ] || [ $# -gt 3 ]; then
    usage >&2
    exit 2
fi
folder=$(absolute "$1")
seconds=${2:-0.5}
kind=${3:-svg}
is_positive "$seconds" || { echo "scaling.sh: the seconds are a number above 0, not '$seconds'" >&2; exit 2; }
case $kind in
    svg) terminal="svg size 640,420 font 'sans,13' background rgb 'white'" ;;
    png) terminal="pngcairo size 640,420 font 'sans,10'" ;;
    *)
        echo "scaling.sh: svg or png, not $kind" >&2
        exit 2
        ;;
esac
cd -- "$here/.." || exit 1
can_write "$folder" || exit 1

. tests/support/install.sh
install_missing tests gnuplot-nox || exit 1
cmake --preset release -DPRIORI_BUILD_TESTS=OFF -DPRIORI_BUILD_EXAMPLES=OFF || exit 1
cmake --build --preset release --target benchmark_scaling || exit 1
build/release/benchmarks/scaling "$folder" "$seconds" || exit 1

if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is not installed: there are CSV files only, in $folder."
    exit 0
fi
# picture <file> <label of x> <title> <line that is drawn for comparison> <its name> [<more commands of gnuplot>]
# The line is a function of x, first (the first x) and y0 (its time).
picture() {
    gnuplot <<END || exit 1
set terminal $terminal
set output '$folder/growth_$1.$kind'
set datafile separator ','
set border 3 lc rgb '#606060'
set tics nomirror out
set grid lc rgb '#e4e4e4' lt 1
set key top left reverse Left
set title '$3'
set xlabel '$2'
set ylabel 'microseconds a task'
stats '$folder/$1.csv' using 1:(column(3) * 1e6) every ::1 nooutput name 'S'
first = S_min_x
last = S_max_x
set xrange [first * 0.9:last * 1.1]
set logscale xy
set for [i = -1:5] ytics add (sprintf('%g', 10. ** i) 10. ** i, sprintf('%g', 2 * 10. ** i) 2 * 10. ** i, \
                              sprintf('%g', 5 * 10. ** i) 5 * 10. ** i)
y0 = real(system("sed -n 2p '$folder/$1.csv' | cut -d , -f 3")) * 1e6
${6:-}
plot $4 lc rgb '#b0b0b0' lw 2 title '$5', \
     '$folder/$1.csv' using 1:(column(2) * 1e6) every ::1 with linespoints pt 6 lw 1 lc rgb '#7aa5d0' title 'median', \
     '' using 1:(column(3) * 1e6) every ::1 with linespoints pt 7 lw 2 lc rgb '#2f5f95' title 'least'
END
}
picture inner_steps "inner steps" "1-40-40-1, exact: cost by inner steps" "y0 * (x + 0.5) / (first + 0.5)" \
    "in proportion to steps + 1/2" "set xtics (1, 2, 3, 5, 7, 10, 15, 20)"
picture meta_batch "tasks in a meta-batch" "1-40-40-1, one exact step: cost by meta-batch" "y0" "constant" \
    "set xtics (1, 2, 4, 8, 16, 32, 64, 128, 256); set yrange [y0 / 4:y0 * 4]"
picture width "width of both hidden layers" "1-w-w-1, one exact step: cost by width" "y0 * x * x / first / first" \
    "in proportion to the square" "set xtics (8, 16, 32, 64, 128, 256, 512)"
picture ways "classes, 1 + 5 examples of each" "64-64-64-N, one exact step: cost by ways" "y0 * x / first" \
    "in proportion to the examples" "set xtics (2, 5, 10, 20, 35, 50)"
picture threads "threads" "1-40-40-1, one exact step, meta-batch 64: cost by threads" "y0 / x" "in inverse proportion" \
    "unset logscale; set ytics autofreq; set xrange [first - 0.2:last + 0.2]; set xtics 1; set yrange [0:*]
set key bottom left"

gnuplot <<END || exit 1
set terminal $terminal
set output '$folder/growth_memory.$kind'
set datafile separator ','
set border 3 lc rgb '#606060'
set tics nomirror out
set grid lc rgb '#e4e4e4' lt 1
set key top left reverse Left
set title '1-40-40-1, exact: memory by inner steps'
set xlabel 'inner steps'
set ylabel 'KiB'
set yrange [0:*]
plot '$folder/inner_steps.csv' using 1:(column(5) / 1024) every ::1 \
         with linespoints pt 7 lw 2 lc rgb '#2f5f95' title 'learner', \
     '' using 1:(column(6) / 1024) every ::1 with linespoints pt 6 lw 2 lc rgb '#c05a2c' title 'kept for the way back'
END
echo "CSV files and pictures in $folder"
