#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Draws the learning curves of omniglot's JSON files: one panel an algorithm, one line a number of ways and shots.

python3 examples/omniglot_curves.py <folder of the JSON files> <picture.svg>

Accuracy on validation characters against the minutes of one core that the training had taken. Errors are on a logarithmic
scale (the steps from 90 to 99 and from 99 to 99.9 % are equally high), and so is time, up to the budget of 240 minutes.
"""
import json, math, pathlib, sys

SHAPES = {"5w1s": ("#0072b2", "5 ways, 1 shot"), "5w5s": ("#009e73", "5 ways, 5 shots"),
          "20w1s": ("#d55e00", "20 ways, 1 shot"), "20w5s": ("#cc79a7", "20 ways, 5 shots")}
ORDER = ["maml", "fomaml", "reptile", "anil", "boil", "meta_sgd", "maml++", "proto", "matching", "relation", "r2d2"]
FROM, TO = 0.1, 240  # minutes of a core
LOWEST, HIGHEST = 0.5, 0.999
WIDE, HIGH, LEFT, TOP, GAP = 240, 170, 44, 46, 50


def across(minutes):
    return WIDE * math.log(min(max(minutes, FROM), TO) / FROM) / math.log(TO / FROM)


def up(accuracy):
    rise = lambda a: -math.log(1 - min(max(a, LOWEST), HIGHEST))
    return HIGH * (1 - (rise(accuracy) - rise(LOWEST)) / (rise(HIGHEST) - rise(LOWEST)))


def curves_of(folder):
    found = {}
    for path in sorted(folder.glob("*.json")):
        run = json.loads(path.read_text())
        name, _, shape = path.stem.rpartition("_")
        if name not in ORDER or shape not in SHAPES:
            continue
        points = [(p["seconds"] / 60 * run["threads"], p["accuracy"]) for p in run["curve"] if p["seconds"] > 0]
        if points:
            found.setdefault(name, {})[shape] = points
    return found


def panel(name, curves, x, y):
    out = [f'<g transform="translate({x},{y})">', f'<text x="0" y="-8" font-size="13" font-weight="bold">{name}</text>']
    for minutes in (0.1, 1, 10, 100):
        at = f"{across(minutes):.1f}"
        out.append(f'<line x1="{at}" y1="0" x2="{at}" y2="{HIGH}" stroke="#e4e4e4"/>')
        out.append(f'<text x="{at}" y="{HIGH + 15}" text-anchor="middle">{minutes:g}</text>')
    for accuracy in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        at = f"{up(accuracy):.1f}"
        out.append(f'<line x1="0" y1="{at}" x2="{WIDE}" y2="{at}" stroke="#e4e4e4"/>')
        out.append(f'<text x="-5" y="{up(accuracy) + 4:.1f}" text-anchor="end">{100 * accuracy:g}</text>')
    for shape, points in curves.items():
        colour = SHAPES[shape][0]
        line = " ".join(f"{across(m):.1f},{up(a):.1f}" for m, a in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round"/>')
        minutes, accuracy = points[-1]
        out.append(f'<circle cx="{across(minutes):.1f}" cy="{up(accuracy):.1f}" r="3" fill="{colour}"/>')
    return out + ["</g>"]


def picture(found):
    names = [name for name in ORDER if name in found]
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    width = columns * (LEFT + WIDE) + 16
    height = TOP + rows * (HIGH + GAP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for i, (colour, words) in enumerate(SHAPES.values()):
        x = LEFT + i * 130
        out.append(f'<line x1="{x}" y1="14" x2="{x + 22}" y2="14" stroke="{colour}" stroke-width="2.5"/>')
        out.append(f'<text x="{x + 27}" y="18">{words}</text>')
    for i, name in enumerate(names):
        x = LEFT + i % columns * (LEFT + WIDE)
        y = TOP + 6 + i // columns * (HIGH + GAP)
        out += panel(name, found[name], x, y)
    out.append(f'<text x="{width - 16}" y="{height - 6}" text-anchor="end">minutes of a core; % of validation queries</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 examples/omniglot_curves.py <folder of the JSON files> <picture.svg>")
    folder = pathlib.Path(sys.argv[1])
    found = curves_of(folder)
    if not found:
        sys.exit(f"omniglot_curves.py: '{folder}' has no JSON file of a preset with a learning curve, such as "
                 "maml_5w1s.json; give the folder that omniglot_table.sh writes to.")
    pathlib.Path(sys.argv[2]).write_text(picture(found))


main()
