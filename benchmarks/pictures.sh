#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# Pictures of RESULTS.json: the ratios as bars, and where kernels and workloads stand under the roofline.
#
#   sh benchmarks/pictures.sh [RESULTS.json [FOLDER [svg|png]]]
#
# Otherwise benchmarks/RESULTS.json, benchmarks/pictures and svg.
set -u
results=${1:-$(dirname "$0")/RESULTS.json}
folder=${2:-$(dirname "$0")/pictures}
kind=${3:-svg}
if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is missing (gnuplot-nox)"
    exit 1
fi
if ! [ -f "$results" ]; then
    echo "$results is missing; sh benchmarks/compare.sh writes it"
    exit 1
fi
case $kind in
    svg) terminal="svg size 900,480 font 'sans,13' background rgb 'white'" ;;
    png) terminal="pngcairo size 900,480 font 'sans,10'" ;;
    *)
        echo "pictures.sh: svg or png, not $kind"
        exit 2
        ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$folder" || exit 1
"${PYTHON:-python3}" "$(dirname "$0")/pictures.py" "$results" "$work" || exit 1

gnuplot <<END || exit 1
set terminal $terminal
set datafile separator "\t"
set border 3 lc rgb '#606060'
set tics nomirror out
set grid ytics lc rgb '#e4e4e4' lt 1
set key top left reverse Left

set output '$folder/ratios.$kind'
set title 'Priori and the best of PyTorch, one thread'
set ylabel 'time of the rival / time of Priori'
set style fill solid
set boxwidth 0.62
set xtics offset 0,0.2
stats '$work/ratios.txt' using 2 nooutput name 'R'
stats '$work/ratios.txt' using 4 nooutput name 'A'
top = (R_max > A_max ? R_max : A_max)
set logscale y
set yrange [1:top * 2]
set ytics (1, 2, 5, 10, 20, 50, 100)
set xrange [-0.6:R_records - 0.4]
plot '$work/ratios.txt' using 0:2:xtic(1) with boxes lc rgb '#4a7ab5' title 'measured', \
     '' using 0:3:(0.36) with xerrorbars pt -1 lw 3 lc rgb '#c05a2c' title 'must', \
     '' using 0:4:(0.36) with xerrorbars pt -1 lw 2 dt 3 lc rgb '#606060' title 'aim', \
     '' using 0:(1.12):(sprintf('%.1f', column(2))) with labels font ',11' textcolor rgb 'white' notitle

reset
set datafile separator "\t"
set border 3 lc rgb '#606060'
set tics nomirror out
set grid lc rgb '#e4e4e4' lt 1
load '$work/roofs.gp'
set output '$folder/roofline.$kind'
set title "Kernels and workloads under the roofline, one core, float\n\
{/*0.85 Above it: convolutions by minimal filtering, whose work is counted as that of direct sums}"
# pictures.py places the labels, and knows these.
set lmargin at screen 0.09
set rmargin at screen 0.98
set bmargin at screen 0.15
set tmargin at screen 0.875
set xlabel 'operations per byte, as if every byte went through memory once'
set ylabel 'GFLOP/s'
set logscale xy
set key top left reverse Left maxrows 4
roof(x, bandwidth) = (x * bandwidth < peak ? x * bandwidth : peak)
set samples 400
plot roof(x, memory) lc rgb '#a0a0a0' lw 2 title sprintf('memory, %.0f GB/s', memory), \
     roof(x, level2) lc rgb '#a0a0a0' dt 3 lw 2 title sprintf('level 2, %.0f GB/s', level2), \
     roof(x, level1) lc rgb '#a0a0a0' dt 2 lw 2 title sprintf('level 1, %.0f GB/s', level1), \
     peak lc rgb '#404040' lw 2 title sprintf('multiply-adds, %.0f GFLOP/s', peak), \
     '$work/transposed.txt' using 1:2 with points pt 6 lc rgb '#7aa5d0' title 'transposed products', \
     '$work/kernels.txt' using 1:2 with points pt 7 lc rgb '#2f5f95' title 'products', \
     '$work/workloads.txt' using 1:2 with points pt 9 ps 1.4 lc rgb '#c05a2c' title 'workloads'
END
echo "pictures in $folder: ratios.$kind, roofline.$kind"
