"""Chances and their logits, as integers.

A logit is in 256ths, within +-REACH (a chance of 6 in a million); chances are in 2^20ths.
"""

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.int64]

REACH = 3071
TOTAL_BITS = 20
"""Chances add up to 2^20."""
SURE = 64
"""No chance is closer than this to 0 or to all."""
SQUASH: Array = np.array(
    [round((1 << TOTAL_BITS) / (1 + math.exp(-x / 256))) for x in range(-REACH, REACH + 1)],
    np.int64,
)
"""The chance of a logit; the logit 0 stands at `REACH`."""
STRETCH: Array = np.array(
    [max(-REACH, min(REACH, round(256 * math.log((p + 0.5) / (4095.5 - p))))) for p in range(4096)],
    np.int64,
)
"""The logit of a chance in 4096ths."""
