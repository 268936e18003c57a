"""Frequency tables: a distribution as integers, the only thing that a coder sees.

Example: quantize([0.5, 0.5, 0.0], total=8) -> frequencies [3, 4, 1]: every symbol can be coded.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

TOTAL = 1 << 24
"""Total of a table unless told otherwise: 0.004 bits a token lost at 50,000 symbols."""
MAX_TOTAL = 1 << 30
"""The largest total that the arithmetic coder takes."""


@dataclass(frozen=True, eq=False)
class FrequencyTable:
    """Integer frequencies of the symbols 0..n-1, by their running sums.

    Arguments:
        cumulative: int64 `[n + 1]`, from 0 to the total; symbol s owns
            `cumulative[s] .. cumulative[s + 1]`, which is never empty.
    """

    cumulative: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        if np.asarray(self.cumulative).dtype.kind not in "iu":
            raise ValueError("running sums are integers; use quantize() for probabilities")
        sums = np.asarray(self.cumulative, dtype=np.int64)
        if sums.ndim != 1 or len(sums) < 2 or sums[0] != 0 or not (np.diff(sums) >= 1).all():
            raise ValueError("a frequency table needs running sums from 0 that grow at each symbol")
        if sums[-1] > MAX_TOTAL:
            raise ValueError(f"the total {sums[-1]} of a frequency table is over {MAX_TOTAL}")
        sums = sums.copy()
        sums.setflags(write=False)
        object.__setattr__(self, "cumulative", sums)

    @classmethod
    def of(cls, frequencies: npt.ArrayLike) -> "FrequencyTable":
        """The table of these integer frequencies, each at least 1."""
        counts = np.asarray(frequencies)
        if counts.dtype.kind not in "iu":
            raise ValueError("frequencies are integers; use quantize() for probabilities")
        if len(counts) and not 1 <= counts.min() <= counts.max() <= MAX_TOTAL:
            raise ValueError(f"frequencies lie in 1..{MAX_TOTAL}")
        return cls(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]))

    @classmethod
    def uniform(cls, symbols: int) -> "FrequencyTable":
        """Frequency 1 for each of `symbols` symbols."""
        return cls(np.arange(symbols + 1, dtype=np.int64))

    @property
    def symbols(self) -> int:
        """How many symbols there are."""
        return len(self.cumulative) - 1

    @property
    def total(self) -> int:
        """The sum of all frequencies."""
        return int(self.cumulative[-1])

    @cached_property
    def frequencies(self) -> npt.NDArray[np.int64]:
        """The frequencies, int64 `[n]`."""
        return np.diff(self.cumulative)

    def bits(self, symbol: int) -> float:
        """The ideal cost of `symbol` in bits: log2(total / frequency)."""
        return float(np.log2(self.total) - np.log2(self.frequencies[symbol]))


def quantize(probabilities: npt.ArrayLike, total: int = TOTAL) -> FrequencyTable:
    """Turn probabilities into a frequency table with this total, every symbol at least 1.

    Each symbol gets 1; the running sums of the weights, scaled to what is left and rounded down,
    share out the rest. Sums run in order, so the inputs decide the result to the last bit on every
    machine. Weights need not sum to 1.

    Raises:
        ValueError: a weight is negative or not finite, all are 0, or symbols outnumber `total`.
    """
    weights = np.asarray(probabilities, dtype=np.float64)
    if weights.ndim != 1 or not len(weights):
        raise ValueError("quantize takes a list of at least one probability")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("probabilities must be finite and not negative")
    largest = weights.max()
    if largest <= 0:
        raise ValueError("at least one probability must be above 0")
    if not len(weights) <= total <= MAX_TOTAL:
        raise ValueError(f"total {total} must lie between {len(weights)} symbols and {MAX_TOTAL}")
    spare = total - len(weights)
    sums = np.cumsum(weights / largest)  # cumsum adds one by one; sum() may regroup
    shares = np.minimum(np.floor(sums * (spare / sums[-1])), spare).astype(np.int64)
    shares[-1] = spare
    return FrequencyTable(np.concatenate([[0], shares + np.arange(1, len(weights) + 1)]))
