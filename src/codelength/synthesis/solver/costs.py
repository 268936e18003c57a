"""What lines cost while the search runs: tables that stand for a prior.

Example: under the paper's prior with references of 3 bits a literal of five values costs 4.64 + 40
bits, and joining it to what stands before costs 4.64 + 6 bits.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, kernel
from codelength.dsl.operations import (
    ADD_ITEM,
    BETWEEN,
    CONCATENATE,
    FILTER,
    INTERLEAVE,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    OPERATIONS,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_LIST,
    REPEAT_NUM,
    REVERSE,
    SET_LIST,
    SUBSTITUTE,
    SUBTRACT_ITEM,
    Kind,
)
from codelength.dsl.priors import ExactPrior, Prior
from codelength.dsl.priors.fitted import FittedPrior
from codelength.dsl.priors.fitted_tables import Marginals
from codelength.dsl.priors.paper import ARGUMENT_BITS, FUNCTION_BITS

Floats = npt.NDArray[np.float64]

SHORTEST = 2
"""The place in `Costs.extra` of the fewest symbols."""
NEVER = 1e9
"""Bits of what cannot be had."""
MOST_TIMES = 64
"""A part is repeated at most so many times, by two lines."""
REPEATS = np.full(MOST_TIMES + 1, 9, np.int64)
"""Lines of repeat_list that make so many copies; 9 where two are not enough."""
for _one in range(1, 9):
    for _two in range(1, 9):
        REPEATS[_one * _two] = min(REPEATS[_one * _two], 2)
REPEATS[2:9], REPEATS[1] = 1, 0


class Costs(NamedTuple):
    """Bits of one line, by what it makes; references at their average.

    Arguments:
        literal: a set_list of so many values, float64 `[longest + 1]`.
        up: a range_func_up of so many elements, float64 `[257]`.
        interval: a range_func_interval of so many elements, float64 `[258]`.
        repeat: a repeat_num of so many elements, float64 `[26]`.
        derived: a line of each operation on earlier lines, float64 `[22]`.
        phase: when in a program a line of each operation is expected, int64 `[23]`, the last entry
            for using a sequence again; all 0 where a prior does not care.
        runs: a run of so many items with each step from -8 to 8, as an initiator or one line more,
            float64 `[17, longest + 2]`.
        extra: bits of a piece that comes after one of a later phase, and of a source that is not
            itself in the output; of using a sequence again; and the fewest symbols of a derived
            part that is looked for, float64 `[3]`.
    """

    literal: Floats
    up: Floats
    interval: Floats
    repeat: Floats
    derived: Floats
    phase: npt.NDArray[np.int64]
    extra: Floats
    runs: Floats


ANY_TIME = np.zeros(23, np.int64)
SAMPLED = np.array([0, 0, 0, 0, 2, 1, 3, 2, 2, 4, 4, 4, 4, 4, 6, 5, 7, 7, 7, 0, 0, 0, 8])
"""The sampler's blocks, for each operation in the order of `OPERATIONS`."""
PHASES = constant(9)
AGAIN = constant(22)
"""The place of copies in `Costs.phase`."""


