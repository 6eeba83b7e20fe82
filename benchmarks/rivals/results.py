# SPDX-License-Identifier: BSL-1.0
"""What Priori must reach, and RESULTS.md: what compare.py measured, row by row beside that."""
import statistics
import textwrap

# workload: (must, aim), as ratios to the best rival on one thread
TARGETS = {
    "W1": (10, 15), "W1-fo": (12, 18), "W1-5": (10, 15), "W2": (20, 27), "W3": (2, 3), "W3-5": (2.3, 3.7),
    "W3-fo": (1.8, 2.8), "W3-anil": (1.8, 2.8), "W3-32": (5, 8), "W4": (1.8, 3), "W5-mlp": (35, 50),
    "W5-conv": (3.5, 5),
}  # fmt: skip
# What the must comes to where it was set, on a core with a multiply-add peak of 272 GF/s: the best rival's time there
# and the work of a task. A core with narrower data paths is asked for this share of its own peak.
PEAK_OF_MUST = 272e9
OF_MUST = {  # workload: (rival's seconds, operations)
    "W1": (31e-6, 0.40e6), "W1-fo": (22e-6, 0.20e6), "W1-5": (140e-6, 1.6e6), "W2": (1189e-6, 8.1e6),
    "W3": (49.8e-3, 5.3e9), "W3-5": (100e-3, 8.8e9), "W3-fo": (37.6e-3, 4.64e9), "W3-anil": (37.3e-3, 4.64e9),
    "W3-32": (36e-3, 1.35e9), "W4": (48e-3, 5.8e9), "W5-mlp": (171e-6, 0.50e6), "W5-conv": (24e-3, 1.45e9),
}  # fmt: skip
MUST_OF_PEAK = {"W3": 0.80}
MUST_OF_MEMORY = {"W1": 8 * 2**20, "W3-5": 96 * 2**20}
MUST_OF_THREADS, AIM_OF_THREADS = 1.9, 1.97
MUST_OF_COMPILING = {"first": (10, 700 * 2**20)}  # seconds, bytes
AIM_OF_COMPILING = {"first": 5}  # seconds
HARD_SHARE = 0.85  # of a core's peak: little is left above it for anything but products
MUST_OF_A_SHAPE = 1.0  # seconds
LARGEST_DIFFERENCE = 1e-3  # of the first losses, relative


def is_same_work(row):
    return row["difference"] <= LARGEST_DIFFERENCE  # which NaN is not


def best_rows(results):
    """The best rival of each workload and number of threads, among those that did the same work. One that is faster on
    one thread than all are on more is the best on more, too."""
    best = {}
    for row in results:
        if not is_same_work(row):
            continue
        key = row["workload"], row["threads"]
        if key not in best or statistics.median(row["times"]) < statistics.median(best[key]["times"]):
            best[key] = row
    for (workload, threads), row in best.items():
        alone = best.get((workload, 1), row)
        if statistics.median(alone["times"]) < statistics.median(row["times"]):
            best[workload, threads] = dict(row, rival=f"{alone['rival']}, one thread", times=alone["times"],
                                           by_turns=False)
    return list(best.values())


def summary(row):
    ours, theirs = statistics.median(row["priori"]), statistics.median(row["times"])
    return {"workload": row["workload"], "rival": row["rival"], "threads": row["threads"], "priori_seconds": ours,
            "rival_seconds": theirs, "ratio": theirs / ours, "peak_fraction": statistics.median(row["peak"])}


def asked_share(workload):
    seconds, operations = OF_MUST[workload]
    return max(TARGETS[workload][0] * operations / seconds / PEAK_OF_MUST, MUST_OF_PEAK.get(workload, 0))


def share_of(ratio, row):
    """Of this core's peak, at that ratio to the rival."""
    return row["peak_fraction"] * ratio / row["ratio"]


def peak_of_core(rows):
    """The multiply-add peak beside which one thread was measured."""
    return statistics.median(flops / share for row in rows if row["threads"] == 1
                             for flops, share in zip(row["flops"], row["peak"]))


def verdict(is_met):
    return "met" if is_met else "**missed**"


def aim_verdict(is_met):
    return "met" if is_met else "missed"


def microseconds(values):
    own = (statistics.median(values), min(values), max(values))
    shown = [f"{value * 1e6:.0f}" if value >= 1e-3 else f"{value * 1e6:.4g}" for value in own]
    return f"{shown[0]} ({shown[1]} .. {shown[2]})"


