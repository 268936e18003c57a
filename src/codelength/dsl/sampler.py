"""The sampler of KT's program-sequence pairs (KT, section 3.3 and A.2), compiled.

Example: sample(seed=0, first=0, count=2) -> two `Pair`s, the same whatever else is sampled.

Item i of a seed draws from its own SplitMix64 stream, keyed by (seed, i): items are independent of
each other and of the number of workers. The steps and their probabilities stand in `Knobs`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel, part
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
)

Array = npt.NDArray[np.int64]

LINES = 512
"""More lines than any sample needs; the growing loops stop when they are used up."""
LENGTH = np.int64(1 << 20)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)

ZERO, ONE, TWO, THREE, FOUR, FIVE, LONGEST_LIST, LARGEST = (
    np.int64(number) for number in (0, 1, 2, 3, 4, 5, 25, 255)
)

WORDS, LINE, SMALL_ARENA = 0, 1, 2
"""Fields of a builder's state, int64 `[3]`: words used, lines used, 1 if the arena is too small."""


@part
def mix(value: np.uint64) -> np.uint64:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * MIX_1
    value = (value ^ (value >> np.uint64(27))) * MIX_2
    return value ^ (value >> np.uint64(31))


@kernel
def uniform(rng: npt.NDArray[np.uint64]) -> float:
    """A float in [0, 1), 53 bits."""
    rng[0] += GOLDEN
    return np.float64(mix(rng[0]) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def integer(rng: npt.NDArray[np.uint64], low: int, high: int) -> int:
    """An integer in low..high, both included."""
    return low + np.int64(uniform(rng) * (high - low + 1))


@kernel
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


@part
def drop_line(state: Array, size: int) -> None:
    """Take back the last line, of `size` words."""
    state[WORDS] -= size
    state[LINE] -= 1


@kernel
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


@part
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


@part
def list_block(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    origin: Array,
    left_out: Array,
    found: Array,
) -> None:
    """Step 2: reverse, repeat, take parts, substitute; the loops also visit what they append.

    `origin[i]` is the initiator's operation of line i, else -1; `left_out[i]` is 1 where line i
    leaves the merge.
    """
    reversed_ = np.zeros(LINES, dtype=np.int64)
    i = ZERO
    while i < state[LINE]:
        if reversed_[i] == 0 and origin[i] != REPEAT_NUM and uniform(rng) < 0.1:
            new = add_line(state, words, arena, bounds, REVERSE, i, ZERO, ZERO)
            if new >= 0:
                reversed_[i] = 1
                reversed_[new] = 1
        i += 1
    i = ZERO
    while i < state[LINE]:
        length = bounds[i + 1] - bounds[i]
        if uniform(rng) < 0.1:
            add_line(state, words, arena, bounds, REPEAT_LIST, integer(rng, TWO, FOUR), i, ZERO)
        if reversed_[i] == 0:
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
                left_out[i] = 1
        i += 1


@part
def maths_block(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    origin: Array,
    found: Array,
) -> None:
    """Step 3: largest or smallest items; add, subtract or take modulo of a constant."""
    for i in range(state[LINE]):
        first, length = bounds[i], bounds[i + 1] - bounds[i]
        for j in range(length):
            found[j] = arena[first + j]
        sort_ascending(found, ZERO, length)
        if origin[i] == SET_LIST and uniform(rng) < 0.1:
            operation = MAX_N + integer(rng, ZERO, ONE)
            add_line(state, words, arena, bounds, operation, i, integer(rng, THREE, length - 2), ZERO)
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


@part
def keeps(arena: Array, bounds: Array, line: int, found: Array) -> bool:
    """Whether the line's values lie in 0..255 and more than 2 of them are distinct."""
    first, last = bounds[line], bounds[line + 1]
    kept = distinct(arena, first, last, found)
    return kept > 2 and found[0] >= 0 and found[kept - 1] <= 255


@part
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
                        chosen = operation + (integer(rng, ZERO, ONE) if operation == ADD_TWO else 0)
                        new = add_line(state, words, arena, bounds, chosen, i, j, ZERO)
                        if new >= 0 and not keeps(arena, bounds, new, found):
                            drop_line(state, 3)


@part
def merge(
    rng: npt.NDArray[np.uint64],
    state: Array,
    words: Array,
    arena: Array,
    bounds: Array,
    left_out: Array,
) -> None:
    """Steps 7 and 8: join all sequences from the left, then use some again; write the output."""
    count = state[LINE]
    uses = np.zeros(LINES, dtype=np.int64)
    joined = -ONE
    for i in range(count):
        if left_out[i]:
            continue
        uses[i] = 1
        if joined < 0:
            joined = i
        else:
            operation = CONCATENATE if uniform(rng) < 0.8 else INTERLEAVE
            joined = add_line(state, words, arena, bounds, operation, joined, i, ZERO)
            if joined < 0:
                return
    for _ in range(count):
        if uniform(rng) >= 0.2:
            continue
        free = 0
        for i in range(count):
            free += uses[i] < 2
        if free == 0:
            break
        pick = integer(rng, ZERO, free - 1)
        for i in range(count):
            if uses[i] < 2:
                if pick == 0:
                    uses[i] += 1
                    operation = CONCATENATE if uniform(rng) < 0.8 else INTERLEAVE
                    joined = add_line(state, words, arena, bounds, operation, joined, i, ZERO)
                    break
                pick -= 1
        if joined < 0:
            return
    words[state[WORDS]], words[state[WORDS] + 1] = OUTPUT, joined
    state[WORDS] += 2


@part
def sample_one(
    seed: int, index: int, words: Array, arena: Array, bounds: Array, found: Array
) -> tuple[int, int]:
    """Sample item `index`: (words used, lines without output); words 0 asks for a larger arena."""
    rng = np.empty(1, dtype=np.uint64)
    rng[0] = mix(mix(np.uint64(seed)) + GOLDEN * np.uint64(index + 1))
    state = np.zeros(3, dtype=np.int64)
    origin = np.full(LINES, -1, dtype=np.int64)
    left_out = np.zeros(LINES, dtype=np.int64)
    bounds[0] = 0
    for i in range(integer(rng, ONE, FIVE)):
        origin[i] = initiate(rng, state, words, arena, bounds)
    if uniform(rng) < 0.4:
        list_block(rng, state, words, arena, bounds, origin, left_out, found)
    if uniform(rng) < 0.4:
        maths_block(rng, state, words, arena, bounds, origin, found)
    late_blocks(rng, state, words, arena, bounds, found)
    merge(rng, state, words, arena, bounds, left_out)
    if state[SMALL_ARENA]:
        return 0, 0
    return state[WORDS], state[LINE]


@kernel
def sample_many(
    seed: int,
    first: int,
    count: int,
    words: Array,
    ends: Array,
    arena: Array,
    bounds: Array,
    found: Array,
    output: npt.NDArray[np.uint8],
    output_ends: Array,
) -> int:
    """Sample items from `first` on, back to back; returns how many fitted into the buffers."""
    at, written = 0, 0
    for k in range(count):
        if at + 40 * LINES > len(words):
            return k
        used, lines = sample_one(seed, first + k, words[at:], arena, bounds, found)
        if used == 0:
            return k
        start, end = bounds[lines - 1], bounds[lines]
        if words[at + used - 1] != lines - 1:
            start, end = bounds[words[at + used - 1]], bounds[words[at + used - 1] + 1]
        if written + end - start > len(output):
            return k
        for j in range(start, end):
            output[written] = arena[j]
            written += 1
        at += used
        ends[k], output_ends[k] = at, written
    return count


@dataclass(frozen=True)
class Block:
    """Items `first`.. of a seed: their programs' words and their sequences, back to back.

    Arguments:
        words: int64; program k is `words[ends[k - 1]:ends[k]]`.
        sequences: bytes; sequence k is `sequences[sequence_ends[k - 1]:sequence_ends[k]]`.
    """

    first: int
    words: Array
    ends: Array
    sequences: bytes
    sequence_ends: Array

    def __len__(self) -> int:
        return len(self.ends)

    def program_words(self, k: int) -> Array:
        """The words of program k."""
        return self.words[self.ends[k - 1] if k else 0 : self.ends[k]]

    def sequence(self, k: int) -> bytes:
        """Sequence k."""
        return self.sequences[self.sequence_ends[k - 1] if k else 0 : self.sequence_ends[k]]


BLOCK = 2048
"""Items that `blocks` samples at a time."""


def blocks(seed: int, first: int = 0) -> Iterator[Block]:
    """The items `first`, `first` + 1, ... of a seed, without end, a block at a time."""
    arena_size, room = 1 << 16, 1 << 20
    while True:
        arena, bounds = np.empty(arena_size, np.int64), np.zeros(LINES + 1, np.int64)
        found, words = np.empty(LENGTH, np.int64), np.empty(room, np.int64)
        output = np.empty(room, np.uint8)
        ends, output_ends = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64)
        done = sample_many(
            seed, first, BLOCK, words, ends, arena, bounds, found, output, output_ends
        )
        if not done:  # one item alone is too large for the buffers
            arena_size, room = 4 * arena_size, 4 * room
            continue
        yield Block(
            first,
            words[: ends[done - 1]].copy(),
            ends[:done].copy(),
            output[: output_ends[done - 1]].tobytes(),
            output_ends[:done].copy(),
        )
        first += done
