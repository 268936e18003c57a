"""Count the fitted prior's numbers on sampled programs, and write them as JSON.

python benchmarks/fit_prior.py [--pairs N] [--out FILE]

The same sampler and counts give the same file. Two passes: places behind a gate count only where
something in the block has happened before, for then the gate is open; then each gate's probability
is the one under which the programs are likeliest (expectation maximisation of one number a gate).
"""

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from codelength.coding.tables import quantize
from codelength.dsl import pairs
from codelength.dsl.operations import INITIATORS, OPERATIONS, OUTPUT
from codelength.dsl.priors import fitted_tables as tables
from codelength.dsl.priors.fitted import FittedPrior
from codelength.dsl.priors.fitted_choices import NONE, OPEN, TOTAL, TRIAL, UNIFORM
from codelength.dsl.priors.fitted_places import (
    CALCULATING,
    PAIRING,
    REVERSING,
    SUBSTITUTING,
    TAKING_PARTS,
)
from codelength.dsl.program import Program

SIZES = (4, 21, 4, 3, 4, 2, 2, 22)
"""Symbols of the rows in `tables.NAMED`."""
BLOCKS = (
    (REVERSING, TAKING_PARTS, SUBSTITUTING),
    (CALCULATING,),
    (PAIRING,),
)
"""The phases behind each of `tables.GATES`."""
FIRST, WIDTH, SUM, TABLE, SYMBOL, POSSIBLE, GATE, LINE = range(8)
CHOOSING = (tables.KIND, tables.MERGE, tables.LEFT_OUT)
"""Rows that choose an operation or its sequences, as `tables.MORE` and all behind it do."""
CERTAIN = 20
"""Programs' worth of weight that a binomial has in each cell of the reuse table."""


def frequencies(counts: Any) -> list[int]:
    """Counts as frequencies of a table, nothing impossible."""
    table = quantize(np.asarray(counts, dtype=np.float64) + 0.5, TOTAL)
    return [int(one) for one in table.frequencies]


