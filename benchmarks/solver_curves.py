"""`budget` and `lengths`: rate against nodes, time against length; tables and plots."""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np
from solver_items import Task, sampled, solve_all, warm_up
from solver_rates import NEAR

from codelength.dsl.priors import prior
from codelength.errors import InputError
from codelength.report.tables import Table
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver import Budget, Solver

NODES = (1, 3, 10, 30, 100, 300, 2000, 8000, 32_000)
LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
LONG = 16_384
"""Symbols of the one long item."""


def plot(
    path: Path, curves: dict[str, tuple[list[float], list[float]]], x: str, y: str, both: bool
) -> None:
    """Write a PNG of curves; x is logarithmic, y too where `both`."""
    try:
        import matplotlib
    except ImportError as error:
        raise InputError("the plots need matplotlib: pip install 'codelength[plots]'") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for name, (across, up) in curves.items():
        axes.plot(across, up, marker="o", label=name)
    axes.set_xscale("log")
    if both:
        axes.set_yscale("log")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    print(f"plot: {path}", file=sys.stderr)


def budget(options: argparse.Namespace) -> None:
    tasks = sampled(options.seed, options.symbols, options.items or 300)
    raw = 8 * sum(len(task.sequence) for task in tasks)
    rows, curves = [], {}
    for name in options.prior:
        across: list[float] = []
        up: list[float] = []
        least = [float("inf")] * len(tasks)
        for nodes in NODES:
            found = list(solve_all(tasks, name, nodes, options.workers))
            if not all(one.right for one in found):
                raise AssertionError("a program is wrong")
            gold = (len(found) + sum(one.gold_bits for one in found)) / raw
            ours = (len(found) + sum(one.bits for one in found)) / raw
            milli = [1000 * one.seconds for one in found]
            worse = sum(one.bits > bits + NEAR for one, bits in zip(found, least, strict=True))
            least = [min(one.bits, bits) for one, bits in zip(found, least, strict=True)]
            rows.append(
                (
                    name,
                    f"{nodes:,}",
                    f"{ours:.4f}",
                    f"{ours / gold:.4f}",
                    str(worse),
                    f"{np.mean([one.nodes for one in found]):.1f}",
                    f"{np.median(milli):.1f}",
                    f"{np.mean(milli):.1f}",
                )
            )
            across.append(nodes)
            up.append(ours)
        curves[name] = across, up
    print(f"{len(tasks)} items, {raw // 8:,} symbols\n")
    header = ("prior", "nodes at most", "rate", "over gold", "items worse than with fewer",
              "nodes, mean", "median ms", "mean ms")  # fmt: skip
    print(Table(header, rows).markdown())
    plot(options.out / "solver-budget.png", curves, "nodes at most", "rate", both=False)


def of_lengths(options: argparse.Namespace, each: int) -> list[list[Task]]:
    """Sampled items cut or put together to each of `LENGTHS`."""
    dice = random.Random(options.seed)
    pool = [task.sequence for task in sampled(options.seed, 1 << 40, 1000)]
    groups = []
    for length in LENGTHS:
        near = [one for one in pool if length <= len(one) <= length * 5 // 4]
        group = [Task(one[:length]) for one in near[:each]]
        while len(group) < each:
            joined = b""
            while len(joined) < length:
                joined += dice.choice(pool)
            group.append(Task(joined[:length]))
        groups.append(group)
    return groups


def lengths(options: argparse.Namespace) -> None:
    each = options.items or 24
    groups = of_lengths(options, each)
    rows, curves, slopes = [], {}, []
    for name in options.prior:
        medians: list[float] = []
        for length, group in zip(LENGTHS, groups, strict=True):
            found = list(solve_all(group, name, options.budget, options.workers))
            if not all(one.right for one in found):
                raise AssertionError("a program is wrong")
            milli = [1000 * one.seconds for one in found]
            medians.append(float(np.median(milli)))
            rows.append(
                (
                    name,
                    f"{length:,}",
                    f"{np.median(milli):.1f}",
                    f"{max(milli):.0f}",
                    f"{np.mean([one.nodes for one in found]):.0f}",
                )
            )
        for low, high in ((16, 256), (128, 1024)):
            used = [k for k, length in enumerate(LENGTHS) if low <= length <= high]
            slope = np.polyfit(np.log(np.array(LENGTHS)[used]), np.log(np.array(medians)[used]), 1)
            slopes.append(f"{name}: median time ~ length^{slope[0]:.2f} over {low}..{high}")
        curves[name] = [float(length) for length in LENGTHS], medians
    print(f"{each} items a length\n")
    print(Table(("prior", "symbols", "median ms", "max ms", "nodes, mean"), rows).markdown())
    print("\n" + "\n".join(slopes))
    plot(options.out / "solver-lengths.png", curves, "symbols", "median ms", both=True)
    long_item(options)


def long_item(options: argparse.Namespace) -> None:
    """One long item must be solved."""
    pool = [task.sequence for task in sampled(options.seed, LONG)]
    target = b"".join(pool)[:LONG]
    name = options.prior[0]
    warm_up(name)
    began = time.perf_counter()
    found = Solver(prior(name), Budget(options.long)).solve(target)
    seconds = time.perf_counter() - began
    if not runs_to(found.program, target):
        raise AssertionError("the program of the long item is wrong")
    rate = (1 + found.bits) / (8 * LONG)
    print(
        f"\n{LONG:,} symbols, {name}: {seconds:.1f} s, {found.nodes} nodes, rate {rate:.4f},"
        f" {found.program.lines:,} lines",
        flush=True,
    )
