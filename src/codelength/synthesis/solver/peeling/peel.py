"""Which streams to take off an interleaving: what is left, and what could be found in it.

If the interleaved stream is no longer than what it was joined to, it does not matter where in the
chain that happened: the first 2 m symbols alternate. If it is longer, it happened just when the
chain had `place` symbols, and its tail goes on behind them.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner, kernel
from codelength.dsl.operations import INTERLEAVE
from codelength.synthesis.solver.costs import NEVER, Costs
from codelength.synthesis.solver.peeling.potential import Trace, potential
from codelength.synthesis.solver.peeling.survey import Sketch, survey

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

STREAM, LOOK, HOPE = range(3)
"""Columns of estimates: bits of the peeled stream and its merge; in all, if one more stream is
peeled at most; in all, if everything that the rest shows could be peeled."""

SHORT, LONG = constant(5), constant(25)
"""Lengths of streams that may be literals, which no estimate of one more peel sees."""
FIRST = constant(6)
"""Other peels that are looked behind."""


@inner
def leave(chain: Array, size: int, place: int, length: int, rest: Array) -> int:
    """Write what is left of a chain without a peeled stream; its length."""
    pairs = min(place, length)
    for k in range(pairs):
        rest[k] = chain[2 * k]
    from_here = place + length if length > place else 2 * pairs
    for k in range(from_here, size):
        rest[pairs + k - from_here] = chain[k]
    return size - length


@inner
def deeper(
    rest: Array,
    left: int,
    active: int,
    cut: int,
    costs: Costs,
    sketch: Sketch,
    scores: Floats,
    choices: Array,
    next_scores: Floats,
    next_choices: Array,
    further: Array,
) -> float:
    """Bits of a chain after two more peels, the first of a stream that may be a literal."""
    count = survey(rest, left, active, cut, costs, sketch, scores, choices, False)
    least = scores[0] if count > 0 else NEVER
    for k in range(count):
        place, length = choices[k, 0], choices[k, 1]
        if k >= FIRST and not (place == length and SHORT <= length <= LONG):
            continue
        less = leave(rest, left, place, length, further)
        if length > place:
            next_active, next_cut = place, place
        else:
            next_active, next_cut = active - length, (cut - length if cut > 0 else 0)
        if next_active < 2 * SHORT:
            continue
        more = survey(
            further, less, next_active, next_cut, costs, sketch, next_scores, next_choices, False
        )
        if more > 0:
            least = min(least, scores[k] - sketch.after[0] + next_scores[0])
    return least


@kernel
def peels(
    chain: Array,
    size: int,
    active: int,
    cut: int,
    costs: Costs,
    sketch: Sketch,
    trace: Trace,
    scores: Floats,
    choices: Array,
    next_scores: Floats,
    next_choices: Array,
    rest: Array,
    estimates: Floats,
    streams: Array,
    bounds: Array,
    peeled: int,
    more_scores: Floats,
    more_choices: Array,
    further: Array,
    deep: bool,
) -> int:
    """Survey the peels of chain[:active]; how many there are.

    Arguments:
        scores, choices: bits, and (place, length) of each, float64 `[n]`, int64 `[n, 2]`.
        next_scores, next_choices: room for one peel of what is left.
        estimates: float64 `[n, 3]`, see `STREAM`.
        more_scores, more_choices, further: room to look deeper, if `deep`.
        streams, bounds, peeled: the streams that were peeled before, with room for all symbols.
    """
    count = survey(chain, size, active, cut, costs, sketch, scores, choices, True)
    for k in range(count):
        place, length = choices[k, 0], choices[k, 1]
        left = leave(chain, size, place, length, rest)
        if length > place:
            next_active, next_cut = place, place
        else:
            next_active, next_cut = active - length, (cut - length if cut > 0 else 0)
        more = survey(
            rest, left, next_active, next_cut, costs, sketch, next_scores, next_choices, True
        )
        # What the stream itself costs: the score less what is left as it is.
        estimates[k, STREAM] = scores[k] - sketch.after[0]
        estimates[k, LOOK] = scores[k]
        if more > 0:
            estimates[k, LOOK] = min(scores[k], estimates[k, STREAM] + next_scores[0])
        if deep and place == length and SHORT <= length <= LONG and next_active >= 4 * SHORT:
            bits = deeper(
                rest,
                left,
                next_active,
                next_cut,
                costs,
                sketch,
                more_scores,
                more_choices,
                next_scores,
                next_choices,
                further,
            )
            estimates[k, LOOK] = min(estimates[k, LOOK], estimates[k, STREAM] + bits)
        at = bounds[peeled]
        pairs = min(place, length)
        for j in range(length):
            streams[at + j] = chain[2 * j + 1] if j < pairs else chain[pairs + j]
        bounds[peeled + 1] = at + length
        bounds[peeled + 2] = at + length + left
        for j in range(left):
            streams[at + length + j] = rest[j]
        estimates[k, HOPE] = potential(
            streams, bounds, peeled + 1, next_active, costs.derived[INTERLEAVE], trace
        )
    return count
