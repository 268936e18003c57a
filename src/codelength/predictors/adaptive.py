"""The context-mixing model of bytes (`predictors.mixing`) as a predictor, byte by byte.

It learns what is said, and nothing of the continuations that are weighed behind it: where two nodes
of one byte share a slot, its chance of the byte is not that of the codec, which learns bit by bit.
"""

import numpy as np

from codelength.coding.grid import Floats
from codelength.coding.messages import Json
from codelength.errors import InputError
from codelength.predictors.mixing import VERSION, Buffer, Mixing
from codelength.predictors.protocol import Ask, Node, Predictor


class Adaptive(Predictor):
    """Bytes by contexts that learn from the text itself."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}

    def session(self) -> Predictor:
        """See `Predictor.session`."""
        return Adaptive()

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        if ask.row not in self._rows:
            self._rows[ask.row] = Row(ask.given)
        return self._rows[ask.row].logits(ask)

    def protocol(self) -> dict[str, Json]:
        """See `Predictor.protocol`."""
        return {"predictor": "mixing", "model": VERSION}


class Row:
    """A text that is read.

    Arguments:
        given: the public text, which is learned first.
    """

    def __init__(self, given: bytes) -> None:
        self._model, self._start = Mixing(), len(given)
        self._data: Buffer = np.zeros(len(given) + 1024, np.uint8)
        self._data[: len(given)] = np.frombuffer(given, np.uint8)
        self._model.learn(self._data, 0, len(given))
        self._size = len(given)

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        end = self._start + len(ask.said)
        if end < self._size:
            raise InputError("a row's text only grows; take a session for each text")
        longest = max(map(len, ask.nodes), default=0)
        while end + longest > len(self._data):
            self._data = np.concatenate([self._data, np.zeros_like(self._data)])
        self._data[self._size : end] = ask.said[self._size - self._start :]
        self._model.learn(self._data, self._size, end)
        self._size = end
        return np.stack([self._behind(node) for node in ask.nodes])

    def _behind(self, node: Node) -> Floats:
        end = self._size + len(node)
        self._data[self._size : end] = node
        return np.log(self._model.chances(self._data, end))
