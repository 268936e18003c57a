"""Training data: an endless, resumable stream of batches of token rows, from the sampler.

Example: next(Stream(Mix(seed=1)).batches(0)) -> rows of BEGIN target PROGRAM program, right-padded.

Batch n of a stream depends on its settings and on n alone. Pairs are drawn in pools, made unique in
the pool, sorted by length, cut into batches of about as many tokens, and the batches shuffled.
"""

import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel
from codelength.corpora.kt import SYNTHETIC_BYTES
from codelength.dsl.interpreter import FINE, run, words_of_line
from codelength.dsl.operations import OUTPUT, SET_LIST, ZERO
from codelength.dsl.pairs import Pair, sample, unique_pairs
from codelength.dsl.sampler import BLOCK, Block, blocks
from codelength.errors import InputError
from codelength.synthesis.seqcoder import tokens
from codelength.synthesis.seqcoder.tokens import (
    BEGIN,
    END_LIST,
    FIRST_OPERATION,
    FIRST_REFERENCE,
    FIRST_VALUE,
    PROGRAM,
    Tokens,
    write_program,
)

Array = npt.NDArray[np.int64]

TEST_SEED = 0
"""The held-out items' seed."""
WIDTH = 16
"""Rows are padded to multiples of it: few shapes suit a GPU's memory."""
NO_LIMIT = 1 << 30
MOST_LINES = 32
"""To which a curriculum's limit grows."""
LENGTH, STEPS = 1 << 11, 1 << 16
"""A sampled program's lines are far shorter, those that are not get no row with results."""
POOL = 16
"""Blocks of the sampler that are drawn together."""


@dataclass(frozen=True)
class Mix:
    """Which pairs a stream has.

    Arguments:
        seed: of the sampler; the held-out items' own seed is refused.
        pairs: so many unique pairs, over and over; 0 draws new ones without end.
        lines: programs of at most so many lines, `output` counted; 0 takes all.
        grow: the limit of lines grows from `lines` to 32 within so many pools, then there is none,
            a curriculum by program length; 0 keeps the limit.
        longest: pairs of at most so many tokens.
        easy: the share of easy pairs that is kept, 1 keeps all: easy are those whose program costs
            less than 0.3 of its sequence (exact prior), a tilt towards what is hard to compress.
        windows: a file of bytes, windows of which are listed plainly, a tilt towards its kind.
        share: of such windows among the pairs.
        pool: blocks of the sampler that are drawn, sorted and shuffled together.
        feedback: so many first values of each line's result follow it (KT, section 5.3); 0: none.
    """

    seed: int = 1
    pairs: int = 0
    lines: int = 0
    grow: int = 0
    longest: int = 1024
    easy: float = 1.0
    windows: str = ""
    share: float = 0.1
    pool: int = POOL
    feedback: int = 0


@kernel
def lines_in(words: Array, start: int) -> int:
    """Lines of the program at words[start:], `output` counted."""
    here, lines = start, ZERO + 1
    while words[here] != OUTPUT:
        here += words_of_line(words, here)
        lines += 1
    return lines


@kernel
def write_rows(
    words: Array,
    ends: Array,
    sequences: npt.NDArray[np.uint8],
    sequence_ends: Array,
    keep: npt.NDArray[np.bool_],
    longest: int,
    shown: int,
    arena: Array,
    bounds: Array,
    out: Tokens,
    row_ends: Array,
    prompts: Array,
) -> int:
    """Write pairs as rows back to back; those without room get no tokens. Returns the tokens."""
    at, first, start = ZERO, ZERO, ZERO
    for k in range(len(ends)):
        begin = at
        length = sequence_ends[k] - start
        if keep[k] and length + 4 < longest:
            out[at] = BEGIN
            for j in range(length):
                out[at + 1 + j] = FIRST_VALUE + sequences[start + j]
            out[at + 1 + length] = PROGRAM
            fine = True
            if shown:
                fine = run(words, first, arena, bounds, LENGTH, STEPS)[0] == FINE
            room = out[: begin + longest]
            if fine:
                end = write_program(words, first, room, at + 2 + length, arena, bounds, shown)
                fine = end > 0
            at = end if fine else begin
        prompts[k], row_ends[k] = length + 2, at
        first, start = ends[k], sequence_ends[k]
    return at


@dataclass(frozen=True)
class Rows:
    """Token rows back to back.

    Arguments:
        tokens: int16; row k is `tokens[ends[k - 1]:ends[k]]`.
        prompts: tokens of each row that are given, `BEGIN target PROGRAM`, int64.
    """

    tokens: Tokens
    ends: Array
    prompts: Array

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> Array:
        """Tokens of each row."""
        return np.diff(self.ends, prepend=0)


