"""Logistic mixing's arithmetic in integers: chances of 22 bits, and logits in 65536ths of a bit.

Example: odds(3, 1) = 103872, for log2(3) = 1.585; squash(103872) = 3145727, for 3/4 of 2^22. A cell
is a chance that adapts: 22 bits, and a count of 10, by which it moves less and less. Tables are
computed in integers too, so all is the same on every machine.
"""

from functools import cache
from math import isqrt

import numpy as np

from codelength.coding.compiled import constant, inner, kernel
from codelength.coding.grid import Array

BITS = 22
"""Of a chance."""
UNIT = 1 << 16
"""Of logits: a bit."""
REACH = 21 * UNIT
"""Logits are kept within it."""
BUCKETS = 2 * (REACH // UNIT) + 2
"""Of a logit, a bit each."""
LOG_STEPS, SQUASH_STEPS = 12, 10
"""Bits of a table's step: mantissas from 1 to 2 in 2^12 steps; logits, 2^10 units a step."""
TOTAL = constant(1 << BITS)
ONE, ZERO = constant(1), constant(0)


@cache
def log_table() -> Array:
    """int64 `[4098]`: floor(65536 log2(1 + i / 4096))."""
    found = []
    for i in range(1 << LOG_STEPS):
        value, logarithm = ((1 << LOG_STEPS) + i) << (62 - LOG_STEPS), 0
        for _ in range(16):
            value = value * value >> 62
            logarithm = 2 * logarithm + (value >> 63)
            value >>= value >> 63
        found.append(logarithm)
    return np.array([*found, UNIT, UNIT], np.int64)


@cache
def squash_table() -> Array:
    """int64 `[2 REACH / 1024 + 2]`: 2^22 / (1 + 2^-x) for logits x from -REACH, 1024 apart."""
    point = 200
    root = 2 << point
    for _ in range(16 - SQUASH_STEPS):
        root = isqrt(root << point)
    power, found = 1 << (point + REACH // UNIT), []
    for _ in range((2 * REACH >> SQUASH_STEPS) + 2):
        found.append((1 << (point + BITS)) // ((1 << point) + power))
        power = (power << point) // root
    return np.array(found, np.int64)


LOGS, SQUASHED = log_table(), squash_table()


@inner
def log2(value: int) -> int:
    """The logarithm of a positive number below 2^62, in 65536ths of a bit."""
    size, rest = 0, value
    for step in (32, 16, 8, 4, 2, 1):
        if rest >> step:
            rest >>= step
            size += step
    mantissa = (value << (62 - size)) - (ONE << 62)
    place = mantissa >> (62 - LOG_STEPS)
    part = (mantissa >> (62 - LOG_STEPS - 16)) & (UNIT - 1)
    return (size << 16) + LOGS[place] + ((LOGS[place + 1] - LOGS[place]) * part >> 16)


@inner
def odds(yes: int, no: int) -> int:
    """The logit of two positive weights."""
    return max(-REACH, min(REACH, log2(yes) - log2(no)))


@kernel
def squash(logit: int) -> int:
    """The chance of a yes, 1..2^22 - 1, of a logit within reach."""
    at = logit + REACH
    place, part = at >> SQUASH_STEPS, at & ((1 << SQUASH_STEPS) - 1)
    chance = SQUASHED[place] + ((SQUASHED[place + 1] - SQUASHED[place]) * part >> SQUASH_STEPS)
    return max(ONE, min(TOTAL - 1, chance))


@inner
def stretch(cell: int) -> int:
    """The logit that a cell says: a chance of 22 bits and a count of 10."""
    return odds(2 * (cell >> 10) + 1, 2 * (TOTAL - (cell >> 10)) + 1)


@inner
def adapted(cell: int, bit: int, limit: int) -> int:
    """A cell that has seen one more answer."""
    chance, count = cell >> 10, cell & 1023
    goal = TOTAL - 1 if bit else ZERO
    chance += (goal - chance) * 2 // (2 * count + 3)
    return chance << 10 | min(count + 1, limit)


@inner
def between(cells: Array, logit: int) -> int:
    """The logit that cells say, one for each bit of another logit."""
    at = logit + REACH
    low, high = stretch(cells[at >> 16]), stretch(cells[(at >> 16) + 1])
    return low + ((high - low) * (at & (UNIT - 1)) >> 16)


@inner
def move(cells: Array, logit: int, bit: int, limit: int) -> None:
    """Move the cell nearest to a logit towards an answer."""
    at = (logit + REACH + UNIT // 2) >> 16
    cells[at] = adapted(cells[at], bit, limit)
