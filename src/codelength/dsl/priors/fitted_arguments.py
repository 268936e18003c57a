"""The arguments of a line under the fitted prior: as the sampler draws them, or any of the domain.

Example: `get_subsequence_between_indices` of 9 values -> its start among 0..7, its end among what
is left from start + 2 on.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner
from codelength.dsl.interpreter import FINE, MEMORY
from codelength.dsl.operations import (
    ADD_ITEM,
    ARITY,
    BETWEEN,
    FILTER,
    INITIATORS,
    JUMPS,
    KINDS,
    LOWEST,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_LIST,
    REPEAT_NUM,
    SET_LIST,
    SUBSTITUTE,
    SUBTRACT_ITEM,
    ZERO,
    Kind,
)
from codelength.dsl.priors.exact import BINARY, BYTES, LENGTHS, LONG, UNREADABLE, choices_of
from codelength.dsl.priors.fitted_choices import (
    FAILED,
    READING,
    Coder,
    flag,
    from_table,
    uniform,
    weighted,
)
from codelength.dsl.priors.fitted_places import DISTINCT, LARGEST, SIZE, THIRD
from codelength.dsl.priors.fitted_places import LOWEST as SMALLEST
from codelength.dsl.priors.fitted_tables import (
    CALL,
    JUMP,
    LENGTH,
    LONGEST,
    SHORTEST,
    STEP,
    TIMES,
    Model,
)

Array = npt.NDArray[np.int64]

STARTS, OTHERS = constant(256), constant(255)
ONE, TWO, THREE = (constant(number) for number in (1, 2, 3))
ROW_LENGTH, ROW_STEP, ROW_TIMES, ROW_JUMP, ROW_CALL = (
    constant(row) for row in (LENGTH, STEP, TIMES, JUMP, CALL)
)
SHORTEST_LENGTH = constant(SHORTEST)


@inner
def put(coder: Coder, words: Array, at: int, value: int) -> None:
    """Write a word that was read."""
    if coder.walk[READING]:
        words[at] = value


@inner
def code_range(coder: Coder, model: Model, words: Array, here: int) -> None:
    """A range: its step, its start, its number of elements; one that reaches 255 ends at 256."""
    start, end, step = words[here + 1], words[here + 2], 1
    interval = words[here] == RANGE_INTERVAL
    if interval:
        step = 2 + from_table(coder, model.rows, ROW_STEP, words[here + 3] - 2)
        end -= 1
    start = weighted(coder, model.starts, ZERO, STARTS, start)
    most = min(LONGEST, 255 - start)
    # A range of `clipped` elements or more would reach 255: all of those are one range.
    clipped = max((255 - start + step - 1) // step + 1, SHORTEST) if interval else LONGEST + 1
    length = (end - start) // step + 1
    is_clipped = end == 255
    if not coder.walk[READING] and not is_clipped and start + (length - 1) * step != end:
        coder.walk[FAILED] = 1
        return
    if not coder.walk[READING] and clipped == SHORTEST and not is_clipped:
        coder.walk[FAILED] = 1
        return
    if clipped <= most:
        sums = model.lengths
        total = sums[most + 1] - sums[SHORTEST]
        is_clipped = flag(coder, ZERO + is_clipped, sums[most + 1] - sums[clipped], total) == 1
        most = clipped - 1
    elif not coder.walk[READING] and is_clipped:
        coder.walk[FAILED] = 1
        return
    else:
        is_clipped = False
    if is_clipped:
        end = 255
    else:
        length = weighted(coder, model.lengths, SHORTEST_LENGTH, most + 1, length)
        end = start + (length - 1) * step
    put(coder, words, here + 1, start)
    if interval:
        put(coder, words, here + 2, end + 1)
        put(coder, words, here + 3, step)
    else:
        put(coder, words, here + 2, end)


@inner
def code_distinct(
    coder: Coder, value: int, number: int, arena: Array, first: int, last: int, seen: Array
) -> int:
    """One of the `number` distinct values of arena[first:last], all in 0..255."""
    for k in range(256):
        seen[k] = 0
    for k in range(first, last):
        seen[arena[k]] = 1
    rank = -1
    if not coder.walk[READING] and 0 <= value <= 255 and seen[value]:
        rank = 0
        for k in range(value):
            rank += seen[k]
    rank = uniform(coder, rank, number)
    value = -1
    while rank >= 0 and value < 255:
        value += 1
        rank -= seen[value]
    return value


@inner
def code_between(coder: Coder, words: Array, here: int, low: int, high: int, at: int) -> None:
    """A word in low..high, all equal."""
    put(coder, words, here + at, low + uniform(coder, words[here + at] - low, high - low + 1))


@inner
def regular_arguments(
    coder: Coder,
    model: Model,
    words: Array,
    here: int,
    i: int,
    j: int,
    facts: Array,
    arena: Array,
    bounds: Array,
    seen: Array,
) -> None:
    """The arguments of the operation words[here] on the sequences i and j, as the sampler draws."""
    operation, rows, source = words[here], model.rows, facts[i]
    if operation == RANGE_UP or operation == RANGE_INTERVAL:
        code_range(coder, model, words, here)
    elif operation == REPEAT_NUM or operation == SET_LIST:
        length = words[here + 1] - SHORTEST
        length = SHORTEST + from_table(coder, rows, ROW_LENGTH, length)
        if coder.walk[FAILED]:
            return
        put(coder, words, here + 1, length)
        for k in range(length if operation == SET_LIST else 1):
            put(coder, words, here + 2 + k, uniform(coder, words[here + 2 + k], BYTES))
    elif operation == REPEAT_LIST:
        times = 2 + from_table(coder, rows, ROW_TIMES, words[here + 1] - 2)
        put(coder, words, here + 1, times)
        put(coder, words, here + 2, i)
    elif operation == FILTER:
        put(coder, words, here + 2, i)
    else:
        put(coder, words, here + 1, i)
        if operation == SUBSTITUTE:
            old = words[here + 2]
            old = code_distinct(coder, old, source[DISTINCT], arena, bounds[i], bounds[i + 1], seen)
            new = words[here + 3]
            if not coder.walk[READING] and new == old:
                coder.walk[FAILED] = 1
            rank = uniform(coder, new - (new > old), OTHERS)
            put(coder, words, here + 2, old)
            put(coder, words, here + 3, rank + (rank >= old))
        elif operation == JUMPS:
            jump = 2 + from_table(coder, rows, ROW_JUMP, words[here + 2] - 2)
            put(coder, words, here + 2, jump)
        elif operation == BETWEEN:
            code_between(coder, words, here, ZERO, source[SIZE] - 2, TWO)
            if not coder.walk[FAILED]:
                code_between(coder, words, here, words[here + 2] + 2, source[SIZE], THREE)
        elif operation == MAX_N or operation == MIN_N:
            code_between(coder, words, here, THREE, source[SIZE] - 2, TWO)
        elif operation == ADD_ITEM:
            code_between(coder, words, here, ONE, 255 - source[LARGEST], TWO)
        elif operation == SUBTRACT_ITEM:
            code_between(coder, words, here, ONE, source[SMALLEST], TWO)
        elif operation == MODULO_ITEM:
            code_between(coder, words, here, TWO, source[THIRD], TWO)
        elif ARITY[operation] == 2:
            put(coder, words, here + 2, j)


@inner
def irregular_length(coder: Coder, length: int) -> int:
    """The length of any list, as the exact prior has it; -1 where no list is that long."""
    choice = uniform(coder, min(length, LONG), LENGTHS)
    if choice < LONG:
        return choice
    rest, size = length - LONG + 1, ZERO
    while True:
        more = uniform(coder, ZERO if rest >> (size + 1) else ONE, BINARY)
        if more == 1:
            break
        size += 1
        if size > 40:
            return -1
    found = ONE
    for k in range(size - 1, -1, -1):
        found = 2 * found + uniform(coder, (rest >> k) & 1, BINARY)
    return found + LONG - 1


@inner
def irregular_operation(coder: Coder, model: Model, operation: int, line: int) -> int:
    """Any operation, by how often the sampler uses it."""
    if line == 0:
        return uniform(coder, operation, INITIATORS)
    return from_table(coder, model.rows, ROW_CALL, operation)


@inner
def irregular_arguments(
    coder: Coder, words: Array, here: int, line: int, bounds: Array, most: int
) -> int:
    """Any arguments of the domain, all equal; an outcome, as `walk_program` has them."""
    operation = words[here]
    if operation == SET_LIST:
        length = irregular_length(coder, words[here + 1])
        if not 0 <= length <= most:
            return UNREADABLE
        if here + length + 40 > len(words) and coder.walk[READING]:
            return MEMORY
        put(coder, words, here + 1, length)
        for k in range(length):
            put(coder, words, here + 2 + k, uniform(coder, words[here + 2 + k], BYTES))
        return FINE
    for k in range(ARITY[operation]):
        kind = KINDS[operation, k]
        size = ZERO
        if kind == Kind.INDEX:
            source = words[here + 1]
            size = bounds[source + 1] - bounds[source]
        value = uniform(coder, words[here + 1 + k] - LOWEST[kind], choices_of(kind, line, size))
        put(coder, words, here + 1 + k, value + LOWEST[kind])
    return FINE
