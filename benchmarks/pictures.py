# SPDX-License-Identifier: BSL-1.0
"""pictures.py RESULTS.json FOLDER: the numbers of the pictures as text for gnuplot; see pictures.sh."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "rivals"))
from results import TARGETS  # noqa: E402


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            print(*row, sep="\t", file=file)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        results = json.load(file)
    folder = sys.argv[2]
    alone = [row for row in results["rows"] if row["threads"] == 1]
    write(os.path.join(folder, "ratios.txt"),
          [(row["workload"], row["ratio"], *TARGETS.get(row["workload"], ("NaN", "NaN"))) for row in alone])
    roofline = results["roofline"]
    products = [k for k in roofline["kernels"] if "flop_per_byte" in k]
    plain = [k for k in products if k["name"].startswith("multiply/")]
    write(os.path.join(folder, "kernels.txt"),
          [(k["flop_per_byte"], k["FLOPS"] / 1e9, k["name"].split("/")[1]) for k in plain])
    write(os.path.join(folder, "transposed.txt"),
          [(k["flop_per_byte"], k["FLOPS"] / 1e9) for k in products if k not in plain])
    write(os.path.join(folder, "workloads.txt"),
          [(w["flop_per_byte"], w["FLOPS"] / 1e9, w["name"]) for w in roofline["workloads"]])
    peaks = sorted(k["FLOPS"] / k["peak_fraction"] / 1e9 for k in products)
    bandwidth = [k["bytes_per_second"] / 1e9 for k in roofline["kernels"] if k["name"].startswith("triad/")]
    with open(os.path.join(folder, "roofs.gp"), "w", encoding="utf-8") as file:
        print(f"peak = {peaks[len(peaks) // 2]}", file=file)
        print(f"right = {2 * max(of['flop_per_byte'] for of in products + roofline['workloads'])}", file=file)
        for name, value in zip(("level1", "level2", "memory"), bandwidth):
            print(f"{name} = {value}", file=file)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
