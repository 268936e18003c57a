"""A program as a list of lines, each a tuple of words, for rewriting in plain Python.

Example: `sequence_1 = repeat_num(3, 80)` / `output = sequence_1` -> ([(2, 3, 80)], 0).

Rewrites work on the graph that the references make; an order of the lines, sources first, makes it
a program again.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from codelength.dsl.operations import OPERATIONS, OUTPUT, SET_LIST, WIDTHS, Kind
from codelength.dsl.program import Program

Line = tuple[int, ...]
"""The operation's number and its arguments, as in a program's words."""

REFERENCES: tuple[tuple[int, ...], ...] = tuple(
    tuple(j for j, kind in enumerate(operation.arguments, 1) if kind is Kind.SEQUENCE)
    for operation in OPERATIONS
)
"""Where the references stand in a line of each operation."""


def lines_of(program: Program) -> tuple[list[Line], int]:
    """The lines of a program, and the one that is its output."""
    words = program.words.tolist()
    lines, here = [], 0
    while words[here] != OUTPUT:
        operation = words[here]
        end = here + (2 + words[here + 1] if operation == SET_LIST else WIDTHS[operation])
        lines.append(tuple(words[here:end]))
        here = end
    return lines, words[here + 1]


def operands(line: Line) -> list[int]:
    """The lines that a line refers to, in the order in which it names them."""
    return [line[j] for j in REFERENCES[line[0]]]


def redirected(line: Line, targets: Mapping[int, int] | Sequence[int]) -> Line:
    """The line with each reference r replaced by targets[r]."""
    places = REFERENCES[line[0]]
    if not places:
        return line
    words = list(line)
    for j in places:
        words[j] = targets[words[j]]
    return tuple(words)


def program_of(lines: Sequence[Line], result: int, order: Iterable[int]) -> Program:
    """The program that writes the lines named in `order`, sources before users."""
    numbers: dict[int, int] = {}
    words: list[int] = []
    for i in order:
        words.extend(redirected(lines[i], numbers))
        numbers[i] = len(numbers)
    words += [int(OUTPUT), numbers[result]]
    return Program(np.array(words, dtype=np.int64))


def needed(lines: Sequence[Line], result: int) -> list[int]:
    """The lines that the output needs: each behind its operands, the left operand's first."""
    order: list[int] = []
    done: set[int] = set()
    stack = [result]
    while stack:
        i = stack[-1]
        pending = -1
        if i not in done:
            line = lines[i]
            for j in REFERENCES[line[0]]:
                if line[j] not in done:
                    pending = line[j]
                    break
        if pending >= 0:
            stack.append(pending)
            continue
        stack.pop()
        if i not in done:
            done.add(i)
            order.append(i)
    return order
