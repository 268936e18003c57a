"""`rates`: accuracy, rates, messages, time and memory of the solver on sampled items."""

import argparse
import sys
import time
from collections import defaultdict
from importlib import resources

import numpy as np
from solver_items import Solved, peak_kib, sampled, solve_all

from codelength import Bits
from codelength.codecs.standard import gzip_paper_bytes
from codelength.coding.bits import BitReader, BitWriter
from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import DecodablePrior, prior
from codelength.report.tables import Table

NEAR = 0.01
"""Bits within which a program costs as much as gold."""

CLASSES = ((0, 16), (17, 32), (33, 64), (65, 128), (129, 256), (257, 1 << 40))


def rates(options: argparse.Namespace) -> None:
    tasks = [
        task
        for task in sampled(options.seed, options.symbols, options.items)
        if len(task.sequence) > options.longer
    ]
    columns, by_length = {}, []
    for name in options.prior:
        began = time.monotonic()
        found = list(solve_all(tasks, name, options.budget, options.workers))
        seconds = time.monotonic() - began
        columns[name] = figures(found, name, seconds, options.workers)
        by_length += [(name, *row) for row in length_rows(found)]
    figure_names = list(dict.fromkeys(key for column in columns.values() for key in column))
    rows = [(key, *(columns[n].get(key, "-") for n in columns)) for key in figure_names]
    print(Table(("figure", *columns), rows).markdown())
    print()
    header = (
        "prior",
        "symbols",
        "items",
        "gold rate",
        "solver rate",
        "ratio",
        "median ms",
        "p99 ms",
    )
    print(Table(header, by_length, left=2).markdown())


def rate(found: list[Solved], bits: list[float]) -> float:
    """(1 + bits) over 8 a symbol, summed over the items; a wrong item counts as raw."""
    paid = sum(
        1 + (one if item.right else 8 * len(item.sequence))
        for item, one in zip(found, bits, strict=True)
    )
    return paid / (8 * sum(len(item.sequence) for item in found))


def figures(found: list[Solved], name: str, seconds: float, workers: int) -> dict[str, str]:
    """The lines of one prior's column."""
    ours, gold = [one.bits for one in found], [one.gold_bits for one in found]
    over = np.array(ours) - np.array(gold)
    raw = 8 * sum(len(one.sequence) for one in found)
    gold_rate = (len(found) + sum(gold)) / raw
    milli = 1000 * np.array([one.seconds for one in found])
    lines = {
        "items": f"{len(found):,}",
        "symbols": f"{raw // 8:,}",
        "accuracy (programs run)": f"{np.mean([one.right for one in found]):.4f}",
        "gold rate": f"{gold_rate:.4f}",
        "solver rate": f"{rate(found, ours):.4f}",
        "solver over gold": f"{rate(found, ours) / gold_rate:.4f}",
        "items under gold, %": f"{100 * np.mean(over < -NEAR):.1f}",
        "items at gold, %": f"{100 * np.mean(np.abs(over) <= NEAR):.1f}",
        "items over gold, %": f"{100 * np.mean(over > NEAR):.1f}",
        "losses over gold, % of gold": f"{100 * over[over > NEAR].sum() / sum(gold):.2f}",
        "gains under gold, % of gold": f"{-100 * over[over < -NEAR].sum() / sum(gold):.2f}",
        "ms an item: median": f"{np.median(milli):.1f}",
        "ms an item: mean": f"{milli.mean():.1f}",
        "ms an item: p99": f"{np.quantile(milli, 0.99):.0f}",
        "ms an item: max": f"{milli.max():.0f}",
        "nodes an item: mean": f"{np.mean([one.nodes for one in found]):.1f}",
        "nodes an item: max": f"{max(one.nodes for one in found):,}",
        "wall seconds": f"{seconds:.0f}",
        "processes": f"{workers}",
        "peak memory, sum over processes, MiB": f"{peak_mib(found):.0f}",
    }
    chosen = prior(name)
    right = [one for one in found if one.right]
    if name == "paper":
        joint = 8 * gzip_paper_bytes(b"".join(one.sequence for one in right))
        lines["Precision, joint gzip (paper)"] = f"{sum(one.bits for one in right) / joint:.4f}"
    if isinstance(chosen, DecodablePrior):
        size = stream_bytes(right, chosen)
        lines["stream of messages, flag bits included, bytes"] = f"{size:,}"
        lines["stream over raw"] = f"{8 * size / (8 * sum(len(o.sequence) for o in right)):.4f}"
    if name == "fitted":
        table = resources.files("codelength.dsl.priors").joinpath("fitted.json").read_bytes()
        lines["shipped table, bytes"] = f"{len(table):,}"
    return lines


def stream_bytes(found: list[Solved], chosen: DecodablePrior) -> int:
    """Bytes of all messages as one stream; each is read back, run and compared."""
    writer = BitWriter()
    for one in found:
        if one.message is None:
            raise AssertionError("a decodable prior wrote no message")
        writer.append(Bits("0") + one.message)
    stream = bytes(writer)
    reader = BitReader(stream, len(writer))
    for one in found:
        if reader.read_int(1):
            raise AssertionError("a flag did not come back")
        program = chosen.read(reader, Limits())
        if program.run().as_bytes() != one.sequence:
            raise AssertionError(f"the stream decodes to another sequence:\n{program}")
    if reader.left:
        raise AssertionError("bits are left over")
    print(f"{chosen.name}: {len(found):,} messages came back", file=sys.stderr)
    return len(stream)


def peak_mib(found: list[Solved]) -> float:
    """The peaks of every process, this one included, added up."""
    peaks: dict[int, int] = defaultdict(int)
    for one in found:
        peaks[one.process] = max(peaks[one.process], one.peak_kib)
    return (sum(peaks.values()) + (peak_kib() if len(peaks) > 1 else 0)) / 1024


def length_rows(found: list[Solved]) -> list[tuple[str, ...]]:
    """Items, rates and times by class of length."""
    rows = []
    for low, high in CLASSES:
        some = [one for one in found if low <= len(one.sequence) <= high]
        if not some:
            continue
        raw = 8 * sum(len(one.sequence) for one in some)
        gold = (len(some) + sum(one.gold_bits for one in some)) / raw
        ours = rate(some, [one.bits for one in some])
        milli = [1000 * one.seconds for one in some]
        name = f"> {low - 1}" if high > 1 << 30 else f"{low}-{high}" if low else f"<= {high}"
        rows.append(
            (
                name,
                f"{len(some):,}",
                f"{gold:.4f}",
                f"{ours:.4f}",
                f"{ours / gold:.4f}",
                f"{np.median(milli):.1f}",
                f"{np.quantile(milli, 0.99):.0f}",
            )
        )
    return rows
