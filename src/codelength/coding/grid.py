"""Logits as integer frequency tables, the same wherever logits differ by far less than a grid.

Example: table_of([0.0, 0.0]) -> two symbols of 2^27 + 1 counts each.

Logits are rounded to multiples of 1 / 64. From there on all is integers: a symbol whose logit is d
steps below the largest weighs floor(2^32 * e^(-d / 64)), read from a table that is itself computed
in integers, and gets one count and its share of about 2^28 others.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from codelength.coding.tables import FrequencyTable

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

GRID = 64
"""Steps of a logit's unit, in nats."""
UNIT_BITS = 32
REACH = 1425
"""Steps below the largest logit from which on all weigh nothing: e^(-REACH / GRID) < 2^-32."""
SHARED = 1 << 28
"""Counts that are shared out by weight, besides one for each symbol."""


@cache
def weights() -> Array:
    """int64 `[REACH + 1]`: floor(2^32 * e^(-d / 64)) for d = 0, 1, ..., 0 from there on."""
    point = 1 << 160
    term, ratio = point, 0
    for k in range(1, 40):  # e^(-1 / GRID), by its series
        ratio += term
        term = -term // (GRID * k)
    found, weight = [], point
    for _ in range(REACH):
        found.append(weight >> (160 - UNIT_BITS))
        weight = weight * ratio >> 160
    return np.array([*found, 0], np.int64)


def table_of(logits: npt.ArrayLike) -> FrequencyTable:
    """The table of logits, float `[n]`, in nats and up to a constant; -inf is one count.

    Raises:
        ValueError: none is a number.
    """
    given = np.asarray(logits, np.float64)
    top = given.max(initial=-np.inf)
    if not np.isfinite(top):
        raise ValueError("at least one logit must be finite, and none may be NaN or infinite")
    steps = np.rint(np.maximum(given, top - 1e6) * GRID).astype(np.int64)
    own = weights()[np.minimum(steps.max() - steps, REACH)]
    return FrequencyTable.of(1 + own * SHARED // own.sum())
