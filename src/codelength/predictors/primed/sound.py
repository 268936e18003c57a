"""Sound: the net's chance is an input like a context's; contexts of the item alone go with it.

A unit is a sample, offset so that it is not negative; its bits are told from the highest.
"""

import numpy as np

from codelength.coding.compiled import inlined
from codelength.predictors.primed.densities import MEAN, PLACE_BITS, Mill
from codelength.predictors.primed.layouts import Units
from codelength.predictors.primed.slots import ABSENT, Array, mix

OWN = 3
"""Contexts of the item alone."""
FITTED = 0
NET = OWN
"""The place of the net among inputs."""
CONTEXTS = NET + 1
PARENTS: Array = np.zeros(0, np.int64)
SETS = (17 * 16, 17 * 4, 17 * 8)


@inlined
def contexts(
    data: Units, start: int, at: int, bits: int, coarse: int, mill: Mill, hashes: Array
) -> None:
    """The contexts of the sample at `at`, seeing back to `start`.

    Arguments:
        coarse: the last sample is told in steps of 2^coarse.
    """
    half = 1 << (bits - 1)
    place = mill.numbers[MEAN] >> (PLACE_BITS + coarse)
    last = (np.int64(data[at - 1]) - half) >> coarse if at > start else half
    hashes[0] = mix(620, at == start)
    hashes[1] = mix(621, place & 0xFFFF)
    hashes[2] = mix(622, last & 0xFFFF)
    hashes[NET] = ABSENT


@inlined
def choose(start: int, at: int, step: int, chance: int, places: Array, sets: Array) -> None:
    """Which weights weigh: by the bit and how sure the net is, by what is known, by the place."""
    doubt = min(chance, (1 << 20) - chance)
    sure = 0
    while sure < 15 and doubt < 1 << (19 - sure):
        sure += 1
    grown = 0
    while grown < 7 and at - start >= 1 << grown:
        grown += 1
    sets[0] = step * 16 + sure
    sets[1] = step * 4 + (places[1] != ABSENT) + 2 * (places[2] != ABSENT)
    sets[2] = step * 8 + grown
