"""Tables of SeqCoder: an evaluation by lines and symbols (KT, Fig. 11), and the arms of a study."""

from collections.abc import Iterator, Sequence

import numpy as np

from codelength.corpora.instances import Instance
from codelength.report.tables import Table
from codelength.synthesis.seqcoder.evaluation import Judged, Outcome
from codelength.synthesis.seqcoder.studies import Result

BY_LINES = ((2, 4), (5, 8), (9, 12), (13, 1 << 30))
BY_SYMBOLS = ((0, 32), (33, 64), (65, 128), (129, 1 << 30))


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


def accuracy(rows: Sequence[Judged]) -> tuple[float, float, float]:
    """The share of items that are right, and its 95 % interval (Wilson's)."""
    number, z = len(rows), 1.959964
    share = float(np.mean([one.right for one in rows]))
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number)
    half *= (share * (1 - share) / number + z * z / (4 * number * number)) ** 0.5
    return share, max(0.0, middle - half), min(1.0, middle + half)


def shown(rows: Sequence[Judged]) -> str:
    """Accuracy as text. Example: "50.0 % (43.1 .. 56.9)"."""
    share, low, high = accuracy(rows)
    return f"{100 * share:.1f} % ({100 * low:.1f} .. {100 * high:.1f})"


def table(rows: Sequence[Judged]) -> Table:
    """Accuracy with a 95 % interval, KT's rate, gold's rate (paper prior, a flag bit an item)."""
    cells = []
    for name, some in parts(rows):
        if not some:
            continue
        raw = 8.0 * sum(one.symbols for one in some)
        gold = sum(1 + one.gold for one in some) / raw
        cells.append(
            (
                name,
                f"{len(some):,}",
                shown(some),
                f"{rate_of(some):.4f}",
                f"{gold:.4f}",
            )
        )
    return Table(("items", "number", "Accuracy", "rate (estimate)", "gold"), cells, left=1)


def rate_of(rows: Sequence[Judged]) -> float:
    """KT's rate: a flag bit an item and the paper prior's bits, wrong items at their raw bits."""
    return sum(1 + one.paper for one in rows) / sum(8.0 * one.symbols for one in rows)


def difference(rows: Sequence[Judged], first: Sequence[Judged]) -> tuple[float, float]:
    """By how much accuracy is above another's on the same items, and half of its 95 % interval."""
    each = np.array([a.right - b.right for a, b in zip(rows, first, strict=True)], dtype=float)
    return float(each.mean()), float(1.96 * each.std() / len(each) ** 0.5)


def study_table(results: Sequence[Result]) -> Table:
    """An arm a line: accuracy, its difference from the first arm's (paired), rate, what it took."""
    cells = []
    for one in results:
        more, sure = difference(one.rows, results[0].rows)
        cells.append(
            (
                one.name,
                f"{len(one.rows):,}",
                shown(one.rows),
                "" if one is results[0] else f"{100 * more:+.1f} +- {100 * sure:.1f}",
                f"{rate_of(one.rows):.4f}",
                f"{one.told['tokens']:,}" if "tokens" in one.told else "",
                f"{one.told['seconds']:.0f}",
            )
        )
    header = ("arm", "items", "Accuracy", "difference", "rate (estimate)", "tokens", "seconds")
    return Table(header, cells, left=1)


def natural_row(
    modality: str, length: int | None, items: Sequence[Instance], outcomes: Sequence[Outcome]
) -> dict[str, float | str]:
    """Of a modality's items of a length (KT, Fig. 5 and 6).

    Accuracy; the share of items that a right program makes smaller (paper prior and a flag bit,
    against raw bits); the mean of the longest right prefixes, in symbols; the rate (right items at
    their program's bits, others at raw bits).
    """
    raw = [float(one.raw_bits) for one in items]
    bits = [
        1 + (one.paper if one.right and one.paper < np.inf else size)
        for one, size in zip(outcomes, raw, strict=True)
    ]
    return {
        "modality": modality,
        "symbols": "whole" if length is None else length,
        "items": len(items),
        "accuracy": float(np.mean([one.right > 0 for one in outcomes])),
        "smaller": float(np.mean([a < b for a, b in zip(bits, raw, strict=True)])),
        "prefix": float(np.mean([one.prefix for one in outcomes])),
        "rate": sum(bits) / max(1.0, sum(raw)),
    }


def natural_table(rows: Sequence[dict[str, float | str]]) -> Table:
    """Rows of `natural_row` as a table."""
    cells = [
        (
            f"{one['modality']}",
            f"{one['symbols']}",
            f"{one['items']:,}",
            f"{one['accuracy']:.1%}",
            f"{one['smaller']:.1%}",
            f"{one['prefix']:.1f}",
            f"{one['rate']:.4f}",
        )
        for one in rows
    ]
    header = ("modality", "symbols", "items", "Accuracy", "smaller", "right prefix", "rate")
    return Table(header, cells, left=1)
