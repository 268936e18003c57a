"""The loops over units: write, read, fit."""

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    decode_step,
    decode_target,
    encode_step,
)
from codelength.coding.compiled import constant, inlined, unmanaged
from codelength.predictors.primed.densities import IN_USE, first_share, narrow, share
from codelength.predictors.primed.kinds import (
    SIXTEEN,
    begin_rows,
    choose,
    contexts,
    end_of,
    end_rows,
    first_of,
    key_of,
    measure_rows,
    own_of,
    tell_rows,
)
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.logistic import STRETCH, SURE, TOTAL_BITS
from codelength.predictors.primed.net import foresee, restart_net, take_in
from codelength.predictors.primed.network import (
    Log,
    Parts,
    Work,
    improve,
    learn,
    look_up,
    mixed,
    undo,
)
from codelength.predictors.primed.slots import ABSENT, KEPT, Array
from codelength.predictors.primed.sound import NET

Buffer = npt.NDArray[np.uint8]
TOTAL = constant(1 << TOTAL_BITS)
ZERO, ONE = constant(0), constant(1)


@inlined
def begin(kind: int, bits: int, data: Units, start: int, at: int, parts: Parts, work: Work) -> None:
    """A unit begins: what the net expects, and the contexts."""
    if kind >= SIXTEEN:
        skip = 1 if len(parts.net.first) else 0
        if at == start:
            restart_net(parts.net, work.state)
            work.mill.numbers[:] = 0
        if at >= start + skip:
            foresee(parts.net, work.state, work.mill, data, start, at, bits, skip)
    contexts(kind, bits, data, start, at, work.mill, work.hashes)
    for k in range(len(work.hashes)):
        if work.hashes[k] != ABSENT and parts.ranges[k, 0] == parts.ranges[k, 1]:
            work.hashes[k] = ABSENT if parts.ranges[k, 0] < 0 else work.hashes[k] & KEPT
    if parts.index.size[0]:
        begin_rows(kind, at == start, parts.index, work.rows, work.hashes)


@inlined
def weigh(
    kind: int,
    bits: int,
    data: Units,
    start: int,
    at: int,
    step: int,
    node: int,
    parts: Parts,
    work: Work,
) -> int:
    """The chance that the next bit is 1, in 2^20ths, never 0 or all."""
    low, high = first_of(kind, step), end_of(kind, step)
    if parts.index.size[0]:
        measure_rows(kind, parts.index, work.rows, step, node)
    look_up(parts, work, low, high, key_of(kind, step, node))
    chance = 1 << 19
    if kind >= SIXTEEN:
        left = bits - step
        least = (node << left) - (1 << bits)
        middle, most = least + (1 << (left - 1)), least + (1 << left)
        if work.mill.numbers[IN_USE]:
            half = 1 << (bits - 1)
            chance = share(work.mill, least - half, middle - half, most - half)
        else:
            chance = first_share(parts.net.first, least, middle, most)
        chance = max(SURE, min(TOTAL - SURE, chance))
        work.inputs[NET] = STRETCH[chance >> (TOTAL_BITS - 12)]
    choose(kind, bits, data, start, at, step, node, chance, work.places, work.sets)
    return mixed(parts, work, low, high)


@inlined
def tell(kind: int, step: int, bit: int, parts: Parts, work: Work) -> None:
    """What is known of a unit is narrowed to those with this bit."""
    if parts.index.size[0]:
        tell_rows(kind, parts.index, work.rows, step, bit)
    if kind >= SIXTEEN:
        narrow(work.mill, bit)


@inlined
def settle(
    kind: int, step: int, bit: int, parts: Parts, work: Work, log: Log, rate: int, limit: int
) -> None:
    """A bit is known."""
    first, end = first_of(kind, step), end_of(kind, step)
    own = own_of(kind) if parts.index.size[0] else 0
    learn(parts, work, log, first, end, own, bit, rate, limit)
    tell(kind, step, bit, parts, work)


