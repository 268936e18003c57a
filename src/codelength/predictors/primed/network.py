"""One bit: what its contexts say, mixed by weights that learn, and corrected by what came of it.

A context's slot is not believed as it is: a fitted map says what a chance that rests on so many
bits has turned out to mean, for each context. Three sets of weights mix the logits (Mattern 2013,
as in PAQ), a fourth mixes the three, two more maps correct the outcome.
"""

from typing import NamedTuple

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed.densities import Mill, new_mill
from codelength.predictors.primed.index import Index, Rows, new_rows
from codelength.predictors.primed.logistic import REACH, SQUASH, STRETCH, SURE, TOTAL_BITS
from codelength.predictors.primed.net import COMPONENTS, Net, State, new_state
from codelength.predictors.primed.slots import (
    ABSENT,
    COUNTS,
    Array,
    Slots,
    after,
    bucket,
    find,
    fresh,
    mix,
    room,
)

ONE = 1 << 20
"""A weight of 1."""
PLACES = 49
"""Of a chance in a map, evenly along its logit."""
WIDE = 34
"""Entries of a corrected logit."""
SPAN = 2 * REACH + 1
LEVELS: Array = np.array(
    [min(n, 4) if n < 5 else min(11, 3 + int(n).bit_length() - 1) for n in range(COUNTS + 1)],
    np.int64,
)
"""Of a count in a map: 0..4 as they are, then doublings."""
LEVEL_COUNT = 12
PLACE: Array = np.array(
    [((int(x) + REACH) * 2 * (PLACES - 1) // SPAN + 1) >> 1 for x in STRETCH], np.int64
)
"""The place of a chance in 4096ths."""
MAP_BITS = 22
BIAS = 256
"""The last input: always there."""


class Parts(NamedTuple):
    """What was fitted, and what an item changes in it.

    Arguments:
        slots: of all contexts, one table behind the other, uint32.
        firsts, masks: where each context's table begins, its buckets less 1, int64 `[contexts]`.
        maps: chances in 2^22ths, int64 `[contexts, LEVEL_COUNT, PLACES]`.
        weights: 2^20 is 1, int64 `[sets, contexts + 1]`.
        final: of the three mixtures, int64 `[sets, 3]`; those of the second selection are used.
        corrections: chances in 2^20ths at 34 logits, int64 `[rows, WIDE]`.
        net: of sound; else empty.
        index: of data that are kept whole; else empty.
        ranges: of the index that tell a context: the first, and where they end, int64
            `[contexts, 2]`; without any a context is told by its slot, below 0 it is left out.
    """

    slots: Slots
    firsts: Array
    masks: Array
    maps: Array
    weights: Array
    final: Array
    corrections: Array
    net: Net
    index: Index
    ranges: Array


class Work(NamedTuple):
    """Where a bit is worked out, int64 all of them.

    Arguments:
        hashes: of the symbol's contexts `[contexts]`, `ABSENT` where one does not apply.
        nodes, places, cells: of each context its hash at this bit, its slot, its cell in the map.
        inputs: logits `[contexts + 1]`.
        sets: rows of the three sets of weights, and of the two corrections `[5]`.
        logits: of the three mixtures and of all `[4]`.
        mill, state: of the net.
        rows: of the index.
    """

    hashes: Array
    nodes: Array
    places: Array
    cells: Array
    inputs: Array
    sets: Array
    logits: Array
    mill: Mill
    state: State
    rows: Rows


class Log(NamedTuple):
    """What slots were before an item changed them.

    Arguments:
        places: int64; `slots`: uint32 of the same length; `count`: int64 `[1]`, how many.
    """

    places: Array
    slots: Slots
    count: Array


def new_work(contexts: int, net: Net, ranges: int = 0) -> Work:
    """Room for that many contexts, for a net, and for ranges of an index."""
    sizes = (contexts, contexts, contexts, contexts, contexts + 1, 5, 4)
    arrays = [np.zeros(size, np.int64) for size in sizes]
    return Work._make([*arrays, new_mill(COMPONENTS), new_state(net), new_rows(ranges)])


@inlined
def bounded(logit: int) -> int:
    """Within +-REACH."""
    return max(-REACH, min(REACH, logit))


@inlined
def look_up(parts: Parts, work: Work, first: int, end: int, key: int) -> None:
    """What the contexts `first` .. `end` say at the node `key`; ranges have been measured."""
    for k in range(first, end):  # slots are far away: all are sent for before one is looked at
        work.nodes[k] = mix(work.hashes[k], key)
        work.places[k] = parts.slots[bucket(parts.firsts[k], parts.masks[k], work.nodes[k])]
    for k in range(first, end):
        work.places[k], work.inputs[k], work.cells[k] = ABSENT, 0, ABSENT
        if parts.ranges[k, 0] < parts.ranges[k, 1]:
            total, ones = 0, 0
            for row in range(parts.ranges[k, 0], parts.ranges[k, 1]):
                total += work.rows.total[row]
                ones += work.rows.over[row]
            if not total:
                continue
            chance = (10 * ones + 4) * 65536 // (10 * total + 8)
            level, place, at = LEVELS[min(total, COUNTS)], PLACE[chance >> 4], 0
        else:
            if work.hashes[k] == ABSENT:
                continue
            at = find(parts.slots, parts.firsts[k], parts.masks[k], work.nodes[k])
            if at == ABSENT:
                continue
            slot = np.int64(parts.slots[at])
            level, place = LEVELS[slot & 255], PLACE[(slot >> 12) & 4095]
        work.places[k] = at
        work.cells[k] = level * PLACES + place
        work.inputs[k] = STRETCH[parts.maps[k, level, place] >> (MAP_BITS - 12)]
    work.inputs[len(work.inputs) - 1] = BIAS


@inlined
def mixed(parts: Parts, work: Work, first: int, end: int) -> int:
    """The chance of a 1, in 2^20ths."""
    last = len(work.inputs) - 1
    total = 0
    for n in range(3):
        row = work.sets[n]
        value = parts.weights[row, last] * BIAS
        for k in range(first, end):
            value += parts.weights[row, k] * work.inputs[k]
        work.logits[n] = bounded(value >> 20)
        total += parts.final[work.sets[1], n] * work.logits[n]
    logit = bounded(total >> 20)
    work.logits[3] = logit
    place = (logit + REACH) * (WIDE - 2) // SPAN
    part = (logit + REACH) * (WIDE - 2) - place * SPAN
    chance = 2 * SQUASH[logit + REACH]
    for n in range(3, 5):
        row = work.sets[n]
        low, high = parts.corrections[row, place], parts.corrections[row, place + 1]
        chance += (low * (SPAN - part) + high * part) // SPAN
    return max(SURE, min((1 << TOTAL_BITS) - SURE, chance >> 2))


@inlined
def error(bit: int, logit: int) -> int:
    """How far a mixture was off, in 65536ths."""
    return (bit << 16) - (SQUASH[logit + REACH] >> (TOTAL_BITS - 16))


@inlined
def learn(
    parts: Parts,
    work: Work,
    log: Log,
    first: int,
    end: int,
    own: int,
    bit: int,
    rate: int,
    limit: int,
) -> None:
    """Weights, and slots from the context `own` on, take up a bit; the log keeps what they were."""
    last = len(work.inputs) - 1
    overall = error(bit, work.logits[3]) * rate
    for n in range(3):
        row = work.sets[n]
        wrong = error(bit, work.logits[n]) * rate
        for k in range(first, end):
            parts.weights[row, k] += (work.inputs[k] * wrong + 8192) >> 14
        parts.weights[row, last] += (BIAS * wrong + 8192) >> 14
        parts.final[work.sets[1], n] += (work.logits[n] * overall + 32768) >> 16
    for k in range(max(first, own), end):
        if work.hashes[k] == ABSENT:
            continue
        at = work.places[k]
        if at == ABSENT:
            at = room(parts.slots, parts.firsts[k], parts.masks[k], work.nodes[k])
            before = parts.slots[at]
            slot = fresh(work.nodes[k])
        else:
            before = parts.slots[at]
            slot = np.int64(before)
        log.places[log.count[0]] = at
        log.slots[log.count[0]] = before
        log.count[0] += 1
        parts.slots[at] = np.uint32(after(slot, bit, limit))


@inlined
def undo(parts: Parts, log: Log) -> None:
    """Slots as they were when the log was empty."""
    for k in range(log.count[0] - 1, -1, -1):
        parts.slots[log.places[k]] = log.slots[k]
    log.count[0] = 0


@inlined
def improve(parts: Parts, work: Work, first: int, end: int, bit: int, fading: int) -> None:
    """Maps and corrections move towards a bit, by 2^-fading of the way; in fitting alone."""
    for k in range(first, end):
        cell = work.cells[k]
        if cell != ABSENT:
            level, place = cell // PLACES, cell % PLACES
            chance = parts.maps[k, level, place]
            goal = (1 << MAP_BITS) - 1 if bit else 0
            parts.maps[k, level, place] = chance + ((goal - chance + (1 << (fading - 1))) >> fading)
    scaled = (work.logits[3] + REACH) * (WIDE - 2)
    nearest = (scaled + SPAN // 2) // SPAN
    for n in range(3, 5):
        chance = parts.corrections[work.sets[n], nearest]
        goal = (1 << TOTAL_BITS) - 1 if bit else 0
        parts.corrections[work.sets[n], nearest] = chance + (
            (goal - chance + (1 << (fading - 1))) >> fading
        )
