"""Contexts of DNA: bases behind up to 24 others, also where some of them differ; runs of case.

A symbol is 4 x case + base, A C T G as KT has them; the case is told first, then the base in
2 bits. Bases know nothing of cases. Contexts of the item alone learn what comes again in it.
"""

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed.index import (
    Index,
    Rows,
    lengthen,
    measure,
    narrow_rows,
)
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.slots import ABSENT, Array, mix

STEPS = 3
CASES = 5
"""Contexts of case; they are of the item alone."""
ORDERS: Array = np.array([1, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 16, 18, 20, 24], np.int64)
_GAPPED = (
    "0111111111111",
    "0011111111111",
    "1111110111111",
    "111101111011110111",
    "11101110111011101",
    "000011111111111",
)
GAPPED: Array = np.array([[int(c) for c in one.ljust(24, "0")] for one in _GAPPED], np.int64)
"""Which of the last bases count: a changed one spoils fewer of these."""
REACHES: Array = np.array([len(one) for one in _GAPPED], np.int64)
OWN: Array = np.array([1, 2, 3, 4, 6, 8, 11, 14], np.int64)
"""Orders of the contexts of the item alone."""
BASES = len(ORDERS)
FITTED = BASES + len(GAPPED)
"""Contexts from here on are of the item alone."""
OWN_GAPPED = 3
"""So many of `GAPPED` have one of the item alone, too."""
FIRST_CASE = FITTED + len(OWN) + OWN_GAPPED
CONTEXTS = FIRST_CASE + CASES
PARENTS: Array = np.array([*range(-1, BASES - 1), *[5] * len(GAPPED)], np.int64)
"""The context that knows less, of each fitted one; -1: none."""
DEPTH = 24
MISSED_FROM = 12
"""So many bases before one that differs are looked up."""
MISSED = 20
"""As far back one base may differ."""
ROWS = DEPTH + 1 + 3 * MISSED
_GROUPS = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 12), (13, MISSED))
RANGES = [
    *((k, k + 1) for k in ORDERS.tolist()),
    *((DEPTH + 1 + 3 * (a - 1), DEPTH + 1 + 3 * b) for a, b in _GROUPS),
]
"""Of each fitted context in the index; those with gaps are contexts of which one base differs."""
LENGTHS = 12
NODES = 3
SETS = (64 + LENGTHS * NODES, 64 + 2 * (BASES + 1) * NODES, 64 + (len(OWN) + 1) * 8 * NODES)


@inlined
def size(value: int) -> int:
    """Bits of a number, 10 at most."""
    bits = 0
    while bits < 10 and value >> bits:
        bits += 1
    return bits


@inlined
def base(data: Units, at: int) -> int:
    """The base there, 0..3."""
    return np.int64(data[at]) & 3


@inlined
def run(data: Units, start: int, at: int) -> int:
    """How many symbols before `at` have the same case, 300 at most."""
    length = 0
    while (
        length < 300
        and at - length > start
        and (np.int64(data[at - 1 - length]) ^ np.int64(data[at - 1])) < 4
    ):
        length += 1
    return length


@inlined
def contexts(data: Units, start: int, at: int, hashes: Array) -> None:
    """The contexts of the symbol at `at`, seeing back to `start`."""
    there = at - start
    value, back, own = 1, 0, 0
    for k in range(BASES):
        while back < ORDERS[k]:
            back += 1
            value = mix(value, base(data, at - back) + 1 if back <= there else 0)
        known = ORDERS[k] <= max(there, 2)
        hashes[k] = mix(value, k) if known else ABSENT
        if own < len(OWN) and ORDERS[k] == OWN[own]:
            place = FITTED + own
            hashes[place] = mix(value, 300 + k) if known else ABSENT
            own += 1
    for k in range(len(GAPPED)):
        hashes[BASES + k] = ABSENT
        if REACHES[k] <= there:
            value = 400 + k
            for back in range(1, REACHES[k] + 1):
                if GAPPED[k, back - 1]:
                    value = mix(value, base(data, at - back) + 1)
            hashes[BASES + k] = mix(value, 500)
        if k < OWN_GAPPED:
            own = hashes[BASES + k]
            hashes[FITTED + len(OWN) + k] = ABSENT if own == ABSENT else mix(own, 501)
    length = run(data, start, at)
    case = np.int64(data[at - 1]) >> 2 if at > start else 2
    whole = length == there
    rough = size(length)
    value = mix(mix(case, rough * 2 + whole), 200)
    hashes[FIRST_CASE] = mix(mix(case, length), 201 + whole)
    hashes[FIRST_CASE + 1] = mix(value, hashes[4] & 0xFFFFFFFF)
    hashes[FIRST_CASE + 2] = mix(value, hashes[5] & 0xFFFFFFFF)
    hashes[FIRST_CASE + 3] = mix(mix(case, 203), hashes[8] & 0xFFFFFFFF)
    hashes[FIRST_CASE + 4] = mix(mix(case, 204), hashes[11] & 0xFFFFFFFF)


@inlined
def begin_rows(rows: Rows) -> None:
    """Whence contexts with a differing base will come."""
    rows.kept[0], rows.kept[1] = rows.low[MISSED_FROM], rows.high[MISSED_FROM]


@inlined
def end_rows(index: Index, rows: Rows, told: int) -> None:
    """The base is told: contexts in which it is another one, and those that had such a one."""
    for row in range(ROWS - 1, DEPTH + 3, -1):
        rows.low[row], rows.high[row] = rows.low[row - 3], rows.high[row - 3]
    row = DEPTH + 1
    for other in range(4):
        if other != told:
            rows.low[row], rows.high[row] = rows.kept[0], rows.kept[1]
            for level in range(2):
                measure(index, rows, level, row, row + 1)
                narrow_rows(index, rows, level, row, row + 1, (other >> (1 - level)) & 1)
            row += 1
    lengthen(index, rows, DEPTH)


@inlined
def choose(
    data: Units, start: int, at: int, step: int, node: int, places: Array, sets: Array
) -> None:
    """Which weights weigh: for a case by its run, for a base by its place and what is known."""
    grown = size(at - start)
    if step == 0:
        case = np.int64(data[at - 1]) >> 2 if at > start else 2
        sets[0] = case * 12 + size(run(data, start, at))
        sets[1] = case * 12 + grown
        sets[2] = 0
        return
    which = 0 if step == 1 else 1 + (node & 1)
    top = 0
    for k in range(BASES):
        if places[k] != ABSENT:
            top = k + 1
    own = 0
    for k in range(len(OWN)):
        if places[FITTED + k] != ABSENT:
            own = k + 1
    gaps = 0
    for k in range(3):
        if places[BASES + k] != ABSENT:
            gaps += 1 << k
    sets[0] = 64 + grown * NODES + which
    sets[1] = 64 + ((node >> (step - 1) & 1) * (BASES + 1) + top) * NODES + which
    sets[2] = 64 + (own * 8 + gaps) * NODES + which
