"""Programs that a model wrote, run and priced by compiled loops: which are right, and their bits.

Example: judged([words], [target]) -> right, bits under both priors, symbols that are right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel
from codelength.dsl.interpreter import FINE, Limits, run
from codelength.dsl.operations import ZERO
from codelength.dsl.priors.exact import choice_bits, choices
from codelength.dsl.priors.paper import outside_domain, paper_bits

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LENGTH, STEPS = 1 << 13, 1 << 16
"""A model's programs may use less than others: targets are short."""


@kernel
def judge_many(
    words: Array,
    ends: Array,
    targets: npt.NDArray[np.uint8],
    target_ends: Array,
    arena: Array,
    bounds: Array,
    scratch: Array,
    limits: Array,
    ran: npt.NDArray[np.bool_],
    right: npt.NDArray[np.bool_],
    prefix: Array,
    paper: Floats,
    exact: Floats,
) -> None:
    """Run each program; bits only for those whose output is their target."""
    start, begin = ZERO, ZERO
    for k in range(len(ends)):
        size = target_ends[k] - begin
        if ends[k] > start:
            outcome, line, _ = run(words, start, arena, bounds, limits[0], limits[1])
            if outcome == FINE:
                ran[k] = True
                result = words[ends[k] - 1]
                first, last = bounds[result], bounds[result + 1]
                same = ZERO
                while (
                    same < size
                    and first + same < last
                    and arena[first + same] == targets[begin + same]
                ):
                    same += 1
                prefix[k] = same
                if same == size and last - first == size:
                    right[k] = True
                    inside = outside_domain(words, start, bounds, True)[0] < 0
                    if inside and 2 * (ends[k] - start) + 100 * (line + 1) <= scratch.shape[1]:
                        paper[k] = paper_bits(words, start)
                        number = choices(words, start, bounds, scratch[0], scratch[1])
                        exact[k] = choice_bits(scratch[1], number)
        start, begin = ends[k], target_ends[k]


@dataclass(frozen=True)
class Verdicts:
    """Of many programs, each an array with an entry a program.

    Arguments:
        ran: within the limits; `right`: and gave the target.
        prefix: symbols up to the first wrong one.
        paper, exact: bits; infinite where it is not right, or has no price.
    """

    ran: npt.NDArray[np.bool_]
    right: npt.NDArray[np.bool_]
    prefix: Array
    paper: Floats
    exact: Floats


def judged(programs: Sequence[Array | None], targets: Sequence[bytes]) -> Verdicts:
    """Run and price a program for each target; None is a program that was not finished."""
    empty = np.zeros(0, np.int64)
    words = [empty if one is None else one for one in programs]
    count, longest = len(words), max([1, *map(len, words)])
    ends = np.cumsum([len(one) for one in words], dtype=np.int64)
    target_ends = np.cumsum([len(one) for one in targets], dtype=np.int64)
    ran, right = np.zeros(count, bool), np.zeros(count, bool)
    prefix = np.zeros(count, np.int64)
    paper, exact = np.full(count, np.inf), np.full(count, np.inf)
    limits = Limits(LENGTH, STEPS)
    judge_many(
        np.concatenate([*words, empty]),
        ends,
        np.frombuffer(b"".join(targets) or b"\0", np.uint8),
        target_ends,
        np.empty(1 << 20, np.int64),
        np.zeros(longest + 2, np.int64),
        np.zeros((2, 128 * longest + 4096), np.int64),
        np.array([limits.length, limits.steps]),
        ran,
        right,
        prefix,
        paper,
        exact,
    )
    return Verdicts(ran, right, prefix, paper, exact)
