"""What a cover really costs: with its sources, and the cuts that show them.

Example: a piece made from five symbols inside a literal of nine cuts that literal into three.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inner
from codelength.dsl.operations import (
    CONCATENATE,
    INTERLEAVE,
)
from codelength.synthesis.solver.costs import AGAIN, Costs
from codelength.synthesis.solver.covering.cover import initiator_bits, set_initiator
from codelength.synthesis.solver.covering.pool import (
    AHEAD,
    COPY,
    COUNT,
    END,
    FIRST,
    HIDDEN,
    NEXT,
    OPERATION,
    OTHER,
    SECOND,
    SOURCE,
    START,
    Pool,
    remember,
)
from codelength.synthesis.solver.covering.regions import cuts_for, is_literal
from codelength.synthesis.solver.covering.tape import PLACE, Tape

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@inner
def price_sources(tape: Tape, pool: Pool, costs: Costs, path: Array, pieces: int) -> None:
    """What each sequence costs as a source beside this cover: a line, or cuts in a literal."""
    for p in range(pool.info[COUNT]):
        if pool.shown[p] == 1 or pool.shown[p] > 2:  # shown, or more than one piece needs it
            pool.price[p] = 0.0
            continue
        pool.price[p] = pool.cost[p] + costs.extra[0]
        for column in (1, 2):
            if pool.recipe[p, column] >= 0:
                pool.price[p] += pool.price[pool.recipe[p, column]]
        end = pool.rank[p] // PLACE + 1
        start = end - pool.bounds[p + 1] + pool.bounds[p]
        if pool.rank[p] < 0 or pool.rank[p] % PLACE != 0 or end > tape.info[0]:
            continue
        cuts = cuts_for(tape.info[0], path, pieces, start, end)
        if cuts >= 0:
            bits = cuts * (costs.derived[CONCATENATE] + costs.literal[0])
            pool.price[p] = min(pool.price[p], bits)


@inner
def line_bits(tape: Tape, costs: Costs, row: Array) -> float:
    """Bits of the line that makes a piece; 0 for a copy."""
    if row[OPERATION] == COPY:
        return 0.0
    if row[SOURCE] >= 0:
        return costs.derived[row[OPERATION]]
    return initiator_bits(tape, costs, row[START], row[END])


@inner
def show(tape: Tape, pool: Pool, costs: Costs, row: Array) -> None:
    """Note a piece's sequence in the pool as shown, and in the piece."""
    start, end = row[START], row[END]
    if row[OPERATION] == COPY:
        p = row[SOURCE]
    else:
        p = remember(
            pool,
            tape.symbols,
            start,
            end - start,
            tape.rank[end - 1],
            row[OPERATION],
            row[SOURCE],
            row[OTHER],
            row[FIRST],
            row[SECOND],
            line_bits(tape, costs, row),
        )
    row[NEXT] = p
    if p >= 0 and row[OPERATION] != COPY:
        pool.shown[p] = 1 if pool.rank[p] != HIDDEN else 3


@inner
def split_for(tape: Tape, pool: Pool, costs: Costs, path: Array, pieces: int, p: int) -> int:
    """If a literal of the chain covers sequence p, cut it so that p is shown; how many pieces."""
    end = pool.rank[p] // PLACE + 1
    start = end - pool.bounds[p + 1] + pool.bounds[p]
    if pool.rank[p] % PLACE != 0 or end > tape.info[0]:
        return pieces
    if cuts_for(tape.info[0], path, pieces, start, end) < 0:
        return pieces
    at = 0
    while at < pieces:
        a, b = path[at, START], path[at, END]
        if not is_literal(tape.info[0], path, at) or b <= start or a >= end:
            at += 1
        elif a < start:
            set_initiator(tape, costs, path, at, a, start)
            if b > end:
                set_initiator(tape, costs, path, pieces, end, b)
                pieces += 1
            at += 1
        elif b > end:
            set_initiator(tape, costs, path, at, end, b)
            at += 1
        else:
            pieces -= 1
            for column in range(8):
                path[at, column] = path[pieces, column]
    set_initiator(tape, costs, path, pieces, start, end)
    for piece in range(pieces + 1):
        show(tape, pool, costs, path[piece])
    return pieces + 1


@inner
def reveal(tape: Tape, pool: Pool, costs: Costs, path: Array, pieces: int) -> None:
    """Give hidden sequences the place where the cover makes them for less than their own line.

    Not where a piece uses them that may not use that place.
    """
    for at in range(pieces):
        row = path[at]
        p = row[NEXT]
        if p < 0 or pool.rank[p] != HIDDEN or row[SOURCE] < 0 or row[OPERATION] == COPY:
            continue
        bits, rank = line_bits(tape, costs, row), tape.rank[row[END] - 1]
        if bits >= pool.cost[p]:
            continue
        free = True
        for other in range(pieces):
            uses = path[other, SOURCE] == p or path[other, OTHER] == p
            if uses and tape.rank[path[other, START]] <= rank:
                free = False
        if free:
            pool.rank[p], pool.shown[p] = rank, 1


