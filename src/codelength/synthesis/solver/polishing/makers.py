"""Lines that make a given sequence, with no source or out of sequences that there are.

Example: of (9, 8, 7) out of (7, 8, 9) -> reverse_list; of (7, 8, 9) -> range_func_up, set_list.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import gcd

from codelength.dsl.operations import (
    ADD_ITEM,
    ADD_TWO,
    BETWEEN,
    FILTER,
    JUMPS,
    MAX_N,
    MIN_N,
    MODULO_ITEM,
    MODULO_TWO,
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
)
from codelength.dsl.rewrites.draft import line_bits
from codelength.dsl.rewrites.fusing import LARGEST, LARGEST_SMALL, LONGEST_RANGE, MOST_REPEATS
from codelength.dsl.rewrites.lines import Line
from codelength.dsl.rewrites.sharing import Values


def alone(values: Values) -> list[Line]:
    """Lines without a source that make the values, those with the fewest words first."""
    count = len(values)
    literal = (int(SET_LIST), count, *values)
    if count == 0 or min(values) < 0 or max(values) > LARGEST:
        return [literal]
    steps = {b - a for a, b in pairwise(values)}
    if len(steps) > 1:
        return [literal]
    found: list[Line] = []
    step = steps.pop() if steps else 0
    if step == 0 and count <= MOST_REPEATS:
        found.append((int(REPEAT_NUM), count, values[0]))
    if (step == 1 or count == 1) and count <= LONGEST_RANGE:
        found.append((int(RANGE_UP), values[0], values[-1]))
    if 0 < step <= LARGEST_SMALL and count > 1:
        last = values[-1]
        ends = {last + 1, min(last + step, LARGEST + 1)}
        found += [(int(RANGE_INTERVAL), values[0], end, step) for end in sorted(ends)]
    return [*found, literal]


def cheapest(values: Values) -> Line:
    """The line without a source that makes the values for the fewest rough bits."""
    return min(alone(values), key=line_bits)


def from_one(target: Values, values: Values, source: int) -> list[Line]:
    """Lines that make the target out of one sequence, which they name `source`."""
    if not target or not values:
        return []
    if len(target) == len(values):
        return list(of_equal_length(target, values, source))
    if len(target) < len(values):
        return list(of_longer(target, values, source))
    times, rest = divmod(len(target), len(values))
    if rest == 0 and times <= LARGEST_SMALL and target == values * times:
        return [(int(REPEAT_LIST), times, source)]
    return []


def of_equal_length(target: Values, values: Values, source: int) -> Iterator[Line]:
    """Reverses, sums, largest and smallest, and changed items."""
    if target == values[::-1]:
        yield (int(REVERSE), source)
    if target == values:
        return
    count = len(target)
    shift = target[0] - values[0]
    both = list(zip(values, target, strict=True))
    if shift and abs(shift) <= LARGEST and all(b - a == shift for a, b in both):
        yield (int(ADD_ITEM if shift > 0 else SUBTRACT_ITEM), source, abs(shift))
    changed = {(a, b) for a, b in both if a != b}
    if len(changed) == 1:
        old, new = changed.pop()
        fits = 0 <= old <= LARGEST and 0 <= new <= LARGEST
        if fits and all(b == new for a, b in both if a == old):
            yield (int(SUBSTITUTE), source, old, new)
    if min(target) >= 0 and all(b <= a for a, b in both):
        divisor = gcd(*(a - b for a, b in both))
        yield from remainders(values, divisor, max(target), source)
    if target[0] == values[0]:
        total, summed = 0, True
        for a, b in both:
            total += a
            summed = summed and total == b
        if summed:
            yield (int(SCAN_ADD), source)
    if sorted(values) == list(target) and count <= LARGEST:
        yield (int(MIN_N), source, count)
    if sorted(values, reverse=True) == list(target) and count <= LARGEST:
        yield (int(MAX_N), source, count)


def remainders(values: Values, divisor: int, largest: int, source: int) -> Iterator[Line]:
    """Modulo by the divisors of `divisor` that leave remainders up to `largest`."""
    third = sorted(values)[-3] if len(values) > 2 else LARGEST
    fit = [d for d in range(largest + 1, min(divisor, LARGEST) + 1) if d > 0 and divisor % d == 0]
    usual = [d for d in fit if 2 <= d <= third]
    for d in usual[-1:] or fit[-1:]:
        yield (int(MODULO_ITEM), source, d)


def of_longer(target: Values, values: Values, source: int) -> Iterator[Line]:
    """Slices, jumps, filters, largest and smallest."""
    count, size = len(target), len(values)
    for jump in range(2, LARGEST_SMALL + 1):
        if (size + jump - 1) // jump == count and values[::jump] == target:
            yield (int(JUMPS), source, jump)
    starts = [
        at
        for at in range(size - count + 1)
        if values[at] == target[0] and values[at : at + count] == target
    ]
    if starts:
        yield from (
            (int(BETWEEN), source, at, at + count) for at in sorted({starts[0], starts[-1]})
        )
    for predicate, some in enumerate(kept(values)):
        if some == target:
            yield (int(FILTER), predicate, source)
    if count <= LARGEST:
        ordered = sorted(values)
        if ordered[:count] == list(target):
            yield (int(MIN_N), source, count)
        if ordered[: -count - 1 : -1] == list(target):
            yield (int(MAX_N), source, count)


def kept(values: Values) -> tuple[Values, Values, Values]:
    """What `filter` keeps, by each predicate."""
    return (
        tuple([value for value in values if value % 2 == 0]),
        tuple([value for value in values if value % 2 == 1]),
        tuple([value for value in values if value != 0]),
    )


def of_two(a: Values, b: Values, left: int, right: int) -> list[tuple[Values, Line]]:
    """What the operations on two sequences of equal length make of them, in this order."""
    both = list(zip(a, b, strict=True))
    return [
        (tuple([x + y for x, y in both]), (int(ADD_TWO), left, right)),
        (tuple([x - y for x, y in both]), (int(SUBTRACT_TWO), left, right)),
        (tuple([x % y for x, y in both if y != 0]), (int(MODULO_TWO), left, right)),
    ]


def near(values: Values) -> Iterator[tuple[Values, Line]]:
    """Sequences of which one line makes the values: (sequence, line without its source)."""
    for k in range(min(3, len(values) - 2)):
        step = values[k + 1] - values[k]
        first = values[k] - k * step
        last = first + (len(values) - 1) * step
        if not 0 < step <= LARGEST_SMALL or first < 0 or last > LARGEST:
            continue
        run = tuple(range(first, last + 1, step))
        changed = [(a, b) for a, b in zip(run, values, strict=True) if a != b]
        if len(changed) == 1 and 0 <= changed[0][1] <= LARGEST:
            yield run, (int(SUBSTITUTE), *changed[0])
        divisor = gcd(*(a - b for a, b in changed))
        if changed and all(a > b >= 0 for a, b in changed) and max(values) < divisor <= LARGEST:
            yield run, (int(MODULO_ITEM), divisor)
    there = set(values)
    if values and 0 <= values[0] <= LARGEST and len(there) <= LARGEST:
        old = next(value for value in range(LARGEST + 1) if value not in there)
        other = tuple([old if value == values[0] else value for value in values])
        yield other, (int(SUBSTITUTE), old, values[0])
