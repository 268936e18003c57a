"""What adapts to a text beside a language model, and a gated mixer of all, in exact integers.

Contexts remember what followed the last 1, 2 or 3 tokens, in any part of the text; the longest
match says what comes next. A decision has a model's logit, evidence of several kinds, and gates.
Each kind of evidence has learned how often it is right, given what the model says; the mixer adds
their logits by weights that the gates choose (Mahoney 2005) and learns after each answer, and two
last tables correct what it says. See `candidates` for the decisions.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.coding.grid import Array
from codelength.predictors.lm.logits import (
    BITS,
    BUCKETS,
    ONE,
    REACH,
    UNIT,
    ZERO,
    adapted,
    between,
    move,
    squash,
    stretch,
)

PAST = np.array([1, 2, 3], np.int64)
"""Orders of contexts."""
PASTS = len(PAST)
FOLLOWERS = 6
"""Tokens that a context remembers, the most recent ones."""
MATCHES = np.array([8, 5, 3, 2], np.int64)
"""Tokens that must agree for a match, the longest first."""
LONGEST = 31
"""Tokens that a match counts."""
CANDIDATES = 12
"""Tokens that are asked one by one, at most."""
FAR, OFTEN = 8, 8
"""Classes of other tokens, see `candidates`: by distance from the best, and by count."""
SEEN, MATCH, FEATURES = PASTS, PASTS + 1, PASTS + 2
"""Kinds of evidence: of each order's context, of a token's count, of the match."""
INPUTS = 2 + 2 * FEATURES
KINDS = 1024
"""Of each evidence."""
SETS, GATES = 3, 1024
"""Mixers, each with a choice of weights."""
WEIGHT = 20
"""Bits of a weight's fraction."""
RATE, LAST_RATE, SHIFT = 5, 1, 28
"""Of learning: an error, of 2^22, times a logit, of 2^16, times 5 / 2^28."""
TRUST = (1 << WEIGHT) * 4 // 100
"""The first weight of evidence."""
LIMIT, LAST_LIMIT = 1023, 511
"""Of a cell's count: beyond it, what is old fades."""
MASK = 0xFFFFFFFF
NOWHERE = -1


STEP, STREAM, BEGIN, EXPECTED, LENGTH = range(5)
"""Fields of `State.now`: the token's step and stream, the step at which the model's window began,
the token that the match says or -1, and the match's length or 0."""


class State(NamedTuple):
    """What a mixture has learned, and room for what it computes; int64, but for `spent`.

    Arguments:
        followers: `[orders, contexts, 1 + followers]`: a check, then token + 1 and count of 8 bits.
        latest: alike: each follower's last place in the flat history.
        counts, newest: `[symbols]`: how often each token came, and its last place.
        given: cells `[features, kinds, buckets]`: how often evidence was right, by what the model
            said. chances: cells `[features, kinds]`: the same, whatever the model said.
        weights: `[sets, gates, inputs]`. last: `[gates, sets]`, which weigh the sets.
        corrected: cells `[2, gates, buckets]`.
        history: `[steps, streams]`: tokens, -1 where there is none yet.
        table: by a hash of tokens, the place in the flat history behind where they came last.
        pointers, lengths: `[streams]`: of the match, where its next token is, or -1.
        spent: float64 `[1]`: ideal bits.
        now: `[5]`: of the token that is coded, see `STEP`.
        masses: `[classes]`, the model's weights by far and often. sums: `[symbols + 1]`, before
            each token. listed: `[candidates, 2]`: token and weight. rows: `[orders, 2]`: the
            contexts' places, and counts left there. mine: `[orders]`: counts of the candidate.
        kinds: `[features]`, -1 for none; gates: `[sets + 2]`; inputs: `[inputs]`; said: `[sets +
            2, 2]`: logits and chances; the last two are of all sets and of the model.
    """

    followers: Array
    latest: Array
    counts: Array
    newest: Array
    given: Array
    chances: Array
    weights: Array
    last: Array
    corrected: Array
    history: Array
    table: Array
    pointers: Array
    lengths: Array
    spent: npt.NDArray[np.float64]
    now: Array
    masses: Array
    sums: Array
    listed: Array
    rows: Array
    mine: Array
    kinds: Array
    gates: Array
    inputs: Array
    said: Array


