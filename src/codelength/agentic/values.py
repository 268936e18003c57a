"""What a component is worth: the paired mean saving in bits, with its interval.

    value of g = E[L(x | c) without g] - E[L(x | c) with g]

(agentic codelength, section 3.4). Both systems are measured on the same instances; the interval is
of a bootstrap over them, the p-value of a sign test.
"""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from codelength.codecs.observers import Observer
from codelength.codecs.protocol import Codec
from codelength.coding.grid import Floats
from codelength.coding.messages import differences
from codelength.corpora.instances import Corpus
from codelength.errors import InputError
from codelength.runs.measure import measure
from codelength.runs.store import Run

RESAMPLES = 10_000
LEVEL = 0.95
"""Of intervals."""


@dataclass(frozen=True)
class Pair:
    """One instance under two systems, in bits."""

    id: str
    units: int
    base: float
    with_it: float

    @property
    def saving(self) -> float:
        """Bits that the second system saves."""
        return self.base - self.with_it


@dataclass(frozen=True)
class Value:
    """What the second system saves against the first.

    Arguments:
        base, with_it: names of the systems.
        mean_base, mean_with, value, low, high: bits a unit; the value and its 95 % interval.
        median: of the instances' savings, bits a unit.
        wins, losses, ties: instances on which the second is shorter, longer, or as long.
        p: of a two-sided sign test over wins and losses.
        verified: whether all bits were decoded; if not, both are estimates.
    """

    base: str
    with_it: str
    unit: str
    mean_base: float
    mean_with: float
    value: float
    low: float
    high: float
    median: float
    wins: int
    losses: int
    ties: int
    p: float
    verified: bool
    pairs: tuple[Pair, ...]


def interval(savings: Floats, units: Floats, seed: int = 0) -> tuple[float, float]:
    """The bootstrap interval of sum(savings) / sum(units), by percentiles, over instances."""
    rng = np.random.default_rng(seed)
    ratios = np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        drawn = rng.integers(0, len(savings), len(savings))
        while not units[drawn].sum():  # only instances that have no units
            drawn = rng.integers(0, len(savings), len(savings))
        ratios[k] = savings[drawn].sum() / units[drawn].sum()
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def sign_test(wins: int, losses: int) -> float:
    """The chance, if both signs were equally likely, of a split at least as uneven as this."""
    total, fewer = wins + losses, min(wins, losses)
    tail = sum(math.comb(total, k) for k in range(fewer + 1))
    return min(1.0, float(2 * tail / 2**total))


def weigh(pairs: Sequence[Pair], base: str, with_it: str, unit: str, verified: bool) -> Value:
    """The value by pairs.

    Raises:
        InputError: there are none, or none has a unit.
    """
    units = np.array([pair.units for pair in pairs], np.float64)
    if not units.sum():
        raise InputError(f"{base} and {with_it} have no {unit} to compare by")
    bases = np.array([pair.base for pair in pairs])
    savings = np.array([pair.saving for pair in pairs])
    low, high = interval(savings, units)
    wins, losses = int((savings > 0).sum()), int((savings < 0).sum())
    each = savings[units > 0] / units[units > 0]
    return Value(
        base,
        with_it,
        unit,
        mean_base=float(bases.sum() / units.sum()),
        mean_with=float((bases - savings).sum() / units.sum()),
        value=float(savings.sum() / units.sum()),
        low=low,
        high=high,
        median=float(np.median(each)),
        wins=wins,
        losses=losses,
        ties=len(pairs) - wins - losses,
        p=sign_test(wins, losses),
        verified=verified,
        pairs=tuple(pairs),
    )


def unit_of(run: Run) -> str:
    """What the run's corpus counts by."""
    return str(run.corpus.get("unit", Corpus.unit))


def is_verified(run: Run) -> bool:
    """Whether all of a run's bits were decoded and accepted."""
    sums = run.sums
    return sums["coded_bits"] is not None and sums["verified"] == sums["instances"]


def compare(base: Run, with_it: Run, names: tuple[str, str] | None = None) -> Value:
    """What the second run saves against the first.

    Raises:
        InputError: they are of other instances, or of other observers.
    """
    for what in ("corpus", "observer"):
        differ = differences(base.info["spec"][what], with_it.info["spec"][what], what)
        if differ:
            raise InputError(
                f"{base.folder} and {with_it.folder} cannot be compared: {'; '.join(differ)}"
            )
    verified = is_verified(base) and is_verified(with_it)
    pairs = []
    for one, other in zip(base.rows(), with_it.rows(), strict=True):
        if (one.id, one.symbols, one.units) != (other.id, other.symbols, other.units):
            raise InputError(f"{with_it.folder} has another {other.id} than {base.folder}")
        bits = [
            float(row.coded_bits) if verified and row.coded_bits is not None else row.ideal_bits
            for row in (one, other)
        ]
        pairs.append(Pair(one.id, one.units, *bits))
    first, second = names or (base.folder.name, with_it.folder.name)
    return weigh(pairs, first, second, unit_of(base), verified)


def chain(runs: Sequence[Run]) -> list[Value]:
    """Values of components that are added one after the other, and last that of all together.

    Along one order they sum to that of all; by themselves they depend on the order.
    """
    if len(runs) < 2:
        raise InputError("a value needs a run without the component and one with it")
    steps = [compare(a, b) for a, b in pairwise(runs)]
    return steps if len(runs) == 2 else [*steps, compare(runs[0], runs[-1])]


def component_value(
    base: Codec,
    with_it: Codec,
    corpus: Corpus,
    out: Path | str | None = None,
    observer: Observer | None = None,
) -> Value:
    """Measure two systems on the same instances, decode every message, and compare.

    Arguments:
        out: a folder for the two runs, `base` and `with`; thrown away by default.
        observer: accepts reconstructions; see `measure`.

    Raises:
        InputError: see `measure`.
    """
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(out or spare)
        first = measure(base, corpus, folder / "base", observer=observer)
        return compare(first, measure(with_it, corpus, folder / "with", observer=observer))
