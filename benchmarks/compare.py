# SPDX-License-Identifier: BSL-1.0
"""Priori and PyTorch on the same numbers, by turns in one run; writes RESULTS.md and RESULTS.json.

Started by compare.sh, which builds what this needs. Every figure is a median of rounds; the ratio is rival / Priori.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "rivals"))
from machine import Server, commit, environment, machine  # noqa: E402
from results import best_rows, is_same_work, summary, write_markdown  # noqa: E402

# How each workload is done, for those who read plan.txt: kind, activation, steps, exact, only the head.
PLANS = {
    "W1": ("maml", "relu", 1, 1, 0), "W1-fo": ("maml", "relu", 1, 0, 0), "W1-5": ("maml", "relu", 5, 1, 0),
    "W2": ("reptile", "tanh", 32, 0, 0), "W3": ("maml", "relu", 1, 1, 0), "W3-5": ("maml", "relu", 5, 1, 0),
    "W3-fo": ("maml", "relu", 1, 0, 0), "W3-anil": ("maml", "relu", 5, 1, 1), "W3-32": ("maml", "relu", 1, 1, 0),
    "W4": ("prototypes", "relu", 0, 1, 0), "W5-mlp": ("adapt", "relu", 5, 0, 0), "W5-conv": ("adapt", "relu", 5, 0, 0),
}  # fmt: skip


class Priori:
    def __init__(self, programs):
        self.programs = programs

    def run(self, *arguments, threads=1):
        return subprocess.run([os.path.join(self.programs, "workloads"), *arguments], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(threads)).stdout

    def measure(self, name, threads, seconds):
        found = self.run("--only", name, "--threads", str(threads), "--benchmark_format=json",
                         f"--benchmark_min_time={seconds}", threads=threads)
        return json.loads(found)["benchmarks"][0]

    def export(self, folder, only):
        self.run("--export", folder, *(["--only", only] if only else []))
        with open(os.path.join(folder, "workloads.json"), encoding="utf-8") as file:
            facts = json.load(file)
        for name, of in facts.items():
            if name in PLANS:
                with open(os.path.join(folder, name, "plan.txt"), "w", encoding="utf-8") as file:
                    print(*PLANS[name], of["meta_batch"], of["inner_rate"], of["outer_rate"], file=file)
                    for block in of["blocks"]:
                        print(block["name"], *block["shape"], file=file)
        return facts

    def losses(self, folder, iterations, only):
        path = os.path.join(folder, "losses.json")
        self.run("--losses", path, "--iterations", str(iterations), *(["--only", only] if only else []))
        with open(path, encoding="utf-8") as file:
            return json.load(file)["losses"]


def relative_difference(ours, theirs):
    """The largest; infinite where one is not a number, or where there are not as many as expected."""
    if not ours or len(ours) != len(theirs):
        return math.inf
    differences = [abs(a - b) / max(abs(a), 1e-6) for a, b in zip(ours, theirs)]
    return max(math.inf if math.isnan(d) else d for d in differences)


def compared_losses(of, options):
    """Images: the loss before and after the first outer step. Rounding decides some winners of the max-pools, and
    the paths part from there; the second loss already depends on the whole meta-gradient."""
    return 2 if any(len(block["shape"]) == 4 for block in of["blocks"]) else options.iterations


def compare(priori, servers, facts, names, ours, threads, options, log):
    """For each workload and rival: the times of the rounds on both sides, and how far the losses are apart."""
    results = []
    for name in names:
        rivals = [(server, rival) for server in servers for rival in server.ask(rivals=name).get("rivals", [])]
        rows = {}
        for server, rival in rivals:
            count = compared_losses(facts[name], options)
            answer = server.ask(losses=name, rival=rival, iterations=count)
            if "error" in answer:
                log(f"{name}: {rival}: {answer['error']}")
            if "losses" not in answer:
                continue
            difference = relative_difference(ours[name][:count], answer["losses"])
            row = {"workload": name, "rival": rival, "threads": threads, "difference": difference}
            row.update(priori=[], peak=[], times=[], flops=[], allocations=0, memory=0, learner=0)
            rows[rival] = server, row
        for _ in range(options.rounds):
            for rival, (server, row) in rows.items():
                own = priori.measure(name, threads, options.seconds)
                other = server.ask(measure=name, rival=rival, seconds=options.seconds)
                if "seconds_per_task" not in other:
                    log(f"{name}: {rival}: {other.get('error')}")
                    continue
                row["priori"].append(own["seconds_per_task"])
                row["peak"].append(own["peak_fraction"])
                row["flops"].append(own["FLOPS"])
                row["learner"] = own["learner_bytes"]
                row["allocations"] = max(row["allocations"], own["allocations"])
                row["memory"] = max(row["memory"], own["peak_resident_bytes"])
                row["times"].append(other["seconds_per_task"])
        done = [row for _, row in rows.values() if row["times"]]
        results += done
        for row in done:
            own, other = (statistics.median(row[side]) * 1e6 for side in ("priori", "times"))
            log(f"{name}, {threads} thread{'s' * (threads > 1)}: {row['rival']} {other:.1f} us, Priori {own:.2f} us, "
                f"losses differ by {row['difference']:.1e}")
    return results


def two_threads(programs, quick):
    """What `threads` counts, by workload."""
    path = os.path.join(programs, "threads")
    if not os.path.exists(path):
        return {}
    found = subprocess.run([path, "--benchmark_format=json", f"--benchmark_min_time={0.2 if quick else 2}"], check=True,
                           text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(1)).stdout
    return {b["name"].removesuffix("/real_time"): b for b in json.loads(found)["benchmarks"]}


def kernels(programs, quick):
    """The products and what memory gives, for the roofline."""
    path = os.path.join(programs, "kernels")
    if not os.path.exists(path):
        return []
    found = subprocess.run([path, "--benchmark_format=json", "--benchmark_filter=multiply|triad",
                            f"--benchmark_min_time={0.02 if quick else 0.3}"], check=True, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(1)).stdout
    wanted = "name", "FLOPS", "peak_fraction", "flop_per_byte", "bytes_per_second"
    return [{key: b[key] for key in wanted if key in b} for b in json.loads(found)["benchmarks"]]


def most(results, what):
    """The largest of each workload, whichever rival and however many threads it ran beside."""
    found = {}
    for row in results:
        found[row["workload"]] = max(found.get(row["workload"], 0), row[what])
    return found


def compiling(folder, quick):
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "compile.json")
        command = ["sh", os.path.join(folder, "compile.sh"), "--json", path, *(["--quick"] if quick else [])]
        if subprocess.run(command, stdout=sys.stderr).returncode:
            return {}
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="where the built programs are")
    parser.add_argument("--python", required=True, help="the Python that has torch")
    parser.add_argument("--output", required=True, help="folder for RESULTS.md and RESULTS.json")
    parser.add_argument("--compiler", default="")
    parser.add_argument("--flags", default="")
    parser.add_argument("--blas", default="")
    parser.add_argument("--only", default="", help="W1,W2: these workloads alone")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--quick", action="store_true", help="two short rounds, one thread")
    options = parser.parse_args()
    unknown = [name for name in options.only.split(",") if name and name not in PLANS]
    if unknown:
        parser.error(f"there is no workload {', '.join(unknown)}; there are {', '.join(PLANS)}")
    options.iterations = 3 if options.quick else 20
    if options.quick:
        options.rounds, options.seconds = 2, 0.1
    options.shown = (" --quick" if options.quick else "") + (f" --only {options.only}" if options.only else "")
    for name in () if options.quick else ("rounds", "seconds"):
        if getattr(options, name) != parser.get_default(name):
            options.shown += f" --{name} {getattr(options, name):g}"

    def log(sentence):
        print(sentence, file=sys.stderr, flush=True)

    here = os.path.dirname(os.path.abspath(__file__))
    priori = Priori(options.programs)
    folder = tempfile.mkdtemp()
    results = []
    try:
        facts = priori.export(folder, options.only)
        for name in facts:
            if name not in PLANS:
                log(f"{name}: nobody has written it for PyTorch")
        names = [name for name in facts if name in PLANS]
        ours = priori.losses(folder, options.iterations, options.only)
        for threads in (1,) if options.quick else (1, 2):
            commands = [[options.python, os.path.join(here, "rivals", "torch_rivals.py"), folder, str(threads)]]
            libtorch = os.path.join(options.programs, "libtorch")
            if os.path.exists(libtorch):
                commands.append([libtorch, folder, str(threads)])
            servers = [Server(command, threads) for command in commands]
            divisible = [n for n in names if facts[n]["meta_batch"] >= threads]
            results += compare(priori, servers, facts, divisible, ours, threads, options, log)
            for server in servers:
                server.close()
    finally:
        shutil.rmtree(folder)

    wrong = [row for row in results if not is_same_work(row)]
    different = sorted({f"{row['workload']} ({row['rival']})" for row in wrong})
    if different:
        log("Not the same work: " + ", ".join(different))
    if not best_rows(results):
        log("No rival did the same work: nothing is written.")
        return 1
    torch_version = subprocess.run([options.python, "-c", "import torch; print(torch.__version__)"], text=True,
                                   stdout=subprocess.PIPE, check=True).stdout.strip()
    report = {"machine": dict(machine(), compiler=options.compiler, flags=options.flags, torch=torch_version)}
    report["machine"].update(blas=options.blas, commit=commit(here))
    report["rows"] = [summary(row) for row in best_rows(results)]
    report["rivals"] = [dict(summary(row), difference=row["difference"] if math.isfinite(row["difference"]) else None)
                        for row in results]
    report["memory"] = most(results, "memory")
    threads = two_threads(options.programs, options.quick)
    wanted = "speed_up", "undisturbed", "fma_speed_up"
    report["threads"] = {name: {key: of[key] for key in wanted} for name, of in threads.items()}
    report["same_bits"] = {name: of["same_bits"] == 1 for name, of in threads.items()}
    report["allocations"] = most(results, "allocations")
    report["allocations"].update({f"{name}, two threads": of["allocations"] for name, of in threads.items()})
    report["roofline"] = {"kernels": kernels(options.programs, options.quick),
                          "workloads": [{"name": row["workload"], "FLOPS": statistics.median(row["flops"]),
                                         "flop_per_byte": facts[row["workload"]]["work"] / row["learner"]}
                                        for row in best_rows(results) if row["threads"] == 1]}
    report["compile"] = compiling(here, options.quick)
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "RESULTS.json"), "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    write_markdown(os.path.join(options.output, "RESULTS.md"), report, results, options)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
