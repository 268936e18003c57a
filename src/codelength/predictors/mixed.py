"""Two predictors of the same symbols as one.

    Q(s) = (1 - w) P_first(s) + w P_second(s)

(agentic codelength, appendix A.3: w is the strength of a template). The weight is a number, what a
function finds in the public text, or adaptive: the posterior chance of the second by what came.
"""

from collections.abc import Callable, Sequence

import numpy as np

from codelength.coding.grid import Floats
from codelength.coding.messages import Json
from codelength.errors import InputError
from codelength.predictors.protocol import ROOT, Ask, Node, Predictor

ADAPTIVE = "adaptive"
FARTHEST = 30.0
"""Nats that a chance counts at most against a predictor, and that its odds keep within."""


class Mixed(Predictor):
    """A weighted mean of two predictors' chances.

    Arguments:
        first, second: of the same symbols, split alike.
        weight: of the second, 0..1; a function of the public text; or `ADAPTIVE`.
        name: of the rule, where it is a function; part of the protocol.
    """

    def __init__(
        self,
        first: Predictor,
        second: Predictor,
        weight: float | Callable[[bytes], float] | str = ADAPTIVE,
        name: str = "",
    ) -> None:
        if first.symbols != second.symbols:
            raise ValueError(f"{first.symbols} symbols cannot be mixed with {second.symbols}")
        if not (callable(weight) or weight == ADAPTIVE or 0 <= float(weight) <= 1):
            raise ValueError(f"a weight is a number in 0..1, a function, or {ADAPTIVE}")
        if callable(weight) and not name:
            raise ValueError("a weight that is a function needs a name, for the protocol")
        self.first, self.second, self.weight, self.name = first, second, weight, name
        self.symbols, self.batch = first.symbols, max(first.batch, second.batch)
        self._odds: dict[int, Odds] = {}

    def session(self) -> Predictor:
        """See `Predictor.session`."""
        return Mixed(self.first.session(), self.second.session(), self.weight, self.name)

    def logits(self, ask: Ask) -> Floats:
        """See `Predictor.logits`."""
        (found,) = self.read([ask])
        return found

    def read(self, asks: Sequence[Ask]) -> list[Floats]:
        """See `Predictor.read`."""
        pairs = zip(asks, self.first.read(asks), self.second.read(asks), strict=True)
        return [self._mix(*pair) for pair in pairs]

    def _mix(self, ask: Ask, first: Floats, second: Floats) -> Floats:
        if self.weight == ADAPTIVE:
            odds = self._odds.setdefault(ask.row, Odds())
            weights = np.array(odds.weights(ask, first, second))[:, None]
        else:
            own = self.weight(ask.given) if callable(self.weight) else self.weight
            if not 0 <= float(own) <= 1:
                raise InputError(f"the weight {self.name} is {own}, not in 0..1")
            weights = np.full((len(ask.nodes), 1), float(own))
        with np.errstate(divide="ignore"):  # a weight of 0 or 1 leaves one of them out
            return np.logaddexp(np.log1p(-weights) + first, np.log(weights) + second)

    def split(self, text: bytes) -> list[int]:
        """See `Predictor.split`."""
        return self.first.split(text)

    def spell(self, symbol: int) -> bytes:
        """See `Predictor.spell`."""
        return self.first.spell(symbol)

    def protocol(self) -> dict[str, Json]:
        """See `Predictor.protocol`."""
        weight = self.name if callable(self.weight) else self.weight
        of: list[Json] = [self.first.protocol(), self.second.protocol()]
        return {"predictor": "mixed", "weight": weight, "of": of}

    def shared(self) -> dict[str, int]:
        """See `Predictor.shared`."""
        return self.first.shared() | self.second.shared()


class Odds:
    """How much better the second has said what came, in nats; from even odds on.

    A symbol counts where both were asked for it; both ends of a message ask the same.
    """

    def __init__(self) -> None:
        self._odds, self._size = 0.0, 0
        self._said: dict[Node, tuple[Floats, Floats]] = {}

    def weights(self, ask: Ask, first: Floats, second: Floats) -> list[float]:
        """The second's weight at each node; learns what was said since the last ask."""
        self._odds = self._behind(self._odds, ROOT, ask.said[self._size :])
        self._size = len(ask.said)
        self._said = dict(zip(ask.nodes, zip(first, second, strict=True), strict=True))
        found = [self._behind(self._odds, ROOT, node) for node in ask.nodes]
        return [float(1 / (1 + np.exp(-one))) for one in found]

    def _behind(self, odds: float, node: Node, symbols: Sequence[int]) -> float:
        for symbol in symbols:
            if node in self._said:
                first, second = (float(max(-FARTHEST, one[symbol])) for one in self._said[node])
                odds = max(-FARTHEST, min(FARTHEST, odds + second - first))
            node = (*node, symbol)
        return odds
