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
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            results = json.load(file)
        roofline = results["roofline"]
        alone = [row for row in results["rows"] if row["threads"] == 1]
    except (OSError, ValueError, KeyError, TypeError) as e:
        sys.exit(f"{sys.argv[1]} is no RESULTS.json of compare.sh: {type(e).__name__}, {e}")
    folder = sys.argv[2]
    products = [k for k in roofline["kernels"] if "flop_per_byte" in k]
    bandwidth = [k["bytes_per_second"] / 1e9 for k in roofline["kernels"] if k["name"].startswith("triad/")]
    for what, found in ("workloads", alone), ("products", products), ("bandwidths", bandwidth[2:]):
        if not found:
            sys.exit(f"{sys.argv[1]} has no {what} of one thread: there is nothing to draw")
    write(os.path.join(folder, "ratios.txt"),
          [(row["workload"], row["ratio"], *TARGETS.get(row["workload"], ("NaN", "NaN"))) for row in alone])
    plain = [k for k in products if k["name"].startswith("multiply/")]
    write(os.path.join(folder, "kernels.txt"),
          [(k["flop_per_byte"], k["FLOPS"] / 1e9, k["name"].split("/")[1]) for k in plain])
    write(os.path.join(folder, "transposed.txt"),
          [(k["flop_per_byte"], k["FLOPS"] / 1e9) for k in products if k not in plain])
    write(os.path.join(folder, "workloads.txt"),
          [(w["flop_per_byte"], w["FLOPS"] / 1e9, w["name"]) for w in roofline["workloads"]])
    peaks = sorted(k["FLOPS"] / k["peak_fraction"] / 1e9 for k in products)
    with open(os.path.join(folder, "roofs.gp"), "w", encoding="utf-8") as file:
        print(f"peak = {peaks[len(peaks) // 2]}", file=file)
        print(f"right = {2 * max(of['flop_per_byte'] for of in products + roofline['workloads'])}", file=file)
        for name, value in zip(("level1", "level2", "memory"), bandwidth):
            print(f"{name} = {value}", file=file)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
