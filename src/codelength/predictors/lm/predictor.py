"""A language model as a predictor: its own tokens, many texts in step, trees of continuations.

Example: LanguageModel("smollm2-135m").openers(b" ") -> the tokens that begin a new word.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from codelength.coding.grid import Array, Floats
from codelength.coding.messages import Json
from codelength.errors import InputError
from codelength.predictors.lm.trees import Request, TreeReader, check_trees
from codelength.predictors.lm.weights import Weights, load, shared_bytes
from codelength.predictors.protocol import Ask, Predictor

VERSION = 1
"""Of what the model is given; a change is a new protocol."""
BYTES = 256


class LanguageModel(Predictor):
    """Tokens of a causal language model in float64, and behind them 256 bytes that it escapes.

    Where a text grows beyond the window, its first half is forgotten, again and again.

    Arguments:
        source: of the weights, see `predictors.lm.weights.load`.
        window: tokens that the model is given at most.
        batch: texts in step.
    """

    def __init__(self, source: str, window: int = 2048, batch: int = 16) -> None:
        self.source, self.window, self.batch = source, window, batch
        self._reader: TreeReader | None = None
        self._rows: dict[int, int] = {}

    @property
    def weights(self) -> Weights:
        """Of the model; loaded once a process."""
        return load(self.source)

    @property
    def symbols(self) -> int:  # type: ignore[override]  # known once the model is loaded
        """The model's outputs, and the bytes."""
        return self.weights.symbols + BYTES

    @cached_property
    def span(self) -> int:
        """Tokens that the model can be given."""
        return min(self.window, self.weights.context)

    def session(self) -> Predictor:
        """See `Predictor.session`."""
        check_trees(self.weights)
        return LanguageModel(self.source, self.window, self.batch)

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        (found,) = self.read([ask])
        return found

    def read(self, asks: Sequence[Ask]) -> list[Floats]:
        """See `Predictor.read`."""
        if self._reader is None:
            self._rows = {ask.row: place for place, ask in enumerate(asks)}
            self._reader = TreeReader(self.weights, len(asks))
        if not all(ask.row in self._rows for ask in asks):
            raise InputError("a session reads the texts that it began with; take another one")
        found = self._reader.read({self._rows[ask.row]: self._request(ask) for ask in asks})
        return [self._with_bytes(found[self._rows[ask.row]]) for ask in asks]

    def _request(self, ask: Ask) -> Request:
        return self._tokens(ask), [tuple(self._plain(node)) for node in ask.nodes]

    def _tokens(self, ask: Ask) -> list[int]:
        """What the model is given before the nodes."""
        words = self.weights.vocabulary
        before = [words.escape, *self._public(ask.given)]
        room = self.span - len(before) - max(map(len, ask.nodes), default=0)
        if room < 2:
            raise InputError(f"a window of {self.span} tokens is too small; take a larger one")
        said, half = self._plain(ask.said), room // 2
        gone = half * max(0, -(-(len(said) - room) // half))
        return before + said[gone:]

    def _public(self, given: bytes) -> list[int]:
        kept: dict[object, list[int]] = self.weights.kept
        if ("given", given) not in kept:
            kept["given", given] = self._plain(self.split(given))
        return kept["given", given]

    def refuses(self, given: bytes) -> str:
        """See `Predictor.refuses`."""
        size = len(self._public(given))
        if 2 * size <= self.span:
            return ""
        return f"the public text has {size} tokens, more than half of a window of {self.span}"

    def _plain(self, symbols: Sequence[int]) -> list[int]:
        """Symbols as the model reads them: the escape for an escaped byte."""
        words = self.weights.vocabulary
        return [one if one < words.symbols else words.escape for one in symbols]

    def _with_bytes(self, logits: Floats) -> Floats:
        """An escape's chance is that of the bytes behind it; by itself it says nothing."""
        escape = self.weights.vocabulary.escape
        each = logits[:, escape : escape + 1] - np.log(BYTES)
        found = np.concatenate([logits, np.repeat(each, BYTES, axis=1)], axis=1)
        found[:, escape] = -np.inf
        return found

    def split(self, text: bytes) -> list[int]:
        """See `Predictor.split`."""
        return self.weights.vocabulary.split(text)

    def spell(self, symbol: int) -> bytes:
        """See `Predictor.spell`."""
        return self.weights.vocabulary.join([symbol])

    def openers(self, text: bytes) -> Array:
        """See `Predictor.openers`: kept with the weights."""
        kept: dict[object, Array] = self.weights.kept
        if ("openers", text) not in kept:
            kept["openers", text] = super().openers(text)
        return kept["openers", text]

    def protocol(self) -> dict[str, Json]:
        """See `Predictor.protocol`."""
        return {
            "predictor": "lm",
            "version": VERSION,
            "weights": self.weights.sha256,
            "window": self.span,
        }

    def shared(self) -> dict[str, int]:
        """See `Predictor.shared`."""
        return shared_bytes(self.source)
