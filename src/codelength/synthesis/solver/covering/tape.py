"""The tape: the streams of one interleaving plan side by side, and what pieces may stand where.

Example: the plan that peels [1, 1, 1] off [7, 1, 8, 1, 9, 1] has the tape [7, 8, 9 | 1, 1, 1].

First the chain, which is cut into pieces freely; then each peeled stream, which is one piece.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant

Array = npt.NDArray[np.int64]

PLACE = constant(8)
"""Ranks from one symbol of the chain to the next; streams come between."""


class Tape(NamedTuple):
    """Symbols and their borders.

    Arguments:
        symbols: int64 `[n]`.
        reach: where a piece that starts here may end at most, -1 where none may start.
        exact: 1 where a piece that starts here must end there.
        rank: grows along the order of the program; a piece may use what has a smaller rank.
        bounds: int64 `[streams + 2]`: 0, the end of the chain, the end of each stream.
        info: int64 `[2]`: symbols of the chain, peeled streams.
    """

    symbols: Array
    reach: Array
    exact: Array
    rank: Array
    bounds: Array
    info: Array


def make_tape(chain: Array, cuts: list[int], streams: list[Array]) -> Tape:
    """The tape of a plan.

    Arguments:
        chain: int64, the stream that is cut freely.
        cuts: where in the chain a piece must end.
        streams: int64 each, one piece each.
    """
    symbols = np.concatenate([chain, *streams]).astype(np.int64)
    size = len(chain)
    reach = np.full(len(symbols), -1, np.int64)
    exact = np.zeros(len(symbols), np.int64)
    rank = np.zeros(len(symbols), np.int64)
    rank[:size] = PLACE * np.arange(size)
    start = 0
    for cut in [*sorted(cuts), size]:
        reach[start:cut] = cut
        start = max(start, cut)
    bounds = [0, size]
    for number, stream in enumerate(streams):
        start, end = bounds[-1], bounds[-1] + len(stream)
        if end > start:
            reach[start], exact[start] = end, 1
        rank[start:end] = PLACE * (size + len(streams) - number) + 1
        bounds.append(end)
    return Tape(symbols, reach, exact, rank, np.array(bounds), np.array([size, len(streams)]))
