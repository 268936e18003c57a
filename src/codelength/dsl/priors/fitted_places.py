"""Where the sampler could have acted: the facts of a sequence, and what is possible at a place.

Example: a set_list of [9, 3, 7] -> lowest 3, largest 9, third-largest 3; add_item_list possible.

The mirror of `sampling_steps`: a phase is one of its loops, a place one step of a loop, a trial one
draw at that place.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.dsl.operations import (
    ADD_ITEM,
    ADD_TWO,
    BETWEEN,
    FILTER,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    MODULO_TWO,
    OUTPUT,
    REPEAT_LIST,
    REPEAT_NUM,
    REVERSE,
    SCAN_ADD,
    SET_LIST,
    SUBSTITUTE,
    SUBTRACT_ITEM,
    SUBTRACT_TWO,
    ZERO,
)

Array = npt.NDArray[np.int64]

(
    INITIATING,
    REVERSING,
    TAKING_PARTS,
    SUBSTITUTING,
    CALCULATING,
    SCANNING,
    FILTERING,
    PAIRING,
    MERGING,
    REUSING,
) = (constant(number) for number in range(10))
"""The phases, in the sampler's order."""

PLAIN, SIZE, LOWEST, LARGEST, THIRD, DISTINCT, SUM, EVEN, NONZERO, ORIGIN = range(10)
"""Facts of a sequence: whether the sampler could act on it (1), its length, values, counts, and the
operation that made it."""
FACTS, MARKS = 10, 3
REVERSED, SUBSTITUTED, USED = range(3)
"""Marks: in reverse_list's hands already; was substituted; how often the merge has used it."""

MOST = constant(64)
"""Sequences that the phases look at; a program with more before its merge is irregular there."""
LONGEST_PLAIN = 4096
"""Longer sequences are no places, so that a damaged message cannot ask for much work."""


@inner
def note_facts(
    facts: Array, line: int, operation: int, arena: Array, bounds: Array, seen: Array
) -> None:
    """Work out the facts of a line that has run."""
    first, size = bounds[line], bounds[line + 1] - bounds[line]
    here = facts[line]
    here[PLAIN], here[SIZE], here[ORIGIN] = 0, size, operation
    if size > LONGEST_PLAIN or size == 0:
        return
    seen[:] = 0
    lowest, largest, second, third, total = arena[first], -1, -1, -1, 0
    distinct, even, nonzero = 0, 0, 0
    for j in range(first, first + size):
        value = arena[j]
        if not 0 <= value <= 255:
            return
        total += value
        even += 1 - (value & 1)
        nonzero += value != 0
        distinct += seen[value] == 0
        seen[value] = 1
        lowest = min(lowest, value)
        if value > largest:
            largest, second, third = value, largest, second
        elif value > second:
            second, third = value, second
        elif value > third:
            third = value
    here[PLAIN], here[LOWEST], here[LARGEST], here[THIRD] = 1, lowest, largest, third
    here[DISTINCT], here[SUM], here[EVEN], here[NONZERO] = distinct, total, even, nonzero


@inner
def kept(values: int, size: int) -> bool:
    """Whether a filter that keeps `values` of `size` items changes something, and leaves enough."""
    return 2 < values < size


@inner
def possible_pair(operation: int, arena: Array, bounds: Array, i: int, j: int, seen: Array) -> bool:
    """Whether the two-list operation stays in 0..255 with more than 2 distinct values."""
    a, b = bounds[i], bounds[j]
    seen[:] = 0
    distinct = 0
    for k in range(bounds[i + 1] - a):
        x, y = arena[a + k], arena[b + k]
        if operation == ADD_TWO:
            value = x + y
        elif operation == SUBTRACT_TWO:
            value = x - y
        elif y == 0:
            continue
        else:
            value = x % y
        if not 0 <= value <= 255:
            return False
        distinct += seen[value] == 0
        seen[value] = 1
    return distinct > 2


@inner
def possible(
    phase: int,
    draw: int,
    i: int,
    j: int,
    facts: Array,
    marks: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
) -> int:
    """The outcomes that the sampler could have had here, as bits; 0 where it draws nothing."""
    here = facts[i]
    bits = ZERO
    if not here[PLAIN]:
        return bits
    if phase == REVERSING:
        if not marks[REVERSED, i] and here[ORIGIN] != REPEAT_NUM:
            bits = 1 << REVERSE
    elif phase == TAKING_PARTS:
        if draw == 0:
            bits = 1 << REPEAT_LIST
        elif marks[REVERSED, i]:
            bits = ZERO
        elif draw == 1:
            bits = 1 << JUMPS
        elif here[SIZE] > 1:
            bits = 1 << BETWEEN
    elif phase == SUBSTITUTING:
        bits = 1 << SUBSTITUTE
    elif phase == CALCULATING:
        if draw == 0:
            if here[ORIGIN] == SET_LIST and here[SIZE] >= 5:
                bits = (1 << MAX_N) | (1 << MIN_N)
        else:
            if here[LARGEST] < 254:
                bits |= 1 << ADD_ITEM
            if here[LOWEST] > 1:
                bits |= 1 << SUBTRACT_ITEM
            if here[THIRD] > 2:
                bits |= 1 << MODULO_ITEM
    elif phase == SCANNING:
        if here[DISTINCT] > 2 and here[SUM] <= 255:
            bits = 1 << SCAN_ADD
    elif phase == FILTERING:
        size, even = here[SIZE], here[EVEN]
        bits |= kept(even, size) << (OUTPUT + 1)
        bits |= kept(size - even, size) << (OUTPUT + 2)
        bits |= kept(here[NONZERO], size) << (OUTPUT + 3)
    elif facts[j, PLAIN] and here[SIZE] == facts[j, SIZE]:
        if draw == 0:
            bits |= possible_pair(ADD_TWO, arena, bounds, i, j, seen) << ADD_TWO
            bits |= possible_pair(SUBTRACT_TWO, arena, bounds, i, j, seen) << SUBTRACT_TWO
        else:
            bits |= possible_pair(MODULO_TWO, arena, bounds, i, j, seen) << MODULO_TWO
    return bits


@inner
def draws_of(phase: int) -> int:
    """Draws at each place of a phase."""
    if phase == TAKING_PARTS:
        return 3
    return 2 if phase == CALCULATING or phase == PAIRING else 1


@inner
def operation_of(outcome: int) -> int:
    """The operation of a trial's outcome."""
    return FILTER if outcome > OUTPUT else outcome