def table(*rows):
    yield from ("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def head(*cells):
    yield from table(cells)
    yield "|" + "---|" * len(cells)


def ratio_row(row):
    s = summary(row)
    ratios = [theirs / ours for ours, theirs in zip(row["priori"], row["times"])]
    musts = of_must = shares = aims = of_aim = ""
    if s["threads"] == 1 and s["workload"] in TARGETS:
        must, aim = TARGETS[s["workload"]]
        musts = f"{must}x: {verdict(s['ratio'] >= must)}"
        of_must, of_aim = (f"{share_of(ratio, s):.0%}" for ratio in (must, aim))
        aims = f"{aim}x: {aim_verdict(s['ratio'] >= aim)}"
        share = asked_share(s["workload"])
        shares = f"{share:.0%}: {verdict(s['peak_fraction'] >= share)}"
    return (s["workload"], s["threads"], microseconds(row["priori"]), s["rival"], microseconds(row["times"]),
            f"**{s['ratio']:.1f}**",
            f"{min(ratios):.1f} .. {max(ratios):.1f}" if row.get("by_turns", True) else "not by turns",
            f"{s['peak_fraction']:.0%}", musts, of_must, shares, aims, of_aim)


def rival_row(row):
    s = summary(row)
    remark = "" if is_same_work(row) else ": not the same work"
    return (s["workload"], s["threads"], s["rival"], microseconds(row["times"]), f"{s['ratio']:.1f}",
            f"{row['difference']:.0e}{remark}")


def about_musts(rows):
    """What this core's peak says of the musts."""
    peak = peak_of_core(rows)
    hard = []
    for s in (summary(row) for row in rows if row["threads"] == 1 and row["workload"] in TARGETS):
        must = TARGETS[s["workload"]][0]
        if share_of(must, s) > HARD_SHARE:
            hard.append(f"{s['workload']} ({share_of(must, s):.0%}: {aim_verdict(s['ratio'] >= must)})")
    text = (f"The musts are ratios that were set on a core whose multiply-add peak is {PEAK_OF_MUST / 1e9:.0f} GF/s; "
            f"that of this one is {peak / 1e9:.0f} GF/s, {peak / PEAK_OF_MUST:.0%} of it. Musts and aims are shown as "
            "the share of this core's peak at which Priori would reach them beside the rival of this run, musts also "
            "as the share that they came to where they were set. ")
    if hard:
        text += f"Above {HARD_SHARE:.0%} of this core's peak are the musts of {', '.join(hard)}. "
    text += ("Convolutions can exceed the peak: their work is counted as that of direct sums, and minimal filtering "
             "does with fewer multiplications. README.md says where the time of each goes, and what would be next.")
    return textwrap.wrap(text, 118)


def other_musts(report):
    for name, of in report["threads"].items():
        value, bits = of["speed_up"], "the same bits" if report["same_bits"][name] else "**other bits**"
        yield (f"* Two threads, {name}: {value:.2f} times one by medians, {of['undisturbed']:.2f} by lower deciles, "
               f"multiply-adds in registers {of['fma_speed_up']:.2f}, {bits}; must {MUST_OF_THREADS}: "
               f"{verdict(value >= MUST_OF_THREADS)}, aim {AIM_OF_THREADS}: {aim_verdict(value >= AIM_OF_THREADS)}")
    for name, value in report["memory"].items():
        must = MUST_OF_MEMORY.get(name)
        bound = f"; must be below {must / 2**20:.0f} MiB: {verdict(value < must)}" if must else ""
        yield f"* Memory of {name}: {value / 2**20:.1f} MiB resident at most, the whole program{bound}"
    if report["allocations"]:
        total = sum(report["allocations"].values())
        yield f"* Allocations in the measured loops: {total:.0f}; must be 0: {verdict(total == 0)}"
    for name, of in report["compile"].items():
        bound = ""
        if name in MUST_OF_COMPILING:
            seconds, size = MUST_OF_COMPILING[name]
            is_met = of["seconds"] < seconds and of["bytes"] < size
            aim = AIM_OF_COMPILING[name]
            bound = (f"; must be below {seconds} s and {size / 2**20:.0f} MiB: {verdict(is_met)}, aim {aim} s: "
                     f"{aim_verdict(of['seconds'] < aim)}")
        elif name == "further_shape" and "first" in report["compile"]:
            more = of["seconds"] - report["compile"]["first"]["seconds"]
            bound = f"; {more:.1f} s more than first, must be below {MUST_OF_A_SHAPE:.0f} s: "
            bound += verdict(more < MUST_OF_A_SHAPE)
        yield (f"* Compiling {name}: {of['seconds']:.1f} s, {of['bytes'] / 2**20:.0f} MiB, "
               f"{of['instantiations']} functions instantiated{bound}")


def write_markdown(path, report, results, options):
    what = report["machine"]
    lines = ["# Priori and PyTorch side by side", "",
             f"Made by `sh benchmarks/compare.sh{options.shown}`: both sides by turns in one run, on the same",
             "parameters and tasks. Times are medians of the rounds with the least and the greatest, for one task; the",
             "ratio is the rival's time divided by Priori's. The rival is the best of those that did the same work.",
             "",
             f"* Machine: {what['processor']}, {what['cores']} cores, {what['vectors']}, {what['memory_gib']} GiB",
             f"* Priori: commit {what['commit']}, {what['compiler']}, `{what['flags']}`",
             f"* PyTorch {what['torch']}, {what['blas']}",
             f"* {options.rounds} rounds of {options.seconds} s for each rival", "", "## Ratios", "",
             *head("workload", "threads", "Priori, us", "rival", "rival, us", "ratio", "least .. greatest",
                   "share of the peak", "must", "must, of this core's peak", "must, where it was set", "aim",
                   "aim, of this core's peak"),
             *table(*(ratio_row(row) for row in best_rows(results))), "",
             *about_musts(best_rows(results)), "", "## All rivals", "",
             "Priori is timed anew beside each rival, so that these ratios are not quotients of one time.", "",
             *head("workload", "threads", "rival", "its time, us", "ratio", "losses differ by"),
             *table(*(rival_row(row) for row in results)), "",
             f"The losses are those of the first {options.iterations} meta-iterations (two on images, where rounding",
             "decides some winners of the max-pools); the difference is the largest, relative.", "",
             "## Threads, memory, heap, compiling", "", *other_musts(report)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
