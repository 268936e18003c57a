"""Texts coded by a language model and contexts that learn, mixed; one message a text.

A text is cut into parts, which are read in step: at each step the next token of every part is
coded, in order, by one arithmetic coder, and the mixture that prices them learns from each at once.
So the model reads as many rows as there are parts, and what one part teaches serves all. After a
window of steps the model begins anew in all rows; the mixture goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.codecs.combinators import length_bits, read_length
from codelength.codecs.lmic.coder import Coded, Coder
from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    decode_uniform,
    encode_uniform,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.coding.compiled import constant
from codelength.coding.grid import weights
from codelength.coding.pulse import Pulse
from codelength.corpora.instances import Condition
from codelength.errors import MessageError
from codelength.predictors.lm.candidates import code_steps, most_bits
from codelength.predictors.lm.exact import Reader
from codelength.predictors.lm.mixture import NOWHERE, State, new
from codelength.predictors.lm.tables import Buffer

PART = 2048
"""Bytes of a part, at least, where there are several."""
FEW = 1024
"""Steps for which a reader makes room at first."""
SHIFTS = constant(4)
"""How far a cut may move so that it is not inside a character of UTF-8: 0..3 bytes."""

NOTHING: Buffer = np.frombuffer(b"\0", np.uint8)
"""What an encoder reads from."""


@dataclass(frozen=True, eq=False)
class EnsembleCoder(Coder):
    """Codes texts with a model and contexts; see `Coder`.

    `batch`: parts of a text in step, at most; messages depend on it.
    """

    def encode(self, targets: Sequence[bytes], given: Sequence[Condition]) -> list[Coded]:
        """See `Coder.encode`."""
        found = []
        for text, one in zip(targets, given, strict=True):
            head, coded = length_bits(len(text), one), self.write(text)
            found.append(Coded(head + coded.bits, len(head) + coded.ideal_bits))
        return found

    def decode(
        self, readers: Sequence[BitReader | None], given: Sequence[Condition]
    ) -> list[bytes | MessageError]:
        """See `Coder.decode`."""
        found: list[bytes | MessageError] = []
        for reader, one in zip(readers, given, strict=True):
            try:
                found.append(self.read(reader, read_length(reader, one)) if reader else b"")
            except MessageError as error:
                found.append(error)
        return found

    def begun(self, rows: int) -> Reader:
        """The model at the beginning of a window, behind the prompt."""
        reader, words = self.reader(), self.weights.vocabulary
        asked = np.array([words.escape, *self.prompted], np.int64)[:-1]
        for first in range(0, len(asked), self.slice):
            reader.read(np.tile(asked[first : first + self.slice], (rows, 1)))
        return reader

    @property
    def steps(self) -> int:
        """Steps after which the model begins anew."""
        return self.span - len(self.prompted)

    @property
    def first(self) -> int:
        """The token behind which a window begins."""
        return [self.weights.vocabulary.escape, *self.prompted][-1]

    def parts(self, length: int) -> int:
        """How many parts a text of so many bytes has."""
        return max(1, min(self.batch, length // PART))

    def state(self, length: int, steps: int) -> State:
        """The mixture before a text of so many bytes, in so many steps."""
        return new(self.weights.symbols, self.parts(length), steps, length)

    def write(self, text: bytes) -> Coded:
        """The message of a text, behind whose length the decoder must know."""
        if not text:
            return Coded(Bits(), 0.0)
        words, escape = self.weights.vocabulary, constant(self.weights.vocabulary.escape)
        span = self.steps
        shifts = _shifts(text, self.parts(len(text)))
        ends = _ends(len(text), shifts)
        rows = [words.split(text[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        sizes = np.array([len(row) for row in rows], np.int64)
        steps = int(sizes.max())
        symbols = np.full((len(rows), steps), words.escape, np.int64)
        for n, row in enumerate(rows):
            symbols[n, : len(row)] = row
        own = np.where(symbols < words.symbols, symbols, words.escape)
        state, coder = self.state(len(text), steps), new_state()
        out = np.zeros(256, np.uint8)
        ideal, pulse = 2.0 * len(shifts), Pulse(steps)
        for shift in shifts:
            encode_uniform(coder, out, constant(shift), SHIFTS)
        for begin in range(0, steps, span):
            reader, end = self.begun(len(rows)), min(begin + span, steps)
            asked = np.full((len(rows), end - begin), self.first, np.int64)
            asked[:, 1:] = own[:, begin : end - 1]
            asked[np.arange(begin, end) >= sizes[:, None]] = words.escape
            for first in range(begin, end, self.slice):
                last = min(first + self.slice, end)
                grid = reader.read(np.ascontiguousarray(asked[:, first - begin : last - begin]))
                said = np.ascontiguousarray(symbols[:, first:last])
                out = _room(out, int(coder[COUNT]) + said.size * most_bits(words.symbols) + 128)
                on = np.arange(first, last) < sizes[:, None]
                at, since = constant(first), constant(begin)
                code_steps(
                    state, coder, out, NOTHING, grid, said, on, at, since, escape, True, weights()
                )
                pulse.add(last - first)
        ideal += float(state.spent[0])
        return Coded(pack(out, int(finish_encoding(coder, out))), ideal)

    def read(self, reader: BitReader, length: int) -> bytes:
        """The text of so many bytes; moves the reader behind its message.

        Raises:
            MessageError: the message is damaged or foreign.
        """
        if not length:
            return b""
        words, escape = self.weights.vocabulary, constant(self.weights.vocabulary.escape)
        span = self.steps
        data, coder = np.frombuffer(reader.data, np.uint8), new_state()
        coder[START], coder[END] = reader.position, reader.length
        start_decoding(coder, data)
        count = self.parts(length)
        shifts = [int(decode_uniform(coder, data, SHIFTS)) for _ in range(count - 1)]
        ends = _ends(length, shifts)
        wanted = np.diff(np.array([0, *ends], np.int64))
        state = self.state(length, FEW)
        texts = [bytearray() for _ in range(count)]
        symbols, out = np.full((count, 1), words.escape, np.int64), np.zeros(0, np.uint8)
        on, pulse = wanted > 0, Pulse(length)
        for step in range(int(wanted.max())):
            if step % span == 0:
                model = self.begun(count)
                asked = np.where(on, self.first, words.escape)[:, None]
            if step == len(state.history):  # not by the length, which a damaged message invents
                more = np.full_like(state.history, NOWHERE)
                state = state._replace(history=np.concatenate([state.history, more]))
            at, since = constant(step), constant(step - step % span)
            grid, going = model.read(asked), on[:, None].copy()
            code_steps(
                state, coder, out, data, grid, symbols, going, at, since, escape, False, weights()
            )
            for n in np.flatnonzero(on).tolist():
                spelled = words.join([int(symbols[n, 0])])
                texts[n] += spelled
                pulse.add(len(spelled))
                on[n] = len(texts[n]) < wanted[n]
            if not on.any() or coder[COUNT] > coder[END] - coder[START]:
                break
            asked = np.where(symbols < words.symbols, symbols, words.escape)
            asked[~on] = words.escape
        if [len(text) for text in texts] != wanted.tolist():
            raise MessageError("the message does not hold its text (damaged or foreign)")
        finish_message(coder, reader)
        return b"".join(texts)


def _shifts(text: bytes, count: int) -> list[int]:
    """For each cut between `count` parts, the bytes to the next beginning of a character, 0..3."""
    found = []
    for end in _ends(len(text), [0] * (count - 1))[:-1]:
        inside = (k for k in range(int(SHIFTS)) if text[end + k] & 0xC0 != 0x80)
        found.append(next(inside, 0))
    return found


def _ends(length: int, shifts: list[int]) -> list[int]:
    """Where the parts of a text end: equal ones, but for the shifts."""
    count = len(shifts) + 1
    return [k * length // count + shift for k, shift in enumerate(shifts, 1)] + [length]


def _room(out: Buffer, size: int) -> Buffer:
    """A buffer of at least so many bits, that begins as `out` does."""
    if size <= len(out):
        return out
    return np.concatenate([out, np.zeros(size, np.uint8)])
