# SPDX-License-Identifier: BSL-1.0
"""What the programs that compare know about the machine and about each other's processes."""
import json
import os
import platform
import subprocess


def cpu_facts():
    model, flags = platform.machine(), set()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == "model name":
                    model = value.strip()
                elif key.strip() in ("flags", "Features"):
                    flags = set(value.split())
    except OSError:
        pass
    return model, flags


def machine():
    model, flags = cpu_facts()
    widest = next((name for name in ("avx512f", "avx2", "asimd", "sse2") if name in flags), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": model, "cores": os.cpu_count(), "vectors": widest, "memory_gib": round(memory, 1)}


def commit(folder):
    """What git calls the sources there; "unknown" where they are no clone."""
    try:
        found = subprocess.run(["git", "-C", folder, "describe", "--always", "--dirty"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    except OSError:
        found = ""
    return found or "unknown"


def environment(threads):
    """One thread against one, two against two; OpenBLAS does not know new processors and is told."""
    _, flags = cpu_facts()
    given = dict(os.environ)
    given.update({name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})
    core = "SkylakeX" if "avx512f" in flags else "Haswell" if "avx2" in flags else None
    if core:
        given["OPENBLAS_CORETYPE"] = core
    return given


class Server:
    """A process that answers one line of JSON with one."""

    def __init__(self, command, threads):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment(threads))

    def ask(self, **request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            return {"error": "the process ended"}
        try:
            return dict(json.loads(line))
        except (TypeError, ValueError):  # numbers that JSON does not have: these are no losses
            return {"error": f"not the same work, it answers {line.strip()[:100]}", "losses": []}

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:  # it ended before
            pass
        self.process.wait()
