"""Texts coded by a language model, many in step, each a message of its own.

A text is its length, where that is not public, and then its tokens in windows: each begins with no
memory of the one before, so texts of any length take the same room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from codelength.codecs.combinators import length_bits, read_length
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
from codelength.coding.bits import BitReader, Bits
from codelength.coding.compiled import constant
from codelength.corpora.instances import Condition
from codelength.errors import MessageError
from codelength.predictors.lm.exact import Array, Reader
from codelength.predictors.lm.tables import Buffer, decode_symbols, encode_window, weights
from codelength.predictors.lm.tokens import Vocabulary
from codelength.predictors.lm.weights import Weights, load

MOST_BITS = 40
"""Of a token, an escaped byte included."""
SLICE = 64
"""Positions whose logits are in memory at once."""


@dataclass(frozen=True)
class Coded:
    """A message, and its length by the model's own probabilities, in bits."""

    bits: Bits
    ideal_bits: float


@dataclass(frozen=True, eq=False)
class TextCoder:
    """Codes texts with a model.

    Arguments:
        source: of the weights, see `predictors.lm.weights.load`.
        window: tokens after which the model starts anew.
        batch: windows in step.
    """

    source: str
    window: int = 1024
    batch: int = 16

    @property
    def weights(self) -> Weights:
        """Of the model."""
        return load(self.source)

    @cached_property
    def span(self) -> int:
        """Tokens of a window: so many that the model can look back on all."""
        return min(self.window, self.weights.context)

    @property
    def vocabulary(self) -> Vocabulary:
        """Its tokens; kept with the weights, so that a coder is small where it is sent."""
        return self.weights.vocabulary

    def encode(self, texts: Sequence[bytes], given: Sequence[Condition]) -> list[Coded]:
        """The messages of texts, in order."""
        windows: list[list[int]] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            tokens = self.vocabulary.split(text)
            for first in range(0, len(tokens), self.span):
                windows.append(tokens[first : first + self.span])
                owners.append(number)
        coded: dict[int, Coded] = {}
        order = sorted(range(len(windows)), key=lambda k: -len(windows[k]))
        for first in range(0, len(order), self.batch):
            some = order[first : first + self.batch]
            coded.update(zip(some, self._windows([windows[k] for k in some]), strict=True))
        bits = [length_bits(len(text), one) for text, one in zip(texts, given, strict=True)]
        ideal = [float(len(one)) for one in bits]
        for k, owner in enumerate(owners):
            bits[owner] += coded[k].bits
            ideal[owner] += coded[k].ideal_bits
        return [Coded(*one) for one in zip(bits, ideal, strict=True)]

    def _windows(self, rows: Sequence[list[int]]) -> list[Coded]:
        """A message for each window."""
        words, lengths = self.vocabulary, np.array([len(row) for row in rows], np.int64)
        symbols = np.full((len(rows), lengths.max()), words.escape, np.int64)
        for n, row in enumerate(rows):
            symbols[n, : len(row)] = row
        own = np.where(symbols < words.symbols, symbols, words.escape)
        asked = np.concatenate([np.full((len(rows), 1), words.escape), own[:, :-1]], axis=1)
        states = np.stack([new_state() for _ in rows])
        outs = np.zeros((len(rows), MOST_BITS * lengths.max() + 128), np.uint8)
        ideal = 8.0 * (symbols >= words.symbols).sum(axis=1)
        reader, table, escape = Reader(self.weights), weights(), constant(words.escape)
        for first in range(0, symbols.shape[1], SLICE):
            part = slice(first, first + SLICE)
            grid = reader.read(np.ascontiguousarray(asked[:, part]))
            said = np.ascontiguousarray(symbols[:, part])
            encode_window(states, outs, grid, said, lengths, constant(first), escape, table)
            on = np.arange(first, first + grid.shape[1]) < lengths[:, None]
            ideal += np.where(on, reader.bits(own[:, part]), 0.0).sum(axis=1)
        counts = [int(finish_encoding(state, out)) for state, out in zip(states, outs, strict=True)]
        return [
            Coded(pack(out, count), float(one))
            for out, count, one in zip(outs, counts, ideal, strict=True)
        ]

    def decode(
        self, readers: Sequence[BitReader], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """The texts of messages, in order, or why there is none; readers move behind their own."""
        left = [read_length(reader, one) for reader, one in zip(readers, given, strict=True)]
        texts: list[bytes | MessageError] = [b"" for _ in readers]
        while waiting := [n for n, size in enumerate(left) if size]:
            for first in range(0, len(waiting), self.batch):
                some = waiting[first : first + self.batch]
                found = self._read_windows([readers[n] for n in some], [left[n] for n in some])
                for n, text in zip(some, found, strict=True):
                    before = texts[n]
                    if isinstance(text, MessageError) or isinstance(before, MessageError):
                        texts[n], left[n] = text, 0
                    else:
                        texts[n], left[n] = before + text, left[n] - len(text)
        return texts

    def _read_windows(
        self, readers: Sequence[BitReader], sizes: Sequence[int]
    ) -> list[bytes | MessageError]:
        """The next window of each message, of so many bytes at most."""
        words, table, escape = self.vocabulary, weights(), constant(self.vocabulary.escape)
        data, states = _start(readers)
        texts = [bytearray() for _ in readers]
        symbols = np.zeros(len(readers), np.int64)
        asked = np.full((len(readers), 1), words.escape, np.int64)
        on = np.ones(len(readers), bool)
        model = Reader(self.weights)
        for _ in range(self.span):
            grid = model.read(asked)[:, 0]
            decode_symbols(states, data, np.ascontiguousarray(grid), on, escape, table, symbols)
            for n in np.flatnonzero(on).tolist():
                texts[n] += words.join([int(symbols[n])])
                read = states[n][COUNT] <= states[n][END] - states[n][START]
                on[n] = read and len(texts[n]) < sizes[n]
            if not on.any():
                break
            asked = np.where(symbols < words.symbols, symbols, words.escape)[:, None]
        return [_ended(*one) for one in zip(states, readers, map(bytes, texts), sizes, strict=True)]


def _start(readers: Sequence[BitReader]) -> tuple[Buffer, Array]:
    """The packed bits of all messages, and the state of a decoder for each."""
    data = np.frombuffer(b"".join(reader.data for reader in readers), np.uint8)
    states, start = np.stack([new_state() for _ in readers]), 0
    for state, reader in zip(states, readers, strict=True):
        state[START], state[END] = start + reader.position, start + reader.length
        start_decoding(state, data)
        start += 8 * len(reader.data)
    return data, states


def _ended(state: Array, reader: BitReader, text: bytes, size: int) -> bytes | MessageError:
    """The text of a window that was read to its end."""
    if len(text) > size or state[COUNT] > state[END] - state[START]:
        return MessageError("the message does not hold its text (damaged or foreign)")
    try:
        finish_message(state, reader)
    except MessageError as error:
        return error
    return text