@inlined
def finish(kind: int, bits: int, unit: int, parts: Parts, work: Work) -> None:
    """A unit is known."""
    if parts.index.size[0]:
        end_rows(kind, parts.index, work.rows, unit)
    if kind >= SIXTEEN:
        take_in(work.state, unit - (1 << (bits - 1)), work.mill.numbers[IN_USE] == 0)


@inlined
def bit_of(data: Units, at: int, bits: int, step: int) -> int:
    """A unit's bit, from the highest."""
    return (np.int64(data[at]) >> (bits - 1 - step)) & 1


@unmanaged
def encode_units(
    kind: int,
    bits: int,
    data: Units,
    first: int,
    end: int,
    parts: Parts,
    work: Work,
    log: Log,
    rate: int,
    limit: int,
    state: Array,
    out: Buffer,
) -> float:
    """Code the units `first` .. `end` of an item; their ideal bits."""
    ideal = 0.0
    for at in range(first, end):
        begin(kind, bits, data, ZERO, at, parts, work)
        node = ONE
        for step in range(bits):
            chance = weigh(kind, bits, data, ZERO, at, step, node, parts, work)
            bit = bit_of(data, at, bits, step)
            if bit:
                encode_step(state, out, ZERO, chance, TOTAL)
                ideal -= np.log2(chance / (1 << TOTAL_BITS))
            else:
                encode_step(state, out, chance, TOTAL - chance, TOTAL)
                ideal -= np.log2(1.0 - chance / (1 << TOTAL_BITS))
            settle(kind, step, bit, parts, work, log, rate, limit)
            node = 2 * node + bit
        finish(kind, bits, np.int64(data[at]), parts, work)
    return ideal


@unmanaged
def decode_units(
    kind: int,
    bits: int,
    data: Units,
    first: int,
    end: int,
    parts: Parts,
    work: Work,
    log: Log,
    rate: int,
    limit: int,
    state: Array,
    message: Buffer,
) -> int:
    """Fill `data` from `first` to `end`; stops early where the message has ended."""
    for at in range(first, end):
        if state[COUNT] > state[END] - state[START]:
            return at
        begin(kind, bits, data, ZERO, at, parts, work)
        node = ONE
        for step in range(bits):
            chance = weigh(kind, bits, data, ZERO, at, step, node, parts, work)
            bit = ONE if decode_target(state, TOTAL) < chance else ZERO
            if bit:
                decode_step(state, message, ZERO, chance, TOTAL)
            else:
                decode_step(state, message, chance, TOTAL - chance, TOTAL)
            settle(kind, step, bit, parts, work, log, rate, limit)
            node = 2 * node + bit
        data[at] = node - (ONE << bits)
        finish(kind, bits, np.int64(data[at]), parts, work)
    return end


@unmanaged
def forget(parts: Parts, log: Log) -> None:
    """Slots as they were before the item."""
    undo(parts, log)


@unmanaged
def fit_items(
    kind: int,
    bits: int,
    data: Units,
    starts: Array,
    length: int,
    parts: Parts,
    work: Work,
    log: Log,
    rate: int,
    limit: int,
    fading: int,
) -> float:
    """Weights, maps and corrections learn items in this order; slots are put back; ideal bits."""
    ideal = 0.0
    for start in starts:
        for at in range(start, min(len(data), start + length)):
            begin(kind, bits, data, start, at, parts, work)
            node = ONE
            for step in range(bits):
                chance = weigh(kind, bits, data, start, at, step, node, parts, work)
                bit = bit_of(data, at, bits, step)
                share_of = chance / (1 << TOTAL_BITS)
                ideal -= np.log2(share_of if bit else 1.0 - share_of)
                settle(kind, step, bit, parts, work, log, rate, limit)
                improve(parts, work, first_of(kind, step), end_of(kind, step), bit, fading)
                node = 2 * node + bit
            finish(kind, bits, np.int64(data[at]), parts, work)
        undo(parts, log)
    return ideal
