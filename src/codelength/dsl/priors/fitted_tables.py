"""The numbers of the fitted prior: counted on sampled programs, shipped as integers in JSON.

Example: load().marginals.operations[INITIATOR, REPEAT_NUM] -> 2.4 bits.

Everything that coding uses is an integer when it is read from the file, so both ends agree on every
machine. `benchmarks/fit_prior.py` writes the file.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.tables import FrequencyTable
from codelength.dsl.operations import OPERATIONS, PREDICATES
from codelength.dsl.priors.fitted_choices import OPEN, TOTAL

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FILE = "fitted.json"
FIT_SEED = 7_000_001
"""The sampler's seed that the shipped tables were counted on; never report on it."""
FIT_PAIRS = 200_000

KIND, LENGTH, STEP, TIMES, JUMP, MERGE, LEFT_OUT, CALL, MORE = range(9)
"""Rows: initiator; length - 5; step - 2; times - 2; jump - 2; concatenate or interleave; whether
what was substituted leaves the merge; the operation of an irregular line; `MORE` + n: whether
another initiator comes after n of them."""
REUSE, REUSED_OF, REUSED = 13, 24, 7
"""REUSE + 8 * min(sequences, 24) + min(reuses so far, 7): whether another reuse comes."""
ROWS, SYMBOLS = REUSE + 8 * (REUSED_OF + 1), 23
NAMED = ("kind", "length", "step", "times", "jump", "merge", "left_out", "call")

SHORTEST, LONGEST = 5, 25
"""Lengths of the sampler's initiators."""
OUTCOMES = 25
"""Outcomes of trials: an operation's number; for filter 22 + the predicate."""
GROUPS = (
    ("reverse_list",),
    ("repeat_list",),
    ("get_subsequence_with_jumps",),
    ("get_subsequence_between_indices",),
    ("substitute",),
    ("max_n", "min_n"),
    ("add_item_list", "subtract_item_list", "modulo_item_list"),
    ("scan_add",),
    tuple(f"filter {predicate}" for predicate in PREDICATES),
    ("add_two_lists", "subtract_two_lists"),
    ("modulo_two_lists",),
)
"""The outcomes that exclude each other in one trial."""
GATES = ("list", "maths", "two_lists")

INITIATOR, DERIVED, MERGING = range(3)
"""The stages of a program, for `Marginals`."""
STAGES = ("initiator", "derived", "merge")


@dataclass(frozen=True)
class Marginals:
    """Average prices in bits, for searches that cannot afford a price in context. Not a code.

    Arguments:
        operations: float `[3, 22]`: of each operation in the stage of the line before it
            (`INITIATOR`, also at the start; `DERIVED`; `MERGING`), large where never seen.
        references: float `[22]`: of where the operation acts, beyond `operations`: the two sum to
            what a line without its other arguments costs on average.
        list_lengths: float `[64]`: of the length of a literal list.
        values: float `[256]`: of a value.
        counts: float `[26]`: of the count of repeat_num.
        steps, times, jumps: float `[9]`: of a step, a repetition, a jump.
        range_lengths: float `[26]`: of the end of a range, by the number of its elements.
    """

    operations: Floats
    references: Floats
    list_lengths: Floats
    values: Floats
    counts: Floats
    steps: Floats
    times: Floats
    jumps: Floats
    range_lengths: Floats


class Model(NamedTuple):
    """The tables as the kernels take them, all int64.

    Arguments:
        rows: `[ROWS, SYMBOLS + 1]`, running sums to `TOTAL`.
        hazards: `[OUTCOMES]`, of `TOTAL`.
        gates: `[3]`, of `OPEN`.
        starts: `[257]`, running sums over starts of ranges.
        lengths: `[27]`, running sums over lengths of ranges (sum of weights below each length).
    """

    rows: Array
    hazards: Array
    gates: Array
    starts: Array
    lengths: Array


@dataclass(frozen=True)
class Tables:
    """What the file holds: the model, and the marginals."""

    model: Model
    marginals: Marginals


def outcome_of(name: str) -> int:
    """The outcome's number: `reverse_list`, `filter is_even`."""
    if name.startswith("filter "):
        return len(OPERATIONS) + 1 + PREDICATES.index(name.removeprefix("filter "))
    return [operation.name for operation in OPERATIONS].index(name)


def tables_of(fitted: dict[str, Any]) -> Tables:
    """Build and check the tables from the file's content."""
    rows = np.full((ROWS, SYMBOLS + 1), TOTAL, dtype=np.int64)
    rows[:, 0] = 0
    given = {number: fitted[name] for number, name in enumerate(NAMED)}
    given |= {MORE + n: pair for n, pair in enumerate(fitted["more"], 1)}
    for n, by_reuses in enumerate(fitted["reuse"]):
        given |= {REUSE + 8 * n + k: pair for k, pair in enumerate(by_reuses)}
    for number, frequencies in given.items():
        table = FrequencyTable.of(frequencies)
        if table.total != TOTAL:
            raise ValueError(f"row {number} of the fitted tables sums to {table.total}")
        rows[number, : table.symbols + 1] = table.cumulative
    hazards = np.zeros(OUTCOMES, dtype=np.int64)
    for group in GROUPS:
        for name in group:
            hazards[outcome_of(name)] = fitted["hazards"][name]
        if not all(fitted["hazards"][name] >= 1 for name in group) or (
            sum(fitted["hazards"][name] for name in group) >= TOTAL
        ):
            raise ValueError(f"the hazards of {group} are not below 1")
    gates = np.array([fitted["gates"][name] for name in GATES], dtype=np.int64)
    if gates.min() < 1 or gates.max() > OPEN:
        raise ValueError("a gate is not a probability")
    starts, lengths = range_sums(np.diff(rows[LENGTH]))
    marginals = Marginals(
        **{name: np.array(values, dtype=np.float64) for name, values in fitted["marginals"].items()}
    )
    return Tables(Model(rows, hazards, gates, starts, lengths), marginals)


def range_sums(frequencies: Array) -> tuple[Array, Array]:
    """Running sums over starts and lengths of ranges, from the lengths' frequencies.

    A start is uniform in 0..255 - length, so a length weighs frequency / (256 - length) at each
    start that it allows.
    """
    weights = np.zeros(LONGEST + 1, dtype=np.int64)
    for length in range(SHORTEST, LONGEST + 1):
        weights[length] = (int(frequencies[length - SHORTEST]) << 10) // (256 - length)
    lengths = np.concatenate([[0], np.cumsum(weights)])
    longest = np.clip(255 - np.arange(256), 0, LONGEST)
    starts = np.concatenate([[0], np.cumsum(lengths[longest + 1])])
    return starts.astype(np.int64), lengths.astype(np.int64)


@cache
def load() -> Tables:
    """The shipped tables."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return tables_of(json.loads(text))
