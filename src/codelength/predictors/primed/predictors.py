"""Fitted linear predictors, and the bank that they unpack to.

Of each predictor its reflections are kept, from which the taps of all orders follow.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.predictors.primed.bank import (
    FINE,
    INVERSE_BITS,
    TAP_BITS,
    Bank,
    no_bank,
)
from codelength.predictors.primed.packing import Arrays

SIGMA = 0.5513
"""A logistic density of this scale has the variance 1: sqrt(3) / pi."""
DTYPES = {"reflections": "<i2", "scales": "<i8", "chances": "<i2", "fading": "<i8", "first": "<u2"}


@dataclass(frozen=True)
class Predictors:
    """What is fitted.

    Arguments:
        reflections: in 2^15ths, int16 `[predictors, order]`.
        scales: standard deviations of what predictors of the highest order leave, in 1024ths.
        chances: logarithms to base 2 of the components' first weights, in 256ths, int16.
        fading: of the components' weights, in 2^16ths, int64 `[1]`.
        first: masses of the 256 values that an item of differences begins with; else none.
    """

    reflections: npt.NDArray[np.int16]
    scales: npt.NDArray[np.int64]
    chances: npt.NDArray[np.int16]
    fading: npt.NDArray[np.int64]
    first: npt.NDArray[np.uint16]

    def bank(self) -> Bank:
        """The components: integers, made by sums, products and square roots alone."""
        count, order = self.reflections.shape
        if not count:
            return no_bank()
        taps = np.zeros((count, order + 1, order), np.int64)
        spreads = np.ones((count, order + 1))  # grows towards order 0
        reflections = self.reflections.astype(np.int64)
        for n in range(1, order + 1):
            last = reflections[:, n - 1 : n]
            before = taps[:, n - 1, : n - 1]
            taps[:, n, : n - 1] = before - ((last * before[:, ::-1] + (1 << 14)) >> 15)
            taps[:, n, n - 1] = last[:, 0] << (TAP_BITS - 15)
            left = last[:, 0] / 32768.0
            spreads[:, n] = spreads[:, n - 1] * np.sqrt(1.0 - left * left)
        spreads /= spreads[:, -1:]
        units = spreads[:, :, None] * (self.scales / 1024.0) * SIGMA
        inverses = np.maximum(1, np.round((FINE << INVERSE_BITS) / units)).astype(np.int64)
        weights = self.chances.astype(np.int64) << 8
        below = np.cumsum(np.concatenate([[0], self.first.astype(np.int64)]))
        return Bank(
            taps,
            inverses,
            weights - weights.max(),
            self.fading.astype(np.int64),
            below if len(self.first) else np.zeros(0, np.int64),
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Its arrays by name, as they are stored."""
        return {name: getattr(self, name).astype(dtype) for name, dtype in DTYPES.items()}


def from_arrays(arrays: Arrays) -> Predictors:
    """The mirror of `arrays`."""
    return Predictors(**{name: arrays[name] for name in DTYPES})


def no_predictors() -> Predictors:
    """For kinds of data that have none."""
    empty = {name: np.zeros(1 if name == "fading" else 0, DTYPES[name]) for name in DTYPES}
    return Predictors(**empty | {"reflections": np.zeros((0, 0), np.int16)})
