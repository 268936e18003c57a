"""Contexts of text: the last 0..7 bytes, words as far as they are written, bytes with gaps.

A symbol is a byte, told bit by bit from the highest; a node is those bits behind a leading 1.
"""

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed.index import (
    Index,
    Rows,
    look_for,
    measure,
    narrow_hashed,
    narrow_rows,
    split,
)
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.slots import ABSENT, Array, mix

STEPS = 8
ORDERS = 8
WORD, WORDS, SEPARATED, THREE, IN_LINE = ORDERS, ORDERS + 1, ORDERS + 2, ORDERS + 3, ORDERS + 7
FAMILIES = 8
"""Contexts that are not the last bytes: words and bytes with gaps."""
LONG = (9, 12, 16)
"""Orders of further contexts, where data are kept whole."""
FITTED = ORDERS + FAMILIES + len(LONG)
OWN: Array = np.array([1, 2, 3, 5, WORD], np.int64)
"""Contexts that there are of the item alone, too."""
CONTEXTS = FITTED + len(OWN)
DEPTH = 16
ROWS = DEPTH + 1 + FAMILIES
RANGES = [(k, k + 1) for k in (*range(ORDERS), *range(DEPTH + 1, ROWS), *LONG)]
"""Of each fitted context in the index."""
PARENTS: Array = np.array([-1, 0, 1, 2, 3, 4, 5, 6, 1, 8, 8, 8, 0, 1, 1, 1, -1, -1, -1], np.int64)
"""The context that knows less, of each; -1: none."""
SETS = (256, 64, 64)
BEFORE = -1
WIDEST = 256
"""So far back words, and the beginning of a line, are looked for."""


@inlined
def byte(data: Units, start: int, at: int) -> int:
    """A byte of the text; `BEFORE` where it has not begun."""
    return np.int64(data[at]) if at >= start else BEFORE


@inlined
def is_letter(byte: int) -> bool:
    """A letter of ASCII, or a part of a letter beyond it."""
    return 65 <= byte < 91 or 97 <= byte < 123 or byte >= 128


@inlined
def lower(byte: int) -> int:
    """A letter of ASCII in small."""
    return byte + 32 if 65 <= byte < 91 else byte


@inlined
def begins(data: Units, floor: int, end: int, letters: bool) -> int:
    """Where the letters before `end` begin, or what is none, not before `floor`."""
    first = end
    while first > floor and is_letter(np.int64(data[first - 1])) == letters:
        first -= 1
    return first


@inlined
def spelled(data: Units, first: int, end: int) -> int:
    """The hash of a word, in small letters."""
    word = 0
    for k in range(first, end):
        word = mix(word, lower(np.int64(data[k])))
    return word


@inlined
def contexts(data: Units, start: int, at: int, hashes: Array) -> None:
    """The contexts of the byte at `at`, seeing back to `start`."""
    value = 1
    for order in range(ORDERS):
        if order:
            value = mix(value, byte(data, start, at - order) + 1)
        hashes[order] = mix(value, order)
    floor = max(start, at - WIDEST)
    first = begins(data, floor, np.int64(at), True)
    word = spelled(data, first, at)
    hashes[WORD] = mix(word, 100 if first == floor else 101)
    end = first
    first = begins(data, floor, end, False)
    gap = 0
    for k in range(end - 1, first - 1, -1):
        gap = mix(gap, np.int64(data[k]))
    hashes[SEPARATED] = mix(mix(word, gap), 102)
    end = first
    first = begins(data, floor, end, True)
    hashes[WORDS] = mix(mix(word, spelled(data, first, end)), 103)
    end = begins(data, floor, first, False)
    first = begins(data, floor, end, True)
    hashes[THREE] = mix(mix(word, spelled(data, first, end)), 104)
    one, two = byte(data, start, at - 1), byte(data, start, at - 2)
    three, four = byte(data, start, at - 3), byte(data, start, at - 4)
    hashes[THREE + 1] = mix(mix(two, three), 105)
    hashes[THREE + 2] = mix(mix(two, three * 256 + four), 106)
    hashes[THREE + 3] = mix(mix(one, three), 107)
    line = np.int64(at)
    while line > start and at - line < WIDEST and byte(data, start, line - 1) != 10:
        line -= 1
    head = byte(data, start, line) if line < at else BEFORE
    begun = line > start and at - line < WIDEST
    hashes[IN_LINE] = mix(mix(mix(head, one), at - line), 108) if begun else ABSENT
    hashes[ORDERS + FAMILIES : FITTED] = ABSENT
    for k in range(len(OWN)):
        hashes[FITTED + k] = mix(hashes[OWN[k]], 110)


@inlined
def begin_rows(index: Index, rows: Rows, hashes: Array) -> None:
    """Contexts that are not the last bytes are looked up."""
    for family in range(FAMILIES):
        row = DEPTH + 1 + family
        hashed = hashes[ORDERS + family]
        if hashed == ABSENT:
            rows.low[row], rows.high[row] = 0, 0
        else:
            look_for(index, rows, family, row, hashed)


@inlined
def measure_rows(index: Index, rows: Rows, step: int, node: int) -> None:
    """See `index.measure`."""
    measure(index, rows, step, 0, DEPTH + 1)
    least = (2 * node + 1) << (STEPS - 1 - step) & 255
    for family in range(FAMILIES):
        split(index, rows, DEPTH + 1 + family, least)


@inlined
def tell_rows(index: Index, rows: Rows, step: int, bit: int) -> None:
    """See `index.narrow_rows`."""
    narrow_rows(index, rows, step, 0, DEPTH + 1, bit)
    for row in range(DEPTH + 1, ROWS):
        narrow_hashed(rows, row, bit)


@inlined
def choose(start: int, at: int, step: int, node: int, places: Array, sets: Array) -> None:
    """Which weights weigh: by the bits so far, by what is known, by the place in the item."""
    top = 0
    for order in range(ORDERS):
        if places[order] != ABSENT:
            top = order
    known = (
        (places[WORD] != ABSENT) + 2 * (places[WORDS] != ABSENT) + 4 * (places[SEPARATED] != ABSENT)
    )
    grown = 0
    while grown < 7 and at - start >= 1 << grown:
        grown += 1
    sets[0] = node
    sets[1] = top * STEPS + step
    sets[2] = grown * 8 + known
