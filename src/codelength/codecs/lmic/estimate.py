"""`lmic-estimate`: what `lmic` would need about, in one pass of the model and without a message.

Example: lmic-estimate:model=smollm2-135m,window=1024. The same tokens and windows in float32; its
bits have no rounding, no ends of messages and no flag. With mode=decimal the numbers as text, and
their commas free, as KT's paper counts: no decoder could do without them.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from codelength.codecs.combinators import length_bits
from codelength.codecs.lmic.decimal import COMMA
from codelength.codecs.protocol import Estimation, Estimator
from codelength.codecs.registry import Spec
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import InputError
from codelength.predictors.lm.surprisal import Priced, Surprisal
from codelength.predictors.lm.weights import load

VERSION = 1
"""Of the numbers; a change of tokens or windows is a new one."""


class LmicEstimate(Estimator):
    """Prices texts by a model.

    Arguments:
        source: of the weights, see `predictors.lm.weights.load`.
        window: tokens after which the model starts anew.
        batch: windows at once.
        decimal: whether targets are priced as decimal numbers, without the commas between them.
        priced: bits of the tokens of targets that were priced already.

    Attributes:
        together: instances that `prepare` is given at once, see `Codec.together`.
    """

    together = 64

    def __init__(
        self,
        source: str,
        window: int = Surprisal.window,
        batch: int = Surprisal.batch,
        decimal: bool = False,
        priced: Mapping[bytes, float] | None = None,
    ) -> None:
        self.source, self.window, self.batch = source, window, batch
        self.decimal = decimal
        self._priced = priced or {}

    @property
    def surprisal(self) -> Surprisal:
        """Does the work; made when it is asked for, so that an estimator is small to send."""
        return Surprisal(load(self.source), self.window, self.batch)

    def prepare(self, instances: Sequence[Instance]) -> Self:
        """See `Estimator.prepare`: all are priced at once."""
        texts = list(dict.fromkeys(one.target for one in instances))
        found = self.surprisal.prices([self._written(text) for text in texts])
        bits = {text: self._paid(one) for text, one in zip(texts, found, strict=True)}
        return type(self)(self.source, self.window, self.batch, self.decimal, bits)

    def _written(self, target: bytes) -> bytes:
        """What the model reads for a target."""
        return b"".join(b"%d," % value for value in target) if self.decimal else target

    def _paid(self, priced: Priced) -> float:
        """The bits of the tokens that are not free."""
        if not self.decimal:
            return priced.total
        vocabulary = load(self.source).vocabulary
        paid = [vocabulary.join([token]) != COMMA for token in priced.tokens.tolist()]
        return float(priced.bits[np.array(paid, bool)].sum())

    def estimate(self, target: bytes, given: Condition = NOTHING) -> Estimation:
        """The bits of the length, where that is not public, and of the tokens."""
        head = len(length_bits(len(target), given))
        if target not in self._priced:
            return Estimation(head + self._paid(self.surprisal.price(self._written(target))))
        return Estimation(head + self._priced[target])

    def protocol(self) -> dict[str, Json]:
        """See `Estimator.protocol`."""
        surprisal = self.surprisal
        return {
            "estimator": "lmic-estimate",
            "version": VERSION,
            "weights": surprisal.weights.sha256,
            "window": surprisal.span,
            "arithmetic": "float32",
            "mode": "decimal, commas free" if self.decimal else "text",
        }


def build(spec: Spec) -> Estimator:
    """`lmic-estimate:model=NAME`; options as those of `lmic`: `mode`, `window`, `batch`."""
    spec.only("model", "mode", "window", "batch")
    source = dict(spec.options).get("model")
    if not source:
        raise InputError("a model is needed, such as lmic-estimate:model=smollm2-135m")
    return LmicEstimate(
        source,
        window=spec.integer("window", range(1, 1 << 20), Surprisal.window),
        batch=spec.integer("batch", range(1, 1025), Surprisal.batch),
        decimal=spec.choice("mode", ("text", "decimal"), "text") == "decimal",
    )
