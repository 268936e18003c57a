"""From a cover to a program: each line when it is needed, each merge as soon as it can be."""

import numpy as np
import numpy.typing as npt

from codelength.dsl.operations import (
    ARITY,
    CONCATENATE,
    FILTER,
    INTERLEAVE,
    OUTPUT,
    REPEAT_LIST,
)
from codelength.dsl.program import Program
from codelength.synthesis.solver.costs import AGAIN
from codelength.synthesis.solver.covering.pool import (
    COPY,
    END,
    FIRST,
    HIDDEN,
    NEXT,
    OPERATION,
    OTHER,
    SECOND,
    SOURCE,
    START,
    Pool,
)
from codelength.synthesis.solver.covering.tape import Tape
from codelength.synthesis.solver.peeling.plans import Peel
from codelength.synthesis.solver.polishing.makers import cheapest

Array = npt.NDArray[np.int64]


class Builder:
    """Writes lines; one line for each sequence of values."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.words: list[int] = []
        self.lines = 0
        self.line_of: dict[tuple[int, ...], int] = {}
        self.recipes: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.open: set[tuple[int, ...]] = set()

    def add(self, values: tuple[int, ...] | None, *words: int) -> int:
        """Append a line and return its number."""
        self.words += words
        if values is not None:
            self.line_of[values] = self.lines
        self.lines += 1
        return self.lines - 1

    def values(self, p: int) -> tuple[int, ...]:
        """The values of a sequence of the pool."""
        return tuple(self.pool.values[self.pool.bounds[p] : self.pool.bounds[p + 1]].tolist())

    def plan(self, values: tuple[int, ...], row: Array) -> None:
        """Remember how a piece of the cover is made."""
        p = int(row[NEXT])
        if p >= 0 and self.pool.rank[p] == HIDDEN:
            self.recipes[values] = tuple(int(x) for x in self.pool.recipe[p])
        elif row[OPERATION] != COPY and values not in self.recipes:
            self.recipes[values] = tuple(
                int(row[c]) for c in (OPERATION, SOURCE, OTHER, FIRST, SECOND)
            )

    def line(self, values: tuple[int, ...], p: int = -1) -> int:
        """The number of the line that makes these values, writing it if need be."""
        known = self.line_of.get(values)
        if known is not None:
            return known
        recipe = self.recipes.get(values)
        if recipe is None and p >= 0:
            recipe = tuple(int(x) for x in self.pool.recipe[p])
        if recipe is None or recipe[1] < 0 or values in self.open:
            return self.add(values, *cheapest(values))
        self.open.add(values)
        operation, source, other, first, second = recipe
        a = self.line(self.values(source), source)
        if other >= 0:
            b = self.line(self.values(other), other)
            return self.add(values, operation, a, b)
        if operation in (REPEAT_LIST, FILTER):
            return self.add(values, operation, first, a)
        count = int(ARITY[operation]) - 1
        return self.add(values, operation, a, *(first, second)[:count])


def build(
    tape: Tape, pool: Pool, path: Array, pieces: int, peels: list[Peel], phase: Array
) -> Program | None:
    """The program of a cover; `peels` from the outermost inwards, streams in the same order.

    A stream is joined as soon as it can be, but behind pieces of an earlier phase.

    None where a peel finds no place (its place is no border of the cover).
    """
    size = int(tape.info[0])
    rows = [path[at] for at in range(pieces)]
    chain = sorted((row for row in rows if row[START] < size), key=lambda row: int(row[START]))
    streams = sorted((row for row in rows if row[START] >= size), key=lambda row: int(row[START]))
    builder = Builder(pool)

    def piece(row: Array) -> tuple[int, ...]:
        return tuple(tape.symbols[row[START] : row[END]].tolist())

    for row in sorted(rows, key=lambda row: int(tape.rank[row[START]])):
        builder.plan(piece(row), row)
    waiting = list(zip(peels, streams, strict=True))
    joined, length = -1, 0

    def join(row: Array, operation: int) -> int:
        p = int(row[SOURCE]) if row[OPERATION] == COPY else -1
        number = builder.line(piece(row), p)
        return number if joined < 0 else builder.add(None, operation, joined, number)

    def phase_of(row: Array) -> int:
        return int(phase[AGAIN if row[OPERATION] == COPY else row[OPERATION]])

    for number, row in enumerate(chain):
        joined = join(row, CONCATENATE)
        length += int(row[END] - row[START])
        while waiting:
            peel, stream = waiting[-1]
            if length < peel.place or (peel.length > peel.place and length != peel.place):
                break
            bound = any(other.length > other.place for other, _ in waiting)
            if not bound and any(
                phase_of(later) < phase_of(stream) for later in chain[number + 1 :]
            ):
                break
            joined = join(stream, INTERLEAVE)
            length += peel.length
            waiting.pop()
    if waiting or joined < 0:
        return None
    return Program(np.array([*builder.words, OUTPUT, joined], dtype=np.int64))
