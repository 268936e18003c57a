"""Which streams to take off an interleaving: what is left, and what one more peel would leave.

If the interleaved stream is no longer than what it was joined to, it does not matter where in the
chain that happened: the first 2 m symbols alternate. If it is longer, it happened just when the
chain had `place` symbols, and its tail goes on behind them.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inner, kernel
from codelength.synthesis.solver.costs import NEVER, Costs
from codelength.synthesis.solver.survey import Sketch, keep, survey

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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


@kernel
def peels(
    chain: Array,
    size: int,
    active: int,
    cut: int,
    costs: Costs,
    sketch: Sketch,
    scores: Floats,
    choices: Array,
    next_scores: Floats,
    next_choices: Array,
    best: Floats,
    chosen: Array,
    rest: Array,
    streams: Floats,
    stream_bits: Floats,
) -> int:
    """The best peels, by what they or they and one more would leave, best first; how many.

    Arguments:
        scores, choices: room for the candidates; `next_*`: for one of a candidate's own.
        best, chosen: float64 `[k]`, int64 `[k, 2]`: bits, and (place, length).
        streams: bits of the peeled stream and its merge, of each chosen one, float64 `[k]`.
    """
    count = survey(chain, size, active, cut, costs, sketch, scores, choices)
    kept = 0
    for k in range(count):
        place, length = choices[k, 0], choices[k, 1]
        left = leave(chain, size, place, length, rest)
        if length > place:
            next_active, next_cut = place, place
        else:
            next_active, next_cut = active - length, (cut - length if cut > 0 else 0)
        bits = scores[k]
        whole = survey(rest, left, next_active, next_cut, costs, sketch, next_scores, next_choices)
        # What the stream itself costs: the score less what is left as it is.
        stream_bits[k] = bits - sketch.after[0]
        if whole > 0:
            bits = min(bits, stream_bits[k] + next_scores[0])
        kept = keep(best, chosen, kept, bits, place, length)
    for k in range(kept):
        for j in range(count):
            if choices[j, 0] == chosen[k, 0] and choices[j, 1] == chosen[k, 1]:
                streams[k] = stream_bits[j]
    return kept