def rows_of(block: Block, keep: npt.NDArray[np.bool_], longest: int, shown: int = 0) -> Rows:
    """A block's pairs as rows; those left out or too long are not in it.

    Arguments:
        shown: values of each line's result.
    """
    room = len(block.sequences) + 2 * len(block.words) + 4 * len(block) + longest
    if shown:
        room = longest * (int(keep.sum()) + 1)
    out = np.zeros(room, np.int16)
    ends, prompts = np.zeros(len(block), np.int64), np.zeros(len(block), np.int64)
    used = write_rows(
        block.words,
        block.ends,
        np.frombuffer(block.sequences, np.uint8),
        block.sequence_ends,
        keep,
        longest,
        shown,
        np.empty(1 << 18 if shown else 1, np.int64),
        np.zeros(128, np.int64),
        out,
        ends,
        prompts,
    )
    there = np.diff(ends, prepend=0) > 0
    return Rows(out[:used], ends[there], prompts[there])


def joined(rows: list[Rows]) -> Rows:
    """Rows of several as one."""
    shifts = np.cumsum([0, *(len(one.tokens) for one in rows)])
    return Rows(
        np.concatenate([one.tokens for one in rows]),
        np.concatenate([one.ends + shift for one, shift in zip(rows, shifts, strict=False)]),
        np.concatenate([one.prompts for one in rows]),
    )


@dataclass(frozen=True)
class Batch:
    """A batch, right-padded.

    Arguments:
        tokens: int64 `[rows, longest]`.
        prompts: given tokens of each row, int64 `[rows]`.
        lengths: int64 `[rows]`.
    """

    tokens: Array
    prompts: Array
    lengths: Array


