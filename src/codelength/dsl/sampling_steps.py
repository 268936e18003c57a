"""The steps of the sampler, from initiators to reuse (KT, A.2), in the order of docs/kt.md."""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.dsl.interpreter import FINE, MEMORY, run_line, sort_ascending, words_of_line
from codelength.dsl.operations import (
    ADD_ITEM,
    ADD_TWO,
    BETWEEN,
    CONCATENATE,
    FILTER,
    INTERLEAVE,
    JUMPS,
    MAX_N,
    MODULO_ITEM,
    MODULO_TWO,
    OUTPUT,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_LIST,
    REPEAT_NUM,
    REVERSE,
    SCAN_ADD,
    SET_LIST,
    SUBSTITUTE,
    ZERO,
)

Array = npt.NDArray[np.int64]

LINES = 512
"""More lines than any sample needs; the growing loops stop when they are used up."""
LENGTH = constant(1 << 20)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)

ONE, TWO, THREE, FOUR, FIVE, LONGEST_LIST, LARGEST = (
    constant(number) for number in (1, 2, 3, 4, 5, 25, 255)
)

WORDS, LINE, SMALL_ARENA = 0, 1, 2
"""Fields of a sample's state, int64 `[3]`: words used, lines used, 1 if the arena is too small."""
ORIGIN, REVERSED, LEFT_OUT, USES = 0, 1, 2, 3
"""Marks of a line, int64 `[4, LINES]`: the operation of an initiator (else -1), 1 where it came
from reverse_list, 1 where it leaves the merge, how often the merge has used it."""


@inner
def mix(value: np.uint64) -> np.uint64:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    return value ^ (value >> np.uint64(31))


