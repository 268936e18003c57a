"""The pool: sequences that the search knows, each with a line that makes it.

Example: remember(pool, [9, 8, 7], ...) -> 4, the number of that sequence, also the second time.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COUNT, MATCHED, EDGES = 0, 1, 2
"""Fields of `Pool.info`: sequences, how many of them were matched, edges."""
COPY = constant(-1)
"""The "operation" of an edge that only names a sequence that there is."""
HIDDEN = constant(-2)
"""The rank of a sequence that is not on the tape."""
AHEAD = constant(-1)
"""The rank of a stream that all else may use."""
START, END, OPERATION, SOURCE, OTHER, FIRST, SECOND, NEXT = range(8)
"""Columns of `Pool.edges` and of a path (`NEXT`: the next edge with this start; a path's sequence).

An operation with its sources (numbers in the pool, -1 where there is none) and other arguments
in their order, a line for the tape's part `START`..`END`.
"""


class Pool(NamedTuple):
    """Sequences, and edges: parts of the tape that a line makes out of them.

    Arguments:
        values: int64, all sequences back to back; sequence p is `values[bounds[p]:bounds[p + 1]]`.
        recipe: int64 `[n, 5]`: operation, source, other source, two arguments; sources have
            smaller numbers.
        cost: bits of that line, float64 `[n]`.
        rank: of the last symbol where it first stands on the tape (`HIDDEN`: nowhere); a line
            may use what has a smaller rank, so no two lines use each other.
        shown: 1 where the last cover shows it, 2 where it needs it, else 0, int64 `[n]`.
        price: bits of having it as a source beside the last cover, float64 `[n]`.
        edges: int64 `[m, 8]`; `edge_cost`: bits of that line.
        heads: the first edge that starts at each place, or -1.
        buffer: room for a transformed sequence.
        where: the first place on the tape of each value, or -1, int64 `[256]`; `following`: the
            next place with the same value, int64 `[n]`.
        starts: the same for a sequence that is matched, int64 `[256]`; its next places go into
            `buffer`.
        info: int64 `[3]`.
    """

    values: Array
    bounds: Array
    recipe: Array
    cost: Floats
    rank: Array
    shown: Array
    price: Floats
    edges: Array
    edge_cost: Floats
    heads: Array
    buffer: Array
    where: Array
    following: Array
    starts: Array
    info: Array


def new_pool(symbols: int, sequences: int = 160) -> Pool:
    """An empty pool for a tape of so many symbols."""
    edges = 4096 + 16 * symbols
    return Pool(
        np.zeros(sequences * 64 + 8 * symbols, np.int64),
        np.zeros(sequences + 1, np.int64),
        np.zeros((sequences, 5), np.int64),
        np.zeros(sequences),
        np.zeros(sequences, np.int64),
        np.zeros(sequences, np.int64),
        np.zeros(sequences),
        np.zeros((edges, 8), np.int64),
        np.zeros(edges),
        np.zeros(symbols + 1, np.int64),
        np.zeros(9 * symbols + 4096, np.int64),
        np.zeros(256, np.int64),
        np.zeros(symbols, np.int64),
        np.zeros(256, np.int64),
        np.zeros(3, np.int64),
    )


@inner
def index(values: Array, first: Array, following: Array) -> None:
    """Where each of the values 0..255 stands: its first place, and from each place the next."""
    for value in range(256):
        first[value] = -1
    for k in range(len(values) - 1, -1, -1):
        if 0 <= values[k] <= 255:
            following[k] = first[values[k]]
            first[values[k]] = k


@inner
def clear(pool: Pool, tape: Array) -> None:
    """Empty the pool, for a tape with these symbols."""
    index(tape, pool.where, pool.following)
    pool.info[COUNT], pool.info[MATCHED], pool.info[EDGES] = 0, 0, 0
    pool.bounds[0] = 0
    for j in range(len(tape) + 1):
        pool.heads[j] = -1


@inner
def find(pool: Pool, values: Array, start: int, length: int) -> int:
    """The number of the sequence values[start:start + length], or -1."""
    bounds, known = pool.bounds, pool.values
    for p in range(pool.info[COUNT]):
        first = bounds[p]
        if bounds[p + 1] - first != length:
            continue
        same = True
        for k in range(length):
            if known[first + k] != values[start + k]:
                same = False
                break
        if same:
            return p
    return -1


@inner
def remember(
    pool: Pool,
    values: Array,
    start: int,
    length: int,
    rank: int,
    operation: int,
    source: int,
    other: int,
    first: int,
    second: int,
    cost: float,
) -> int:
    """The number of the sequence values[start:start + length], new or not; -1 when full."""
    p = find(pool, values, start, length)
    if p >= 0:
        if HIDDEN < rank < pool.rank[p]:
            pool.rank[p] = rank
        if pool.rank[p] != HIDDEN and cost < pool.cost[p] and source < p and other < p:
            set_recipe(pool, p, operation, source, other, first, second, cost)
        return p
    p = pool.info[COUNT]
    if p + 1 >= len(pool.bounds) or pool.bounds[p] + length > len(pool.values):
        return -1
    at = pool.bounds[p]
    for k in range(length):
        pool.values[at + k] = values[start + k]
    pool.bounds[p + 1] = at + length
    pool.rank[p], pool.shown[p] = rank, 0
    set_recipe(pool, p, operation, source, other, first, second, cost)
    pool.info[COUNT] = p + 1
    return p


@inner
def set_recipe(
    pool: Pool,
    p: int,
    operation: int,
    source: int,
    other: int,
    first: int,
    second: int,
    cost: float,
) -> None:
    """Set the line that makes sequence p when it is not shown."""
    pool.recipe[p, 0], pool.recipe[p, 1], pool.recipe[p, 2] = operation, source, other
    pool.recipe[p, 3], pool.recipe[p, 4] = first, second
    pool.cost[p] = cost


@inner
def add_edge(
    pool: Pool,
    start: int,
    end: int,
    operation: int,
    source: int,
    other: int,
    first: int,
    second: int,
    cost: float,
) -> None:
    """Note that a line makes the tape's part start..end."""
    number = pool.info[EDGES]
    if number >= len(pool.edge_cost):
        return
    row = pool.edges[number]
    row[START], row[END], row[OPERATION] = start, end, operation
    row[SOURCE], row[OTHER], row[FIRST], row[SECOND] = source, other, first, second
    row[NEXT] = pool.heads[start]
    pool.edge_cost[number] = cost
    pool.heads[start] = number
    pool.info[EDGES] = number + 1
