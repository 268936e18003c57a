"""The interpreter: runs words line by line into one arena of integers; no `exec`, no `eval`.

Example: [2, 3, 80, 21, 0] (three times 80) -> output [80, 80, 80].

Values are plain integers with Python's rules (`%` has the sign of the divisor). Line i made the
values arena[bounds[i]:bounds[i + 1]].
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import inner, kernel
from codelength.dsl.operations import (
    ADD_ITEM,
    ADD_TWO,
    ARITY,
    BETWEEN,
    CONCATENATE,
    FILTER,
    INTERLEAVE,
    IS_EVEN,
    IS_ODD,
    JUMPS,
    LARGEST_VALUE,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    MODULO_TWO,
    OUTPUT,
    RANGE_INTERVAL,
    RANGE_UP,
    REPEAT_LIST,
    REPEAT_NUM,
    REVERSE,
    SCAN_ADD,
    SET_LIST,
    SUBSTITUTE,
    SUBTRACT_ITEM,
    SUBTRACT_TWO,
    ZERO,
)

Array = npt.NDArray[np.int64]

MEMORY, FINE, TOO_LONG, TOO_MANY_STEPS, ZERO_DIVISOR, TOO_LARGE, BAD_ARGUMENT = range(-1, 6)
"""Outcomes of a line; `MEMORY` asks the caller for a larger arena."""

CAUSES = {
    TOO_LONG: "the sequence would be longer than the limit",
    TOO_MANY_STEPS: "the program works on more elements than the limit",
    ZERO_DIVISOR: "modulo by zero",
    TOO_LARGE: "a value leaves -2^61..2^61",
    BAD_ARGUMENT: "a step, jump or n for which the operation is not defined",
}


@dataclass(frozen=True)
class Limits:
    """What a program may use.

    Arguments:
        length: elements of a line's sequence.
        steps: elements that all lines together read and write (sorting counts four times), and
            one more a line.
    """

    length: int = 1 << 20
    steps: int = 1 << 24


@kernel
def words_of_line(words: Array, here: int) -> int:
    """How many words the line at words[here] takes."""
    if words[here] == SET_LIST:
        return 2 + words[here + 1]
    return 1 + ARITY[words[here]]


@inner
def copy(arena: Array, source: int, target: int, count: int) -> None:
    """Copy arena[source:source + count] to `target` (a slice would compile far longer)."""
    for j in range(count):
        arena[target + j] = arena[source + j]


@inner
def sift(heap: Array, start: int, node: int, count: int) -> None:
    """Restore the max-heap heap[start:start + count] below `node`."""
    while True:
        child = 2 * node + 1
        if child >= count:
            return
        if child + 1 < count and heap[start + child + 1] > heap[start + child]:
            child += 1
        if heap[start + node] >= heap[start + child]:
            return
        swap = heap[start + node]
        heap[start + node] = heap[start + child]
        heap[start + child] = swap
        node = child


@inner
def sort_ascending(values: Array, start: int, count: int) -> None:
    """Sort values[start:start + count] in place (heapsort)."""
    for node in range(count // 2 - 1, -1, -1):
        sift(values, start, node, count)
    for last in range(count - 1, 0, -1):
        swap = values[start]
        values[start] = values[start + last]
        values[start + last] = swap
        sift(values, start, ZERO, last)


@inner
def clamp_index(index: int, length: int) -> int:
    """A slice index as Python reads it: negative from the end, then clipped to 0..length."""
    if index < 0:
        index += length
    return min(max(index, 0), length)


@inner
def room(words: Array, here: int, a: int, b: int, most: int) -> int:
    """Elements that the line at words[here] needs at most, given its operands' lengths a and b.

    Returns -1 where the argument makes no sense; stays at or below `most` + 1.
    """
    operation, x, y = words[here], words[here + 1], words[here + 2]
    need = a
    if operation == RANGE_UP:
        need = max(y - x + 1, 0)
    elif operation == RANGE_INTERVAL:
        step = words[here + 3]
        if step == 0:
            return -1
        need = max((y - x + step - 1) // step if step > 0 else (x - y - step - 1) // -step, 0)
    elif operation == REPEAT_NUM:
        need = max(x, 0)
    elif operation == SET_LIST:
        need = x
    elif operation == REPEAT_LIST:
        times = max(x, 0)
        if a > 0 and times > most // a:
            return most + 1
        need = times * a
    elif operation == JUMPS:
        if y == 0:
            return -1
    elif operation in (MAX_N, MIN_N):
        if y < 0:
            return -1
    elif ADD_TWO <= operation <= MODULO_TWO:
        need = min(a, b)
    elif operation in (CONCATENATE, INTERLEAVE):
        need = a + b
    return min(need, most + 1)


@inner
def apply_to_item(operation: int, value: int, argument: int, extra: int) -> int:
    """The elementwise operations: what `value` becomes."""
    if operation == SUBSTITUTE:
        return extra if value == argument else value
    if operation == ADD_ITEM or operation == ADD_TWO:
        return value + argument
    if operation == SUBTRACT_ITEM or operation == SUBTRACT_TWO:
        return value - argument
    return value % argument


@inner
def accepts(predicate: int, value: int) -> bool:
    """Whether a predicate of `filter` keeps `value`."""
    if predicate == IS_EVEN:
        return value % 2 == 0
    if predicate == IS_ODD:
        return value % 2 == 1
    return value != 0


@inner
def run_line(words: Array, here: int, line: int, arena: Array, bounds: Array, most: int) -> int:
    """Run the operation at words[here] as line number `line`, no sequence longer than `most`."""
    operation = words[here]
    x, y = words[here + 1], words[here + 2]
    start = bounds[line]
    first, second = 0, 0
    if operation == REPEAT_LIST or operation == FILTER:
        first = y
    elif operation > SET_LIST:
        first = x
    if operation >= ADD_TWO:
        second = y
    a0, b0 = bounds[first], bounds[second]
    a, b = 0, 0
    if operation > SET_LIST:
        a, b = bounds[first + 1] - a0, bounds[second + 1] - b0
    need = room(words, here, a, b, most)
    if need < 0:
        return BAD_ARGUMENT
    if need > most:
        return TOO_LONG
    if start + need > len(arena):
        return MEMORY
    end = start
    if operation <= RANGE_INTERVAL:
        step = 1 if operation == RANGE_UP else words[here + 3]
        for j in range(need):
            arena[start + j] = x + j * step
        end = start + need
    elif operation == REPEAT_NUM:
        for j in range(need):
            arena[start + j] = y
        end = start + need
    elif operation == SET_LIST:
        for j in range(need):
            arena[start + j] = words[here + 2 + j]
        end = start + need
    elif operation == REPEAT_LIST:
        for j in range(need):
            arena[start + j] = arena[a0 + j % a]
        end = start + need
    elif operation == REVERSE:
        for j in range(a):
            arena[start + j] = arena[a0 + a - 1 - j]
        end = start + a
    elif operation == JUMPS:
        j = 0 if y > 0 else a - 1
        while 0 <= j < a:
            arena[end] = arena[a0 + j]
            end += 1
            j += y
    elif operation == BETWEEN:
        for j in range(clamp_index(y, a), clamp_index(words[here + 3], a)):
            arena[end] = arena[a0 + j]
            end += 1
    elif operation == MAX_N or operation == MIN_N:
        copy(arena, a0, start, a)
        sort_ascending(arena, start, a)
        if operation == MAX_N:
            for j in range(a // 2):
                swap = arena[start + j]
                arena[start + j] = arena[start + a - 1 - j]
                arena[start + a - 1 - j] = swap
        end = start + min(a, y)
    elif operation == FILTER:
        for j in range(a):
            if accepts(x, arena[a0 + j]):
                arena[end] = arena[a0 + j]
                end += 1
    elif operation == SCAN_ADD:
        total = 0
        for j in range(a):
            total += arena[a0 + j]
            if abs(total) > LARGEST_VALUE:
                return TOO_LARGE
            arena[start + j] = total
        end = start + a
    elif operation == CONCATENATE:
        copy(arena, a0, start, a)
        copy(arena, b0, start + a, b)
        end = start + a + b
    elif operation == INTERLEAVE:
        for j in range(max(a, b)):
            if j < a:
                arena[end] = arena[a0 + j]
                end += 1
            if j < b:
                arena[end] = arena[b0 + j]
                end += 1
    else:  # elementwise, with a constant or with another list
        paired = operation >= ADD_TWO
        for j in range(need):
            argument = arena[b0 + j] if paired else y
            if argument == 0 and operation == MODULO_TWO:
                continue
            if argument == 0 and operation == MODULO_ITEM:
                return ZERO_DIVISOR
            extra = words[here + 3] if operation == SUBSTITUTE else 0
            value = apply_to_item(operation, arena[a0 + j], argument, extra)
            if abs(value) > LARGEST_VALUE:
                return TOO_LARGE
            arena[end] = value
            end += 1
    bounds[line + 1] = end
    return FINE


@inner
def work_of_line(words: Array, here: int, line: int, bounds: Array) -> int:
    """Steps of a line that has run; see `Limits`."""
    operation = words[here]
    work = 1 + bounds[line + 1] - bounds[line]
    if operation > SET_LIST:
        x, y = words[here + 1], words[here + 2]
        first = y if operation == REPEAT_LIST or operation == FILTER else x
        read = bounds[first + 1] - bounds[first]
        work += 4 * read if operation == MAX_N or operation == MIN_N else read
        if operation >= ADD_TWO:
            work += bounds[y + 1] - bounds[y]
    return work


@kernel
def run(
    words: Array, start: int, arena: Array, bounds: Array, length: int, steps: int
) -> tuple[int, int, int]:
    """Run the program at words[start:]: (outcome, lines that ran, words read).

    `bounds` needs one entry more than the program has lines (`OUTPUT` counted).
    """
    here, line, work = start, ZERO, ZERO
    bounds[0] = 0
    while words[here] != OUTPUT:
        if line + 1 >= len(bounds):
            return MEMORY, line, 0
        outcome = run_line(words, here, line, arena, bounds, length)
        if outcome != FINE:
            return outcome, line, 0
        work += work_of_line(words, here, line, bounds)
        if work > steps:
            return TOO_MANY_STEPS, line, 0
        line += 1
        here += words_of_line(words, here)
    return FINE, line, here + 2 - start
