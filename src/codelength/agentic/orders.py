"""Components that interact: what each is worth depends on which others are there already.

Example: with bits 100 (none), 60 (a), 70 (b), 50 (a and b) the tool a saves 40 first and 20 after
b; its Shapley value, the mean over all orders, is 30.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from math import factorial
from pathlib import Path

import numpy as np

from codelength.agentic.values import compare, interval, is_verified, unit_of
from codelength.codecs.protocol import Codec
from codelength.coding.grid import Floats
from codelength.corpora.instances import Corpus
from codelength.errors import InputError
from codelength.runs.measure import measure
from codelength.runs.store import Run

MOST = 6
"""Components, of which all subsets are measured."""

Set = frozenset[str]


@dataclass(frozen=True)
class Share:
    """A component's Shapley value and its 95 % interval, bits a unit."""

    component: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Lattice:
    """The bits of each instance under each set of components.

    Arguments:
        bits: float64 `[instances]` by set; all subsets are there.
        units: float64 `[instances]`.
    """

    components: tuple[str, ...]
    bits: Mapping[Set, Floats]
    units: Floats
    unit: str

    def mean(self, present: Iterable[str]) -> float:
        """Bits a unit with these components."""
        return float(self.bits[frozenset(present)].sum() / self.units.sum())

    def orders(self) -> dict[tuple[str, ...], list[float]]:
        """By order of addition: what each component saves when it is added, bits a unit."""
        found = {}
        for order in permutations(self.components):
            means = [self.mean(order[:k]) for k in range(len(order) + 1)]
            found[order] = [a - b for a, b in pairwise(means)]
        return found

    def shapley(self) -> list[Share]:
        """The mean saving of each component over all orders; they sum to the saving of all."""
        found = []
        n = len(self.components)
        for one in self.components:
            savings = np.zeros(len(self.units))
            for before in subsets(other for other in self.components if other != one):
                weight = factorial(len(before)) * factorial(n - len(before) - 1) / factorial(n)
                savings += weight * (self.bits[before] - self.bits[before | {one}])
            low, high = interval(savings, self.units)
            found.append(Share(one, float(savings.sum() / self.units.sum()), low, high))
        return found


def subsets(components: Iterable[str]) -> list[Set]:
    """All of them, smaller ones first."""
    names = sorted(components)
    return [frozenset(some) for k in range(len(names) + 1) for some in combinations(names, k)]


def lattice_of(runs: Mapping[Set, Run]) -> Lattice:
    """The lattice of runs by the components of their systems.

    Raises:
        InputError: a subset is missing, or they are of other instances.
    """
    components = tuple(sorted(frozenset().union(*runs)))
    if len(components) > MOST:
        raise InputError(f"{len(components)} components have too many orders; {MOST} at most")
    missing = [sorted(one) for one in subsets(components) if one not in runs]
    if missing:
        raise InputError(f"all subsets of {', '.join(components)} are needed; not here: {missing}")
    first = runs[frozenset()]
    for run in runs.values():
        compare(first, run)  # the same instances and observer
    verified = all(map(is_verified, runs.values()))
    bits = {}
    for present, run in runs.items():
        rows = run.rows()
        bits[present] = np.array(
            [float(row.coded_bits or 0) if verified else row.ideal_bits for row in rows]
        )
    units = np.array([row.units for row in first.rows()], np.float64)
    return Lattice(components, bits, units, unit_of(first))


def measure_all(
    system: Callable[[Set], Codec], components: Sequence[str], corpus: Corpus, out: Path | str
) -> Lattice:
    """Measure the systems of all subsets of components.

    Arguments:
        system: the codec with exactly these components.
        out: a folder for the runs, which are gone on with.
    """
    runs = {}
    for present in subsets(components):
        name = "+".join(sorted(present)) or "none"
        runs[present] = measure(system(present), corpus, Path(out) / name)
    return lattice_of(runs)
