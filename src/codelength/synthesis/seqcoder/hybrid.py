"""What the solver's small changes make of a model's programs, right ones and near misses.

Example: a program whose first 90 of 100 symbols are right -> its slice of 90, ten symbols listed.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import BETWEEN, CONCATENATE, OUTPUT, SET_LIST
from codelength.dsl.priors import Prior
from codelength.dsl.priors.fitted import FittedPrior
from codelength.dsl.program import Program
from codelength.dsl.rewrites import shortened
from codelength.errors import ProgramError
from codelength.synthesis.programs import runs_to
from codelength.synthesis.solver.polishing.polish import Polisher

Array = npt.NDArray[np.int64]
SEEDS, MENDED, TRIALS = 4, 2, 300
"""Right programs and near misses that are polished for a target, and changes that are priced."""


def mended(words: Array, target: bytes, right: int) -> Program:
    """A program whose first `right` symbols are the target's, cut there, and the rest listed."""
    result, lines = int(words[-1]), Program(words).lines - 1
    made = [*words[:-2].tolist(), BETWEEN, result, 0, right]
    last = lines
    if rest := target[right:]:
        made += [SET_LIST, len(rest), *rest, CONCATENATE, lines, lines + 1]
        last = lines + 2
    return Program(np.array([*made, OUTPUT, last], np.int64))


def improved(
    prices: Prior,
    target: bytes,
    programs: Sequence[Array],
    prefix: Array,
    right: Sequence[Array],
) -> list[Program]:
    """Right programs for a target, those of the model made cheaper; may be none.

    Arguments:
        programs: all that the model wrote; `prefix`: their first so many symbols are right.
        right: those that give the target.
    """
    limits = Limits()
    near = [k for k in np.argsort(-prefix, kind="stable") if prefix[k] >= max(4, len(target) // 2)]
    seeds = [Program(one) for one in right]
    seeds += [mended(programs[k], target, min(int(prefix[k]), 256)) for k in near[:MENDED]]
    priced = []
    for one in seeds:
        try:
            priced.append((prices.bits(one, limits), one))
        except ProgramError:  # outside the domain
            continue
    priced.sort(key=lambda pair: pair[0])
    polisher = Polisher(prices, target, limits, isinstance(prices, FittedPrior))
    found = []
    for _, one in priced[:SEEDS]:
        brief = shortened(one, prices, limits)
        for made in (brief, shortened(polisher.polished(brief, TRIALS), prices, limits)):
            if runs_to(made, target, limits):
                found.append(made)
    return found
