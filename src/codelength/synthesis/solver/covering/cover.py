"""The cheapest cover of the tape by initiators, literals and edges.

Example: [1, 2, 3, 4, 5, 9, 9, 9, 9] -> range_func_up(1, 5), repeat_num(4, 9).
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner, part
from codelength.dsl.operations import (
    CONCATENATE,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_NUM,
    SET_LIST,
    ZERO,
)
from codelength.synthesis.solver.costs import AGAIN, NEVER, PHASES, Costs
from codelength.synthesis.solver.covering.pool import (
    COPY,
    END,
    FIRST,
    NEXT,
    OPERATION,
    OTHER,
    SECOND,
    SOURCE,
    START,
    Pool,
)
from codelength.synthesis.solver.covering.seeds import NONE, initiator_cost
from codelength.synthesis.solver.covering.tape import PLACE, Tape

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


LONGEST_PIECE = constant(1024)
"""Longer literals are cut: what a border costs no longer matters."""


@inner
def set_row(
    path: Array,
    at: int,
    start: int,
    end: int,
    operation: int,
    source: int,
    other: int,
    first: int,
    second: int,
) -> None:
    """Write a piece of a path."""
    row = path[at]
    row[START], row[END], row[OPERATION] = start, end, operation
    row[SOURCE], row[OTHER], row[FIRST], row[SECOND], row[NEXT] = source, other, first, second, NONE


@inner
def set_initiator(tape: Tape, costs: Costs, path: Array, at: int, start: int, end: int) -> None:
    """Write a piece that is an initiator: a progression or a literal."""
    length = end - start
    step = tape.symbols[start + 1] - tape.symbols[start] if length > 1 else 0
    k = 1
    while k < length and tape.symbols[start + k] - tape.symbols[start + k - 1] == step:
        k += 1
    operation = SET_LIST
    if k == length and initiator_cost(costs, step, length) < costs.literal[length]:
        operation = REPEAT_NUM if step == 0 else RANGE_UP if step == 1 else RANGE_INTERVAL
    set_row(path, at, start, end, operation, NONE, NONE, tape.symbols[start], step)


@inner
def initiator_bits(tape: Tape, costs: Costs, start: int, end: int) -> float:
    """Bits of the cheapest initiator for start..end."""
    length = end - start
    step = tape.symbols[start + 1] - tape.symbols[start] if length > 1 else 0
    k = 1
    while k < length and tape.symbols[start + k] - tape.symbols[start + k - 1] == step:
        k += 1
    if k == length:
        return min(costs.literal[length], initiator_cost(costs, step, length))
    return costs.literal[length]


@part
def edge_bits(
    edges: Array,
    number: int,
    cost: float,
    rank: int,
    ranks: Array,
    prices: Floats,
    cut: float,
) -> float:
    """Bits of an edge and of the sources that it needs; `NEVER` if those come later.

    Arguments:
        edges, cost: see `Pool.edges`; `ranks`, `prices`: see `Pool`.
        rank: of the place where the edge starts.
        cut: bits of one more border in a literal.
    """
    source, other = edges[number, SOURCE], edges[number, OTHER]
    if rank <= ranks[source] or (other >= 0 and rank <= ranks[other]):
        return NEVER
    bits = cost + prices[source]
    beside = ranks[source] >= 0 and rank == ranks[source] + PLACE
    if beside and rank % PLACE == 0 and cut <= prices[source] <= 2.0 * cut:
        bits -= cut  # the border between the two is there anyway
    if other >= 0:
        bits += prices[other]
    return bits


@part
def reach_end(
    best: Floats, back: Array, j: int, end: int, q: int, f: int, bits: float, via: int
) -> None:
    """Note a piece j..end of phase q behind one of phase f, if there is nothing cheaper."""
    if bits < best[q, end]:
        best[q, end] = bits
        back[end, q, 0], back[end, q, 1], back[end, q, 2] = j, f, via


@inner
def any_less(base: float, bits: Floats, best: Floats) -> bool:
    """Whether base + bits is below `best` anywhere: many places at once, as it hardly ever is."""
    count = 0
    for k in range(len(bits)):
        count += base + bits[k] < best[k]
    return count > 0


@inner
def cover(tape: Tape, pool: Pool, costs: Costs, best: Floats, back: Array, path: Array) -> int:
    """Find the cheapest cover; writes its pieces into `path`, the chain first; their number.

    Arguments:
        best, back: float64 `[PHASES, n]`, int64 `[n, PHASES, 3]`: the fewest bits up to each place
            with a last piece of each phase; where it starts, the phase before it, its edge.
    """
    size = tape.info[0]
    merge = costs.derived[CONCATENATE]
    phases = costs.phase[AGAIN] + 1
    cut = merge + costs.literal[0]
    ways, came = np.empty(PHASES), np.empty(PHASES, np.int64)
    # Arrays by names of their own: numba counts a reference for each use of a tuple's field.
    symbols, reach, rank = tape.symbols, tape.reach, tape.rank
    literal, runs, phase, extra = costs.literal, costs.runs, costs.phase, costs.extra
    heads, edges, edge_cost = pool.heads, pool.edges, pool.edge_cost
    ranks, prices = pool.rank, pool.price
    for q in range(phases):
        for j in range(size + 1):
            best[q, j] = 2 * NEVER
    best[0, 0] = 0.0
    for j in range(size):
        # from[q]: the cheapest way to start a piece of phase q here
        limit = reach[j] - j
        least, f = before(best, j, ZERO, phases, extra[0])
        if least >= 2 * NEVER:
            continue
        step = symbols[j + 1] - symbols[j] if limit > 1 else 0
        base, most = least + merge, min(limit, LONGEST_PIECE)
        length = 1
        while length <= most:
            if length > 2 and symbols[j + length - 1] - symbols[j + length - 2] != step:
                break
            bits = literal[length]
            if 0 <= step <= 8 and (step > 0 or length <= 25):
                bits = min(bits, runs[step + 8, length])
            reach_end(best, back, j, j + length, ZERO, f, base + bits, NONE)
            length += 1
        if any_less(base, literal[length : most + 1], best[0, j + length : j + most + 1]):
            while length <= most:
                reach_end(best, back, j, j + length, ZERO, f, base + literal[length], NONE)
                length += 1
        number = heads[j]
        if number >= 0:
            all_before(best, j, phases, extra[0], ways, came)
        while number >= 0:
            operation = edges[number, OPERATION]
            bits = edge_bits(edges, number, edge_cost[number], rank[j], ranks, prices, cut)
            if bits < NEVER:
                q = phase[operation] if operation != COPY else phase[AGAIN]
                bits += extra[1] if operation == COPY else 0.0
                bits += ways[q] + merge
                reach_end(best, back, j, edges[number, END], q, came[q], bits, number)
            number = edges[number, NEXT]
    last = 0
    for q in range(phases):
        if best[q, size] < best[last, size]:
            last = q
    pieces, j, q = 0, size, last
    while j > 0:
        pieces += 1
        j, q = back[j, q, 0], back[j, q, 1]
    at, j, q = pieces, size, last
    while j > 0:
        at -= 1
        write_piece(tape, pool, costs, path, at, back[j, q, 0], j, back[j, q, 2])
        j, q = back[j, q, 0], back[j, q, 1]
    for stream in range(tape.info[1]):
        start, end = tape.bounds[stream + 1], tape.bounds[stream + 2]
        least, chosen = initiator_bits(tape, costs, start, end), NONE
        number = pool.heads[start]
        while number >= 0:
            bits = edge_bits(edges, number, edge_cost[number], rank[start], ranks, prices, cut)
            if edges[number, OPERATION] == COPY:
                bits += costs.extra[1]
            if bits < least:
                least, chosen = bits, number
            number = edges[number, NEXT]
        write_piece(tape, pool, costs, path, pieces, start, end, chosen)
        pieces += 1
    return pieces


@part
def before(best: Floats, j: int, q: int, phases: int, extra: float) -> tuple[float, int]:
    """The fewest bits up to j with a piece of phase q next, and the phase of the piece before."""
    least, f = 3 * NEVER, 0
    for phase in range(phases):
        bits = best[phase, j] if phase <= q else best[phase, j] + extra
        if bits < least:
            least, f = bits, phase
    return least, f


@part
def all_before(best: Floats, j: int, phases: int, extra: float, ways: Floats, came: Array) -> None:
    """`before` for each phase: into `ways` the bits, into `came` the phase of the piece before."""
    least, f = 3 * NEVER, 0
    for q in range(phases):
        if best[q, j] < least:
            least, f = best[q, j], q
        ways[q], came[q] = least, f
    least, f = 3 * NEVER, 0
    for q in range(phases - 1, -1, -1):
        if least < ways[q]:
            ways[q], came[q] = least, f
        if best[q, j] + extra <= least:
            least, f = best[q, j] + extra, q


@inner
def write_piece(
    tape: Tape, pool: Pool, costs: Costs, path: Array, at: int, start: int, end: int, number: int
) -> None:
    """Write a piece of a path: an edge, or the initiator for start..end."""
    if number < 0:
        set_initiator(tape, costs, path, at, start, end)
    else:
        edge = pool.edges[number]
        set_row(
            path,
            at,
            start,
            end,
            edge[OPERATION],
            edge[SOURCE],
            edge[OTHER],
            edge[FIRST],
            edge[SECOND],
        )
