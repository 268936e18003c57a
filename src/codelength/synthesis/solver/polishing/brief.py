"""Programs of at most three lines for short targets: all that can be told from the target.

Example: [0, 0, 1, 0, 0, 3] -> `1 = set_list([0, 0, 3])` / `2 = modulo_item_list(1, 2)` /
`3 = concatenate(2, 1)`.

The search over covers looks for parts of some length; here each way to take the target apart once
is tried, and for tiny ones each short way to make it of something else.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

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
    OUTPUT,
    REPEAT_LIST,
    REVERSE,
    SCAN_ADD,
    SUBSTITUTE,
    SUBTRACT_ITEM,
)
from codelength.dsl.program import Program
from codelength.dsl.rewrites.draft import line_bits
from codelength.dsl.rewrites.lines import Line
from codelength.dsl.rewrites.sharing import Values
from codelength.synthesis.solver.polishing.makers import cheapest, from_one, kept, of_two

LONGEST, TINIEST, NARROWEST = 32, 8, 5
"""Symbols of a target that is taken apart; symbols of one that is made of other sequences, and how
far apart its values are at most."""
LONGEST_LITERAL = 4
"""Values of a part of the target that other sequences are made of."""
CLOSE = 4.0
"""Rough bits over the cheapest line for the same values up to which others are tried."""


def brief_programs(target: Values) -> Iterator[Program]:
    """Programs of at most three lines that output the target."""
    if len(target) <= LONGEST:
        for operation, left, right in parts(target):
            yield from joined(operation, left, right)
    if len(target) <= TINIEST and max(target) - min(target) <= NARROWEST:
        known: dict[Values, list[Line]] = {}
        for first in sources(target):
            yield from made_of(target, first, known)


def program(*lines: Line) -> Program:
    """The lines, and the last one as the output."""
    words = [word for line in lines for word in line]
    return Program(np.array([*words, int(OUTPUT), len(lines) - 1], dtype=np.int64))


def parts(target: Values) -> Iterator[tuple[int, Values, Values]]:
    """Each merge of two sequences that makes the target: (operation, first, second)."""
    size = len(target)
    for k in range(1, size):
        yield int(CONCATENATE), target[:k], target[k:]
    for k in range(1, size):
        both = 2 * min(k, size - k)
        left, right = target[:both:2], target[1:both:2]
        tail = target[both:]
        yield (
            int(INTERLEAVE),
            left + tail if k > size - k else left,
            (right + tail if k <= size - k else right),
        )


def joined(operation: int, left: Values, right: Values) -> Iterator[Program]:
    """Programs that merge two sequences, one of them made of the other if it can be."""
    if left == right:
        yield program(cheapest(left), (operation, 0, 0))
        return
    yield program(cheapest(left), cheapest(right), (operation, 0, 1))
    for line in in_one(right, left):
        yield program(cheapest(left), line, (operation, 0, 1))
    for line in in_one(left, right):
        yield program(cheapest(right), line, (operation, 1, 0))


def in_one(target: Values, source: Values) -> list[Line]:
    """Lines that make the target of one sequence, line 0."""
    found = from_one(target, source, 0)
    found += [line for values, line in of_pair(source, source, 0, 0) if values == target]
    return found


def made_of(target: Values, first: Values, known: dict[Values, list[Line]]) -> Iterator[Program]:
    """Programs that make the target of one sequence, in one line or in two.

    Arguments:
        known: lines that make the target of line 1, by its values; for all sources of one target.
    """
    start = cheapest(first)
    for line in in_one(target, first):
        yield program(start, line)
    seconds: dict[Values, list[Line]] = {}
    for second, line in changes(first, target):
        if second and second != first and len(second) <= 4 * len(target):
            seconds.setdefault(second, []).append(line)
    for second, lines in seconds.items():
        lasts = known.get(second)
        if lasts is None:
            lasts = known[second] = from_one(target, second, 1)
        ends = list(lasts)
        both: list[tuple[Values, Line]] = []
        if len(first) == len(second) or len(first) + len(second) == len(target):
            both += [*of_pair(first, second, 0, 1), *of_pair(second, first, 1, 0)]
        if len(second) == len(target) or 2 * len(second) == len(target):
            both += of_pair(second, second, 1, 1)
        ends += [last for values, last in both if values == target]
        least = min(line_bits(line) for line in lines) + CLOSE
        for line in lines if ends else ():
            if line_bits(line) < least:
                yield from (program(start, line, last) for last in ends)


def of_pair(a: Values, b: Values, left: int, right: int) -> list[tuple[Values, Line]]:
    """What merges and, of equal lengths, operations make of two sequences."""
    both = [value for pair in zip(a, b, strict=False) for value in pair]
    shorter = min(len(a), len(b))
    found: list[tuple[Values, Line]] = [
        (a + b, (int(CONCATENATE), left, right)),
        ((*both, *a[shorter:], *b[shorter:]), (int(INTERLEAVE), left, right)),
    ]
    if len(a) == len(b):
        found += of_two(a, b, left, right)
    return found


def sources(target: Values) -> Iterator[Values]:
    """Sequences that two lines may make the target of: runs, and parts of it and of its steps."""
    found: dict[Values, None] = {}
    steps = (target[0], *(b - a for a, b in pairwise(target)))
    low, high = max(min(target) - 1, 0), max(target) + 1
    for size in range(2, len(target) + 2):
        for step in range(4):
            for first in range(low, high + 1):
                found[tuple([first + k * step for k in range(size)])] = None
    for shown in (target, target[::-1], steps):
        for stride in (1, 2, 3):
            some = shown[::stride]
            for size in range(1, LONGEST_LITERAL + 1):
                for at in range(len(some) - size + 1):
                    found[some[at : at + size]] = None
    found[tuple(sorted(set(target)))] = None
    for values in found:
        if max(values) <= 255 and min(values) >= 0:
            yield values


def changes(source: Values, target: Values) -> Iterator[tuple[Values, Line]]:
    """What one line makes of a sequence, with constants that the target suggests."""
    size = len(source)
    yield source[::-1], (int(REVERSE), 0)
    total, sums = 0, []
    for value in source:
        total += value
        sums.append(total)
    yield tuple(sums), (int(SCAN_ADD), 0)
    for times in range(2, 2 + len(target) // max(size - 1, 1)):
        if times <= 8:
            yield source * times, (int(REPEAT_LIST), times, 0)
    for jump in range(2, min(size, 9)):
        yield source[::jump], (int(JUMPS), 0, jump)
    for k in range(1, size):
        yield tuple(sorted(source)[:k]), (int(MIN_N), 0, k)
        yield tuple(sorted(source, reverse=True)[:k]), (int(MAX_N), 0, k)
        yield source[k:], (int(BETWEEN), 0, k, size)
        yield source[:k], (int(BETWEEN), 0, 0, k)
    for k, values in enumerate(kept(source)):
        yield values, (int(FILTER), k, 0)
    for value in sorted({abs(a - b) for a in source for b in target} - {0}):
        yield tuple([v + value for v in source]), (int(ADD_ITEM), 0, value)
        yield tuple([v - value for v in source]), (int(SUBTRACT_ITEM), 0, value)
    for divisor in range(2, min(max(source), 16) + 1):
        yield tuple([v % divisor for v in source]), (int(MODULO_ITEM), 0, divisor)
    for old in sorted(set(source)):
        for new in sorted(set(target) - {old}):
            yield tuple([new if v == old else v for v in source]), (int(SUBSTITUTE), 0, old, new)
    yield from of_pair(source, source, 0, 0)
