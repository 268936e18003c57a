"""What lines cost while the search runs: tables that stand for a prior.

Example: under the paper's prior with references of 3 bits a literal of five values costs 4.64 + 40
bits, and joining it to what stands before costs 4.64 + 6 bits.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.dsl.operations import (
    CONCATENATE,
    INTERLEAVE,
    KINDS,
    OPERATIONS,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_NUM,
    Kind,
)
from codelength.dsl.priors.paper import ARGUMENT_BITS, FUNCTION_BITS

Floats = npt.NDArray[np.float64]

NEVER = 1e9
"""Bits of what cannot be had."""


class Costs(NamedTuple):
    """Bits of one line, by what it makes; references at their average.

    Arguments:
        literal: a set_list of so many values, float64 `[longest + 1]`.
        up: a range_func_up of so many elements, float64 `[257]`.
        interval: a range_func_interval of so many elements, float64 `[258]`.
        repeat: a repeat_num of so many elements, float64 `[26]`.
        derived: a line of each operation on earlier lines, float64 `[22]`.
    """

    literal: Floats
    up: Floats
    interval: Floats
    repeat: Floats
    derived: Floats


def paper_costs(longest: int, reference: float) -> Costs:
    """The paper's prior (or close to it, the exact one) with references of so many bits."""
    derived = np.full(22, NEVER)
    for number, operation in enumerate(OPERATIONS):
        bits = FUNCTION_BITS
        for kind in operation.arguments:
            bits += reference if kind == Kind.SEQUENCE else ARGUMENT_BITS[kind]
        derived[number] = bits
    up, interval, repeat = (np.full(size, NEVER) for size in (257, 258, 26))
    up[1:], interval[1:], repeat[1:] = derived[RANGE_UP], derived[RANGE_INTERVAL], derived[REPEAT_NUM]
    return Costs(FUNCTION_BITS + 8.0 * np.arange(longest + 1), up, interval, repeat, derived)
