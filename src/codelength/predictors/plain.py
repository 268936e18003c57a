"""Predictors that know next to nothing: equal chances, and how often moves were made.

Example: Frequencies({b"e4": 3, b"d4": 1}).split(b" e4") -> [1], whatever came before.
"""

from collections.abc import Mapping
from hashlib import sha256

import numpy as np

from codelength.coding.grid import Floats
from codelength.coding.messages import Json, canonical_json
from codelength.predictors.protocol import Ask, Predictor


class Uniform(Predictor):
    """Any byte, with equal chances."""

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        return np.full((len(ask.nodes), self.symbols), -np.log(self.symbols))

    def protocol(self) -> dict[str, Json]:
        """See `Predictor.protocol`."""
        return {"predictor": "uniform"}


class Frequencies(Predictor):
    """Whole moves by how often they were made elsewhere, each counted half a time more.

    It has no memory, and symbol 0 for any move that it has not seen; so it weighs the legal moves
    of an environment, and cannot spell a text by itself.

    Arguments:
        counts: how often each move was made in games that are not measured.
    """

    def __init__(self, counts: Mapping[bytes, int]) -> None:
        self.counts = dict(sorted(counts.items()))
        self._numbers = {move: k + 1 for k, move in enumerate(self.counts)}
        self._moves = list(self.counts)
        self.symbols = 1 + len(self._moves)
        weights = np.array([0, *self.counts.values()]) + 0.5
        self._logits = np.log(weights / weights.sum())

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        return np.tile(self._logits, (len(ask.nodes), 1))

    def split(self, text: bytes) -> list[int]:
        """A move, without the space before it, as one symbol."""
        return [self._numbers.get(text.strip(b" "), 0)]

    def spell(self, symbol: int) -> bytes:
        """The move; nothing for one that was not seen."""
        return self._moves[symbol - 1] if symbol else b""

    def protocol(self) -> dict[str, Json]:
        """See `Predictor.protocol`."""
        counts: dict[str, Json] = {move.decode("latin-1"): n for move, n in self.counts.items()}
        digest = sha256(canonical_json(counts).encode()).hexdigest()
        return {"predictor": "frequencies", "counts": digest}

    def shared(self) -> dict[str, int]:
        """See `Predictor.shared`: moves and counts as text."""
        return {"move frequencies": sum(len(m) + len(str(n)) + 2 for m, n in self.counts.items())}
