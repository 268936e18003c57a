"""Samples of sound: a bank of linear predictors, each at many scales, weighed by how they do.

A component is a predictor k and a scale j: the next sample is logistic about what the predictor
says, with that scale. Components begin with fitted weights, and are weighed by the chances that
they gave, older ones fading. A predictor of order p begins with order 0 and has p when p samples
are there (Levinson 1947). Integers only.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inner
from codelength.predictors.primed.slots import Array

Units = npt.NDArray[np.int32]

TAP_BITS = 20
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
NEGLIGIBLE = -(11 << LOG_BITS)
"""Components of less weight do not count for a sample."""
EAGER, OFTEN = 6, 8
"""All components are looked through for the first samples of an item, and then every so often."""
LEAST = -(12 << LOG_BITS)
"""No component falls further below its first weight."""
UNIFORM = 13
"""A mass of 2^-13 lies evenly on all values."""


class Bank(NamedTuple):
    """The components, int64 all of them.

    Arguments:
        taps: `[predictors, order + 1, order]`, 2^20 is 1; row n: of the predictor of order n.
        inverses: `[predictors, order + 1, scales]`: entries of `CURVE` for a unit, in 2^20ths.
        weights: logarithms of first weights, `[predictors, scales]`.
        fading: what is left of a logarithm after a sample, in 2^16ths, `[1]`.
        first: where samples are differences, the mass below each value that may be the first, in
            2^20ths, `[values + 1]`; else `[0]`.
    """

    taps: Array
    inverses: Array
    weights: Array
    fading: Array
    first: Array


IN_USE, EVEN, MEAN, STEEP, SUM, SCALED, ADDED = range(7)
"""In `Mill.numbers`: how many components count; the mass that lies on each value besides; the mean
prediction in 2^8ths; the logarithm of the likeliest component's inverse scale in 2^16ths; the sum
of the item's samples; what became of the logarithm of a component that did not count lately: it is
to be scaled by so many 2^16ths, then this is added."""


class Mill(NamedTuple):
    """Where a sample is worked out, int64 all of them.

    Arguments:
        logs: of the components' weights `[predictors x scales]`, the likeliest one's 0.
        used: 1 where a component counted for the last sample `[predictors x scales]`.
        places, slopes, masses: of each component in use its prediction, its inverse scale, its
            weight `[predictors x scales]`.
        which: its number, ascending.
        low, high, middle: its mass below three places.
        numbers: single numbers, at `IN_USE` and so on.
    """

    logs: Array
    used: Array
    places: Array
    slopes: Array
    masses: Array
    which: Array
    low: Array
    high: Array
    middle: Array
    numbers: Array


def new_mill(bank: Bank) -> Mill:
    """Room for a bank's components."""
    size = bank.weights.size
    arrays = [np.zeros(size, np.int64) for _ in Mill._fields[:-1]]
    return Mill._make([*arrays, np.zeros(ADDED + 1, np.int64)])


def no_bank() -> Bank:
    """For kinds of data that have none."""
    empty = (np.zeros((0, 1, 0), np.int64), np.zeros((0, 1, 0), np.int64))
    return Bank(*empty, np.zeros((0, 0), np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64))


@inner
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


@inner
def below(place: int, slope: int, boundary: int) -> int:
    """A component's mass below `boundary` - 1/2, in 2^30ths."""
    away = (boundary << PLACE_BITS) - (1 << (PLACE_BITS - 1)) - place
    at = (away * slope) >> (PLACE_BITS + INVERSE_BITS - FINE_BITS)
    at = max(-(HALF << FINE_BITS), min(HALF << FINE_BITS, at)) + (HALF << FINE_BITS)
    whole, part = at >> FINE_BITS, at & ((1 << FINE_BITS) - 1)
    return CURVE[whole] + (((CURVE[whole + 1] - CURVE[whole]) * part) >> FINE_BITS)


