"""What comes next: a distribution over symbols behind a text, for many texts in step.

Example, a whole predictor of bytes:

    class Uniform(Predictor):
        symbols = 256
        def logits(self, ask): return np.full((len(ask.nodes), 256), -np.log(256))

Guarantees and requirements: what is said of a place depends on the public text, the symbols so far
and the way there, never on the symbol that comes; in each row the chances sum to 1, and where they
do not, whoever codes with them makes them so. Where machines differ in the last bits, so little
that `coding.grid` rounds it away.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.coding.grid import Array, Floats
from codelength.coding.messages import Json

Node = tuple[int, ...]
"""Symbols behind the text so far: a continuation that is weighed."""
ROOT: Node = ()


@dataclass(frozen=True)
class Ask:
    """Where a text stands, and what may follow: the distribution behind each node is wanted.

    Arguments:
        row: number of the text among those that are read in step, the same all along.
        given: the public text that it stands behind.
        said: its symbols so far. From ask to ask of a row it only grows.
        nodes: continuations, each behind `said`; `ROOT` is the place right behind it.
    """

    row: int
    given: bytes
    said: Sequence[int]
    nodes: Sequence[Node] = (ROOT,)


class Predictor(ABC):
    """Implement `logits`; a predictor of other symbols than bytes also `split` and `spell`.

    Attributes:
        symbols: how many there are.
        batch: texts that are best read in step; 0: there is nothing to gain by it.
    """

    symbols: int = 256
    batch: int = 0

    @abstractmethod
    def logits(self, ask: Ask) -> Floats:
        """Natural logarithms of the chances behind each node, float64 `[nodes, symbols]`."""

    def read(self, asks: Sequence[Ask]) -> list[Floats]:
        """`logits` of asks of different rows; override it where many at once are cheaper."""
        return [self.logits(ask) for ask in asks]

    def split(self, text: bytes) -> list[int]:
        """A text as symbols; `spell` of each, joined, is the text again."""
        return list(text)

    def spell(self, symbol: int) -> bytes:
        """What a symbol adds to the text."""
        return bytes([symbol])

    def refuses(self, given: bytes) -> str:
        """Why it cannot stand behind a public text; empty: it can."""
        return ""

    def openers(self, text: bytes) -> Array:
        """The symbols whose spelling begins with `text`, int64, ascending."""
        kept: dict[bytes, Array] = self.__dict__.setdefault("_opening", {})
        if text not in kept:
            spelled = (self.spell(symbol) for symbol in range(self.symbols))
            found = [k for k, one in enumerate(spelled) if one.startswith(text)]
            kept[text] = np.array(found, np.int64)
        return kept[text]

    def session(self) -> "Predictor":
        """A predictor that has read nothing; for those that remember their rows."""
        return self

    def protocol(self) -> dict[str, Json]:
        """Everything that its numbers depend on: name, parameters, hashes of weights."""
        return {"predictor": type(self).__name__}

    def shared(self) -> dict[str, int]:
        """Bytes of what both ends have, by name; see `Codec.shared`."""
        return {}


def logsumexp(logits: Floats) -> float:
    """log(sum(exp(logits))), -inf for none."""
    top = float(logits.max(initial=-np.inf))
    return top if not np.isfinite(top) else top + float(np.log(np.exp(logits - top).sum()))
