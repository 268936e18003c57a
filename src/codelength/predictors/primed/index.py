"""Data kept whole: how often each symbol came behind a context, for contexts of any length.

Places of the data, taken as a ring, are sorted by what stands before them, the last symbol first;
their symbols in this order (the transform of Burrows and Wheeler 1994, of the data read backwards)
are kept as a wavelet matrix (Claude and Navarro 2012). The places behind a context are a range of
rows. Each bit that is told of the next symbol narrows the range; when the symbol is told, what is
left is the range of the context with this symbol behind it (Ferragina and Manzini 2000).

Contexts of another making are sorted by their hashes, each with what came behind it, how often.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inlined, kernel
from codelength.predictors.primed.slots import Array

Words = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 5
"""A block of the matrix has 2^5 bits."""
TOP = 16
"""Hashes are looked up by so many of their 32 bits first."""


class Index(NamedTuple):
    """What is looked up.

    Arguments:
        blocks: of each level the ones before a block, and its bits, uint32 `[levels, blocks, 2]`.
        zeros: how many of each level there are, int64 `[levels]`.
        size: of the data, int64 `[1]`.
        hashes: of other contexts, ascending in each family, uint32.
        tops: where the hashes of each top begin, int64 `[families, 2^TOP + 1]`.
        starts: where what came behind each hash begins, int32; one more than there are hashes.
        units: what came, ascending behind one hash, uint8.
        counts: how often all before it came, int32; one more than there are units.
    """

    blocks: Words
    zeros: Array
    size: Array
    hashes: Words
    tops: Array
    starts: Ints
    units: Bytes
    counts: Ints


class Rows(NamedTuple):
    """Where ranges are narrowed, int64 `[ranges]` all of them but the last.

    Arguments:
        low, high: where each range begins and ends.
        below: the ones before it in its level, or for hashed contexts where its ones begin.
        total, over: how many symbols it stands for, and how many of these go on with a 1.
        kept: whatever a kind keeps of a symbol's beginning `[2]`.
    """

    low: Array
    high: Array
    below: Array
    total: Array
    over: Array
    kept: Array


def new_rows(ranges: int) -> Rows:
    """All of them empty."""
    return Rows._make(np.zeros(size, np.int64) for size in (*[ranges] * 5, 2))


def no_index() -> Index:
    """Nothing is kept."""
    return Index(
        np.zeros((0, 0, 2), np.uint32),
        np.zeros(0, np.int64),
        np.zeros(1, np.int64),
        np.zeros(0, np.uint32),
        np.zeros((0, 1), np.int64),
        np.zeros(1, np.int32),
        np.zeros(0, np.uint8),
        np.zeros(1, np.int32),
    )


def reversed_bits(levels: int) -> Bytes:
    """Each number below 2^levels, its bits from the last to the first.

    Rows are sorted by these, for then the matrix has the rows of each symbol where they belong.
    """
    numbers = np.arange(1 << levels)
    found = np.zeros(len(numbers), np.int64)
    for _ in range(levels):
        found, numbers = found << 1 | numbers & 1, numbers >> 1
    return found.astype(np.uint8)


def sorted_places(units: Bytes, levels: int, depth: int) -> Array:
    """Places by the `depth` units before them; the order of those alike means nothing.

    Arguments:
        depth: 128 bits of units at most.
    """
    word = reversed_bits(levels)[units].astype(np.uint64)
    count = 1
    while count < depth and 2 * count * levels <= 64:
        before = np.roll(word, count)
        word <<= np.uint64(levels * count)
        word |= before
        count *= 2
    key = np.roll(word, 1)
    del word
    order = np.argsort(key)
    if count < depth:  # ranks by as many units, and by as many before these
        key = key[order]
        ranks = np.zeros(len(units), np.int64)
        ranks[order] = np.cumsum(np.append(False, key[1:] != key[:-1]))
        del key, order
        before = np.roll(ranks, count)
        ranks <<= 32
        ranks |= before
        order = np.argsort(ranks)
    return order


def index(units: Bytes, levels: int, places: Array, families: Words | None = None) -> Index:
    """The index of data.

    Arguments:
        units: numbers below 2^levels, at least one.
        places: sorted by the longest contexts, see `sorted_places`.
        families: hashes of other contexts, by unit, `[families, units]`.
    """
    size = len(units)
    blocks = np.zeros((levels, (size >> BLOCK) + 1, 2), np.uint32)
    zeros = np.zeros(levels, np.int64)
    wavelet(units[places], blocks, zeros)
    found = no_index()._replace(blocks=blocks, zeros=zeros, size=np.array([size], np.int64))
    return found if families is None else with_families(found, units, families)


Family = tuple[Words, Array, Ints, Bytes, Ints]
"""Of one making of contexts: hashes, tops, starts, units, counts, each from its own beginning."""


def family(hashes: Words, units: Bytes) -> Family:
    """What came behind each hash, both ascending."""
    keys = hashes.astype(np.int64)
    keys <<= 8
    keys |= units
    keys.sort()
    ends = np.flatnonzero(np.append(keys[1:] != keys[:-1], True)).astype(np.int32)
    keys = keys[ends]
    often = np.diff(ends, prepend=np.int32(-1))
    first = np.flatnonzero(np.append(True, np.diff(keys >> 8) != 0)).astype(np.int32)
    found = (keys[first] >> 8).astype(np.uint32)
    tops = np.zeros((1 << TOP) + 1, np.int64)
    tops[1:] = np.cumsum(np.bincount(found >> (32 - TOP), minlength=1 << TOP))
    return found, tops, first, (keys & 255).astype(np.uint8), often


def with_families(index: Index, units: Bytes, families: Words) -> Index:
    """The same with hashed contexts."""
    with ThreadPoolExecutor(2) as pool:  # sorting lets other threads work
        parts = list(pool.map(partial(family, units=units), families))
    hashes, tops, starts, behind, often = (list(one) for one in zip(*parts, strict=True))
    del parts
    contexts, pairs = 0, 0
    for k in range(len(hashes)):
        tops[k] += contexts
        starts[k] += pairs
        contexts, pairs = contexts + len(hashes[k]), pairs + len(behind[k])
    starts.append(np.array([pairs], np.int32))
    often.insert(0, np.zeros(1, np.int32))
    counts = joined(often)
    np.cumsum(counts, out=counts)
    return index._replace(
        hashes=joined(hashes),
        tops=np.stack(tops),
        starts=joined(starts),
        units=joined(behind),
        counts=counts,
    )


def joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Arrays as one; each is given up as soon as it is copied."""
    found = np.empty(sum(map(len, parts)), parts[0].dtype)
    end = len(found)
    while parts:
        one = parts.pop()
        found[end - len(one) : end] = one
        end -= len(one)
    return found


