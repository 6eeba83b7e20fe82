# SPDX-License-Identifier: BSL-1.0
"""pictures.py RESULTS.json FOLDER: the numbers of the pictures as text for gnuplot; see pictures.sh."""
import json
import math
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "rivals"))
from results import TARGETS  # noqa: E402


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            print(*row, sep="\t", file=file)


class Plane:
    """The roofline's plane in pixels, as pictures.sh sets its margins, and where labels are in it already."""

    WIDTH, HEIGHT = 801, 348
    LETTER, LINE = 6.2, 13  # of the labels' font
    KEY = (0, HEIGHT - 84, 520, HEIGHT)

    def __init__(self, x, y):
        self.x, self.y, self.taken = x, y, [self.KEY]

    def pixel(self, x, y):
        return tuple(size * math.log(value / least) / math.log(most / least) for value, (least, most), size in
                     ((x, self.x, self.WIDTH), (y, self.y, self.HEIGHT)))

    def number(self, x, y):
        return tuple(least * (most / least) ** (value / size) for value, (least, most), size in
                     ((x, self.x, self.WIDTH), (y, self.y, self.HEIGHT)))

    def avoid(self, x, y, by):
        at = self.pixel(x, y)
        self.taken.append((at[0] - by, at[1] - by, at[0] + by, at[1] + by))

    def avoid_line(self, y_of):
        for i in range(0, self.WIDTH, 2):
            x = self.number(i, 0)[0]
            self.avoid(x, y_of(x), 1)

    def place(self, x, y, text):
        """The middle of the label: the nearest place where nothing is."""
        at, width = self.pixel(x, y), self.LETTER * len(text)
        ups = range(-200, 201, 4)
        beside = [(side * (11 + width / 2), up) for up in ups if abs(up) < 8 for side in (1, -1)]
        over = [(right, up) for up in ups if abs(up) > 16 for right in (0, -16, 16, -40, 40)]
        for right, up in beside + sorted(over, key=lambda by: abs(by[0]) / 2 + abs(by[1])):
            box = (at[0] + right - width / 2, at[1] + up - self.LINE / 2,
                   at[0] + right + width / 2, at[1] + up + self.LINE / 2)
            is_inside = box[0] > 0 and box[1] > 0 and box[2] < self.WIDTH and box[3] < self.HEIGHT
            if is_inside and all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in self.taken):
                self.taken.append(box)
                return at, (at[0] + right, at[1] + up), box
        return None


def place_labels(plane, points, colour):
    """Commands of gnuplot: a label for each point, and a line to it where it is not beside."""
    for x, y, text in sorted(points):
        found = plane.place(x, y, text)
        if not found:
            continue
        at, middle, box = found
        lx, ly = plane.number(*middle)
        yield f"set label '{text}' at {lx:.6g},{ly:.6g} center noenhanced front font ',9' textcolor rgb '{colour}'"
        end = tuple(min(max(value, least), most) for value, least, most in zip(at, box[:2], box[2:]))
        if math.dist(at, end) > 13:
            ex, ey = plane.number(*end)
            yield f"set arrow from {x:.6g},{y:.6g} to {ex:.6g},{ey:.6g} nohead lw 0.7 lc rgb '{colour}'"


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            results = json.load(file)
        roofline = results["roofline"]
        alone = [row for row in results["rows"] if row["threads"] == 1]
    except (OSError, ValueError, KeyError, TypeError) as e:
        sys.exit(f"{sys.argv[1]} is no RESULTS.json of compare.sh: {type(e).__name__}, {e}")
    folder = sys.argv[2]
    products = [k for k in roofline["kernels"] if k["name"].startswith(("multiply/", "multiply_transposed"))]
    bandwidth = [k["bytes_per_second"] / 1e9 for k in roofline["kernels"] if k["name"].startswith("triad/")]
    for what, found in ("workloads", alone), ("products", products), ("bandwidths", bandwidth[2:]):
        if not found:
            sys.exit(f"{sys.argv[1]} has no {what} of one thread: there is nothing to draw")
    write(os.path.join(folder, "ratios.txt"),
          [(row["workload"], row["ratio"], *TARGETS.get(row["workload"], ("NaN", "NaN"))) for row in alone])
    plain = [k for k in products if k["name"].startswith("multiply/")]
    transposed = [k for k in products if k not in plain]
    points = {name: [(of["flop_per_byte"], of["FLOPS"] / 1e9, of["name"].split("/")[-1]) for of in found]
              for name, found in (("kernels", plain), ("transposed", transposed), ("workloads", roofline["workloads"]))}
    for name, found in points.items():
        write(os.path.join(folder, name + ".txt"), found)
    peaks = sorted(k["FLOPS"] / k["peak_fraction"] / 1e9 for k in products)
    peak = peaks[len(peaks) // 2]
    every = [point for found in points.values() for point in found]
    plane = Plane((0.2, 2 * max(x for x, _, _ in every)), (5, 8 * peak))
    for name, found in points.items():
        for x, y, _ in found:
            plane.avoid(x, y, 9 if name == "workloads" else 5)
    for gigabytes in bandwidth[:3]:
        plane.avoid_line(lambda x, slope=gigabytes: min(x * slope, peak))
    with open(os.path.join(folder, "roofs.gp"), "w", encoding="utf-8") as file:
        print(f"peak = {peak}", file=file)
        print("set xrange [{}:{}]\nset yrange [{}:{}]".format(*plane.x, *plane.y), file=file)
        for name, value in zip(("level1", "level2", "memory"), bandwidth):
            print(f"{name} = {value}", file=file)
        for name, colour in (("workloads", "#c05a2c"), ("kernels", "#2f5f95")):
            print(*place_labels(plane, points[name], colour), sep="\n", file=file)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
