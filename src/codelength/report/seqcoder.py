"""The table of a SeqCoder's evaluation: accuracy and rate, by lines and symbols (KT, Fig. 11)."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from codelength.dsl.pairs import Pair
from codelength.report.tables import Table
from codelength.synthesis.seqcoder.evaluation import Outcome

BY_LINES = ((2, 4), (5, 8), (9, 12), (13, 1 << 30))
BY_SYMBOLS = ((0, 32), (33, 64), (65, 128), (129, 1 << 30))


@dataclass(frozen=True)
class Judged:
    """One item.

    Arguments:
        gold: bits of its own program, paper prior; `paper`: of the best right one, or of the item.
        right: whether there is a right one.
    """

    index: int
    symbols: int
    lines: int
    gold: float
    paper: float
    right: bool
    prefix: int

    @classmethod
    def of(cls, pair: Pair, one: Outcome) -> "Judged":
        """An item and what a model made of it."""
        symbols = len(pair.sequence)
        right = one.right > 0 and bool(np.isfinite(one.paper))
        bits = one.paper if right else 8.0 * symbols
        lines = pair.program.lines
        return cls(pair.index, symbols, lines, pair.paper_bits, bits, right, one.prefix)

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def named(low: int, high: int) -> str:
    """A range as text."""
    return f"{low}..{high}" if high < 1 << 30 else f"{low} or more"


def parts(rows: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """All items, those of at most 128 symbols, then by lines and by symbols."""
    yield "all", list(rows)
    yield "at most 128 symbols", [one for one in rows if one.symbols <= 128]
    for low, high in BY_LINES:
        yield f"{named(low, high)} lines", [one for one in rows if low <= one.lines <= high]
    for low, high in BY_SYMBOLS:
        yield f"{named(low, high)} symbols", [one for one in rows if low <= one.symbols <= high]


def table(rows: Sequence[Judged]) -> Table:
    """Accuracy with a 95 % interval, KT's rate, gold's rate (paper prior, a flag bit an item)."""
    cells = []
    for name, some in parts(rows):
        if not some:
            continue
        share = float(np.mean([one.right for one in some]))
        spread = 1.96 * (share * (1 - share) / len(some)) ** 0.5
        raw = 8.0 * sum(one.symbols for one in some)
        rate = sum(1 + one.paper for one in some) / raw
        gold = sum(1 + min(one.gold, 8.0 * one.symbols) for one in some) / raw
        cells.append(
            (
                name,
                f"{len(some):,}",
                f"{100 * share:.1f} % +- {100 * spread:.1f}",
                f"{rate:.4f}",
                f"{gold:.4f}",
            )
        )
    return Table(("items", "number", "Accuracy", "rate (estimate)", "gold"), cells, left=1)
