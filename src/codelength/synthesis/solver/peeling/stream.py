"""What a peeled stream costs as one piece, for every number of its first items.

Example: the odd symbols [1, 2, 3, 9, ...] -> bits of [1], [1, 2] and [1, 2, 3] as ranges, of
[1, 2, 3, 9] as a literal; less where the chain has what they derive from.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.dsl.operations import (
    ADD_ITEM,
    MODULO_ITEM,
    REPEAT_LIST,
    REVERSE,
    SUBSTITUTE,
)
from codelength.synthesis.solver.costs import MOST_TIMES, NEVER, REPEATS, Costs
from codelength.synthesis.solver.covering.seeds import gcd

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PERIODS = constant(40)
LONGEST_COPY = constant(80)
STEEPEST = constant(8)


@inner
def leaves(stream: Array, size: int, costs: Costs, leaf: Floats) -> None:
    """leaf[m]: bits of the first m items of a stream as one piece, in its cheapest simple form."""
    runs = costs.runs
    literal, derived = costs.literal, costs.derived
    for m in range(1, size + 1):
        leaf[m] = literal[m]
    if size < 2:
        return
    for offset in range(2):  # the step is that of items 0, 1 or of 1, 2
        if offset + 1 >= size:
            break
        step = stream[offset + 1] - stream[offset]
        if not -STEEPEST <= step <= STEEPEST:
            continue
        first = stream[offset] - offset * step
        wrong, divisor, wraps, largest = 0, 0, True, 0
        for k in range(size):
            gap = first + k * step - stream[k]
            largest = max(largest, stream[k])
            if gap != 0:
                wrong += 1
                divisor = gcd(divisor, gap) if wraps else 0
                wraps = wraps and gap > 0
            wraps = wraps and (divisor == 0 or divisor > largest)
            if wrong > 1 and not wraps:
                break
            bits = NEVER
            if wrong == 0:
                bits = runs[step + STEEPEST, k + 1]
            elif step > 0 and wrong == 1:
                bits = runs[step + STEEPEST, k + 1] + derived[SUBSTITUTE]
            elif step > 0 and wraps and 0 < divisor < 256:
                bits = runs[step + STEEPEST, k + 1] + derived[MODULO_ITEM]
            leaf[k + 1] = min(leaf[k + 1], bits)
    for period in range(1, min(size // 2, PERIODS) + 1):
        k = period
        while k < size and stream[k] == stream[k - period]:
            k += 1
        for times in range(2, min(k // period, MOST_TIMES) + 1):
            bits = leaf[period] + REPEATS[times] * derived[REPEAT_LIST]
            leaf[times * period] = min(leaf[times * period], bits)


@inner
def relations(
    stream: Array, size: int, chain: Array, symbols: int, costs: Costs, leaf: Floats
) -> None:
    """Lower leaf[m] where the chain has, behind the interleaving, what the stream derives from."""
    size = min(size, LONGEST_COPY)
    derived = costs.derived
    for i in range(2, symbols):
        shift = chain[i] - stream[0]
        k = 1
        while k < size and i + k < symbols and chain[i + k] - stream[k] == shift:
            k += 1
        cost = derived[ADD_ITEM] if shift != 0 else 0.0
        for m in range(3, min(k, i // 2) + 1):
            leaf[m] = min(leaf[m], cost)
        if shift == 0:
            k = 1
            while k < size and i - k >= 0 and chain[i - k] == stream[k]:
                k += 1
            for m in range(3, k + 1):
                if i - m + 1 >= 2 * m:
                    leaf[m] = min(leaf[m], derived[REVERSE])


@inner
def relations_beside(stream: Array, evens: Array, size: int, costs: Costs, leaf: Floats) -> None:
    """Lower leaf[m] where the stream derives from the m symbols that it alternates with."""
    derived = costs.derived
    shift, shifted = evens[0] - stream[0], True
    divisor, largest, wraps = 0, 0, True
    old, new, wrong = -1, -1, False
    for k in range(size):
        gap = evens[k] - stream[k]
        shifted = shifted and gap == shift
        largest = max(largest, stream[k])
        if wraps:
            divisor = gcd(divisor, gap)
            wraps = gap >= 0 and (divisor == 0 or divisor > largest)
        if not wrong and gap != 0:
            if old < 0:
                old, new = evens[k], stream[k]
            wrong = evens[k] != old or stream[k] != new
        m = k + 1
        if m < 3:
            continue
        bits = NEVER
        if shifted:
            bits = derived[ADD_ITEM] if shift != 0 else 0.0
        elif wraps and 0 < divisor < 256:
            bits = derived[MODULO_ITEM]
        elif not wrong and m >= 4:
            bits = derived[SUBSTITUTE]
        else:
            j = 0
            while j < m and evens[m - 1 - j] == stream[j]:
                j += 1
            if j == m:
                bits = derived[REVERSE]
        leaf[m] = min(leaf[m], bits)