@kernel
def wavelet(symbols: Bytes, blocks: Words, zeros: Array) -> None:
    """The matrix of symbols: level by level their bits, zeros sorted before ones."""
    levels, size = len(zeros), len(symbols)
    here, ones = symbols.copy(), np.zeros_like(symbols)
    for level in range(levels):
        shift = levels - 1 - level
        count = 0
        for at in range(size):
            if at & 31 == 0:
                blocks[level, at >> BLOCK, 0] = count
            symbol = here[at]
            if (np.int64(symbol) >> shift) & 1:
                blocks[level, at >> BLOCK, 1] |= np.uint32(1 << (at & 31))
                ones[count] = symbol
                count += 1
            else:
                here[at - count] = symbol
        if size & 31 == 0:
            blocks[level, size >> BLOCK, 0] = count
        zeros[level] = size - count
        here[size - count :] = ones[:count]


@inlined
def ones_of(word: int) -> int:
    """How many bits of a word of 32 are 1."""
    pairs = word - ((word >> 1) & 0x55555555)
    fours = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333)
    return ((((fours + (fours >> 4)) & 0x0F0F0F0F) * 0x01010101) >> 24) & 255


@inlined
def ones_before(index: Index, level: int, at: int) -> int:
    """The ones of a level before a row."""
    word = np.int64(index.blocks[level, at >> BLOCK, 1]) & ((1 << (at & 31)) - 1)
    return np.int64(index.blocks[level, at >> BLOCK, 0]) + ones_of(word)


@inlined
def measure(index: Index, rows: Rows, level: int, first: int, end: int) -> None:
    """How many of the symbols behind the contexts `first` .. `end` go on with a 1."""
    for k in range(first, end):
        low, high = rows.low[k], rows.high[k]
        rows.total[k], rows.over[k] = high - low, 0
        if low < high:
            rows.below[k] = ones_before(index, level, low)
            if high - low == 1:
                word = np.int64(index.blocks[level, low >> BLOCK, 1])
                rows.over[k] = (word >> (low & 31)) & 1
            else:
                rows.over[k] = ones_before(index, level, high) - rows.below[k]


@inlined
def narrow_rows(index: Index, rows: Rows, level: int, first: int, end: int, bit: int) -> None:
    """What goes on with this bit is left, of each range that was measured."""
    for k in range(first, end):
        if rows.low[k] < rows.high[k]:
            if bit:
                rows.low[k] = index.zeros[level] + rows.below[k]
                rows.high[k] = rows.low[k] + rows.over[k]
            else:
                size = rows.high[k] - rows.low[k] - rows.over[k]
                rows.low[k] -= rows.below[k]
                rows.high[k] = rows.low[k] + size


@inlined
def first_from(values: Words | Bytes, low: int, high: int, least: int) -> int:
    """Where the first of ascending values is, `low` .. `high`, that is `least` or more."""
    while low < high:
        middle = (low + high) >> 1
        if np.int64(values[middle]) < least:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def look_for(index: Index, rows: Rows, family: int, k: int, hashed: int) -> None:
    """The range of a context of a family."""
    top = hashed >> (32 - TOP)
    low, end = index.tops[family, top], index.tops[family, top + 1]
    low = first_from(index.hashes, low, end, hashed)
    rows.low[k] = rows.high[k] = 0
    if low < end and np.int64(index.hashes[low]) == hashed:
        rows.low[k], rows.high[k] = index.starts[low], index.starts[low + 1]


@inlined
def split(index: Index, rows: Rows, k: int, least: int) -> None:
    """Like `measure` for one hashed context: what goes on with a 1 is `least` or more."""
    low, high = rows.low[k], rows.high[k]
    middle = first_from(index.units, low, high, least)
    last = np.int64(index.counts[high])
    rows.below[k] = middle
    rows.total[k], rows.over[k] = last - index.counts[low], last - index.counts[middle]


@inlined
def narrow_hashed(rows: Rows, k: int, bit: int) -> None:
    """Like `narrow_rows`."""
    if bit:
        rows.low[k] = rows.below[k]
    else:
        rows.high[k] = rows.below[k]


@inlined
def restart_rows(index: Index, rows: Rows) -> None:
    """An item begins: all that is known is the context of no symbol."""
    rows.low[:] = 0
    rows.high[:] = 0
    rows.high[0] = index.size[0]


@inlined
def lengthen(index: Index, rows: Rows, depth: int) -> None:
    """A symbol is told: the ranges 0 .. depth - 1 are those of contexts longer by it."""
    for k in range(depth, 0, -1):
        rows.low[k], rows.high[k] = rows.low[k - 1], rows.high[k - 1]
    rows.low[0], rows.high[0] = 0, index.size[0]
