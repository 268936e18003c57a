"""A model at work: what was fitted, unpacked, and the loops driven over items.

Example: model = Model(tables); model.encode(b"the house", start=0) -> the message, ideal bits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np

from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    Array,
    Buffer,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.coding.cells import SHARES, decode_cell, encode_cell
from codelength.coding.compiled import constant
from codelength.errors import MessageError
from codelength.predictors.primed.kernels import decode_units, encode_units, forget
from codelength.predictors.primed.kinds import KINDS, Kind, rows_of
from codelength.predictors.primed.last import grow, new_tree
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.network import Log, Parts, Work, new_work
from codelength.predictors.primed.tables import Tables, roomy

CHUNK = 1 << 14
"""Symbols that are coded between two looks at the room for messages and logs."""
LONGEST = 16
"""Bits of a message that a bit of a symbol takes at most: a chance is 2^-14 or more, and of what is
told in a cell two bits may be lost."""
SPARE = 128
"""Bits besides for what the coder has not told yet."""


def new_log(units: int, kind: Kind) -> Log:
    """Room for what so many units change."""
    size = units * kind.layout.bits * kind.contexts
    return Log(np.zeros(size, np.int64), np.zeros(size, np.uint32), np.zeros(1, np.int64))


def with_room(out: Buffer, state: Array, bits: int) -> Buffer:
    """A buffer that has room for so many bits of symbols more."""
    most = int(state[COUNT]) + bits * LONGEST + SPARE
    return out if most <= len(out) else np.concatenate([out, np.zeros(most, np.uint8)])


class Model:
    """A kind's model with its tables. Behind each item it is again as it was fitted.

    Arguments:
        tables: what was fitted.
    """

    def __init__(self, tables: Tables) -> None:
        self._kind = KINDS[tables.kind]
        self._parts = tables.parts()
        self._weights, self._final = self._parts.weights.copy(), self._parts.final.copy()
        ranges = rows_of(self._kind.number) if len(tables.kept) else 0
        self._work = new_work(self._kind.contexts, self._parts.net, ranges)
        self._log = new_log(CHUNK, self._kind)
        self._tree = new_tree(self._kind.layout.bits, self._work)
        self._lock = Lock()

    def encode(self, symbols: bytes) -> tuple[Bits, float]:
        """The message of an item, and its ideal bits. The decoder must know how long it is.

        Symbols of a unit that is not whole stand plainly behind the others.
        """
        layout = self._kind.layout
        data = layout.units(symbols)
        state, out, ideal = new_state(), np.zeros(0, np.uint8), 0.0
        before = max(0, len(data) - 1)
        with self._item(len(data)) as parts:
            for first in range(0, before, CHUNK):
                end = min(before, first + CHUNK)
                out = with_room(out, state, (end - first) * layout.bits)
                ideal += encode_units(*self._where(data, first, end), *self._how(parts), state, out)
            if len(data):
                out = with_room(out, state, layout.bits)
                ideal += self._encode_last(data, parts, state, out)
        rest = Bits.from_bytes(symbols[len(data) * layout.width :])
        return pack(out, finish_encoding(state, out)) + rest, ideal + len(rest)

    def decode(self, reader: BitReader, length: int) -> bytes:
        """An item of so many symbols; moves the reader behind the message.

        Raises:
            MessageError: it is damaged.
        """
        layout = self._kind.layout
        count = length // layout.width
        state, message = new_state(), np.frombuffer(reader.data, np.uint8)
        state[START], state[END] = reader.position, reader.length
        start_decoding(state, message)
        data, before = np.zeros(min(count, CHUNK), np.int32), max(0, count - 1)
        with self._item(count) as parts:
            for first in range(0, before, CHUNK):
                end = min(before, first + CHUNK)
                if end >= len(data) and len(data) < count:
                    data = np.concatenate([data, np.zeros(max(len(data), CHUNK), np.int32)])
                place = self._where(data, first, end)
                if decode_units(*place, *self._how(parts), state, message) < end:
                    raise MessageError("the message is damaged or truncated")
            if count:
                self._decode_last(data, before, parts, state, message)
        finish_message(state, reader)
        return layout.symbols(data[:count]) + reader.read_bytes(length % layout.width)

    def _encode_last(self, data: Units, parts: Parts, state: Array, out: Buffer) -> float:
        """Code the last unit; its ideal bits."""
        tree, goal, ideal, unit, known = self._tree, int(data[-1]), 0.0, 0, 0
        while known < self._kind.layout.bits:
            count = self._grow(data, len(data) - 1, parts, unit, known)
            k = int(np.searchsorted(tree.units[:count], goal, side="right")) - 1
            encode_cell(state, out, tree.deal, constant(count), constant(k))
            ideal -= float(np.log2(tree.deal.shares[k] / SHARES))
            unit, known = int(tree.units[k]), int(tree.known[k])
        return ideal

    def _decode_last(
        self, data: Units, at: int, parts: Parts, state: Array, message: Buffer
    ) -> None:
        """The mirror of `_encode_last`, into `data`."""
        tree, unit, known = self._tree, 0, 0
        while known < self._kind.layout.bits:
            count = self._grow(data, at, parts, unit, known)
            k = decode_cell(state, message, tree.deal, constant(count))
            if k < 0 or state[COUNT] > state[END] - state[START]:
                raise MessageError("the message is damaged or truncated")
            unit, known = int(tree.units[k]), int(tree.known[k])
        data[at] = unit

    def _grow(self, data: Units, at: int, parts: Parts, unit: int, known: int) -> int:
        kind, bits = constant(self._kind.number), constant(self._kind.layout.bits)
        here = (kind, bits, data, constant(at), parts, self._work, self._tree)
        return int(grow(*here, constant(unit), constant(known)))

    def _how(self, parts: Parts) -> tuple[Parts, Work, Log, int, int]:
        if parts is not self._parts:
            self._log.count[0] = 0  # nothing will be put back
        rate, limit = constant(self._kind.rate), constant(self._kind.limit)
        return parts, self._work, self._log, rate, limit

    def _where(self, data: Units, first: int, end: int) -> tuple[int, int, Units, int, int]:
        kind, bits = constant(self._kind.number), constant(self._kind.layout.bits)
        return kind, bits, data, constant(first), constant(end)

    @contextmanager
    def _item(self, length: int) -> Iterator[Parts]:
        """The parts for an item, one at a time. What it changes is put back behind it."""
        with self._lock:
            yield from self._put_back(length)

    def _put_back(self, length: int) -> Iterator[Parts]:
        parts = self._parts
        if length > CHUNK:
            parts = roomy(parts, self._kind.fitted)
        try:
            yield parts
        finally:
            if parts is self._parts:
                forget(parts, self._log)
            self._log.count[0] = 0
            parts.weights[:], parts.final[:] = self._weights, self._final