def start() -> dict[str, Any]:
    """Numbers to begin with: all equal."""
    names = [name for group in tables.GROUPS for name in group]
    even = frequencies([1, 1])
    return {
        **{name: frequencies([1] * size) for name, size in zip(tables.NAMED, SIZES, strict=True)},
        "more": [even] * 4,
        "reuse": [[even] * 8] * (tables.REUSED_OF + 1),
        "hazards": dict.fromkeys(names, TOTAL // 16),
        "gates": dict.fromkeys(tables.GATES, OPEN // 2),
        "marginals": marginals(Counter(), Counter(), Counter(), {}),
    }


class Counts:
    """What one pass over the programs counts, under the numbers of the pass before."""

    def __init__(self) -> None:
        self.symbols: Counter[tuple[int, int]] = Counter()
        self.could: Counter[int] = Counter()
        self.did: Counter[int] = Counter()
        self.opened = [0] * len(BLOCKS)
        self.survived: list[list[float]] = [[] for _ in BLOCKS]
        self.following: Counter[tuple[int, int]] = Counter()
        self.lines: Counter[int] = Counter()
        self.choosing_bits: Counter[int] = Counter()

    def add(self, program: Program, trace: np.ndarray, model: tables.Model) -> None:
        """Count one program."""
        for row in trace[trace[:, TABLE] < tables.ROWS].tolist():
            if row[TABLE] >= 0:
                self.symbols[row[TABLE], row[SYMBOL]] += 1
        trials = trace[trace[:, TABLE] >= TRIAL].tolist()
        for row in trials:
            if row[GATE] == OPEN:
                for outcome in range(tables.OUTCOMES):
                    self.could[outcome] += row[POSSIBLE] >> outcome & 1
                if row[SYMBOL] != NONE:
                    self.did[row[SYMBOL]] += 1
        for block, phases in enumerate(BLOCKS):
            inside = [row for row in trials if row[TABLE] - TRIAL in phases]
            if any(row[SYMBOL] != NONE for row in inside):
                self.opened[block] += 1
                continue
            log = 0.0
            for row in inside:
                hazard = sum(
                    int(model.hazards[outcome])
                    for outcome in range(tables.OUTCOMES)
                    if row[POSSIBLE] >> outcome & 1
                )
                log += math.log1p(-hazard / TOTAL)
            self.survived[block].append(math.exp(log))
        self._count_lines(program, trace)

    def _count_lines(self, program: Program, trace: np.ndarray) -> None:
        """Count what the marginals need."""
        bits = np.log2(trace[:, SUM] / trace[:, WIDTH])
        table = trace[:, TABLE]
        choosing = (table >= tables.MORE) | np.isin(table, CHOOSING)
        reused = (table == UNIFORM) & (np.roll(table, 1) == tables.MERGE)
        stage = tables.INITIATOR
        for line, here in enumerate(program.starts):
            operation = int(program.words[here])
            self.following[stage, operation] += 1
            self.lines[operation] += 1
            inside = (trace[:, LINE] == line) & (choosing | reused)
            self.choosing_bits[operation] += float(bits[inside].sum())
            stage = stage_of(operation)


def stage_of(operation: int) -> int:
    """The stage that a line belongs to."""
    if operation < INITIATORS:
        return tables.INITIATOR
    return tables.MERGING if operation >= OUTPUT - 2 else tables.DERIVED


def gate_of(opened: int, survived: list[float]) -> float:
    """The gate's likeliest probability: `opened` programs, and the others' chance to look shut."""
    others = np.array(survived)
    gate = 0.5
    for _ in range(200):
        shut = gate * others / (1 - gate + gate * others)
        gate = (opened + float(np.sum(shut))) / (opened + len(others))
    return gate


def reuse_rows(symbols: Counter[tuple[int, int]]) -> list[list[list[int]]]:
    """Whether another reuse comes: counts, drawn towards a binomial of one probability."""

    def cell(n: int, k: int) -> tuple[int, int]:
        row = tables.REUSE + 8 * n + k
        return symbols[row, 0], symbols[row, 1]

    cells = [(n, k) for n in range(1, tables.REUSED_OF) for k in range(8)]
    reuses = sum(cell(n, k)[1] for n, k in cells)
    draws = sum(n * sum(cell(n, 0)) for n, k in cells if k == 0)
    chance = reuses / max(draws, 1)
    rows = []
    for n in range(tables.REUSED_OF + 1):
        mass = [math.comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(n + 1)]
        by_reuses = []
        for k in range(8):
            tail = math.fsum(mass[k:])
            more = math.fsum(mass[k + 1 :]) / tail if tail > 0 else 0.0
            stop, go = cell(n, k)
            by_reuses.append(frequencies([stop + CERTAIN * (1 - more), go + CERTAIN * more]))
        rows.append(by_reuses)
    return rows


def marginals(
    following: Counter[tuple[int, int]],
    lines: Counter[int],
    choosing_bits: Counter[int],
    fitted: dict[str, Any],
) -> dict[str, Any]:
    """The content of `Marginals`; every operation is counted half a line more than it was seen."""
    number = len(OPERATIONS) + 1
    operations, references = [], []
    for stage in range(3):
        seen = [following[stage, operation] + 0.5 for operation in range(number)]
        operations.append([round(-math.log2(one / sum(seen)), 3) for one in seen])

    for one in range(number):
        said = sum(following[stage, one] * operations[stage][one] for stage in range(3))
        references.append(round(max(choosing_bits[one] - said, 0) / max(lines[one], 1), 3))

    def spread(name: str, first: int, size: int) -> list[float]:
        """Bits of first, first + 1, ... by a row; all others pay 8 bits and the rarest symbol."""
        row = fitted.get(name, [1])
        rare = round(8 + math.log2(sum(row) / min(row)), 3)
        bits = [rare] * size
        for place, frequency in enumerate(row, first):
            if place < size:
                bits[place] = round(math.log2(sum(row) / frequency), 3)
        return bits

    return {
        "operations": operations,
        "references": references,
        "list_lengths": spread("length", tables.SHORTEST, 64),
        "values": [8.0] * 256,
        "counts": spread("length", tables.SHORTEST, 26),
        "steps": spread("step", 2, 9),
        "times": spread("times", 2, 9),
        "jumps": spread("jump", 2, 9),
        "range_lengths": spread("length", tables.SHORTEST, 26),
    }


def fit(number: int, seed: int = tables.FIT_SEED) -> dict[str, Any]:
    """The file's content from the first `number` unique pairs of the seed."""
    programs = [pair.program for pair in pairs.sample(seed, number)]
    fitted = start()
    for _ in range(2):
        built = tables.tables_of(fitted)
        prior, counts = FittedPrior(built), Counts()
        for program in programs:
            counts.add(program, prior.trace(program), built.model)
        for row, (name, size) in enumerate(zip(tables.NAMED, SIZES, strict=True)):
            fitted[name] = frequencies([counts.symbols[row, symbol] for symbol in range(size)])
        fitted["call"] = frequencies([counts.lines[one] for one in range(len(OPERATIONS) + 1)])
        fitted["more"] = [
            frequencies([counts.symbols[tables.MORE + n, symbol] for symbol in (0, 1)])
            for n in range(1, 5)
        ]
        fitted["reuse"] = reuse_rows(counts.symbols)
        for name in fitted["hazards"]:
            outcome = tables.outcome_of(name)
            share = (counts.did[outcome] + 0.5) / (counts.could[outcome] + 1)
            fitted["hazards"][name] = min(max(round(TOTAL * share), 1), TOTAL // 4)
        for block, name in enumerate(tables.GATES):
            gate = gate_of(counts.opened[block], counts.survived[block])
            fitted["gates"][name] = min(max(round(OPEN * gate), 1), OPEN)
        fitted["marginals"] = marginals(
            counts.following, counts.lines, counts.choosing_bits, fitted
        )
    return {"seed": seed, "pairs": number, **fitted}


def written(fitted: dict[str, Any]) -> str:
    """The file: one line an entry."""
    rows = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fitted.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=tables.FIT_PAIRS)
    shipped = Path(tables.__file__).with_name(tables.FILE)
    parser.add_argument("--out", type=Path, default=shipped)
    given = parser.parse_args()
    given.out.write_text(written(fit(given.pairs)), encoding="utf-8")
    print(f"{given.out}: {given.out.stat().st_size} bytes from {given.pairs:,} pairs")