@inner
def uniform(rng: npt.NDArray[np.uint64]) -> float:
    """A float in [0, 1), 53 bits."""
    rng[0] += GOLDEN
    return np.float64(mix(rng[0]) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def integer(rng: npt.NDArray[np.uint64], low: int, high: int) -> int:
    """An integer in low..high, both included."""
    return low + np.int64(uniform(rng) * (high - low + 1))


@inner
def add_line(
    state: Array, words: Array, arena: Array, bounds: Array, operation: int, x: int, y: int, z: int
) -> int:
    """Append a line with up to three arguments and run it; its number, or -1 without room."""
    here, line = state[WORDS], state[LINE]
    if line + 2 >= LINES:
        return -1
    words[here], words[here + 1] = operation, x
    words[here + 2], words[here + 3] = y, z
    outcome = run_line(words, here, line, arena, bounds, LENGTH)
    if outcome == MEMORY:
        state[SMALL_ARENA] = 1
    if outcome != FINE:
        return -1
    state[WORDS] = here + words_of_line(words, here)
    state[LINE] = line + 1
    return line


@inner
def drop_line(state: Array, size: int) -> None:
    """Take back the last line, of `size` words."""
    state[WORDS] -= size
    state[LINE] -= 1


@inner
def distinct(arena: Array, first: int, last: int, found: Array) -> int:
    """Write the distinct values of arena[first:last], ascending, into `found`; their number."""
    count = last - first
    for j in range(count):
        found[j] = arena[first + j]
    sort_ascending(found, ZERO, count)
    kept = 0
    for j in range(count):
        if kept == 0 or found[kept - 1] != found[j]:
            found[kept] = found[j]
            kept += 1
    return kept


@inner
def initiate(
    rng: npt.NDArray[np.uint64], state: Array, words: Array, arena: Array, bounds: Array
) -> int:
    """Step 1: one initiator; returns its operation."""
    operation = integer(rng, ZERO, THREE)
    length = integer(rng, FIVE, LONGEST_LIST)
    start = integer(rng, ZERO, 255 - length)
    if operation == RANGE_UP:
        add_line(state, words, arena, bounds, RANGE_UP, start, start + length - 1, ZERO)
    elif operation == RANGE_INTERVAL:
        step = integer(rng, TWO, FIVE)
        last = min(start + (length - 1) * step, 255)
        add_line(state, words, arena, bounds, RANGE_INTERVAL, start, last + 1, step)
    elif operation == REPEAT_NUM:
        add_line(state, words, arena, bounds, REPEAT_NUM, length, integer(rng, ZERO, LARGEST), ZERO)
    else:
        here = state[WORDS]
        for j in range(length):
            words[here + 2 + j] = integer(rng, ZERO, LARGEST)
        y, z = words[here + 2], words[here + 3]
        add_line(state, words, arena, bounds, SET_LIST, length, y, z)
    return operation


@inner
def list_block(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    marks: Array,
    found: Array,
) -> None:
    """Step 2: reverse, repeat, take parts, substitute; the loops also visit what they append."""
    i = ZERO
    while i < state[LINE]:
        if marks[REVERSED, i] == 0 and marks[ORIGIN, i] != REPEAT_NUM and uniform(rng) < 0.1:
            new = add_line(state, words, arena, bounds, REVERSE, i, ZERO, ZERO)
            if new >= 0:
                marks[REVERSED, i] = 1
                marks[REVERSED, new] = 1
        i += 1
    i = ZERO
    while i < state[LINE]:
        length = bounds[i + 1] - bounds[i]
        if uniform(rng) < 0.1:
            add_line(state, words, arena, bounds, REPEAT_LIST, integer(rng, TWO, FOUR), i, ZERO)
        if marks[REVERSED, i] == 0:
            if uniform(rng) < 0.05:
                add_line(state, words, arena, bounds, JUMPS, i, integer(rng, TWO, FIVE), ZERO)
            if uniform(rng) < 0.05 and length > 1:
                start = integer(rng, ZERO, length - 2)
                end = integer(rng, start + 2, length)
                add_line(state, words, arena, bounds, BETWEEN, i, start, end)
        i += 1
    i = ZERO
    while i < state[LINE]:
        if uniform(rng) < 0.1:
            count = distinct(arena, bounds[i], bounds[i + 1], found)
            old = found[integer(rng, ZERO, count - 1)]
            new_value = integer(rng, ZERO, LARGEST)
            if (
                old != new_value
                and add_line(state, words, arena, bounds, SUBSTITUTE, i, old, new_value) >= 0
                and uniform(rng) < 0.25
            ):
                marks[LEFT_OUT, i] = 1
        i += 1


@inner
def maths_block(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    marks: Array,
    found: Array,
) -> None:
    """Step 3: largest or smallest items; add, subtract or take modulo of a constant."""
    for i in range(state[LINE]):
        first, length = bounds[i], bounds[i + 1] - bounds[i]
        for j in range(length):
            found[j] = arena[first + j]
        sort_ascending(found, ZERO, length)
        if marks[ORIGIN, i] == SET_LIST and uniform(rng) < 0.1:
            operation = MAX_N + integer(rng, ZERO, ONE)
            add_line(
                state, words, arena, bounds, operation, i, integer(rng, THREE, length - 2), ZERO
            )
            continue
        r = uniform(rng)
        if r < 0.1:
            operation = ADD_ITEM + integer(rng, ZERO, ONE)
            space = 255 - found[length - 1] if operation == ADD_ITEM else found[0]
            if space > 1:
                constant = integer(rng, ONE, space)
                add_line(state, words, arena, bounds, operation, i, constant, ZERO)
        elif r < 0.2 and length >= 3 and found[length - 3] > 2:
            constant = integer(rng, TWO, found[length - 3])
            add_line(state, words, arena, bounds, MODULO_ITEM, i, constant, ZERO)


@inner
def keeps(arena: Array, bounds: Array, line: int, found: Array) -> bool:
    """Whether the line's values lie in 0..255 and more than 2 of them are distinct."""
    first, last = bounds[line], bounds[line + 1]
    kept = distinct(arena, first, last, found)
    return kept > 2 and found[0] >= 0 and found[kept - 1] <= 255


@inner
def late_blocks(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    found: Array,
) -> None:
    """Steps 4, 5 and 6: prefix sums, the filter, operations on two lists."""
    i = ZERO
    while i < state[LINE]:
        if uniform(rng) < 0.1 and distinct(arena, bounds[i], bounds[i + 1], found) > 2:
            new = add_line(state, words, arena, bounds, SCAN_ADD, i, ZERO, ZERO)
            if new >= 0 and arena[bounds[new + 1] - 1] > 255:
                drop_line(state, 2)
        i += 1
    if uniform(rng) < 0.4:
        last = state[LINE] - 1
        before = bounds[last + 1] - bounds[last]
        new = add_line(state, words, arena, bounds, FILTER, integer(rng, ZERO, TWO), last, ZERO)
        if new >= 0:
            after = bounds[new + 1] - bounds[new]
            if after == before or after <= 2 or uniform(rng) >= 0.3:
                drop_line(state, 3)
    if uniform(rng) < 0.4:
        count = state[LINE]
        for i in range(count):
            for j in range(i + 1, count):
                if bounds[i + 1] - bounds[i] != bounds[j + 1] - bounds[j]:
                    continue
                for operation in (ADD_TWO, MODULO_TWO):
                    if uniform(rng) < 0.1:
                        chosen = operation + (
                            integer(rng, ZERO, ONE) if operation == ADD_TWO else 0
                        )
                        new = add_line(state, words, arena, bounds, chosen, i, j, ZERO)
                        if new >= 0 and not keeps(arena, bounds, new, found):
                            drop_line(state, 3)


@inner
def merge(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    marks: Array,
) -> None:
    """Steps 7 and 8: join all sequences from the left, then use some again; write the output."""
    count = state[LINE]
    joined = -ONE
    for i in range(count):
        if marks[LEFT_OUT, i]:
            continue
        marks[USES, i] = 1
        if joined < 0:
            joined = i
        else:
            operation = CONCATENATE if uniform(rng) < 0.8 else INTERLEAVE
            new = add_line(state, words, arena, bounds, operation, joined, i, ZERO)
            joined = new if new >= 0 else joined
    for _ in range(count):
        if uniform(rng) >= 0.2:
            continue
        free = 0
        for i in range(count):
            free += marks[USES, i] < 2
        if free == 0:
            break
        pick = integer(rng, ZERO, free - 1)
        for i in range(count):
            if marks[USES, i] < 2:
                if pick == 0:
                    marks[USES, i] += 1
                    operation = CONCATENATE if uniform(rng) < 0.8 else INTERLEAVE
                    new = add_line(state, words, arena, bounds, operation, joined, i, ZERO)
                    joined = new if new >= 0 else joined
                    break
                pick -= 1
    words[state[WORDS]], words[state[WORDS] + 1] = OUTPUT, joined
    state[WORDS] += 2
