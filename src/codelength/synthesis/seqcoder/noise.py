"""Gumbel noise of sampling, by a hash: a draw is what it is whatever else is in the batch.

Example: Noise(0, [target], range(8), "cpu").at(3, rows) -> noise of the fourth token.

The likeliest token by log-probability plus Gumbel noise is a sample of the distribution.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from codelength.synthesis.seqcoder import tokens
from codelength.synthesis.seqcoder.model import needed

GOLDEN, FIRST, SECOND = (
    value - (1 << 64) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
"""Of SplitMix64 (Steele, Lea, Flood 2014), as int64."""


class Noise:
    """Noise for rows: one for each target and draw, targets first.

    Arguments:
        seed: of all.
        numbers: of the draws of each target.
    """

    def __init__(self, seed: int, targets: Sequence[bytes], numbers: range, device: str) -> None:
        self.torch = needed()
        digests = [
            hashlib.sha256(b"%d %d " % (seed, number) + target).digest()[:8]
            for target in targets
            for number in numbers
        ]
        keys = np.frombuffer(b"".join(digests), "<i8").astype(np.int64)
        self.keys = self.torch.from_numpy(keys).to(device)
        self.places = self.torch.arange(tokens.SIZE, device=device)

    def at(self, step: int, rows: Any) -> Any:
        """The noise of a step, float32 `[rows, SIZE]`; `rows`: which of all, int64."""
        mixed = self.keys[rows, None] + (step * tokens.SIZE + self.places) * GOLDEN
        for shift, factor in ((30, FIRST), (27, SECOND)):
            mixed = (mixed ^ shifted(mixed, shift)) * factor
        mixed = mixed ^ shifted(mixed, 31)
        uniform = (shifted(mixed, 11).double() + 0.5) / (1 << 53)
        return -(-uniform.log()).log().float()


def shifted(values: Any, places: int) -> Any:
    """A right shift of int64 as of unsigned ones."""
    return (values >> places) & ((1 << (64 - places)) - 1)
