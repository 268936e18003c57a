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
from codelength.synthesis.solver.costs import AGAIN, NEVER, Costs
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
def edge_bits(tape: Tape, pool: Pool, costs: Costs, number: int) -> float:
    """Bits of an edge and of the sources that it needs; `NEVER` if those come later."""
    rank = tape.rank[pool.edges[number, START]]
    if rank <= pool.rank[pool.edges[number, SOURCE]]:
        return NEVER
    if pool.edges[number, OTHER] >= 0 and rank <= pool.rank[pool.edges[number, OTHER]]:
        return NEVER
    source = pool.edges[number, SOURCE]
    bits = pool.edge_cost[number] + pool.price[source]
    cut = costs.derived[CONCATENATE] + costs.literal[0]
    beside = pool.rank[source] >= 0 and rank == pool.rank[source] + PLACE
    if beside and rank % PLACE == 0 and cut <= pool.price[source] <= 2.0 * cut:
        bits -= cut  # the border between the two is there anyway
    if pool.edges[number, OTHER] >= 0:
        bits += pool.price[pool.edges[number, OTHER]]
    return bits


@part
def reach_end(
    best: Floats, back: Array, j: int, end: int, q: int, f: int, bits: float, via: int
) -> None:
    """Note a piece j..end of phase q behind one of phase f, if there is nothing cheaper."""
    if bits < best[end, q]:
        best[end, q] = bits
        back[end, q, 0], back[end, q, 1], back[end, q, 2] = j, f, via


@inner
def cover(tape: Tape, pool: Pool, costs: Costs, best: Floats, back: Array, path: Array) -> int:
    """Find the cheapest cover; writes its pieces into `path`, the chain first; their number.

    Arguments:
        best, back: float64 `[n, PHASES]`, int64 `[n, PHASES, 3]`: the fewest bits up to each place
            with a last piece of each phase; where it starts, the phase before it, its edge.
    """
    size = tape.info[0]
    merge = costs.derived[CONCATENATE]
    phases = costs.phase[AGAIN] + 1
    for j in range(size + 1):
        for q in range(phases):
            best[j, q] = 2 * NEVER
    best[0, 0] = 0.0
    for j in range(size):
        # from[q]: the cheapest way to start a piece of phase q here
        limit = tape.reach[j] - j
        least, f = before(best, j, ZERO, phases, costs.extra[0])
        if least >= 2 * NEVER:
            continue
        step = tape.symbols[j + 1] - tape.symbols[j] if limit > 1 else 0
        running = True
        for length in range(1, min(limit, LONGEST_PIECE) + 1):
            if length > 2 and running:
                running = tape.symbols[j + length - 1] - tape.symbols[j + length - 2] == step
            bits = costs.literal[length]
            if running:
                bits = min(
                    bits,
                    costs.runs[step + 8, length]
                    if 0 <= step <= 8 and (step > 0 or length <= 25)
                    else NEVER,
                )
            reach_end(best, back, j, j + length, ZERO, f, least + merge + bits, NONE)
        number = pool.heads[j]
        while number >= 0:
            bits = edge_bits(tape, pool, costs, number)
            if bits < NEVER:
                operation = pool.edges[number, OPERATION]
                q = costs.phase[operation] if operation != COPY else costs.phase[AGAIN]
                bits += costs.extra[1] if operation == COPY else 0.0
                least, f = before(best, j, q, phases, costs.extra[0])
                end = pool.edges[number, END]
                reach_end(best, back, j, end, q, f, least + merge + bits, number)
            number = pool.edges[number, NEXT]
    last = 0
    for q in range(phases):
        if best[size, q] < best[size, last]:
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
            bits = edge_bits(tape, pool, costs, number)
            if pool.edges[number, OPERATION] == COPY:
                bits += costs.extra[1]
            if bits < least:
                least, chosen = bits, number
            number = pool.edges[number, NEXT]
        write_piece(tape, pool, costs, path, pieces, start, end, chosen)
        pieces += 1
    return pieces


@part
def before(best: Floats, j: int, q: int, phases: int, extra: float) -> tuple[float, int]:
    """The fewest bits up to j with a piece of phase q next, and the phase of the piece before."""
    least, f = 3 * NEVER, 0
    for phase in range(phases):
        bits = best[j, phase] if phase <= q else best[j, phase] + extra
        if bits < least:
            least, f = bits, phase
    return least, f


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
