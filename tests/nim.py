"""A small game for tests: moves share beginnings, as castling does in chess."""

from codelength.codecs.environments import Environment, Position
from codelength.predictors.protocol import Predictor

MOVES = [b"O-O", b"O-O-O", b"a", b"ab", b"abc", b"b"]
LAST = 6


class Pile(Position):
    def __init__(self):
        self.turns = 0

    def legal(self):
        """Fewer and fewer moves; in the end none."""
        return MOVES[: max(0, LAST - self.turns)]

    def play(self, move):
        self.turns += 1


class Nim(Environment):
    def begin(self, given):
        return Pile()

    def protocol(self):
        return {"environment": "nim", "last": LAST}


class Biased(Predictor):
    """Chances of bytes that depend on all that was said, by a hash."""

    def __init__(self, seed=0, symbols=256):
        self.seed, self.symbols = seed, symbols

    def logits(self, ask):
        import numpy as np

        rows = []
        for node in ask.nodes:
            said = [self.seed, len(ask.given), *ask.said, *node]
            weights = np.random.default_rng(said).gamma(0.3, size=self.symbols) + 1e-9
            rows.append(np.log(weights / weights.sum()))
        return np.array(rows)

    def protocol(self):
        return {"predictor": "biased", "seed": self.seed}
