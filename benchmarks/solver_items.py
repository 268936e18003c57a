"""Items solved over processes, in order: what the solver's benchmarks measure.

Example: list(solve_all([Task(b"aaaa")], "paper", 600, workers=2)) -> one `Solved`.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength import Bits
from codelength.dsl import pairs
from codelength.dsl.priors import DecodablePrior, Prior, prior
from codelength.dsl.program import Program
from codelength.dsl.rewrites import canonical
from codelength.errors import ProgramError
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Budget, Solver

Array = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Task:
    """A sequence, and the words of its gold program where there is one."""

    sequence: bytes
    gold: Array | None = None


@dataclass(frozen=True, eq=False)
class Solved:
    """What one process found for one task.

    Arguments:
        right: the program was run and gave the sequence.
        bits: priced anew, not taken from the search.
        gold_bits: of the gold program, 0 where there is none.
        message: of the program, where the prior has messages.
        peak_kib: of resident memory of the process so far.
    """

    sequence: bytes
    words: Array
    right: bool
    bits: float
    gold_bits: float
    nodes: int
    seconds: float
    message: Bits | None
    process: int
    peak_kib: int

    @property
    def program(self) -> Program:
        """The program that was found."""
        return Program(self.words)


def sampled(seed: int, symbols: int, items: int | None = None) -> list[Task]:
    """Unique pairs of a seed until they have so many symbols (or are so many)."""
    found = pairs.unique_pairs(
        seed,
        lambda count, total: total >= symbols or (items is not None and count >= items),
    )
    return [Task(pair.sequence, pair.words) for pair in found]


def gold_bits(program: Program, chosen: Prior) -> float:
    """The price of a gold program; under the fitted prior in the cheaper of two orders."""
    bits = chosen.bits(program)
    if chosen.name != "fitted":
        return bits
    try:
        return min(bits, chosen.bits(canonical(program)))
    except ProgramError:
        return bits


def solve(task: Task, name: str, nodes: int) -> Solved:
    """Solve a task, run the program, and price it anew."""
    chosen = prior(name)
    found = Solver(chosen, Budget(nodes)).solve(task.sequence)
    bits = chosen.bits(found.program)
    if abs(bits - found.bits) > 1e-6:
        raise AssertionError(f"{found.bits} bits promised, {bits} found for\n{found.program}")
    return Solved(
        task.sequence,
        found.program.words,
        runs_to(found.program, task.sequence),
        bits,
        0.0 if task.gold is None else gold_bits(Program(task.gold), chosen),
        found.nodes,
        found.seconds,
        chosen.encode(found.program) if isinstance(chosen, DecodablePrior) else None,
        os.getpid(),
        peak_kib(),
    )


def warm_up(name: str) -> None:
    """Load or compile the kernels, so that no item pays for it."""
    for pair in pairs.sample(9, 12):
        solve(Task(pair.sequence, pair.words), name, 50)


def solve_all(tasks: Sequence[Task], name: str, nodes: int, workers: int) -> Iterator[Solved]:
    """Solve every task, in order; progress is on stderr."""
    warm_up(name)
    work = partial(solve, name=name, nodes=nodes)
    if workers == 1:
        yield from progress(map(work, tasks), len(tasks), name)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=warm_up, initargs=(name,)) as pool:
        chunk = max(1, min(16, len(tasks) // (4 * workers)))
        yield from progress(pool.map(work, tasks, chunksize=chunk), len(tasks), name)


def progress(found: Iterable[Solved], total: int, what: str) -> Iterator[Solved]:
    """Pass on what is found and say on stderr how far it is."""
    began = said = time.monotonic()
    for number, one in enumerate(found, 1):
        yield one
        if time.monotonic() - said > 10 or number == total:
            said = time.monotonic()
            print(f"{what}: {number:,} of {total:,}, {said - began:.0f} s", file=sys.stderr)


def peak_kib() -> int:
    """Most resident memory of this process so far, KiB (Linux; 0 elsewhere)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