@inner
def phase_of(costs: Costs, row: Array) -> int:
    """When a piece is expected."""
    if row[OPERATION] == COPY:
        return costs.phase[AGAIN]
    return costs.phase[row[OPERATION]]


@inner
def settle(tape: Tape, pool: Pool, costs: Costs, path: Array, pieces: int) -> tuple[float, int]:
    """What a cover costs with every source that it needs: (bits, pieces after cuts)."""
    for p in range(pool.info[COUNT]):
        pool.shown[p] = 0
    for at in range(pieces):
        show(tape, pool, costs, path[at])
    at = 0
    while at < pieces:
        for column in (SOURCE, OTHER):
            p = path[at, column]
            if p >= 0 and pool.shown[p] == 0 and pool.rank[p] != HIDDEN:
                pieces = split_for(tape, pool, costs, path, pieces, p)
        at += 1
    for p in range(pool.info[COUNT]):
        pool.shown[p] = 0
    for at in range(pieces):
        show(tape, pool, costs, path[at])
    reveal(tape, pool, costs, path, pieces)
    bits = 0.0
    merged = -1  # the first piece of the chain is not merged
    for at in range(pieces):
        row = path[at]
        first = True  # of several pieces with one sequence, the first on the tape makes it
        for other in range(pieces):
            if other != at and path[other, NEXT] == row[NEXT] and path[other, OPERATION] != COPY:
                here, there = tape.rank[row[START]], tape.rank[path[other, START]]
                first = first and (here < there or (here == there and at < other))
        if first and (row[NEXT] < 0 or pool.rank[row[NEXT]] != HIDDEN):
            bits += line_bits(tape, costs, row)
        merged += row[START] < tape.info[0]
    for at in range(pieces):
        q = phase_of(costs, path[at])
        for other in range(pieces if q < costs.phase[AGAIN] else 0):
            earlier = path[other, START] < path[at, START] < tape.info[0]
            if earlier and phase_of(costs, path[other]) > q:
                bits += costs.extra[0]
                break
        if costs.extra[1] > 0:  # the sampler uses few things twice, and none three times
            before_it = 0
            for other in range(at):
                before_it += path[other, NEXT] == path[at, NEXT]
            bits += costs.extra[1] if before_it > 0 else 0.0
            bits += costs.extra[0] if before_it > 1 else 0.0
    bits += max(merged, 0) * costs.derived[CONCATENATE]
    bits += tape.info[1] * costs.derived[INTERLEAVE]
    # Hidden sources: what needs them has a larger number, so one pass from the top finds them all.
    for at in range(pieces):
        for column in (SOURCE, OTHER):
            p = path[at, column]
            if p >= 0 and pool.shown[p] != 1:
                pool.shown[p] = max(pool.shown[p], 1) + 1
    for p in range(pool.info[COUNT] - 1, -1, -1):
        if pool.shown[p] >= 2:
            bits += pool.cost[p] + costs.extra[0]
            for column in (1, 2):
                source = pool.recipe[p, column]
                if source >= 0 and pool.shown[source] == 0:
                    pool.shown[source] = 2
    return bits, pieces


@inner
def depth(pool: Pool, p: int) -> int:
    """The smallest rank that what uses sequence p may have, less 1."""
    least = pool.rank[p]
    if least == HIDDEN:
        for column in (1, 2):
            source = pool.recipe[p, column]
            if source >= 0:
                least = max(least, pool.rank[source])
    return least


@inner
def release(tape: Tape, pool: Pool, path: Array, pieces: int, initiators: bool) -> bool:
    """Let more lines use the streams: each comes just behind its own sources; if that is new.

    Streams that are initiators only if asked: ahead of all, they are derived from nothing.
    """
    some = False
    for at in range(pieces):
        row = path[at]
        start = row[START]
        if start < tape.info[0] or (row[SOURCE] < 0) != initiators:
            continue
        rank = AHEAD
        for column in (SOURCE, OTHER):
            if row[column] >= 0:
                rank = max(rank, depth(pool, row[column]), 0)
        if row[SOURCE] >= 0:
            rank += 1
        if rank % PLACE == 0 or rank >= tape.rank[start]:
            continue
        for j in range(start, row[END]):
            tape.rank[j] = rank
        if row[NEXT] >= 0 and row[OPERATION] != COPY:
            pool.rank[row[NEXT]] = min(rank, pool.rank[row[NEXT]])
        some = True
    return some
