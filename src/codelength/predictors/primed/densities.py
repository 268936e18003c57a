"""Densities of samples: mixtures of logistic ones, and the chances of a sample's bits by them.

Integers only. A sample is told by its bits from the highest, each of which halves the range that
it lies in; what mass a component has in either half is looked up on the logistic curve.
"""

import math
from typing import NamedTuple

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed.slots import Array

PLACE_BITS = 8
"""Of a prediction behind the point."""
INVERSE_BITS = 20
FINE = 64
"""Entries of the logistic curve in a unit of scale."""
FINE_BITS = 8
"""Behind the point, between two entries."""
HALF = 21 * FINE
MASS_BITS = 30
CURVE: Array = np.array(
    [round((1 << MASS_BITS) / (1 + math.exp(-z / FINE))) for z in range(-HALF, HALF + 2)], np.int64
)
"""The mass below a place on the logistic curve, in 2^30ths."""
LOG_BITS = 16
"""Of logarithms to base 2, behind the point."""
MANTISSA = 12
LOGS: Array = np.array(
    [round((1 << LOG_BITS) * math.log2(1 + m / (1 << MANTISSA))) for m in range(1 << MANTISSA)],
    np.int64,
)
POWERS: Array = np.array(
    [round((1 << LOG_BITS) * 2 ** (m / (1 << MANTISSA))) for m in range(1 << MANTISSA)], np.int64
)
UNIFORM = 13
"""A mass of 2^-13 lies evenly on all values."""


IN_USE, EVEN, MEAN = range(3)
"""In `Mill.numbers`: how many components there are; the mass that lies on each value besides; the
mean in 2^8ths."""


class Mill(NamedTuple):
    """Where a sample is worked out, int64 all of them.

    Arguments:
        places, slopes, masses: of each component its mean in 2^8ths, its inverse scale in entries
            of `CURVE`, in 2^20ths, and its weight.
        low, high, middle: its mass below three places, in 2^30ths.
        numbers: single numbers, at `IN_USE` and so on.
    """

    places: Array
    slopes: Array
    masses: Array
    low: Array
    high: Array
    middle: Array
    numbers: Array


def new_mill(components: int) -> Mill:
    """Room for so many."""
    arrays = [np.zeros(components, np.int64) for _ in Mill._fields[:-1]]
    return Mill._make([*arrays, np.zeros(MEAN + 1, np.int64)])


@inlined
def log2(value: int) -> int:
    """The logarithm of a positive number, in 2^16ths."""
    bits = 0
    top = value
    for step in (32, 16, 8, 4, 2, 1):
        if top >> step:
            top >>= step
            bits += step
    shifted = value << (MANTISSA - bits) if bits < MANTISSA else value >> (bits - MANTISSA)
    return (bits << LOG_BITS) + LOGS[shifted & ((1 << MANTISSA) - 1)]


@inlined
def below(place: int, slope: int, boundary: int) -> int:
    """A component's mass below `boundary` - 1/2, in 2^30ths."""
    away = (boundary << PLACE_BITS) - (1 << (PLACE_BITS - 1)) - place
    at = (away * slope) >> (PLACE_BITS + INVERSE_BITS - FINE_BITS)
    at = max(-(HALF << FINE_BITS), min(HALF << FINE_BITS, at)) + (HALF << FINE_BITS)
    whole, part = at >> FINE_BITS, at & ((1 << FINE_BITS) - 1)
    return CURVE[whole] + (((CURVE[whole + 1] - CURVE[whole]) * part) >> FINE_BITS)


@inlined
def share(mill: Mill, least: int, middle: int, most: int) -> int:
    """The chance that a sample of `least` .. `most` - 1 is `middle` or more, in 2^20ths."""
    under = mill.numbers[EVEN] * (middle - least)
    over = mill.numbers[EVEN] * (most - middle)
    for c in range(mill.numbers[IN_USE]):
        mass = below(mill.places[c], mill.slopes[c], middle)
        mill.middle[c] = mass
        under += mill.masses[c] * (mass - mill.low[c])
        over += mill.masses[c] * (mill.high[c] - mass)
    total = under + over
    while total >= 1 << 42:
        total >>= 8
        over >>= 8
    return (over << 20) // total


@inlined
def first_share(below: Array, least: int, middle: int, most: int) -> int:
    """The same by the masses below each value, values counted from 0."""
    return ((below[most] - below[middle]) << 20) // (below[most] - below[least])


@inlined
def narrow(mill: Mill, bit: int) -> None:
    """The half that the sample lies in is the whole."""
    for c in range(mill.numbers[IN_USE]):
        if bit:
            mill.low[c] = mill.middle[c]
        else:
            mill.high[c] = mill.middle[c]
