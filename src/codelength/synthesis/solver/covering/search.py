"""The search over covers of one tape: cover, learn what it shows, match that, cover again."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel
from codelength.dsl.operations import ZERO
from codelength.synthesis.solver.costs import NEVER, PHASES, Costs
from codelength.synthesis.solver.covering.borders import find_borders, take_borders
from codelength.synthesis.solver.covering.cover import cover
from codelength.synthesis.solver.covering.matching import match_new
from codelength.synthesis.solver.covering.pool import AHEAD, COUNT, Pool, clear
from codelength.synthesis.solver.covering.seeds import plant
from codelength.synthesis.solver.covering.settle import price_sources, release, settle
from codelength.synthesis.solver.covering.tape import Tape

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Room(NamedTuple):
    """Arrays that the search writes into, for tapes up to one length.

    Arguments:
        best, back: see `cover`.
        path: pieces of a cover, int64 `[n, 8]`; `kept`: of the best one.
        found: borders, int64 `[32, 3]`; `saving`: bits.
    """

    best: Floats
    back: Array
    path: Array
    kept: Array
    found: Array
    saving: Floats


def new_room(symbols: int) -> Room:
    """Arrays for tapes of so many symbols."""
    return Room(
        np.zeros((PHASES, symbols + 1)),
        np.zeros((symbols + 1, PHASES, 3), np.int64),
        np.zeros((2 * symbols + 64, 8), np.int64),
        np.zeros((2 * symbols + 64, 8), np.int64),
        np.zeros((32, 3), np.int64),
        np.zeros(32),
    )


@kernel
def cover_tape(
    tape: Tape, pool: Pool, costs: Costs, room: Room, rounds: int, ahead: bool, enough: float
) -> tuple[float, int]:
    """The best cover that `rounds` rounds find: (bits, pieces); its pieces are in room.kept.

    Arguments:
        ahead: the streams come first, so that all of the chain may use them; else last, so that
            they may use all of it.
        enough: after two rounds a cover of more bits is not improved further.
    """
    if ahead:
        for j in range(tape.info[0], len(tape.symbols)):
            tape.rank[j] = AHEAD
    clear(pool, tape.symbols)
    plant(tape, pool, costs)
    price_sources(tape, pool, costs, room.path, ZERO)
    least, last, kept, looks = 2 * NEVER, 2 * NEVER, ZERO, 0
    for k in range(len(room.saving)):
        room.saving[k] = 0.0
    for turn in range(rounds):
        before = pool.info[COUNT]
        match_new(tape, pool, costs)
        pieces = cover(tape, pool, costs, room.best, room.back, room.path)
        bits, pieces = settle(tape, pool, costs, room.path, pieces)
        if bits < least:
            least, kept = bits, pieces
            for at in range(pieces):
                for column in range(8):
                    room.kept[at, column] = room.path[at, column]
        if bits > enough and turn >= 2:
            break
        if take_borders(tape, pool, costs, room.found, room.saving) == 0 and looks < 3:
            looks += 1
            find_borders(tape, pool, costs, room.path, pieces, room.found, room.saving)
            take_borders(tape, pool, costs, room.found, room.saving)
        price_sources(tape, pool, costs, room.path, pieces)
        better, last = bits < last - 1e-6, bits
        idle = turn > 0 and not better and pool.info[COUNT] == before
        if idle and not (
            release(tape, pool, room.path, pieces, False)
            or release(tape, pool, room.path, pieces, True)
        ):
            break
    return least, kept
