"""A quick estimate of what is left of a chain after each peel, for all peels at once.

Example: [7, 1, 8, 1, 9, 1, 5]: peeling three items leaves [7, 8, 9 | 5]: the bits of the evens up
to there and of the rest from there, or of the run or literal that crosses.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.dsl.operations import CONCATENATE, INTERLEAVE, REPEAT_LIST
from codelength.synthesis.solver.costs import MOST_TIMES, NEVER, REPEATS, Costs
from codelength.synthesis.solver.peeling.stream import (
    PERIODS,
    STEEPEST,
    leaves,
    relations,
    relations_beside,
)

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LONGEST = constant(32)
"""A longer stream is no literal."""
WHOLE = constant(26)
"""Runs that go on longer are taken whole."""
NO_STEP = constant(1 << 30)


class Sketch(NamedTuple):
    """Room for estimates of one chain.

    Arguments:
        evens, odds: int64 `[n]`: every other symbol.
        border: bits of the first so many evens; `open`: with a literal that goes on.
        after: bits of the chain from here on; `after_open`: a literal goes on here.
        leaf: bits of the first so many odds as one piece.
        ahead: int64 `[n]`: how many symbols from here on have one difference; `back`: how many of
            the first so many evens, at their end.
        steady: how many first odds have each period; [0]: have one difference.
    """

    evens: Array
    odds: Array
    border: Floats
    open: Floats
    after: Floats
    after_open: Floats
    leaf: Floats
    ahead: Array
    back: Array
    steady: Array


def new_sketch(symbols: int) -> Sketch:
    """Room for chains of so many symbols."""
    size = symbols + 2
    return Sketch(
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(PERIODS + 1, np.int64),
    )


@inner
def forward(chain: Array, size: int, costs: Costs, border: Floats, going: Floats) -> None:
    """border[j]: bits of chain[:j] as runs and literals; going[j]: if a literal goes on at j."""
    runs = costs.runs
    merge = costs.derived[CONCATENATE]
    start = costs.literal[0] + merge
    for j in range(size + 1):
        border[j] = NEVER
    border[0] = 0.0
    going[0] = start
    literal, run_end, last = NEVER, 0, NO_STEP
    for j in range(size):
        literal = min(literal, border[j] + start) + 8.0
        going[j + 1] = literal
        border[j + 1] = min(border[j + 1], literal)
        if j + 1 < size:
            step = chain[j + 1] - chain[j]
            if step < -STEEPEST or step > STEEPEST:
                continue
            if step == last and j + 1 < run_end:
                k = run_end - j
            else:
                k = 2
                while j + k < size and chain[j + k] - chain[j + k - 1] == step:
                    k += 1
                run_end, last = j + k, step
            for length in range(2, min(k, WHOLE) + 1):
                bits = border[j] + merge + runs[step + STEEPEST, length]
                border[j + length] = min(border[j + length], bits)
            bits = border[j] + merge + runs[step + STEEPEST, k]
            border[run_end] = min(border[run_end], bits)


@inner
def backward(
    chain: Array, size: int, cut: int, costs: Costs, border: Floats, going: Floats, ahead: Array
) -> None:
    """border[j]: bits of chain[j:size]; going[j]: if a literal goes on at j; a border at `cut`."""
    runs = costs.runs
    merge = costs.derived[CONCATENATE]
    start = costs.literal[0] + merge
    border[size], going[size] = 0.0, 0.0
    run, step = 1, NO_STEP
    for j in range(size - 1, -1, -1):
        going[j] = going[j + 1] + 8.0
        border[j] = going[j] + start
        gap = chain[j + 1] - chain[j] if j + 1 < size and j + 1 != cut else NO_STEP
        run = run + 1 if gap == step and gap != NO_STEP else 2
        step = gap
        ahead[j] = run if gap != NO_STEP else 1
        if -STEEPEST <= step <= STEEPEST:
            for length in range(2, min(run, WHOLE) + 1):
                bits = border[j + length] + merge + runs[step + STEEPEST, length]
                border[j] = min(border[j], bits)
            bits = border[j + run] + merge + runs[step + STEEPEST, run]
            border[j] = min(border[j], bits)
        going[j] = min(going[j], border[j])
        if j == cut:
            going[j] = border[j]


@inner
def survey(
    chain: Array,
    size: int,
    active: int,
    cut: int,
    costs: Costs,
    sketch: Sketch,
    scores: Floats,
    choices: Array,
    full: bool,
) -> int:
    """The best peels of chain[:active] by estimated bits, best first; how many.

    Arguments:
        cut: a border that the chain must have, 0 for none.
            scores, choices: float64 `[n]`, int64 `[n, 2]`: bits, and (place, length) of each. Every
            shorter stream is among them if there are active / 2 + 16 places.
        full: look for copies behind the interleaving, too.
    """
    half = active // 2
    evens = (active + 1) // 2
    even, back = sketch.evens, sketch.back
    for k in range(evens):
        even[k] = chain[2 * k]
    for k in range(half):
        sketch.odds[k] = chain[2 * k + 1]
    leaves(sketch.odds, half, costs, sketch.leaf)
    if full:
        relations(sketch.odds, half, chain, active, costs, sketch.leaf)
    relations_beside(sketch.odds, sketch.evens, half, costs, sketch.leaf)
    back[1] = 1
    for k in range(2, evens + 1):
        same = k > 2 and even[k - 1] - even[k - 2] == even[k - 2] - even[k - 3]
        back[k] = back[k - 1] + 1 if same else 2
    forward(sketch.evens, evens, costs, sketch.border, sketch.open)
    backward(chain, size, cut, costs, sketch.after, sketch.after_open, sketch.ahead)
    longer = max(min(len(scores) // 4, 24), 1)
    steady(sketch.odds, half, sketch.steady)
    count = survey_longer(chain, active, half, costs, sketch, scores[:longer], choices[:longer])
    return survey_shorter(chain, size, cut, half, costs, sketch, scores, choices, count)


@inner
def survey_shorter(
    chain: Array,
    size: int,
    cut: int,
    half: int,
    costs: Costs,
    sketch: Sketch,
    scores: Floats,
    choices: Array,
    count: int,
) -> int:
    """Peels of streams that are no longer than what they were joined to.

    What is left: the first m evens and the chain from 2 m on, with a piece across if that is less.
    """
    runs, evens, leaf = costs.runs, sketch.evens, sketch.leaf
    border, going = sketch.border, sketch.open
    behind, behind_going = sketch.after, sketch.after_open
    before, behind_run = sketch.back, sketch.ahead
    merge, across = costs.derived[INTERLEAVE], costs.derived[CONCATENATE]
    for m in range(1, half + 1):
        after = 2 * m
        bits = border[m] + behind[after]
        if after < size and after != cut:
            bits = min(bits, going[m] + behind_going[after])
            step = chain[after] - evens[m - 1]
            if -STEEPEST <= step <= STEEPEST:
                back, ahead = 1, 1
                if m >= 2 and evens[m - 1] - evens[m - 2] == step:
                    back = before[m]
                if behind_run[after] > 1 and chain[after + 1] - chain[after] == step:
                    ahead = behind_run[after]
                if back + ahead > 2:
                    run = runs[step + STEEPEST, back + ahead] + across
                    bits = min(bits, border[m - back] + behind[after + ahead] + run)
        bits += leaf[m] + merge
        if count < len(scores) or bits < scores[count - 1]:
            count = keep(scores, choices, count, bits, m, m)
    return count


@inner
def survey_longer(
    chain: Array,
    active: int,
    half: int,
    costs: Costs,
    sketch: Sketch,
    scores: Floats,
    choices: Array,
) -> int:
    """Peels of streams longer than the `a` symbols that they were joined to; how many."""
    # Arrays by names of their own: numba counts a reference for each use of a tuple's field.
    runs, literal, border, leaf = costs.runs, costs.literal, sketch.border, sketch.leaf
    odds, after, periods = sketch.odds, sketch.after, sketch.steady
    merge, repeat = costs.derived[INTERLEAVE], costs.derived[REPEAT_LIST]
    count = 0
    for a in range(1, half):
        before = border[a] + merge
        if count == len(scores) and before >= scores[count - 1]:
            continue
        step = odds[1] - odds[0] if a > 1 else chain[2] - odds[0]
        running = periods[0] >= a and -STEEPEST <= step <= STEEPEST
        previous = odds[a - 1]
        p = 2 * a + 1
        while p <= active and running and chain[p - 1] - previous == step:
            previous = chain[p - 1]
            p += 1
        if running and p > 2 * a + 1:  # a run is taken to its end
            length = p - 1 - a
            bits = runs[step + STEEPEST, length]
            count = keep(scores, choices, count, before + after[p - 1] + bits, a, length)
        for length in range(a + 1, min(LONGEST, active - a) + 1):
            bits = before + after[a + length] + literal[length]
            if count < len(scores) or bits < scores[count - 1]:
                count = keep(scores, choices, count, bits, a, length)
        for period in range(2, min(a, PERIODS)):
            if periods[period] < a:
                continue
            if periods[1] >= a:
                break
            k = a
            while a + k < active:
                there = odds[k - period] if k - period < a else chain[a + k - period]
                if chain[a + k] != there:
                    break
                k += 1
            for times in range(a // period + 1, min(k // period, MOST_TIMES) + 1):
                length = times * period
                bits = leaf[period] + REPEATS[times] * repeat
                bits += before + after[a + length]
                count = keep(scores, choices, count, bits, a, length)
            break
    return count


@inner
def steady(odds: Array, size: int, found: Array) -> None:
    """found[p]: how many first odds have period p; found[0]: have one difference."""
    for period in range(1, min(size, PERIODS) + 1):
        k = period
        while k < size and odds[k] == odds[k - period]:
            k += 1
        found[period] = k
    k = 2
    while k < size and odds[k] - odds[k - 1] == odds[1] - odds[0]:
        k += 1
    found[0] = k


@inner
def keep(scores: Floats, choices: Array, count: int, bits: float, place: int, length: int) -> int:
    """Insert a candidate into the sorted list; how many there are."""
    most = len(scores)
    if count == most and bits >= scores[most - 1]:
        return count
    at = count if count < most else most - 1
    while at > 0 and scores[at - 1] > bits:
        scores[at] = scores[at - 1]
        choices[at, 0], choices[at, 1] = choices[at - 1, 0], choices[at - 1, 1]
        at -= 1
    scores[at] = bits
    choices[at, 0], choices[at, 1] = place, length
    return min(count + 1, most)
