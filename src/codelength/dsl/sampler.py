"""The sampler of KT's program-sequence pairs (KT, section 3.3 and A.2), compiled.

Example: next(blocks(seed=0)) -> items 0..2047 of seed 0, the same whatever else is sampled.

Item i of a seed draws from its own SplitMix64 stream, keyed by (seed, i): items are independent of
each other and of the number of workers. docs/kt.md lists the steps and their probabilities.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel, part
from codelength.dsl.operations import ZERO
from codelength.dsl.priors.exact import choice_bits, choices
from codelength.dsl.priors.paper import paper_bits
from codelength.dsl.sampling_steps import (
    FIVE,
    GOLDEN,
    LEFT_OUT,
    LENGTH,
    LINE,
    LINES,
    ONE,
    ORIGIN,
    REVERSED,
    SMALL_ARENA,
    USES,
    WORDS,
    initiate,
    integer,
    late_blocks,
    list_block,
    maths_block,
    merge,
    mix,
    uniform,
)

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@part
def sample_one(
    seed: int,
    index: int,
    words: Array,
    arena: Array,
    bounds: Array,
    marks: Array,
    state: Array,
    rng: npt.NDArray[np.uint64],
    found: Array,
) -> tuple[int, int]:
    """Sample item `index`: (words used, lines without output); words 0 asks for a larger arena."""
    rng[0] = mix(mix(np.uint64(seed)) + GOLDEN * np.uint64(index + 1))
    bounds[0] = 0
    state[WORDS], state[LINE], state[SMALL_ARENA] = 0, 0, 0
    for i in range(LINES):
        marks[ORIGIN, i], marks[REVERSED, i], marks[LEFT_OUT, i], marks[USES, i] = -1, 0, 0, 0
    for i in range(integer(rng, ONE, FIVE)):
        marks[ORIGIN, i] = initiate(rng, state, words, arena, bounds)
    if uniform(rng) < 0.4:
        list_block(rng, state, words, arena, bounds, marks, found)
    if uniform(rng) < 0.4:
        maths_block(rng, state, words, arena, bounds, marks, found)
    late_blocks(rng, state, words, arena, bounds, found)
    merge(rng, state, words, arena, bounds, marks)
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
    marks: Array,
    state: Array,
    rng: npt.NDArray[np.uint64],
    found: Array,
    output: npt.NDArray[np.uint8],
    output_ends: Array,
    scratch: Array,
    paper: Floats,
    exact: Floats,
) -> int:
    """Sample and price items from `first` on; returns how many fitted into the buffers."""
    at, written = 0, 0
    for k in range(count):
        if at + 40 * LINES > len(words):
            return k
        used, lines = sample_one(
            seed, first + k, words[at:], arena, bounds, marks, state, rng, found
        )
        if used == 0:
            return k
        result = words[at + used - 1]
        start, end = bounds[result], bounds[result + 1]
        if written + end - start > len(output):
            return k
        for j in range(start, end):
            output[written] = arena[j]
            written += 1
        if 2 * used + 100 * (lines + 1) > scratch.shape[1]:
            return k
        paper[k] = paper_bits(words[at:], ZERO)
        number = choices(words[at:], ZERO, bounds, scratch[0], scratch[1])
        exact[k] = choice_bits(scratch[1], number)
        at += used
        ends[k], output_ends[k] = at, written
    return count


@dataclass(frozen=True)
class Block:
    """Items `first`.. of a seed: their programs' words and their sequences, back to back.

    Arguments:
        words: int64; program k is `words[ends[k - 1]:ends[k]]`.
        sequences: bytes; sequence k is `sequences[sequence_ends[k - 1]:sequence_ends[k]]`.
        paper_bits: of each program under the paper's prior, float64.
        exact_bits: under the exact prior, float64.
    """

    first: int
    words: Array
    ends: Array
    sequences: bytes
    sequence_ends: Array
    paper_bits: Floats
    exact_bits: Floats

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
        marks, state = np.zeros((4, LINES), np.int64), np.zeros(3, np.int64)
        rng = np.zeros(1, np.uint64)
        found, words = np.empty(LENGTH, np.int64), np.empty(room, np.int64)
        output = np.empty(room, np.uint8)
        ends, output_ends = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64)
        scratch = np.zeros((2, room), np.int64)
        paper, exact = np.zeros(BLOCK), np.zeros(BLOCK)
        with np.errstate(over="ignore"):  # the hash wraps; numpy says so where numba is off
            done = sample_many(
                seed,
                first,
                BLOCK,
                words,
                ends,
                arena,
                bounds,
                marks,
                state,
                rng,
                found,
                output,
                output_ends,
                scratch,
                paper,
                exact,
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
            paper[:done].copy(),
            exact[:done].copy(),
        )
        first += done