class Stream:
    """Batches of a mix.

    Arguments:
        mix: which pairs.
        budget: tokens of a batch, padding included, about.
    """

    def __init__(self, mix: Mix, budget: int = 1 << 15) -> None:
        if mix.seed == TEST_SEED:
            raise InputError(f"seed {TEST_SEED} is the held-out items' own; take another")
        if mix.pairs and mix.grow:
            raise InputError("a set of so many pairs has no growing limit of lines: drop one")
        self.mix, self.budget = mix, budget
        self.held_out = frozenset(one.sequence for one in held_out_pairs())
        self.windows = Path(mix.windows).read_bytes() if mix.windows else b""
        if mix.windows and mix.feedback:
            raise InputError("windows of a file have no results of lines: drop one of the two")
        if mix.grow and not 0 < mix.lines < MOST_LINES:
            raise InputError(f"a growing limit of lines begins below {MOST_LINES}: give lines")
        if mix.windows and len(self.windows) < 256:
            raise InputError(f"{mix.windows} has less than 256 bytes to take windows of")
        self.finite = self._finite() if mix.pairs else None

    def _finite(self) -> Rows:
        found = sample(self.mix.seed, self.mix.pairs, self.held_out)
        words = [one.words for one in found]
        sequences = [one.sequence for one in found]
        bits = np.array([one.exact_bits for one in found])
        block = Block(
            0,
            np.concatenate(words),
            np.cumsum([len(one) for one in words], dtype=np.int64),
            b"".join(sequences),
            np.cumsum([len(one) for one in sequences], dtype=np.int64),
            bits,
            bits,
        )
        drawn = np.random.default_rng([self.mix.seed, 0, 2])
        keep = self.kept(block, self.limit(0), set(), drawn)
        return rows_of(block, keep, self.mix.longest, self.mix.feedback)

    def limit(self, number: int) -> int:
        """The most lines of a program in a pool."""
        mix = self.mix
        if not mix.lines or (mix.grow and number >= mix.grow):
            return NO_LIMIT
        return mix.lines + ((MOST_LINES - mix.lines) * number // mix.grow if mix.grow else 0)

    def pool(self, number: int) -> Rows:
        """All rows of a pool; the same whatever was drawn before."""
        drawn = np.random.default_rng([self.mix.seed, number, 2])
        if self.finite is not None:
            rows = [self.finite]
        else:
            rows, limit = [], self.limit(number)
            there: set[bytes] = set()
            size = self.mix.pool * BLOCK
            first = number * size
            while first < (number + 1) * size:
                block = next(blocks(self.mix.seed, first))
                first += len(block)
                keep = self.kept(block, limit, there, drawn)
                rows.append(rows_of(block, keep, self.mix.longest, self.mix.feedback))
        if self.windows:
            share = int(self.mix.share * sum(len(one) for one in rows))
            rows.append(self.listed(share, drawn))
        made = joined(rows)
        if not len(made):
            raise InputError("no pair is left for training: the limits leave out all of them")
        return made

    def kept(
        self, block: Block, limit: int, there: set[bytes], drawn: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Which pairs of a block are taken."""
        keep = np.zeros(len(block), bool)
        start = 0
        starts = [0, *block.ends[:-1].tolist()]
        for k, end in enumerate(block.sequence_ends.tolist()):
            one = block.sequences[start:end]
            start = end
            if one in there or one in self.held_out:
                continue
            if limit < NO_LIMIT and lines_in(block.words, starts[k]) > limit:
                continue
            there.add(one)
            keep[k] = True
        if self.mix.easy < 1:
            sizes = 8 * np.diff(block.sequence_ends, prepend=0)
            easy = block.exact_bits < 0.3 * sizes
            keep &= ~easy | (drawn.random(len(block)) < self.mix.easy)
        return keep

    def listed(self, number: int, drawn: np.random.Generator) -> Rows:
        """Windows of the file, each with the program that lists it."""
        rows: list[Tokens] = []
        ends, prompts = [], []
        start = np.array([BEGIN], np.int16)
        middle = np.array([PROGRAM, FIRST_OPERATION + SET_LIST], np.int16)
        tail = np.array([END_LIST, FIRST_OPERATION + OUTPUT, FIRST_REFERENCE], np.int16)
        for _ in range(number):
            size = int(drawn.integers(8, 129))
            at = int(drawn.integers(0, len(self.windows) - size))
            window = self.windows[at : at + size]
            if window in self.held_out:
                continue
            one = np.frombuffer(window, np.uint8).astype(np.int16) + np.int16(FIRST_VALUE)
            rows += [start, one, middle, one, tail]
            prompts.append(size + 2)
            ends.append(2 * size + 6)
        return Rows(
            np.concatenate([*rows, np.zeros(0, np.int16)]),
            np.cumsum(ends, dtype=np.int64),
            np.array(prompts, np.int64),
        )

    def batches(self, skip: int = 0, workers: int = 0) -> Iterator[Batch]:
        """The batches from number `skip` on, without end.

        Arguments:
            workers: processes that draw pools ahead; 0 draws each when it is needed.
        """
        done = 0
        for number, rows in enumerate(self.pools(workers)):
            order = np.random.default_rng([self.mix.seed, number, 1])
            for chosen in self.cut(rows.lengths, order):
                if done >= skip:
                    yield self.batch(rows, chosen)
                done += 1

    def pools(self, workers: int) -> Iterator[Rows]:
        """All pools in their order."""
        if not workers or self.finite is not None:
            yield from map(self.pool, count())
        heedless = signal.SIGINT, signal.SIG_IGN  # Ctrl-C is for the process that asks
        spawn = get_context("spawn")
        with ProcessPoolExecutor(workers, spawn, signal.signal, heedless) as others:
            waiting = deque(others.submit(self.pool, number) for number in range(2 * workers))
            for number in count(2 * workers):
                yield waiting.popleft().result()
                waiting.append(others.submit(self.pool, number))

    def cut(self, lengths: Array, order: np.random.Generator) -> list[Array]:
        """Which rows make up each batch."""
        ranked = np.lexsort((order.random(len(lengths)), lengths))
        widths = -(-lengths[ranked] // WIDTH) * WIDTH
        groups, start = [], 0
        while start < len(ranked):
            stop = min(len(ranked), start + max(1, self.budget // int(widths[start])))
            if widths[stop - 1] > widths[start]:  # all of a batch are padded to one width
                stop = start + int(np.searchsorted(widths[start:stop], widths[start], "right"))
            groups.append(ranked[start:stop])
            start = stop
        order.shuffle(groups)
        return groups

    def batch(self, rows: Rows, chosen: Array) -> Batch:
        """These rows, right-padded."""
        lengths = rows.lengths[chosen]
        starts = rows.ends[chosen] - lengths
        places = np.arange(-(-lengths.max() // WIDTH) * WIDTH)
        there = places < lengths[:, None]
        taken = rows.tokens[np.where(there, starts[:, None] + places, 0)]
        return Batch(
            np.where(there, taken, tokens.PAD).astype(np.int64), rows.prompts[chosen], lengths
        )


def held_out_pairs() -> list[Pair]:
    """The items of `kt run --modality synthetic`, whose sequences no training row may have."""
    return unique_pairs(TEST_SEED, lambda _, symbols: symbols >= SYNTHETIC_BYTES)
