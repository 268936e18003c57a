"""Targets coded by a language model, many in step, each a message of its own.

A target is its length, where that is not public, and then its tokens in windows: each begins
with no memory of the one before, or with its last tokens, so targets of any length take the same
room. What the tokens are, and which may come next, is a matter of `Words`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.codecs.combinators import length_bits, read_length
from codelength.codecs.lmic.coder import Coded, Coder
from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader
from codelength.coding.pulse import Pulse, part
from codelength.corpora.instances import Condition
from codelength.errors import MessageError
from codelength.predictors.lm.exact import LOCKSTEP, Array, Floats, Reader
from codelength.predictors.lm.tables import Buffer, Grid

MOST_BITS = 40
"""Of a token, an escaped byte included."""


@dataclass(frozen=True)
class Window:
    """Some tokens that are coded, behind others that both ends know."""

    context: list[int]
    symbols: list[int]


@dataclass
class Rows:
    """The windows that are coded in step.

    Arguments:
        states: int64 `[n, 6]`, of the arithmetic coders.
        data: the bits: uint8 `[n, bits]`, one bit a byte, where they are written; all messages
            packed, `[bytes]`, where they are read.
        lengths: int64 `[n]`, symbols of each window; unknown (0) where they are read.
        on: bool `[n]`, which go on.
        symbols: int64 `[n]`, read last.
        nodes: int64 `[n]`, for `Words` that keep a place of each row.
        ideal: float64 `[n]`, bits so far.
    """

    states: Array
    data: Buffer
    lengths: Array
    on: np.ndarray[tuple[int], np.dtype[np.bool_]]
    symbols: Array
    nodes: Array
    ideal: Floats


class Words(ABC):
    """How targets become tokens, and which may come next.

    Attributes:
        start: the token that texts begin behind.
        columns: the tokens that are ever said, int64 `[u]`; None: all.
    """

    start: int
    columns: Array | None = None

    @abstractmethod
    def windows(self, target: bytes) -> list[Window]:
        """The windows of a target."""

    @abstractmethod
    def given(self, symbols: Array) -> Array:
        """What the model reads for symbols, of the same shape."""

    @abstractmethod
    def encode(self, rows: Rows, reader: Reader, grid: Grid, symbols: Array, first: int) -> None:
        """Encode a slice of the windows, int64 `[n, k]`, that begins at position `first`."""

    @abstractmethod
    def decode(self, rows: Rows, grid: Grid) -> None:
        """Decode the next symbol of each row that is on into `rows.symbols`."""

    @abstractmethod
    def spell(self, rows: Rows, n: int) -> bytes:
        """What the last symbol of a row adds to its target."""

    @abstractmethod
    def ended(self, number: int, used: int, rows: Rows, n: int) -> bool:
        """Whether the window of this number ends behind `used` symbols."""

    @abstractmethod
    def context(self, number: int, symbols: Sequence[int]) -> list[int]:
        """What stands before the window of this number, behind all `symbols` before it."""


@dataclass(frozen=True, eq=False)
class WindowCoder(Coder):
    """Codes targets with a model, window by window.

    In lockstep a target is read in the same place of the same batch as it was written in.
    """

    @property
    @abstractmethod
    def words(self) -> Words:
        """What the tokens are."""

    def encode(self, targets: Sequence[bytes], given: Sequence[Condition]) -> list[Coded]:
        """See `Coder.encode`."""
        words = self.words
        windows = [words.windows(target) for target in targets]
        coded: dict[tuple[int, int], Coded] = {}
        pulse = Pulse(sum(len(one.symbols) for of in windows for one in of))
        for group in self._together(windows):
            used = [k for k in group if k[1] < len(windows[k[0]])]
            rows = [windows[t][w] if w < len(windows[t]) else None for t, w in group]
            found = dict(zip(group, self._write(rows, pulse), strict=True))
            coded.update((k, found[k]) for k in used)
        bits = [length_bits(len(one), some) for one, some in zip(targets, given, strict=True)]
        ideal = [float(len(one)) for one in bits]
        for (target, _), one in sorted(coded.items(), key=lambda pair: pair[0]):
            bits[target] += one.bits
            ideal[target] += one.ideal_bits
        return [Coded(*one) for one in zip(bits, ideal, strict=True)]

    def _together(self, windows: Sequence[list[Window]]) -> Iterator[list[tuple[int, int]]]:
        """Which windows, as (target, number), are coded in step."""
        if self.exact == LOCKSTEP:
            for first in range(0, len(windows), self.batch):
                slots = range(first, min(first + self.batch, len(windows)))
                for number in range(max(len(windows[k]) for k in slots)):
                    yield [(k, number) for k in slots]
            return
        every = [(t, w) for t, of in enumerate(windows) for w in range(len(of))]
        sizes = {(t, w): (len(windows[t][w].context), len(windows[t][w].symbols)) for t, w in every}
        every.sort(key=lambda k: sizes[k], reverse=True)
        while every:
            known = sizes[every[0]][0]
            some = [k for k in every[: self.rows] if sizes[k][0] == known]
            yield some
            every = every[len(some) :]

    def _write(self, windows: Sequence[Window | None], pulse: Pulse) -> list[Coded]:
        """A message for each window; None: its place is kept free."""
        count = len(windows)
        context = next(len(one.context) for one in windows if one is not None)
        lengths = np.array([len(one.symbols) if one else 0 for one in windows], np.int64)
        words, most = self.words, int(lengths.max())
        symbols = np.full((count, most), words.start, np.int64)
        asked = np.full((count, 1 + context + most), words.start, np.int64)
        for n, one in enumerate(windows):
            if one is not None:
                symbols[n, : lengths[n]] = one.symbols
                asked[n, 1 : 1 + context] = one.context
                own = words.given(symbols[n, : lengths[n] - 1])
                asked[n, 1 + context : context + lengths[n]] = own
        rows = self._rows(count, np.zeros((count, MOST_BITS * most + 128), np.uint8))
        rows.lengths = lengths
        reader = self.reader()
        self._skip(reader, asked[:, :context])
        for first in range(0, most, self.slice):
            end = min(first + self.slice, most)
            grid = reader.read(asked[:, context + first : context + end], words.columns)
            words.encode(rows, reader, grid, np.ascontiguousarray(symbols[:, first:end]), first)
            pulse.add(int(np.clip(lengths - first, 0, end - first).sum()))
        coded = []
        for state, out, ideal in zip(rows.states, rows.data, rows.ideal, strict=True):
            coded.append(Coded(pack(out, int(finish_encoding(state, out))), float(ideal)))
        return coded

    def _skip(self, reader: Reader, tokens: Array) -> None:
        """Let the model read tokens behind which nothing is coded."""
        for first in range(0, tokens.shape[1], self.slice):
            reader.read(tokens[:, first : first + self.slice], self.words.columns)

    def _rows(self, count: int, data: Buffer) -> Rows:
        return Rows(
            np.stack([new_state() for _ in range(count)]),
            data,
            np.zeros(count, np.int64),
            np.ones(count, bool),
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
            np.zeros(count),
        )

    def decode(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Coder.decode`."""
        found: list[bytes | MessageError] = []
        for first in range(0, len(readers), self.rows):
            some, end = slice(first, first + self.rows), min(first + self.rows, len(readers))
            with part(first / len(readers), end / len(readers)):
                found += self._read_group(readers[some], given[some])
        return found

    def _read_group(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """Targets that are read in step, window by window."""
        left = [
            0 if reader is None else read_length(reader, one)
            for reader, one in zip(readers, given, strict=True)
        ]
        texts: list[bytes | MessageError] = [b"" for _ in readers]
        said: list[list[int]] = [[] for _ in readers]
        number, pulse = 0, Pulse(sum(left))
        while waiting := [n for n, size in enumerate(left) if size]:
            rows = list(range(len(readers))) if self.exact == LOCKSTEP else waiting
            found = self._read(
                number,
                [readers[n] if left[n] else None for n in rows],
                [left[n] for n in rows],
                [said[n] for n in rows],
                pulse,
            )
            for n, text in zip(rows, found, strict=True):
                before = texts[n]
                if isinstance(before, MessageError):
                    continue
                if isinstance(text, MessageError):
                    texts[n], left[n] = text, 0
                elif left[n]:
                    texts[n], left[n] = before + text, left[n] - len(text)
            number += 1
        return texts

    def _read(
        self,
        number: int,
        readers: Sequence[BitReader | None],
        sizes: Sequence[int],
        said: Sequence[list[int]],
        pulse: Pulse,
    ) -> list[bytes | MessageError]:
        """The next window of each message, of so many bytes at most; `said` grows."""
        words, count = self.words, len(readers)
        rows = self._rows(count, start(readers))
        texts = [bytearray() for _ in readers]
        contexts = [words.context(number, one) for one in said]
        for n, reader in enumerate(readers):
            rows.on[n] = reader is not None
            if reader is not None:
                begin(rows, n, readers)
        known = max(len(contexts[n]) for n in np.flatnonzero(rows.on))
        asked = np.full((count, 1 + known), words.start, np.int64)
        for n in np.flatnonzero(rows.on).tolist():
            asked[n, 1:] = contexts[n]
        model, used = self.reader(), 0
        self._skip(model, asked[:, :-1])
        asked = np.ascontiguousarray(asked[:, -1:])
        while rows.on.any():
            grid = model.read(asked, words.columns)[:, 0]
            words.decode(rows, np.ascontiguousarray(grid))
            used += 1
            for n in np.flatnonzero(rows.on).tolist():
                state = rows.states[n]
                said[n].append(int(rows.symbols[n]))
                spelled = words.spell(rows, n)
                texts[n] += spelled
                pulse.add(len(spelled))
                read = state[COUNT] <= state[END] - state[START]
                over = words.ended(number, used, rows, n)
                rows.on[n] = read and not over and len(texts[n]) < sizes[n]
            asked = np.where(rows.on, words.given(rows.symbols), words.start)[:, None]
        return [
            b"" if reader is None else finished(rows.states[n], reader, bytes(texts[n]), sizes[n])
            for n, reader in enumerate(readers)
        ]


def start(readers: Sequence[BitReader | None]) -> Buffer:
    """The packed bits of all messages, one behind the other."""
    joined = b"".join(reader.data for reader in readers if reader is not None)
    return np.frombuffer(joined or b"\0", np.uint8)


def begin(rows: Rows, n: int, readers: Sequence[BitReader | None]) -> None:
    """Set the decoder of a row at its message; see `start`."""
    reader, state = readers[n], rows.states[n]
    before = 8 * sum(len(one.data) for one in readers[:n] if one is not None)
    if reader is not None:
        state[START], state[END] = before + reader.position, before + reader.length
        start_decoding(state, rows.data)


def finished(state: Array, reader: BitReader, text: bytes, size: int) -> bytes | MessageError:
    """The text of a window that was read to its end."""
    if len(text) > size or state[COUNT] > state[END] - state[START]:
        return MessageError("the message does not hold its text (damaged or foreign)")
    try:
        finish_message(state, reader)
    except MessageError as error:
        return error
    return text