@inner
def restart(bank: Bank, mill: Mill) -> None:
    """An item begins: first weights."""
    scales = bank.weights.shape[1]
    for c in range(len(mill.logs)):
        mill.logs[c] = bank.weights[c // scales, c % scales]
        mill.used[c] = 0
    mill.numbers[:] = 0
    mill.numbers[SCALED] = 1 << LOG_BITS


@inner
def muster(bank: Bank, mill: Mill) -> None:
    """Look through all components for those that count."""
    scales = bank.weights.shape[1]
    count = 0
    for c in range(len(mill.logs)):
        if not mill.used[c]:
            log = ((mill.logs[c] * mill.numbers[SCALED]) >> LOG_BITS) + mill.numbers[ADDED]
            mill.logs[c] = min(0, max(log, bank.weights[c // scales, c % scales] + LEAST))
        mill.used[c] = 0
        if mill.logs[c] >= NEGLIGIBLE:
            mill.used[c] = 1
            mill.which[count] = c
            count += 1
    mill.numbers[IN_USE] = count
    mill.numbers[SCALED], mill.numbers[ADDED] = 1 << LOG_BITS, 0


@inner
def gather(bank: Bank, mill: Mill, past: Units, start: int, at: int, bits: int) -> None:
    """What the components that count say of the sample at `at`; see `Mill.numbers`.

    Arguments:
        past: samples, each 2^(bits - 1) more than it is; the item begins at `start`.
    """
    if at - start < EAGER or (at - start) % OFTEN == 0:
        muster(bank, mill)
    half = 1 << (bits - 1)
    order = min(at - start - (len(bank.first) > 0), bank.taps.shape[2])
    scales = bank.weights.shape[1]
    total, mean, most, last, place = 0, 0, 0, -1, 0
    for c in range(mill.numbers[IN_USE]):
        which = mill.which[c]
        k, j = which // scales, which % scales
        if k != last:
            last = k
            place = 0
            for n in range(order):
                place += bank.taps[k, order, n] * (past[at - 1 - n] - half)
            place >>= TAP_BITS - PLACE_BITS
        log = mill.logs[which]
        power = POWERS[(log & ((1 << LOG_BITS) - 1)) >> (LOG_BITS - MANTISSA)]
        mass = power >> min(-(log >> LOG_BITS), 62)
        slope = bank.inverses[k, order, j]
        mill.places[c], mill.slopes[c], mill.masses[c] = place, slope, mass
        mill.low[c], mill.high[c] = below(place, slope, -half), below(place, slope, half)
        total += mass
        mean += mass * place
        if mass > most:
            most = mass
            mill.numbers[STEEP] = slope
    mill.numbers[EVEN] = max(1, (total << (MASS_BITS - UNIFORM)) >> bits)
    mill.numbers[MEAN] = mean // max(1, total)
    mill.numbers[STEEP] = log2(max(1, mill.numbers[STEEP]))


@inner
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


@inner
def first_share(bank: Bank, least: int, middle: int, most: int) -> int:
    """The same for the first sample of an item of differences, its values counted from 0."""
    return ((bank.first[most] - bank.first[middle]) << 20) // (bank.first[most] - bank.first[least])


@inner
def narrow(mill: Mill, bit: int) -> None:
    """The half that the sample lies in is the whole."""
    for c in range(mill.numbers[IN_USE]):
        if bit:
            mill.low[c] = mill.middle[c]
        else:
            mill.high[c] = mill.middle[c]


@inner
def narrow_to(mill: Mill, sample: int) -> None:
    """The sample is known at once."""
    for c in range(mill.numbers[IN_USE]):
        mill.low[c] = below(mill.places[c], mill.slopes[c], sample)
        mill.high[c] = below(mill.places[c], mill.slopes[c], sample + 1)


@inner
def absorb(bank: Bank, mill: Mill) -> None:
    """Components are weighed by the mass that they gave to the sample that came.

    Those that did not count are taken to have given as much as the others on the average.
    """
    scales = bank.weights.shape[1]
    total, given = 0, 0
    for c in range(mill.numbers[IN_USE]):
        total += mill.masses[c]
        given += mill.masses[c] * (mill.high[c] - mill.low[c])
    average = log2(max(1, given // max(1, total)))
    top = LEAST << 8
    for c in range(mill.numbers[IN_USE]):
        which = mill.which[c]
        mill.logs[which] += log2(max(1, mill.high[c] - mill.low[c])) - average
        top = max(top, mill.logs[which])
    for c in range(mill.numbers[IN_USE]):
        which = mill.which[c]
        log = ((mill.logs[which] - top) * bank.fading[0]) >> 16
        mill.logs[which] = max(log, bank.weights[which // scales, which % scales] + LEAST)
    mill.numbers[SCALED] = (mill.numbers[SCALED] * bank.fading[0]) >> 16
    mill.numbers[ADDED] = ((mill.numbers[ADDED] - top) * bank.fading[0]) >> 16
