"""Small changes of a program, tried one by one with its exact price.

Example: `1 = range_func_up(133, 151)` / `2 = set_list([13, ...])` / `3 = get_subsequence_between_
indices(1, 0, 18)` -> the range ends at 150, the list begins with 151, and line 3 is not needed.

The search before it works with averages; here each change is priced as it is.
"""

from collections.abc import Iterator
from dataclasses import replace

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import INITIATORS, INTERLEAVE
from codelength.dsl.priors import Prior
from codelength.dsl.program import Program
from codelength.dsl.rewrites.lines import operands
from codelength.errors import ProgramError
from codelength.synthesis.solver.chain import Chain, Workshop

MOST_PIECES = 40
"""Programs with more are left as they are."""


class Polisher:
    """Climbs from one program to a cheaper one until no change helps.

    Arguments:
        target: what programs must output.
        canonical: whether lines come in the sampler's order, else each merge early.
    """

    def __init__(self, prior: Prior, target: bytes, limits: Limits, canonical: bool) -> None:
        self.prior, self.target, self.limits = prior, target, limits
        self.shop = Workshop(canonical)
        self.seen: set[Program] = set()

    def polished(self, program: Program, trials: int) -> Program:
        """The program or a cheaper one with the same output; prices so many at most."""
        chain = self.shop.chain_of(program)
        if len(chain.pieces) + len(chain.streams) > MOST_PIECES:
            return program
        self.best, self.bits = program, self.prior.bits(program, self.limits)
        self.chain, self.trials = chain, trials
        self.try_chain(chain)
        moves = (self.joins, self.remade, self.swapped, self.shown, self.shifted, self.fused)
        while self.trials > 0:
            before = self.bits
            for move in moves:
                while self.trials > 0 and any(self.try_chain(one) for one in move(self.chain)):
                    pass
            if self.bits > before - 1e-9:
                break
        return self.best

    def try_chain(self, chain: Chain) -> bool:
        """Take a chain if its program is right and cheaper."""
        if self.trials <= 0:
            return False
        program = self.shop.program_of(chain)
        if program in self.seen:
            return False
        self.seen.add(program)
        self.trials -= 1
        try:
            bits = self.prior.bits(program, self.limits)
        except ProgramError:
            return False
        if bits > self.bits - 1e-6 or program.run(self.limits).as_bytes() != self.target:
            return False
        self.best, self.bits = program, bits
        known = set(self.shop.needed(chain))
        self.chain = replace(chain, lines={p: x for p, x in chain.lines.items() if p in known})
        return True

    def joins(self, chain: Chain) -> Iterator[Chain]:
        """Each stream joined elsewhere."""
        for k, (stream, place) in enumerate(chain.streams):
            low = chain.streams[k - 1][1] if k else 1
            high = chain.streams[k + 1][1] if k + 1 < len(chain.streams) else len(chain.pieces)
            for other in range(low, high + 1):
                if other != place:
                    streams = [*chain.streams]
                    streams[k] = stream, other
                    yield replace(chain, streams=tuple(streams))

    def remade(self, chain: Chain) -> Iterator[Chain]:
        """Each sequence made in another way."""
        known = self.shop.needed(chain)
        for p in reversed(known):
            for line in self.shop.makers(p, known):
                if line != chain.lines[p] and not any(
                    self.shop.depends(chain, source, p) for source in operands(line)
                ):
                    yield replace(chain, lines={**chain.lines, p: line})
        for p, line in self.shop.pairs(known):
            if line != chain.lines[p] and not any(
                self.shop.depends(chain, source, p) for source in operands(line)
            ):
                yield replace(chain, lines={**chain.lines, p: line})

    def swapped(self, chain: Chain) -> Iterator[Chain]:
        """A sequence made of another one, and that one of it instead."""
        for p in self.shop.needed(chain):
            sources = operands(chain.lines[p])
            if len(sources) != 1 or chain.lines[p][0] >= INTERLEAVE:
                continue
            (source,) = sources
            for back in self.shop.makers(source, [p]):
                if back[0] < INITIATORS:
                    continue
                for first in [chain.lines[source], *self.shop.makers(p, [])]:
                    if first[0] < INITIATORS and operands(first):
                        continue
                    made = self.shop.makers(p, operands(first)) if operands(first) else [first]
                    for line in made:
                        lines = {**chain.lines, source: back, p: line}
                        changed = replace(chain, lines=lines)
                        if p not in operands(line) and source not in operands(line):
                            yield changed

    def shown(self, chain: Chain) -> Iterator[Chain]:
        """A sequence that the chain has across or within its pieces, as a piece."""
        values = self.shop.values
        flat = [value for p in chain.pieces for value in values[p]]
        bounds = [0]
        for p in chain.pieces:
            bounds.append(bounds[-1] + len(values[p]))
        for p in self.shop.needed(chain):
            wanted, size = list(values[p]), len(values[p])
            for at in range(len(flat) - size + 1 if size else 0):
                if flat[at] == wanted[0] and flat[at : at + size] == wanted:
                    yield from self.cut(chain, flat, bounds, at, at + size)

    def cut(
        self, chain: Chain, flat: list[int], bounds: list[int], start: int, end: int
    ) -> Iterator[Chain]:
        """The chain with a piece at start..end; what is left of others alone or with the next."""
        first = max(k for k in range(len(bounds)) if bounds[k] <= start)
        last = min(k for k in range(len(bounds)) if bounds[k] >= end)
        if bounds[first] == start and bounds[last] == end and last == first + 1:
            return
        lefts = [first] if bounds[first] == start or first == 0 else [first, first - 1]
        rights = [last] if bounds[last] == end or last == len(bounds) - 1 else [last, last + 1]
        for left in lefts:
            for right in rights:
                borders = [*bounds[: left + 1], start, end, *bounds[right:]]
                yield from self.with_borders(chain, flat, sorted(set(borders)), bounds)

    def shifted(self, chain: Chain) -> Iterator[Chain]:
        """A border between two pieces elsewhere."""
        values = self.shop.values
        flat = [value for p in chain.pieces for value in values[p]]
        bounds = [0]
        for p in chain.pieces:
            bounds.append(bounds[-1] + len(values[p]))
        for k in range(1, len(bounds) - 1):
            for by in (-1, 1, -2, 2):
                if bounds[k - 1] < bounds[k] + by < bounds[k + 1]:
                    borders = [*bounds]
                    borders[k] += by
                    yield from self.with_borders(chain, flat, borders, bounds)

    def fused(self, chain: Chain) -> Iterator[Chain]:
        """Two neighbouring pieces as one."""
        values = self.shop.values
        flat = [value for p in chain.pieces for value in values[p]]
        bounds = [0]
        for p in chain.pieces:
            bounds.append(bounds[-1] + len(values[p]))
        for k in range(1, len(bounds) - 1):
            yield from self.with_borders(chain, flat, bounds[:k] + bounds[k + 1 :], bounds)

    def with_borders(
        self, chain: Chain, flat: list[int], borders: list[int], before: list[int]
    ) -> Iterator[Chain]:
        """The chain cut at other borders; streams stay behind as many values as they can."""
        pieces = [
            self.shop.number(tuple(flat[a:b])) for a, b in zip(borders, borders[1:], strict=False)
        ]
        streams = []
        for stream, place in chain.streams:
            end = before[place]
            streams.append((stream, next(k for k, b in enumerate(borders) if b >= end)))
        changed = Chain(tuple(pieces), tuple(streams), chain.lines)
        yield self.shop.with_sequences(changed, tuple(pieces))
