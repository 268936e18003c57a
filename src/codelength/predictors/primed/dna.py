"""Contexts of DNA: bases behind up to 24 others, also where some of them differ; runs of case.

A symbol is 4 x case + base, A C T G as KT has them; the case is told first, then the base in
2 bits. Bases know nothing of cases. Contexts of the item alone learn what comes again in it.
"""

import numpy as np

from codelength.coding.compiled import inner
from codelength.predictors.primed.bank import Units
from codelength.predictors.primed.slots import ABSENT, Array, mix

STEPS = 3
CASES = 5
"""Contexts of case, the first ones."""
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
FITTED = CASES + BASES + len(GAPPED)
"""Contexts from here on are of the item alone."""
OWN_GAPPED = 3
"""So many of `GAPPED` have one of the item alone, too."""
CONTEXTS = FITTED + len(OWN) + OWN_GAPPED
PARENTS: Array = np.array(
    [-1, 0, 0, 0, 0, *(-1 if k == 0 else CASES + k - 1 for k in range(BASES)), *[CASES + 5] * 6],
    np.int64,
)
"""The context that knows less, of each fitted one; -1: none."""
LENGTHS = 12
NODES = 3
SETS = (64 + LENGTHS * NODES, 64 + 2 * (BASES + 1) * NODES, 64 + (len(OWN) + 1) * 8 * NODES)


@inner
def size(value: int) -> int:
    """Bits of a number, 10 at most."""
    bits = 0
    while bits < 10 and value >> bits:
        bits += 1
    return bits


@inner
def base(data: Units, at: int) -> int:
    """The base there, 0..3."""
    return np.int64(data[at]) & 3


@inner
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


@inner
def contexts(data: Units, start: int, at: int, hashes: Array) -> None:
    """The contexts of the symbol at `at`, seeing back to `start`."""
    there = at - start
    value, back, own = 1, 0, 0
    for k in range(BASES):
        while back < ORDERS[k]:
            back += 1
            value = mix(value, base(data, at - back) + 1 if back <= there else 0)
        known = ORDERS[k] <= max(there, 2)
        hashes[CASES + k] = mix(value, k) if known else ABSENT
        if own < len(OWN) and ORDERS[k] == OWN[own]:
            place = FITTED + own
            hashes[place] = mix(value, 300 + k) if known else ABSENT
            own += 1
    for k in range(len(GAPPED)):
        hashes[CASES + BASES + k] = ABSENT
        if REACHES[k] <= there:
            value = 400 + k
            for back in range(1, REACHES[k] + 1):
                if GAPPED[k, back - 1]:
                    value = mix(value, base(data, at - back) + 1)
            hashes[CASES + BASES + k] = mix(value, 500)
        if k < OWN_GAPPED:
            own = hashes[CASES + BASES + k]
            hashes[FITTED + len(OWN) + k] = ABSENT if own == ABSENT else mix(own, 501)
    length = run(data, start, at)
    case = np.int64(data[at - 1]) >> 2 if at > start else 2
    whole = length == there
    rough = size(length)
    hashes[0] = mix(mix(case, length), 200 + whole)
    hashes[1] = mix(mix(case, rough * 2 + whole), hashes[CASES + 4] & 0xFFFFFFFF)
    hashes[2] = mix(mix(case, rough), hashes[CASES + 5] & 0xFFFFFFFF)
    hashes[3] = mix(mix(case, 203), hashes[CASES + 8] & 0xFFFFFFFF)
    hashes[4] = mix(mix(case, 204), hashes[CASES + 11] & 0xFFFFFFFF)


@inner
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
        if places[CASES + k] != ABSENT:
            top = k + 1
    own = 0
    for k in range(len(OWN)):
        if places[FITTED + k] != ABSENT:
            own = k + 1
    gaps = 0
    for k in range(3):
        if places[CASES + BASES + k] != ABSENT:
            gaps += 1 << k
    sets[0] = 64 + grown * NODES + which
    sets[1] = 64 + ((node >> (step - 1) & 1) * (BASES + 1) + top) * NODES + which
    sets[2] = 64 + (own * 8 + gaps) * NODES + which
