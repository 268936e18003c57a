"""What follows which context in the data, and which of it is worth its bytes.

Each context is counted with the unit, or part of one, that came behind it. What a pair of the two
gains is what its occurrences saved, told by the context and not by the one that knows less; each
occurrence is told by the others alone (Witten and Bell 1991 for what is left to strangers). Pairs
that stand in one place of the data only are ranked behind all others, and those seen once behind
these, contexts that know less first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, unmanaged
from codelength.predictors.primed.contexts import NOTHING, Context, level_of, no_context
from codelength.predictors.primed.densities import LOG_BITS, LOGS, MANTISSA
from codelength.predictors.primed.kernels import ZERO, begin
from codelength.predictors.primed.kinds import Kind, steps_of
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.network import Parts, Work, new_work
from codelength.predictors.primed.slots import ABSENT, Array

Hashes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

TOGETHER = 13
"""Contexts whose hashes are kept in memory at once."""
BEHIND = 1 << 40
"""More than any gain."""
PART = 1 << 15
"""Units of a place of the data."""
CONTEXT_COST, PAIR_COST = 12, 8
"""Bits that a context, and a unit behind it, take in the file, about."""


@unmanaged
def hash_units(
    kind: int,
    bits: int,
    data: Units,
    first: int,
    end: int,
    parts: Parts,
    work: Work,
    out: Hashes,
) -> None:
    """The contexts `first` .. `end` of an item's units, into `out[context, unit]`."""
    for at in range(len(data)):
        begin(kind, bits, data, ZERO, at, parts, work)
        for k in range(first, end):
            hashed = work.hashes[k]
            out[k - first, at] = NOTHING if hashed == ABSENT else hashed


@dataclass(frozen=True)
class Pairs:
    """A context's pairs, ascending by context and unit.

    Arguments:
        contexts: hashes; `units`: what came behind them; `counts`: how often.
        ranks: gains in 2^16ths of a bit, less `BEHIND` for what stands in one place only.
    """

    contexts: Array
    units: Array
    counts: Array
    ranks: Array


def logarithms(values: Floats) -> Array:
    """Logarithms to base 2 of positive numbers, in 2^16ths; the same on every machine."""
    mantissas, exponents = np.frexp(values)
    places = ((mantissas * 2 - 1) * (1 << MANTISSA)).astype(np.int64)
    return ((exponents.astype(np.int64) - 1) << LOG_BITS) + LOGS[places]


def paired(hashes: Hashes, parts: Array, forward: int, above: Floats) -> tuple[Pairs, Floats]:
    """The pairs of a context, and the chance that it gives to each unit of the data itself.

    Arguments:
        hashes: by unit, `NOTHING` where the context does not apply; behind the first `forward` ones
            come those of the data read backwards.
        parts: what came, by unit.
        above: the chance by the context that knows less, for the first `forward` ones.
    """
    keys = (hashes.astype(np.int64) << 8) | parts
    order = np.argsort(keys, kind="stable")
    order = order[: int(np.searchsorted(keys[order], np.int64(NOTHING) << 8))]
    keys = keys[order]
    new_pair = np.append(True, np.diff(keys) != 0)[: len(keys)]
    new_context = np.append(True, np.diff(keys >> 8) != 0)[: len(keys)]
    pair, context = np.cumsum(new_pair) - 1, np.cumsum(new_context) - 1
    counts, totals = np.bincount(pair), np.bincount(context)
    firsts = np.flatnonzero(new_pair)
    kinds = np.bincount(context[firsts])
    place = order % forward // PART
    moved = np.append(False, (np.diff(place) != 0) & ~new_pair[1:])[: len(keys)]
    spread = np.bincount(pair, weights=moved, minlength=len(counts)).astype(np.int64)
    others = (counts[pair] - 1).astype(np.float64)
    strangers = (kinds[context] - (counts[pair] == 1)).astype(np.float64)
    mine = order < forward
    known = above[order[mine]]
    weight = totals[context][mine] - 1 + strangers[mine]
    told = known.copy()
    there = weight > 0
    told[there] = (others[mine][there] + strangers[mine][there] * known[there]) / weight[there]
    told = np.maximum(told, 2.0**-20)
    saved = logarithms(told) - logarithms(known)
    gains = np.zeros(len(counts), np.int64)
    np.add.at(gains, pair[mine], saved)
    gains[spread == 0] -= BEHIND
    gains[counts == 1] -= BEHIND + (len(counts) << LOG_BITS)
    chances = above.copy()
    chances[order[mine]] = told
    found = Pairs(keys[firsts] >> 8, keys[firsts] & 255, counts, gains)
    return found, chances


def other_strand(data: Units) -> Units:
    """Bases as they are read on the other strand: backwards, A for T, C for G."""
    return np.ascontiguousarray((data[::-1] & 3) ^ 2)


def all_pairs(kind: Kind, data: Units, parts: Parts) -> list[Pairs]:
    """The pairs of each fitted context.

    Arguments:
        data: one long item.
        parts: of a blank model.
    """
    first_bit, end_bit = steps_of(kind.number)
    texts = [data, other_strand(data)] if kind.mirrored else [data]
    units = np.concatenate(texts).astype(np.int64) >> (kind.layout.bits - end_bit)
    units &= (1 << (end_bit - first_bit)) - 1
    work = new_work(kind.contexts, parts.net)
    found: list[Pairs] = []
    chances: list[Floats] = []
    for first in range(0, kind.fitted, TOGETHER):
        end = min(kind.fitted, first + TOGETHER)
        rows = []
        for text in texts:
            out = np.zeros((end - first, len(text)), np.uint32)
            numbers = constant(kind.number), constant(kind.layout.bits)
            hash_units(*numbers, text, constant(first), constant(end), parts, work, out)
            rows.append(out)
        hashes = np.concatenate(rows, axis=1)
        for k in range(first, end):
            parent = int(kind.parents[k])
            even = np.full(len(data), 0.5 ** (end_bit - first_bit))
            above = chances[parent] if parent >= 0 else even
            pairs, own = paired(hashes[k - first], units, len(data), above)
            found.append(pairs)
            chances.append(own)
    return found


def worthwhile(pairs: list[Pairs], size: int) -> tuple[Context, ...]:
    """What ranks highest, as much as fits into `size` bytes, about."""
    ladder = np.unique(np.concatenate([one.ranks for one in pairs]))[::-1]
    if not len(ladder):
        return tuple(no_context() for _ in pairs)
    low, high = 0, len(ladder)
    while low < high:  # how many rungs may be kept
        middle = (low + high + 1) // 2
        if cost(pairs, int(ladder[middle - 1])) <= 8 * size:
            low = middle
        else:
            high = middle - 1
    least = int(ladder[low - 1]) if low else int(ladder[0]) + 1
    return tuple(chosen(one, least) for one in pairs)


def cost(pairs: list[Pairs], least: int) -> int:
    """Bits of the pairs that rank as high, about."""
    total = 0
    for one in pairs:
        kept = one.contexts[one.ranks >= least]
        if len(kept):
            total += PAIR_COST * len(kept)
            total += CONTEXT_COST * (1 + int(np.count_nonzero(np.diff(kept))))
    return total


def chosen(pairs: Pairs, least: int) -> Context:
    """The pairs that rank as high, as a table."""
    some = np.flatnonzero(pairs.ranks >= least)
    hashes, sizes = np.unique(pairs.contexts[some], return_counts=True)
    return Context(
        hashes.astype(np.uint32),
        (sizes - 1).astype(np.uint8),
        pairs.units[some].astype(np.uint8),
        level_of(pairs.counts[some]).astype(np.uint8),
    )
