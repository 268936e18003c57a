"""Figures over many judged responses: the unbiased pass@k, round trips, their intervals.

Example: pass_at_k(10, 1, 5) -> 0.5.

Everything that was asked is in the denominator: a call that failed, a refusal and an answer that
was cut off are responses without a right answer. Intervals are of 95 %, by bootstrap over items.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.errors import InputError
from codelength.roundtrip.records import Record
from codelength.roundtrip.scoring import Judged
from codelength.roundtrip.settings import PAIRS

RESAMPLES = 1000
"""Of the bootstrap; the same each time."""


@dataclass(frozen=True)
class Scored:
    """A judged response.

    Arguments:
        setting: by name.
        sample: which of several to the same question, from 0.
        end: how the response ended; see `synthesis.prompted.generation`.
        tokens: of question and answer.
    """

    record: Record
    setting: str
    sample: int
    judged: Judged
    end: str
    tokens: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Interval:
    """A mean over items, and where 95 % of resampled means lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """A group of responses in figures.

    Arguments:
        questions, responses: how many.
        correct, feasible: shares of responses.
        edit_similarity: mean.
        passes: pass@k by k.
        statuses: how many responses of each status.
        ends: how many that did not end by themselves, by how.
        tokens: of questions and answers, in all.
    """

    questions: int
    responses: int
    correct: float
    feasible: float
    edit_similarity: float
    passes: Mapping[int, Interval]
    statuses: Mapping[str, int]
    ends: Mapping[str, int]
    tokens: tuple[int, int]


def pass_at_k(count: int, right: int, k: int) -> float:
    """The chance that of k responses out of `count`, of which `right` are right, one is right.

    Chen et al. 2021, eq. 1.

    Raises:
        InputError: k is more than there are.
    """
    if not 1 <= k <= count:
        raise InputError(f"pass@{k} needs {k} responses to a question; there are {count}")
    return 1.0 - math.comb(count - right, k) / math.comb(count, k)


def mean_interval(values: Mapping[Hashable, Sequence[float]]) -> Interval:
    """The mean of all values, and its interval: items are drawn again, each with all its values."""
    if not values:
        return Interval(math.nan, math.nan, math.nan)
    sums = np.array([math.fsum(some) for some in values.values()])
    counts = np.array([len(some) for some in values.values()], dtype=float)
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), RESAMPLES)
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(sums.sum() / counts.sum()), float(low), float(high))


def questions(scored: Iterable[Scored]) -> dict[tuple[str, str], list[Scored]]:
    """The responses to each question: record and setting."""
    found: dict[tuple[str, str], list[Scored]] = {}
    for one in scored:
        found.setdefault((one.record.id, one.setting), []).append(one)
    return found


def figures(scored: Sequence[Scored], ks: Sequence[int] = (1,)) -> Figures:
    """The figures of a group; a k that some question has fewer responses than is left out."""
    asked = questions(scored)
    fewest = min((len(some) for some in asked.values()), default=0)
    passes = {}
    for k in (k for k in ks if k <= fewest):
        by_item: dict[Hashable, list[float]] = {}
        for some in asked.values():
            right = sum(one.judged.correct for one in some)
            by_item.setdefault(some[0].record.input, []).append(pass_at_k(len(some), right, k))
        passes[k] = mean_interval(by_item)
    judged = [one.judged for one in scored]
    return Figures(
        len(asked),
        len(scored),
        mean(float(one.correct) for one in judged),
        mean(float(one.feasible) for one in judged),
        mean(one.edit_similarity for one in judged),
        passes,
        counted(one.status for one in judged),
        counted(one.end for one in scored if one.end != "stop"),
        (sum(one.tokens[0] for one in scored), sum(one.tokens[1] for one in scored)),
    )


def mean(values: Iterable[float]) -> float:
    """The mean; NaN of nothing."""
    kept = list(values)
    return math.fsum(kept) / len(kept) if kept else math.nan


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each name is there, the most frequent first."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def grouped(scored: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """The responses by a name of theirs, in the order in which names are met."""
    found: dict[str, list[Scored]] = {}
    for one in scored:
        found.setdefault(key(one), []).append(one)
    return found


GROUPS: dict[str, Callable[[Scored], str]] = {
    "family": lambda one: one.record.family,
    "setting": lambda one: one.setting,
    "source": lambda one: one.record.source,
    "kind": lambda one: f"{one.record.source}/{one.record.kind}",
    "length": lambda one: one.record.length,
    "entropy": lambda one: one.record.entropy,
    "split": lambda one: one.record.split,
}
"""By what responses can be grouped."""


def round_trips(scored: Iterable[Scored]) -> dict[str, Interval]:
    """How likely a model gets an item right both ways, forward and backward, by pair of settings.

    For each record that was asked both ways: the share of pairs (a forward response, a backward
    one) in which both are right, all pairs counted.
    """
    asked = questions(scored)
    found = {}
    for forward, backward in PAIRS:
        by_item: dict[Hashable, list[float]] = {}
        for (name, setting), some in asked.items():
            other = asked.get((name, backward))
            if setting == forward and other:
                shares = [mean(float(one.judged.correct) for one in side) for side in (some, other)]
                by_item.setdefault(some[0].record.input, []).append(shares[0] * shares[1])
        if by_item:
            found[forward] = mean_interval(by_item)
    return found
