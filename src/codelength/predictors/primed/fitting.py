"""Fits a kind's tables to data: counts, what is worth keeping, then what weighs how much.

The last part of the data is held out: slots are counted on the rest, and maps, weights and
corrections learn from items of the held-out part, as strangers; then the slots are counted on all.
All but nets is integers. The same data give the same file, nets on the same machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant
from codelength.coding.messages import Json
from codelength.predictors.primed.contexts import Context, no_context
from codelength.predictors.primed.counting import all_pairs, worthwhile
from codelength.predictors.primed.index import no_index
from codelength.predictors.primed.kernels import fit_items
from codelength.predictors.primed.kinds import KINDS, ROWS, Kind, rows_of
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.logistic import REACH, SQUASH, TOTAL_BITS
from codelength.predictors.primed.model import new_log
from codelength.predictors.primed.net import Net, no_net
from codelength.predictors.primed.net_fitting import fit_net
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
from codelength.predictors.primed.slots import BUCKET
from codelength.predictors.primed.tables import SHIFTS, Tables

HELD = 5
"""One part of so many is held out."""
ITEMS = 3200
"""Held-out items that are learned from, at most."""
PASSES = ((5, 6), (6, 4), (7, 2), (8, 1), (9, 1), (9, 1), (10, 1))
"""Over the held-out items: maps move by 2^-first, weights by second quarters of the kind's rate."""
Said = Callable[[str], None]


def blank(kind: Kind, net: Net) -> Parts:
    """No slots, contexts believed as they are, all weighed alike."""
    logits = np.arange(PLACES) * 2 * REACH // (PLACES - 1) - REACH
    row = SQUASH[logits + REACH] << (MAP_BITS - TOTAL_BITS)
    maps = np.tile(row, (kind.contexts, LEVEL_COUNT, 1))
    weights = np.full((sum(kind.sets), kind.contexts + 1), ONE // 5, np.int64)
    weights[:, -1] = 0
    if kind.sound:
        weights[:] = 0
        weights[:, kind.contexts - 1] = ONE  # the net alone
    final = np.full((sum(kind.sets), 3), ONE // 3, np.int64)
    logits = np.minimum(np.arange(WIDE) * SPAN // (WIDE - 2), SPAN - 1)
    corrections = np.tile(SQUASH[logits], (ROWS, 1))
    none = np.zeros(kind.contexts, np.int64)
    slots = np.zeros(BUCKET, np.uint32)
    ranges = np.zeros((kind.contexts, 2), np.int64)
    numbers = maps, weights, final, corrections
    return Parts(slots, none, none, *numbers, net, no_index(), ranges)


def counted(kind: Kind, data: Units, size: int) -> tuple[Context, ...]:
    """What is worth most of the contexts of these data, `size` bytes of it."""
    if not size or not kind.fitted:
        return tuple(no_context() for _ in range(kind.fitted))
    return worthwhile(all_pairs(kind, data, blank(kind, no_net())), size)


def weighed(
    kind: Kind,
    contexts: tuple[Context, ...],
    net: Net,
    held: Units,
    length: int,
    seed: int,
    kept: Units,
    say: Said,
    left_out: tuple[int, ...] = (),
) -> Tables:
    """Maps, weights and corrections for these slots, learned from items of data unlike theirs.

    Arguments:
        left_out: see `Tables`.
    """
    start = blank(kind, net)
    numbers = dict(zip(SHIFTS, short(start), strict=True))
    tables = Tables(kind.name, contexts, **numbers, net=net, about={}, kept=kept, left_out=left_out)
    parts = tables.parts()
    work, log = new_work(kind.contexts, parts.net, rows_of(kind.number)), new_log(length, kind)
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
    size: int | None,
    about: Mapping[str, Json],
    length: int = 128,
    seed: int = 0,
    say: Said = print,
) -> Tables:
    """Tables of a kind.

    Arguments:
        series: symbols, one a byte, of texts or recordings.
        size: bytes of the slots, about; None: the data themselves are kept.
        about: what the data are, for the file's header.
        length: symbols of an item.
        seed: of the order in which held-out items are learned from.
    """
    kind = KINDS[name]
    some = [kind.layout.units(one) for one in series]
    length //= kind.layout.width
    data = np.concatenate(some)
    held = len(data) * (HELD - 1) // HELD
    net = no_net()
    if kind.sound:
        ends = np.cumsum([len(one) for one in some])
        known = [one[: max(0, held - end + len(one))] for one, end in zip(some, ends, strict=True)]
        net = fit_net(kind, known, length, seed, say)
    slots = counted(kind, data[:held], size or 0)
    say(f"{name}: {sum(len(one.units) for one in slots):,} pairs of {held:,} units")
    kept = data if size is None else data[:0]
    tables = weighed(kind, slots, net, data[held:], length, seed, kept[:held], say)
    return replace(tables, contexts=counted(kind, data, size or 0), about=about, kept=kept)
