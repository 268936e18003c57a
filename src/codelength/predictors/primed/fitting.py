"""Fits a kind's tables to data: counts, what is worth keeping, then what weighs how much.

The last part of the data is held out: slots are counted on the rest, and maps, weights and
corrections learn from items of the held-out part, as strangers; then the slots are counted on all.
Integers only: the same data give the same file.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant
from codelength.coding.messages import Json
from codelength.predictors.primed.bank import Units
from codelength.predictors.primed.contexts import Context, no_context
from codelength.predictors.primed.counting import all_pairs, worthwhile
from codelength.predictors.primed.kernels import fit_items
from codelength.predictors.primed.kinds import KINDS, ROWS, Kind
from codelength.predictors.primed.logistic import REACH, SQUASH, TOTAL_BITS
from codelength.predictors.primed.model import new_log
from codelength.predictors.primed.network import (
    LEVEL_COUNT,
    MAP_BITS,
    ONE,
    PLACES,
    SPAN,
    WIDE,
    Parts,
    new_work,
)
from codelength.predictors.primed.predictors import Predictors
from codelength.predictors.primed.slots import BUCKET
from codelength.predictors.primed.tables import SHIFTS, Tables

HELD = 5
"""One part of so many is held out."""
ITEMS = 3200
"""Held-out items that are learned from, at most."""
ENOUGH = 1 << 20
"""Units of sound, about, whose contexts are counted: the bank is slow, and knows most of it."""
PASSES = ((5, 6), (6, 4), (7, 2), (8, 1), (9, 1), (9, 1), (10, 1))
"""Over the held-out items: maps move by 2^-first, weights by second quarters of the kind's rate."""
Said = Callable[[str], None]


def blank(kind: Kind, predictors: Predictors) -> Parts:
    """No slots, contexts believed as they are, all weighed alike."""
    logits = np.arange(PLACES) * 2 * REACH // (PLACES - 1) - REACH
    row = SQUASH[logits + REACH] << (MAP_BITS - TOTAL_BITS)
    maps = np.tile(row, (kind.contexts, LEVEL_COUNT, 1))
    weights = np.full((sum(kind.sets), kind.contexts + 1), ONE // 5, np.int64)
    weights[:, -1] = 0
    if len(predictors.reflections):
        weights[:] = 0
        weights[:, kind.contexts - 1] = ONE  # the bank alone
    final = np.full((sum(kind.sets), 3), ONE // 3, np.int64)
    logits = np.minimum(np.arange(WIDE) * SPAN // (WIDE - 2), SPAN - 1)
    corrections = np.tile(SQUASH[logits], (ROWS, 1))
    none = np.zeros(kind.contexts, np.int64)
    slots = np.zeros(BUCKET, np.uint32)
    return Parts(slots, none, none, maps, weights, final, corrections, predictors.bank())


def counted(
    kind: Kind, data: Units, size: int, length: int, predictors: Predictors
) -> tuple[Context, ...]:
    """What is worth most of these data's contexts, `size` bytes of it.

    Arguments:
        length: units of an item; text and DNA are counted as one long item.
    """
    if not size:
        return tuple(no_context() for _ in range(kind.fitted))
    few = blank(kind, predictors)
    span = length if len(predictors.reflections) else len(data)
    return worthwhile(all_pairs(kind, data, span, few), size)


def weighed(
    kind: Kind,
    contexts: tuple[Context, ...],
    predictors: Predictors,
    held: Units,
    length: int,
    seed: int,
    say: Said,
) -> Tables:
    """Maps, weights and corrections for these slots, learned from items of data unlike theirs."""
    start = blank(kind, predictors)
    numbers = dict(zip(SHIFTS, short(start), strict=True))
    tables = Tables(kind.name, contexts, **numbers, predictors=predictors, about={})
    parts = tables.parts()
    work, log = new_work(kind.contexts, parts.bank), new_log(length, kind)
    drawn = np.random.default_rng(seed)
    starts = np.arange(0, max(1, len(held) - length + 1), length)
    starts = drawn.permutation(starts)[:ITEMS]
    for fading, speed in PASSES:
        bits = fit_items(
            constant(kind.number),
            constant(kind.layout.bits),
            held,
            drawn.permutation(starts),
            constant(length),
            parts,
            work,
            log,
            constant(max(1, speed * kind.rate // 4)),
            constant(kind.limit),
            constant(fading),
        )
        raw = len(starts) * length * kind.layout.width * (kind.alphabet - 1).bit_length()
        say(f"{kind.name}: held-out items at {bits / raw:.4f}")
    return replace(tables, **dict(zip(SHIFTS, short(parts), strict=True)))


def short(parts: Parts) -> list[npt.NDArray[Any]]:
    """The numbers of parts as tables keep them."""
    found = []
    for name, shift in SHIFTS.items():
        top = 65535 if name in ("maps", "corrections") else 32767
        rounded = (getattr(parts, name) + (1 << (shift - 1))) >> shift
        found.append(np.clip(rounded, 1 if top == 65535 else -top, top))
    return found


def fit(
    name: str,
    series: list[bytes],
    size: int,
    predictors: Predictors,
    about: Mapping[str, Json],
    length: int = 128,
    seed: int = 0,
    say: Said = print,
) -> Tables:
    """Tables of a kind.

    Arguments:
        series: symbols, one a byte, of texts or recordings.
        size: bytes of the slots, about.
        predictors: of sound, fitted already.
        about: what the data are, for the file's header.
        length: symbols of an item.
        seed: of the order in which held-out items are learned from.
    """
    kind = KINDS[name]
    some = [kind.layout.units(one) for one in series]
    if len(predictors.reflections):
        some = some[:: 1 + sum(map(len, some)) // ENOUGH]
    data = np.concatenate(some)
    length //= kind.layout.width
    held = len(data) * (HELD - 1) // HELD
    slots = counted(kind, data[:held], size, length, predictors)
    say(f"{name}: {sum(len(one.units) for one in slots):,} pairs of {held:,} units")
    tables = weighed(kind, slots, predictors, data[held:], length, seed, say)
    return replace(tables, contexts=counted(kind, data, size, length, predictors), about=about)
