"""A language model's tokens coded with what the text itself teaches, in yes-or-no decisions.

First candidates are asked one by one, the model's likeliest first: its best three, what followed
the last 1, 2 or 3 tokens before, and what the longest match says. If it is none of them: how far is
its logit below the best, how often did it come before, and which is it of those left, where the
model alone decides. The model's chance of a yes is a ratio of sums of its weights; `mixture` says
how it and the evidence make one.

Guarantees: integers only, so every machine computes the same chances from the same logits; a yes
and a no have positive chances of 2^22 together, before the answer is known.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    decode_step,
    decode_target,
    decode_uniform,
    encode_step,
    encode_uniform,
)
from codelength.coding.compiled import constant, inner, kernel
from codelength.coding.grid import Array
from codelength.predictors.lm.logits import BITS, ONE, TOTAL, ZERO, log2, odds, squash
from codelength.predictors.lm.mixture import (
    BEGIN,
    CANDIDATES,
    EXPECTED,
    FAR,
    FEATURES,
    FOLLOWERS,
    LENGTH,
    MATCH,
    NOWHERE,
    OFTEN,
    PASTS,
    SEEN,
    SETS,
    STEP,
    STREAM,
    State,
    decide,
    learn,
    look,
    settle,
    visible,
)
from codelength.predictors.lm.tables import Buffer, Grid, weigh

VERSION = 1
"""Of the mixture; a change of any constant below is a new one."""
FLOOR = 28
"""Each token weighs 2^-28 of the sum more than the model says."""
TOPS = 3
"""Candidates for which only the model speaks."""
COUNT_LEVELS = np.array([0, 1, 2, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7], np.int64)
"""Counts in a context, 15 and more being one, as 8 levels."""
FAR_SHIFT = 7
"""Distances from the best logit are levels of 2 nats."""
CLASSES = 512
"""The first kind, and gate, of decisions on classes."""
BYTES = constant(256)


def most_bits(symbols: int) -> int:
    """Of a token's code, with so many of the model's."""
    return (BITS + 1) * (CANDIDATES + FAR + OFTEN + symbols.bit_length()) + 8


@inner
def often(count: int, seen: bool) -> int:
    """The level of how often a token came, and whether the model has seen it.

    0: never. 1..3: once, 2..7 times, more, and last where the model has not seen it. 4..7: once,
    2..7 times, 8..31 times, more, and it has.
    """
    if not count:
        return ZERO
    level = ONE if count == 1 else 2 * ONE if count < 8 else 3 * ONE
    return level + 3 + (count >= 32) if seen else level


@inner
def classed(away: int, count: int, newest: int, stream: int, streams: int, since: int) -> int:
    """The class of a token: OFTEN times its level of distance, and the level of `often`.

    Arguments:
        away: steps below the largest logit.
        count, newest: of the token, see `State`.
        since: the first place of the model's window in the flat history.
    """
    level = ZERO
    if count:  # scalars alone here: this runs for every token of the model at every step
        level = often(count, newest >= since and newest % streams == stream)
    return min(FAR - 1, away >> FAR_SHIFT) * OFTEN + level


@inner
def put(listed: Array, size: int, token: int, weight: int) -> int:
    """Put a candidate among those listed, by weight; how many there are then."""
    if size >= CANDIDATES:
        return size
    for j in range(size):
        if listed[j, 0] == token:
            return size
    at = size
    while at > 0 and listed[at - 1, 1] < weight:
        listed[at] = listed[at - 1]
        at -= 1
    listed[at, 0], listed[at, 1] = token, weight
    return size + 1


@inner
def answer(
    state: State, coder: Array, out: Buffer, data: Buffer, chance: int, bit: int, writing: bool
) -> int:
    """Write `bit`, or read it."""
    if not writing:
        bit = ONE if decode_target(coder, TOTAL) < chance else ZERO
    first, width = (ZERO, chance) if bit else (chance, TOTAL - chance)
    if writing:
        encode_step(coder, out, first, width, TOTAL)
    else:
        decode_step(coder, data, first, width, TOTAL)
    state.spent[0] -= np.log2(width / TOTAL)
    return bit


@inner
def weighed(state: State, grid: Grid, table: Array) -> tuple[int, int, int, int]:
    """List the candidates and sum the masses.

    Returns: how many candidates, the sum of all weights, the largest logit, each token's floor.
    """
    top, whole = weigh(grid, table)
    floor, total, farthest = (whole >> FLOOR) + 1, ZERO, len(table) - 1
    masses, listed, counts, newest = state.masses, state.listed, state.counts, state.newest
    stream, streams = state.now[STREAM], state.history.shape[1]
    since = state.now[BEGIN] * streams
    masses[:] = 0
    for s in range(len(grid)):
        away = min(top - grid[s], farthest)
        weight = table[away] + floor
        total += weight
        masses[classed(away, counts[s], newest[s], stream, streams, since)] += weight
    count = ZERO
    for _ in range(TOPS):
        best, at = top - (1 << 30), ZERO
        for s in range(len(grid)):
            if grid[s] > best:
                new_one = True
                for j in range(count):
                    new_one = new_one and listed[j, 0] != s
                if new_one:
                    best, at = grid[s], s
        count = put(listed, count, at, table[min(top - grid[at], farthest)] + floor)
    expected = state.now[EXPECTED]
    if expected >= 0:
        count = put(listed, count, expected, table[min(top - grid[expected], farthest)] + floor)
    for k in range(PASTS - 1, -1, -1):
        row = state.followers[k, state.rows[k, 0]]
        for j in range(1, 1 + FOLLOWERS):
            if row[j]:
                s = (row[j] >> 8) - 1
                count = put(listed, count, s, table[min(top - grid[s], farthest)] + floor)
    for j in range(count):
        s = listed[j, 0]
        away = min(top - grid[s], farthest)
        masses[classed(away, counts[s], newest[s], stream, streams, since)] -= listed[j, 1]
    return count, total, top, floor


@inner
def candidate_evidence(state: State, token: int, rank: int, model: int) -> None:
    """What there is for and against a candidate, as `kinds` and `gates`."""
    now, length = state.now, state.now[LENGTH]
    kinds, gates = state.kinds, state.gates
    highest, known = ZERO, ZERO
    for k in range(PASTS):
        kinds[k], state.mine[k] = NOWHERE, 0
        left = state.rows[k, 1]
        if left:
            row, mine, place = state.followers[k, state.rows[k, 0]], ZERO, ZERO
            for j in range(1, 1 + FOLLOWERS):
                if row[j] >> 8 == token + 1:
                    mine = row[j] & 255
                    place = 1 + 2 * (j > 1)
                    if not visible(state, state.latest[k, state.rows[k, 0], j]):
                        place += 1
                    highest = k + 1
            known, state.mine[k] = k + 1, mine
            pair = COUNT_LEVELS[min(mine, 15)] * 8 + COUNT_LEVELS[min(left - mine, 15)]
            kinds[k] = pair * 5 + place
    seen = min(31, log2(2 * state.counts[token] + 1) >> 15)
    same = 1 + (token == now[EXPECTED]) if length else ZERO
    kinds[SEEN] = 2 * seen + (not visible(state, state.newest[token]))
    kinds[MATCH], unseen = NOWHERE, ZERO
    if length:
        unseen += not visible(state, state.pointers[now[STREAM]])
        kinds[MATCH] = 4 * length + 2 * unseen + same - 1
    gates[0] = (highest * (PASTS + 1) + known) * 3 + same
    gates[1] = max(ZERO, min(15, 8 + (model >> 16))) * CANDIDATES + rank
    age = max(ZERO, min(4, (log2(now[STEP] - now[BEGIN] + ONE) >> 16) - 4))
    gates[2] = (same * 16 + min(length, 15)) * 10 + 2 * age + unseen
    gates[SETS], gates[SETS + 1] = gates[0], rank * 32 + seen


@inner
def class_evidence(state: State, far: int, level: int, known: int) -> None:
    """What there is for a class: `level` is -1 where only the distance is asked for."""
    kinds, gates = state.kinds, state.gates
    for k in range(FEATURES):
        kinds[k] = NOWHERE
    kind = CLASSES + (far if level < 0 else FAR + far * OFTEN + level)
    kinds[SEEN] = kind
    kinds[0] = CLASSES + 8 * (far if level < 0 else FAR + level) + known
    gates[0] = CLASSES + (far if level < 0 else FAR + level)
    gates[1] = kind
    gates[2] = CLASSES + known
    gates[SETS], gates[SETS + 1] = gates[0], kind


@inner
def code_class(
    state: State,
    coder: Array,
    out: Buffer,
    data: Buffer,
    own: int,
    rest: int,
    known: int,
    writing: bool,
) -> int:
    """Write the class `own` of a token that was no candidate, or read it.

    Arguments:
        rest: the model's weights of all classes.
        known: the highest order, from 1, that had a candidate.
    """
    far, level = ZERO, ONE * (OFTEN - 1)
    while far < FAR - 1:
        mass = state.masses[far * OFTEN : (far + 1) * OFTEN].sum()
        if mass == rest:
            break
        if mass:
            model = odds(mass, rest - mass)
            class_evidence(state, far, NOWHERE, known)
            bit = own // OFTEN == far
            bit = answer(state, coder, out, data, decide(state, model), bit, writing)
            learn(state, bit)
            if bit:
                break
            rest -= mass
        far += 1
    rest = state.masses[far * OFTEN : (far + 1) * OFTEN].sum()
    while level > 0:
        mass = state.masses[far * OFTEN + level]
        if mass == rest:
            break
        if mass:
            model = odds(mass, rest - mass)
            class_evidence(state, far, level, known)
            bit = own % OFTEN == level
            bit = answer(state, coder, out, data, decide(state, model), bit, writing)
            learn(state, bit)
            if bit:
                break
            rest -= mass
        level -= 1
    return far * OFTEN + level


@inner
def code_token(
    state: State,
    coder: Array,
    out: Buffer,
    data: Buffer,
    grid: Grid,
    own: int,
    writing: bool,
    table: Array,
) -> int:
    """Write the token `own`, or read it."""
    count, rest, top, floor = weighed(state, grid, table)
    listed, known, farthest = state.listed, ZERO, len(table) - 1
    for j in range(count):
        token, weight = listed[j]
        if weight == rest:
            return token
        model = odds(weight, rest - weight)
        candidate_evidence(state, token, j, model)
        bit = answer(state, coder, out, data, decide(state, model), own == token, writing)
        learn(state, bit)
        if bit:
            return token
        rest -= weight
        if token == state.now[EXPECTED]:
            state.now[LENGTH] = 0
        for k in range(PASTS):
            state.rows[k, 1] -= state.mine[k]
            known = k + 1 if state.mine[k] else known
    counts, newest = state.counts, state.newest
    stream, streams = state.now[STREAM], state.history.shape[1]
    since = state.now[BEGIN] * streams
    away = min(top - grid[own], farthest)
    mine = classed(away, counts[own], newest[own], stream, streams, since)
    mine = code_class(state, coder, out, data, mine, rest, known, writing)
    sums, total = state.sums, ZERO
    for s in range(len(grid)):
        away = min(top - grid[s], farthest)
        if classed(away, counts[s], newest[s], stream, streams, since) == mine:
            weight = table[away] + floor
            for j in range(count):
                weight = ZERO if listed[j, 0] == s else weight
            total += weight
        sums[s + 1] = total
    low, high = ZERO, ONE * len(grid)
    while high - low > 1:
        middle = (low + high) >> 1
        zeros, ones = sums[middle] - sums[low], sums[high] - sums[middle]
        bit = ZERO if zeros else ONE
        if zeros and ones:
            chance = squash(odds(ones, zeros))
            bit = answer(state, coder, out, data, chance, own >= middle, writing)
        low, high = (middle, high) if bit else (low, middle)
    return low


@kernel
def code_steps(
    state: State,
    coder: Array,
    out: Buffer,
    data: Buffer,
    grid: Grid,
    symbols: Array,
    on: npt.NDArray[np.bool_],
    first: int,
    begin: int,
    escape: int,
    writing: bool,
    table: Array,
) -> None:
    """Write the next symbols of all streams, step by step, or read them into `symbols`.

    Arguments:
        coder: int64 `[6]`, the arithmetic coder's state.
        out: uint8 `[bits]`, one bit a byte, with room for `most_bits` a symbol, to write into.
        data: uint8, packed bits to read from.
        grid: int32 `[streams, k, symbols]`, logits in steps.
        symbols: int64 `[streams, k]`; one beyond the model's is the escape and then one of 256.
        on: `[streams, k]`: where there is a symbol.
        first: the first step.
        begin: the step at which the model's window began.
        table: see `tables.weights`.
    """
    count, now = grid.shape[2], state.now
    now[BEGIN] = begin
    for t in range(grid.shape[1]):
        for n in range(grid.shape[0]):
            if not on[n, t]:
                continue
            own = symbols[n, t] if writing else ZERO
            byte = own - count
            own = escape if own >= count else own
            now[STEP], now[STREAM] = first + t, n
            look(state)
            if now[EXPECTED] >= count:
                now[EXPECTED] = escape
            own = code_token(state, coder, out, data, grid[n, t], own, writing, table)
            symbols[n, t] = own
            if own == escape:
                if writing:
                    encode_uniform(coder, out, byte, BYTES)
                else:
                    byte = decode_uniform(coder, data, BYTES)
                symbols[n, t] = count + byte
                state.spent[0] += 8.0
            settle(state, symbols[n, t], own)