def expected_lines(symbols: int) -> int:
    """Lines that a program for so many symbols is thought to have, for the bits of a reference."""
    return min(4 + symbols // 8, 12)


def costs_of(prior: Prior, longest: int) -> Costs:
    """Costs that stand for a prior, with literals up to `longest` values.

    The fitted prior is given by its marginals; any other is taken to be like the paper's or the
    exact one.
    """
    if isinstance(prior, FittedPrior):
        return fitted_costs(prior.marginals, longest)
    lines = expected_lines(longest)
    if isinstance(prior, ExactPrior):
        reference = sum(math.log2(line) for line in range(1, lines)) / (lines - 1)
        costs = uniform_costs(longest, math.log2(22), reference)
        lengths = np.arange(longest + 1)
        costs.literal[:] += 5.0 + np.where(
            lengths > 30, 1 + 2 * np.log2(np.maximum(lengths - 30, 1)), 0
        )
        costs.derived[FILTER] += math.log2(3)
        costs.repeat[:] += math.log2(25 / 20)
        return costs
    reference = sum(math.log2(line + 1) for line in range(1, lines)) / (lines - 1)
    return uniform_costs(longest, FUNCTION_BITS, reference)


def uniform_costs(longest: int, call: float, reference: float) -> Costs:
    """Costs with `call` bits for an operation and `reference` bits for a line's number."""
    derived = np.full(22, NEVER)
    for number, operation in enumerate(OPERATIONS):
        bits = call
        for kind in operation.arguments:
            bits += reference if kind == Kind.SEQUENCE else ARGUMENT_BITS[kind]
        derived[number] = bits
    up, interval, repeat = (np.full(size, NEVER) for size in (257, 258, 26))
    up[1:], interval[1:] = derived[RANGE_UP], derived[RANGE_INTERVAL]
    repeat[1:] = derived[REPEAT_NUM]
    return Costs(
        np.asarray(call + 8.0 * np.arange(longest + 1), np.float64),
        up,
        interval,
        repeat,
        derived,
        ANY_TIME,
        np.array([0.0, 0.0, 3.0]),
        runs_of(longest, up, interval, repeat, derived),
    )


def runs_of(longest: int, up: Floats, interval: Floats, repeat: Floats, derived: Floats) -> Floats:
    """The table `Costs.runs`: initiators, their reverses, and equal items as `flat_runs` has it."""
    runs = np.full((17, longest + 2), NEVER)
    size = min(longest + 2, 257)
    runs[9, :size] = np.minimum(up, interval[:257])[:size]
    runs[10:, :size] = interval[:size]
    runs[:8] = runs[:8:-1] + derived[REVERSE]
    flat_runs(repeat, derived[REPEAT_LIST], derived[CONCATENATE], runs[8])
    return runs


@kernel
def flat_runs(repeat: Floats, again: float, merge: float, bits: Floats) -> None:
    """bits[n]: n equal items: a repeat_num, repeated up to 8 times, or joined to another one."""
    for n in range(1, len(bits)):
        least = repeat[n] if n < len(repeat) else NEVER
        for times in range(2, 9):
            if n % times == 0:
                least = min(least, bits[n // times] + again)
        if n >= len(repeat):
            for part in range(1, len(repeat)):
                least = min(least, bits[n - part] + repeat[part] + merge)
        bits[n] = least


ESCAPE, REUSE = 8.0, 8.0
"""Bits under the fitted prior of a line that the sampler would not write there, and of a reuse."""


def fitted_costs(marginals: Marginals, longest: int) -> Costs:
    """Costs from the fitted prior's averages."""
    initiating, deriving, merging = marginals.operations
    rare = marginals.range_lengths.max()
    lengths = np.concatenate([marginals.range_lengths, np.full(258, rare)])[:258]
    steps = float(marginals.steps[2:6].mean())
    value = float(marginals.values.mean())
    derived = np.minimum(deriving, initiating) + marginals.references
    derived[CONCATENATE] = merging[CONCATENATE] + marginals.references[CONCATENATE]
    derived[INTERLEAVE] = merging[INTERLEAVE] + marginals.references[INTERLEAVE]
    derived[REPEAT_LIST] += marginals.times[2:5].mean()
    derived[JUMPS] += marginals.jumps[2:6].mean()
    derived[BETWEEN] += 8.0
    derived[SUBSTITUTE] += 12.0
    for operation in (ADD_ITEM, SUBTRACT_ITEM, MODULO_ITEM):
        derived[operation] += 7.0
    for operation in (MAX_N, MIN_N):
        derived[operation] += 3.5
    derived[FILTER] += math.log2(3)
    counts = marginals.counts
    many = np.concatenate(
        [marginals.list_lengths, np.full(longest + 1, marginals.list_lengths.max())]
    )
    literal = initiating[SET_LIST] + many[: longest + 1] + value * np.arange(longest + 1)
    literal[len(marginals.list_lengths) :] += 4.0
    up = initiating[RANGE_UP] + value + lengths[:257]
    interval = initiating[RANGE_INTERVAL] + value + lengths + steps
    repeat = initiating[REPEAT_NUM] + value + counts
    runs = runs_of(longest, up, interval, repeat, derived)
    extra = np.array([ESCAPE, REUSE, 3.0])
    return Costs(literal, up, interval, repeat, derived, SAMPLED, extra, runs)
