"""Contexts of sound: what samples have been where the bank expected the same, and the last ones.

A symbol is a sample, offset so that it is not negative; its bits are told from the highest. The
bank's chance is an input like a context's.
"""

import numpy as np

from codelength.coding.compiled import inner
from codelength.predictors.primed.bank import LOG_BITS, MEAN, PLACE_BITS, STEEP, SUM, Mill, Units
from codelength.predictors.primed.slots import ABSENT, Array, mix

EXPECTED = 4
"""Contexts of what the bank expects, finer and finer."""
LAST = 4
"""Contexts of the last samples."""
LEVEL = 3
"""Contexts of the sum of samples: of differences, where they have come to."""
OWN = 3
"""Contexts of the item alone."""
FITTED = EXPECTED + LAST + LEVEL
BANK = FITTED + OWN
"""The place of the bank among inputs."""
CONTEXTS = BANK + 1
PARENTS: Array = np.array([-1, 0, 1, 2, -1, 4, 5, 6, -1, 8, 1], np.int64)
SETS = (17 * 16, 17 * 12, 17 * 8)


@inner
def near(unit: int, half: int, coarse: int) -> int:
    """A sample in steps of 2^coarse."""
    return (np.int64(unit) - half) >> coarse


@inner
def contexts(
    data: Units, start: int, at: int, bits: int, coarse: int, mill: Mill, hashes: Array
) -> None:
    """The contexts of the sample at `at`, seeing back to `start`.

    Arguments:
        coarse: the last samples are told in steps of 2^coarse.
    """
    half = 1 << (bits - 1)
    mean, spread = mill.numbers[MEAN], mill.numbers[STEEP] >> (LOG_BITS - 1)
    one = near(data[at - 1], half, coarse) if at > start else half
    two = near(data[at - 2], half, coarse) if at > start + 1 else half
    three = near(data[at - 3], half, coarse) if at > start + 2 else half
    four = near(data[at - 4], half, coarse) if at > start + 3 else half
    place = mean >> (PLACE_BITS - 2 + coarse)
    first = at == start
    hashes[0] = mix(spread & 63, 600 + first)
    hashes[1] = mix(mix(spread & 63, 601), (place >> 1) & 0xFFFF)
    hashes[2] = mix(mix(spread & 63, 602), place & 0xFFFF)
    hashes[3] = mix(mix(mix(spread & 63, 603), place & 0xFFFF), one & 0xFFFF)
    value = mix(610, first)
    for k in range(LAST):
        last = one if k == 0 else two if k == 1 else three if k == 2 else four
        value = mix(value, last & 0xFFFF)
        hashes[EXPECTED + k] = mix(value, k)
    level = mill.numbers[SUM] & 255
    hashes[8] = mix(630, level >> 2)
    hashes[9] = mix(mix(631, level >> 3), place & 0xFFFF)
    hashes[10] = mix(mix(mix(632, level >> 4), (place >> 1) & 0xFFFF), spread & 63)
    hashes[FITTED] = mix(620, first)
    hashes[FITTED + 1] = mix(621, (place >> 2) & 0xFFFF)
    hashes[FITTED + 2] = mix(622, one & 0xFFFF)
    hashes[BANK] = ABSENT


@inner
def choose(
    start: int, at: int, step: int, bits: int, chance: int, mill: Mill, places: Array, sets: Array
) -> None:
    """Which weights weigh: by the bit and how sure the bank is, by what is known, by the place."""
    doubt = min(chance, (1 << 20) - chance)
    sure = 0
    while sure < 15 and doubt < 1 << (19 - sure):
        sure += 1
    known = 0
    for k in range(EXPECTED):
        if places[k] != ABSENT:
            known = k + 1
    for k in range(LAST):
        if places[EXPECTED + k] != ABSENT:
            known = max(known, 4 + k)
    grown = 0
    while grown < 7 and at - start >= 1 << grown:
        grown += 1
    sets[0] = step * 16 + sure
    sets[1] = step * 12 + known
    sets[2] = step * 8 + grown
