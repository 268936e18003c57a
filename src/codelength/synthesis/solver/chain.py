"""A program as its chain of pieces and streams, and a line for each sequence: easy to change.

Example: `1 = range_func_up(3, 9)` / `2 = repeat_num(4, 80)` / `3 = concatenate(1, 2)` ->
pieces (0, 1), no streams, a line for each of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from codelength.dsl.operations import CONCATENATE, INTERLEAVE
from codelength.dsl.program import Program
from codelength.dsl.rewrites.draft import line_bits
from codelength.dsl.rewrites.lines import (
    Line,
    lines_of,
    needed,
    operands,
    program_of,
    redirected,
)
from codelength.dsl.rewrites.orders import canonical_order, merge_chain
from codelength.dsl.rewrites.sharing import Values
from codelength.synthesis.solver.makers import alone, from_one, of_two


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
        self._from_one: dict[tuple[int, int], list[Line]] = {}
        self._of_two: dict[tuple[int, int], list[tuple[Values, Line]]] = {}

    def number(self, values: Values) -> int:
        """The number of a sequence."""
        known = self.numbers.get(values)
        if known is None:
            known = self.numbers[values] = len(self.values)
            self.values.append(values)
        return known

    def chain_of(self, program: Program) -> Chain:
        """A program as a chain; it has no copies and no dead lines."""
        lines, result = lines_of(program)
        execution = program.run()
        every, bounds = execution.values.tolist(), execution.bounds.tolist()
        numbers = [
            self.number(tuple(every[bounds[i] : bounds[i + 1]])) for i in range(len(lines))
        ]
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
        made = {
            numbers[i]: redirected(line, numbers)
            for i, line in enumerate(lines)
            if i not in inner
        }
        return Chain(tuple(pieces), tuple(streams), made)

    def program_of(self, chain: Chain) -> Program:
        """The program that a chain stands for."""
        known = self.needed(chain)
        lines = [chain.lines[p] for p in known]
        at = {p: i for i, p in enumerate(known)}
        lines = [redirected(line, at) for line in lines]
        joined = -1
        for operation, leaf in chain.merges():
            if joined < 0:
                joined = at[leaf]
                continue
            lines.append((operation, joined, at[leaf]))
            joined = len(lines) - 1
        order = canonical_order(lines, joined) if self.canonical else needed(lines, joined)
        return program_of(lines, joined, order)

    def needed(self, chain: Chain) -> list[int]:
        """The sequences that the chain needs, sources before users."""
        order: list[int] = []
        done: set[int] = set()
        stack = [*(stream for stream, _ in reversed(chain.streams)), *reversed(chain.pieces)]
        while stack:
            p = stack[-1]
            missing = [q for q in operands(chain.lines[p]) if q not in done] if p not in done else []
            if missing:
                stack.append(missing[0])
                continue
            stack.pop()
            if p not in done:
                done.add(p)
                order.append(p)
        return order

    def makers(self, target: int, sources: list[int]) -> list[Line]:
        """Lines that make a sequence, of some others or of none."""
        found = alone(self.values[target])
        for source in sources:
            if source == target:
                continue
            key = target, source
            lines = self._from_one.get(key)
            if lines is None:
                lines = from_one(self.values[target], self.values[source], source)
                self._from_one[key] = lines
            found += lines
        return found

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
        """Whether making sequence p needs sequence `on`."""
        stack = [p]
        while stack:
            here = stack.pop()
            if here == on:
                return True
            stack += operands(chain.lines[here])
        return False

    def with_sequences(self, chain: Chain, new: tuple[int, ...]) -> Chain:
        """The chain with a line for each new sequence, the cheapest by rough bits."""
        lines = dict(chain.lines)
        for p in new:
            if p in lines:
                continue
            choices = self.makers(p, [q for q in lines if q != p])
            lines[p] = min(choices, key=line_bits)
        return Chain(chain.pieces, chain.streams, lines)