def new(symbols: int, streams: int, steps: int, length: int) -> State:
    """The state before anything is coded.

    Arguments:
        streams: parts of the text.
        steps: tokens of a part, at most.
        length: of the text, in bytes.
    """
    size = max(10, min(20, length.bit_length() + 1))
    points = [squash(constant(b * UNIT)) << 10 for b in range(1 - BUCKETS // 2, BUCKETS // 2)]
    buckets = np.array([*points, points[-1]], np.int64)
    first = np.full(INPUTS, TRUST, np.int64)
    first[0], first[1], first[3::2] = 1 << WEIGHT, 0, 0
    return State(
        followers=np.zeros((PASTS, 1 << size, 1 + FOLLOWERS), np.int64),
        latest=np.zeros((PASTS, 1 << size, 1 + FOLLOWERS), np.int64),
        counts=np.zeros(symbols, np.int64),
        newest=np.zeros(symbols, np.int64),
        given=np.tile(buckets, (FEATURES, KINDS, 1)),
        chances=np.full((FEATURES, KINDS), 1 << (BITS + 9), np.int64),
        weights=np.tile(first, (SETS, GATES, 1)),
        last=np.full((GATES, SETS), (1 << WEIGHT) // SETS, np.int64),
        corrected=np.tile(buckets, (2, GATES, 1)),
        history=np.full((steps, streams), NOWHERE, np.int64),
        table=np.full(1 << size, NOWHERE, np.int64),
        pointers=np.full(streams, NOWHERE, np.int64),
        lengths=np.zeros(streams, np.int64),
        spent=np.zeros(1),
        now=np.zeros(5, np.int64),
        masses=np.zeros(FAR * OFTEN, np.int64),
        sums=np.zeros(symbols + 1, np.int64),
        listed=np.zeros((CANDIDATES, 2), np.int64),
        rows=np.zeros((PASTS, 2), np.int64),
        mine=np.zeros(PASTS, np.int64),
        kinds=np.zeros(FEATURES, np.int64),
        gates=np.zeros(SETS + 2, np.int64),
        inputs=np.zeros(INPUTS, np.int64),
        said=np.zeros((SETS + 2, 2), np.int64),
    )


@inner
def decide(state: State, model: int) -> int:
    """The chance of a yes, by the model's logit and the evidence's `kinds` and `gates`."""
    inputs, said = state.inputs, state.said
    inputs[0], inputs[1] = model, UNIT // 4
    for k in range(FEATURES):
        kind = state.kinds[k]
        inputs[2 + 2 * k] = inputs[3 + 2 * k] = 0
        if kind >= 0:
            inputs[2 + 2 * k] = between(state.given[k, kind], model) - model
            inputs[3 + 2 * k] = stretch(state.chances[k, kind])
    final = ZERO
    for k in range(SETS):
        total = ZERO
        own = state.weights[k, state.gates[k]]
        for j in range(INPUTS):
            total += own[j] * inputs[j]
        said[k, 0] = max(-REACH, min(REACH, total >> WEIGHT))
        said[k, 1] = squash(said[k, 0])
        final += state.last[state.gates[0], k] * said[k, 0]
    final = max(-REACH, min(REACH, final >> WEIGHT))
    said[SETS, 0], said[SETS, 1], said[SETS + 1, 0] = final, squash(final), model
    better = 2 * final
    for k in range(2):
        better += between(state.corrected[k, state.gates[SETS + k]], final)
    return squash(max(-REACH, min(REACH, better >> 2)))


@inner
def learn(state: State, bit: int) -> None:
    """Move all that made the decision towards the answer."""
    said, goal, half = state.said, bit << BITS, 1 << (SHIFT - 1)
    for k in range(2):
        move(state.corrected[k, state.gates[SETS + k]], said[SETS, 0], bit, LAST_LIMIT)
    wrong = (goal - said[SETS, 1]) * LAST_RATE
    for k in range(SETS):
        state.last[state.gates[0], k] += (said[k, 0] * wrong + half) >> SHIFT
        error = (goal - said[k, 1]) * RATE
        own = state.weights[k, state.gates[k]]
        for j in range(INPUTS):
            own[j] += (state.inputs[j] * error + half) >> SHIFT
    for k in range(FEATURES):
        kind = state.kinds[k]
        if kind >= 0:
            move(state.given[k, kind], said[SETS + 1, 0], bit, LIMIT)
            state.chances[k, kind] = adapted(state.chances[k, kind], bit, LIMIT)


@inner
def hashed(history: Array, step: int, stream: int, count: int) -> int:
    """A hash of the last `count` tokens of a stream, 32 bits."""
    value = (count + 1) * 0x1F123BB5 & MASK
    for back in range(1, count + 1):
        token = history[step - back, stream] if step >= back else ZERO
        value = (value + token + 1) * 0x2C9277B5 & MASK
        value ^= value >> 15
    value = value * 0x85EBCA6B & MASK
    return value ^ value >> 13


@inner
def look(state: State) -> None:
    """Find the contexts and the match of what comes next."""
    step, stream = state.now[STEP], state.now[STREAM]
    for k in range(PASTS):
        check = hashed(state.history, step, stream, PAST[k]) | ONE << 32
        place = check & (state.followers.shape[1] - 1)
        row = state.followers[k, place]
        if row[0] != check:
            row[:] = 0
            row[0] = check
        state.rows[k, 0], state.rows[k, 1] = place, 0
        for j in range(1, 1 + FOLLOWERS):
            state.rows[k, 1] += row[j] & 255
    flat, streams = state.history.reshape(-1), state.history.shape[1]
    here = step * streams + stream
    for size in MATCHES:
        if step < size:
            continue
        place = hashed(state.history, step, stream, size) & (len(state.table) - 1)
        found = state.table[place]
        if found >= 0 and state.lengths[stream] < size:
            agreed, at, own = ZERO, found - streams, here - streams
            while agreed < LONGEST and at >= 0 and own >= 0 and flat[at] == flat[own]:
                agreed, at, own = agreed + 1, at - streams, own - streams
            if agreed >= size:
                state.pointers[stream], state.lengths[stream] = found, agreed
        state.table[place] = here
    at = state.pointers[stream]
    state.now[EXPECTED] = flat[at] if at >= 0 else ZERO - 1
    state.now[LENGTH] = state.lengths[stream] if state.now[EXPECTED] >= 0 else ZERO


@inner
def settle(state: State, symbol: int, own: int) -> None:
    """Count a token in its contexts, and follow the match or leave it.

    Arguments:
        own: the symbol, or the escape where that is beyond the model's.
    """
    step, stream = state.now[STEP], state.now[STREAM]
    here = step * state.history.shape[1] + stream
    state.counts[own] += 1
    state.newest[own] = here
    for k in range(PASTS):
        row, at = state.followers[k, state.rows[k, 0]], ONE
        latest = state.latest[k, state.rows[k, 0]]
        while at < FOLLOWERS and row[at] >> 8 != own + 1:
            at += 1
        count = (row[at] & 255) + 1 if row[at] >> 8 == own + 1 else ONE
        while at > 1:
            row[at], latest[at] = row[at - 1], latest[at - 1]
            at -= 1
        latest[1] = here
        row[1] = (own + 1) << 8 | min(count, 255)
    flat, at = state.history.reshape(-1), state.pointers[stream]
    state.history[step, stream] = symbol
    if at >= 0 and flat[at] == symbol:
        state.pointers[stream] = at + state.history.shape[1]
        state.lengths[stream] = min(state.lengths[stream] + 1, LONGEST)
    else:
        state.pointers[stream], state.lengths[stream] = NOWHERE, 0


@inner
def visible(state: State, place: int) -> bool:
    """Whether the model has seen a place of the history, in this row and window."""
    streams = state.history.shape[1]
    return place >= state.now[BEGIN] * streams and place % streams == state.now[STREAM]
