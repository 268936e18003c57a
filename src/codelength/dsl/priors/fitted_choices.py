"""The choices of the fitted prior in both directions: noted while writing, read while reading.

Example: uniform(coder, 3, 8) notes (3, 1, 8) and returns 3; a reading coder returns what it read.

One code for both directions cannot disagree with itself. A choice that cannot be written sets
`FAILED`; whoever asked for it starts again from a copy of the walk.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import decode_step, decode_target, encode_step
from codelength.coding.compiled import constant, inner, kernel
from codelength.dsl.operations import ZERO

Array = npt.NDArray[np.int64]
Buffer = npt.NDArray[np.uint8]

TOTAL_BITS, OPEN_BITS = 16, 14
TOTAL, OPEN = 1 << TOTAL_BITS, 1 << OPEN_BITS
"""What a table's row sums to, and a gate that is surely open; their product is 2^30."""
TABLE_TOTAL, TRIAL_TOTAL, ONE = constant(TOTAL), constant(TOTAL * OPEN), constant(1)

READING, AT, FAILED, FULL = range(4)
"""Fields of the walk that the choices use: direction, choices noted, cannot be written, no room."""
GATE = 4
"""How open the gate is that trials stand behind, 1..OPEN: the probability that it is open."""
LINE = 5
"""The line that choices belong to (for `trace` alone)."""

TRACE = 8
"""Columns of a noted choice: first, width, total; and for fitting: table, symbol, which outcomes
were possible (bits), the gate, the line."""
TRIAL, UNIFORM = constant(1000), constant(-1)
"""Instead of a table's number; a trial of phase p is `TRIAL` + p."""
NONE = constant(31)
"""The outcome of a trial where nothing happens."""


class Coder(NamedTuple):
    """Where choices go to or come from.

    Arguments:
        walk: int64 `[20]`, everything that changes on the way.
        trace: int64 `[n, TRACE]`, the choices noted (writing).
        state: of the arithmetic decoder (reading).
        data: the packed message (reading).
    """

    walk: Array
    trace: Array
    state: Array
    data: Buffer


@inner
def settle(
    coder: Coder, first: int, width: int, total: int, table: int, symbol: int, possible: int
) -> None:
    """Narrow to [first, first + width) of `total`, or note that."""
    walk, trace = coder.walk, coder.trace
    if walk[READING]:
        decode_step(coder.state, coder.data, first, width, total)
        return
    at = walk[AT]
    if at >= len(trace):
        walk[FULL] = 1
        return
    trace[at, 0], trace[at, 1], trace[at, 2] = first, width, total
    trace[at, 3], trace[at, 4], trace[at, 5] = table, symbol, possible
    trace[at, 6], trace[at, 7] = walk[GATE], walk[LINE]
    walk[AT] = at + 1


@inner
def uniform(coder: Coder, value: int, choices: int) -> int:
    """One of `choices` equal choices."""
    if coder.walk[READING]:
        value = decode_target(coder.state, choices)
    elif not 0 <= value < choices:
        coder.walk[FAILED] = 1
        return ZERO
    settle(coder, value, ONE, choices, UNIFORM, value, ZERO)
    return value


@inner
def flag(coder: Coder, value: int, ones: int, total: int) -> int:
    """0 or 1; 1 has `ones` of `total`."""
    if coder.walk[READING]:
        value = ONE if decode_target(coder.state, total) < ones else ZERO
    if value:
        settle(coder, ZERO, ones, total, UNIFORM, ONE, ZERO)
    else:
        settle(coder, ones, total - ones, total, UNIFORM, ZERO, ZERO)
    return value


@inner
def from_table(coder: Coder, rows: Array, table: int, symbol: int) -> int:
    """A symbol by the running sums rows[table], which stay at `TOTAL` behind the last symbol."""
    if coder.walk[READING]:
        target, symbol = decode_target(coder.state, TABLE_TOTAL), 0
        while rows[table, symbol + 1] <= target:
            symbol += 1
    elif not 0 <= symbol < rows.shape[1] - 1 or rows[table, symbol] == TABLE_TOTAL:
        coder.walk[FAILED] = 1
        return ZERO
    first = rows[table, symbol]
    settle(coder, first, rows[table, symbol + 1] - first, TABLE_TOTAL, table, symbol, ZERO)
    return symbol


@inner
def weighted(coder: Coder, sums: Array, low: int, high: int, value: int) -> int:
    """A value in low..high - 1, by weights that are given as running sums."""
    base = sums[low]
    total = sums[high] - base
    if coder.walk[READING]:
        target = decode_target(coder.state, total) + base
        value = low
        while sums[value + 1] <= target:
            value += 1
    elif not low <= value < high or sums[value] == sums[value + 1]:
        coder.walk[FAILED] = 1
        return low
    width = sums[value + 1] - sums[value]
    settle(coder, sums[value] - base, width, total, UNIFORM, value, ZERO)
    return value


@inner
def trial(coder: Coder, hazards: Array, possible: int, wanted: int, phase: int) -> int:
    """What happens at one place: an outcome whose bit is set in `possible`, or `NONE`.

    An outcome has hazards[outcome] of `TOTAL` if the gate is open. Seeing nothing happen makes a
    closed gate likelier (Bayes' rule, rounded down), seeing something makes it certainly open.
    """
    walk = coder.walk
    gate, target = walk[GATE], ZERO
    if walk[READING]:
        target = decode_target(coder.state, TRIAL_TOTAL)
    chosen, low, width, used = NONE, ZERO, ZERO, ZERO
    for outcome in range(len(hazards)):
        if (possible >> outcome) & 1:
            here = hazards[outcome] * gate
            found = used <= target < used + here if walk[READING] else outcome == wanted
            if found:
                chosen, low, width = outcome, used, here
            used += here
    if chosen == NONE:
        low, width = used, TRIAL_TOTAL - used
    settle(coder, low, width, TRIAL_TOTAL, TRIAL + phase, chosen, possible)
    if chosen == NONE:
        stays = TOTAL - used // gate
        walk[GATE] = max((gate * stays << OPEN_BITS) // (TRIAL_TOTAL - used), 1)
    else:
        walk[GATE] = OPEN
    return chosen


@kernel
def trace_bits(trace: Array, number: int) -> float:
    """The sum of log2(total / width) of the noted choices."""
    bits = 0.0
    for k in range(number):
        if trace[k, 1] != trace[k, 2]:
            bits += math.log2(trace[k, 2] / trace[k, 1])
    return bits


@kernel
def encode_trace(state: Array, out: Buffer, trace: Array, number: int) -> None:
    """Write the noted choices."""
    for k in range(number):
        encode_step(state, out, trace[k, 0], trace[k, 1], trace[k, 2])
