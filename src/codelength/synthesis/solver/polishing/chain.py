"""A program as its chain of pieces and streams, and a line for each sequence: easy to change.

Example: `1 = range_func_up(3, 9)` / `2 = repeat_num(4, 80)` / `3 = concatenate(1, 2)` ->
pieces (0, 1), no streams, a line for each of the two.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import CONCATENATE, INITIATORS, INTERLEAVE, OUTPUT
from codelength.dsl.program import Program
from codelength.dsl.rewrites.draft import line_bits
from codelength.dsl.rewrites.lines import (
    REFERENCES,
    Line,
    lines_of,
    needed,
    operands,
    redirected,
)
from codelength.dsl.rewrites.orders import merge_chain
from codelength.dsl.rewrites.sharing import Values
from codelength.synthesis.solver.polishing.makers import alone, from_one, of_two

MERGE_BITS = 6.0
"""Rough bits of a merge."""


@dataclass(frozen=True)
class Chain:
    """What is joined to what, and how each sequence is made; sequences by their numbers.

    Arguments:
        pieces: concatenated in this order.
        streams: (sequence, how many pieces stand before it is interleaved), in their order.
        lines: a line for each sequence that is needed; references are numbers of sequences.
    """

    pieces: tuple[int, ...]
    streams: tuple[tuple[int, int], ...]
    lines: dict[int, Line]

    def merges(self) -> Iterator[tuple[int, int]]:
        """(operation, sequence) in the order of the chain; the first is not merged."""
        waiting = list(self.streams)
        for number, piece in enumerate(self.pieces, 1):
            yield int(CONCATENATE), piece
            while waiting and waiting[0][1] <= number:
                yield int(INTERLEAVE), waiting.pop(0)[0]

    def leaves(self) -> set[int]:
        """The sequences that are merged."""
        return {*self.pieces, *(stream for stream, _ in self.streams)}


class Workshop:
    """The sequences that chains of one target are made of, and what makes them of each other."""

    def __init__(self, canonical: bool) -> None:
        self.canonical = canonical
        self.numbers: dict[Values, int] = {}
        self.values: list[Values] = []
        self._last: Chain | None = None
        self._order: list[int] = []
        self._alone: dict[int, list[Line]] = {}
        self._from_one: dict[tuple[int, int], list[Line]] = {}
        self._cheapest: dict[tuple[int, int | None], tuple[float, Line]] = {}
        self._of_two: dict[tuple[int, int], list[tuple[Values, Line]]] = {}

    def number(self, values: Values) -> int:
        """The number of a sequence."""
        known = self.numbers.get(values)
        if known is None:
            known = self.numbers[values] = len(self.values)
            self.values.append(values)
        return known

    def chain_of(self, program: Program, limits: Limits) -> Chain:
        """A program without dead lines as a chain."""
        lines, result = lines_of(program)
        execution = program.run(limits)
        every, bounds = execution.values.tolist(), execution.bounds.tolist()
        numbers = [self.number(tuple(every[bounds[i] : bounds[i + 1]])) for i in range(len(lines))]
        merges = merge_chain(lines, needed(lines, result))
        pieces = [numbers[lines[merges[0]][1]] if merges else numbers[result]]
        streams = []
        for i in merges:
            leaf = numbers[lines[i][2]]
            if lines[i][0] == CONCATENATE:
                pieces.append(leaf)
            else:
                streams.append((leaf, len(pieces)))
        inner = set(merges)
        made: dict[int, Line] = {}
        for i, line in enumerate(lines):
            if i not in inner:  # of lines with equal values the first counts
                made.setdefault(numbers[i], redirected(line, numbers))
        return Chain(tuple(pieces), tuple(streams), made)

    def program_of(self, chain: Chain) -> Program:
        """The program that a chain stands for."""
        merges = list(chain.merges())
        at: dict[int, int] = {}
        words: list[int] = []
        if self.canonical:
            for p in self.in_order(chain, [leaf for _, leaf in merges]):
                self.write(chain, p, at, words)
        joined = -1
        for operation, leaf in merges:
            self.write(chain, leaf, at, words)
            if joined < 0:
                joined = at[leaf]
                continue
            words += [operation, joined, at[leaf]]
            joined = at[-1 - len(at)] = len(at)
        words += [int(OUTPUT), joined]
        return Program(np.array(words, dtype=np.int64))

    def write(self, chain: Chain, p: int, at: dict[int, int], words: list[int]) -> None:
        """Write the line of a sequence, those of its sources first, if they are not there."""
        if p not in at:
            line = chain.lines[p]
            for j in REFERENCES[line[0]]:
                if line[j] not in at:
                    self.write(chain, line[j], at, words)
            words += redirected(line, at)
            at[p] = len(at)

    def in_order(self, chain: Chain, leaves: list[int]) -> list[int]:
        """The sequences in the sampler's order, see `canonical_order`."""
        known = self.needed(chain)
        last = len(leaves)
        places: dict[int, int] = {}
        for place, leaf in enumerate(leaves):
            places.setdefault(leaf, place)
        for p in reversed(known):
            place = places.setdefault(p, last)
            line = chain.lines[p]
            for j in REFERENCES[line[0]]:
                if places.get(line[j], last) > place:
                    places[line[j]] = place
        return sorted(known, key=lambda p: (chain.lines[p][0] >= INITIATORS, places[p]))

    def needed(self, chain: Chain) -> list[int]:
        """The sequences that the chain needs, sources before users."""
        if self._last is chain:
            return self._order
        lines = chain.lines
        order: dict[int, None] = {}

        def visit(p: int) -> None:
            line = lines[p]
            for j in REFERENCES[line[0]]:
                if line[j] not in order:
                    visit(line[j])
            order[p] = None

        for p in (*chain.pieces, *(stream for stream, _ in chain.streams)):
            if p not in order:
                visit(p)
        self._last, self._order = chain, list(order)
        return self._order

    def rough(self, chain: Chain) -> float:
        """Rough bits of the chain's lines and merges."""
        bits = MERGE_BITS * (len(chain.pieces) + len(chain.streams))
        return bits + sum(line_bits(chain.lines[p]) for p in self.needed(chain))

    def alone(self, target: int) -> list[Line]:
        """Lines that make a sequence of no other, as `makers.alone` has them."""
        lines = self._alone.get(target)
        if lines is None:
            lines = self._alone[target] = alone(self.values[target])
        return lines

    def from_one(self, target: int, source: int) -> list[Line]:
        """Lines that make a sequence out of another one, as `makers.from_one` has them."""
        key = target, source
        lines = self._from_one.get(key)
        if lines is None:
            values = self.values
            lines = from_one(values[target], values[source], source) if target != source else []
            self._from_one[key] = lines
        return lines

    def makers(self, target: int, sources: list[int]) -> list[Line]:
        """Lines that make a sequence, of some others or of none."""
        found = list(self.alone(target))
        for source in sources:
            found += self.from_one(target, source)
        return found

    def cheapest(self, target: int, sources: list[int]) -> Line:
        """The first of `makers` with the fewest rough bits."""
        best: Line = ()
        least = math.inf
        for source in (None, *sources):
            key = target, source
            known = self._cheapest.get(key)
            if known is None:
                lines = self.alone(target) if source is None else self.from_one(target, source)
                line = min(lines, key=line_bits, default=())
                known = self._cheapest[key] = (line_bits(line) if line else math.inf, line)
            if known[0] < least:
                least, best = known
        return best

    def pairs(self, sources: list[int]) -> Iterator[tuple[int, Line]]:
        """Which of the sequences two others make, and how."""
        known = set(sources)
        for left in sources:
            for right in sources:
                if left == right or len(self.values[left]) != len(self.values[right]):
                    continue
                made = self._of_two.get((left, right))
                if made is None:
                    made = of_two(self.values[left], self.values[right], left, right)
                    self._of_two[left, right] = made
                for values, line in made:
                    target = self.numbers.get(values, -1)
                    if target in known and target not in (left, right):
                        yield target, line

    def depends(self, chain: Chain, p: int, on: int) -> bool:
        """Whether making sequence p needs sequence `on`, or one that has no line."""
        stack = [p]
        while stack:
            here = stack.pop()
            if here == on or here not in chain.lines:
                return True
            stack += operands(chain.lines[here])
        return False

    def with_sequences(self, chain: Chain, new: Sequence[int], loose: bool = False) -> Chain:
        """The chain with a line for each sequence that has none, the cheapest by rough bits.

        Arguments:
            loose: some lines need what has no line yet.
        """
        missing = [p for p in dict.fromkeys(new) if p not in chain.lines]
        if not missing:
            return chain
        lines = dict(chain.lines)
        extended = Chain(chain.pieces, chain.streams, lines)
        for p in missing:
            sources = [q for q in lines if not loose or not self.depends(extended, q, p)]
            lines[p] = self.cheapest(p, sources)
        return extended
