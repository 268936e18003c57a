"""Small changes of a chain: streams joined elsewhere, lines remade, borders moved.

Example: pieces (range 133..151), (13, 124, 128) with a hidden slice 133..150 -> pieces 133..150,
(151, 13, 124, 128).

Each yields chains; whether they are right and cheaper is for `Polisher` to find out.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from codelength.dsl.operations import INITIATORS, INTERLEAVE
from codelength.dsl.rewrites.lines import operands
from codelength.synthesis.solver.costs import AGAIN as COPIES
from codelength.synthesis.solver.costs import SAMPLED
from codelength.synthesis.solver.polishing.chain import Chain, Workshop
from codelength.synthesis.solver.polishing.makers import cheapest, near

AGAIN = int(SAMPLED[COPIES])
"""The block in which sequences are used again."""

MOST_TIMES = 8
"""Repeats of a sequence that are looked for."""


def joins(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """Each stream joined elsewhere."""
    for k, (stream, place) in enumerate(chain.streams):
        low = chain.streams[k - 1][1] if k else 1
        high = chain.streams[k + 1][1] if k + 1 < len(chain.streams) else len(chain.pieces)
        for other in range(low, high + 1):
            if other != place:
                streams = [*chain.streams]
                streams[k] = stream, other
                yield replace(chain, streams=tuple(streams))


def remade(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """Each sequence made in another way out of those that there are."""
    known = shop.needed(chain)
    choices = [(p, line) for p in reversed(known) for line in shop.makers(p, known)]
    for p, line in [*choices, *shop.pairs(known)]:
        if line != chain.lines[p] and not any(
            shop.depends(chain, source, p) for source in operands(line)
        ):
            yield replace(chain, lines={**chain.lines, p: line})


def planted(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """Each sequence without a source made out of a new one that is not in the output."""
    for p in shop.needed(chain):
        if chain.lines[p][0] < INITIATORS:
            for hidden, line in near(shop.values[p]):
                source = shop.number(hidden)
                if source not in chain.lines:
                    first = cheapest(hidden)
                elif not shop.depends(chain, source, p):
                    first = chain.lines[source]
                else:
                    continue
                made = (line[0], source, *line[1:])
                yield replace(chain, lines={**chain.lines, source: first, p: made})


def swapped(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """A sequence made of another one, and that one of it instead."""
    for p in shop.needed(chain):
        sources = operands(chain.lines[p])
        if len(sources) != 1 or chain.lines[p][0] >= INTERLEAVE:
            continue
        (source,) = sources
        for back in shop.makers(source, [p]):
            if back[0] < INITIATORS:
                continue
            firsts = shop.makers(p, operands(chain.lines[source]))
            for first in firsts:
                if source not in operands(first):
                    yield replace(chain, lines={**chain.lines, source: back, p: first})


def shown(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """A sequence that the chain has across or within its pieces, as a piece."""
    flat, bounds = flat_of(shop, chain)
    known = shop.needed(chain)
    for p in known:
        yield from shown_at(shop, chain, flat, bounds, shop.values[p], False)
    for values in virtual(shop, known, len(flat)):
        yield from shown_at(shop, chain, flat, bounds, values, True)


def virtual(shop: Workshop, known: list[int], most: int) -> list[tuple[int, ...]]:
    """Sequences that are not there but might be: repeats, and runs as long as other runs."""
    found: dict[tuple[int, ...], None] = {}
    runs = [shop.values[p] for p in known if len(set(shop.values[p])) == 1]
    for length in sorted({len(run) for run in runs}):
        for value in dict.fromkeys(run[0] for run in runs):
            found[(value,) * length] = None
    for p in known:
        values = shop.values[p]
        for times in range(2, MOST_TIMES + 1):
            if values and times * len(values) <= most:
                found[values * times] = None
    return [values for values in found if shop.numbers.get(values) not in known]


def shown_at(
    shop: Workshop,
    chain: Chain,
    flat: list[int],
    bounds: list[int],
    values: tuple[int, ...],
    bordered: bool,
) -> Iterator[Chain]:
    """The values as a piece wherever the chain has them; or only where a piece begins or ends."""
    wanted, size, borders = list(values), len(values), set(bounds)
    bordered = bordered or len(set(values)) == 1  # a run of one value holds it at many places
    for at in sorted(borders | {b - size for b in borders}) if bordered else range(len(flat)):
        inside = size > 0 and 0 <= at <= len(flat) - size
        if inside and flat[at] == wanted[0] and flat[at : at + size] == wanted:
            yield from cut(shop, chain, flat, bounds, at, at + size)


def cut(
    shop: Workshop, chain: Chain, flat: list[int], bounds: list[int], start: int, end: int
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
            yield from with_borders(shop, chain, flat, sorted(set(borders)), bounds)


def shifted(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """A border between two pieces elsewhere."""
    flat, bounds = flat_of(shop, chain)
    for k in range(1, len(bounds) - 1):
        for by in (-1, 1, -2, 2):
            if bounds[k - 1] < bounds[k] + by < bounds[k + 1]:
                borders = [*bounds]
                borders[k] += by
                yield from with_borders(shop, chain, flat, borders, bounds)


def fused(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """Two neighbouring pieces as one."""
    flat, bounds = flat_of(shop, chain)
    for k in range(1, len(bounds) - 1):
        yield from with_borders(shop, chain, flat, bounds[:k] + bounds[k + 1 :], bounds)


def split(shop: Workshop, chain: Chain) -> Iterator[Chain]:
    """A piece without a source as two, one of which has one."""
    flat, bounds = flat_of(shop, chain)
    known = shop.needed(chain)
    for k, p in enumerate(chain.pieces):
        if chain.lines[p][0] >= INITIATORS:
            continue
        for at in range(bounds[k] + 1, bounds[k + 1]):
            for a, b in ((bounds[k], at), (at, bounds[k + 1])):
                part = shop.number(tuple(flat[a:b]))
                if part in chain.lines or any(shop.from_one(part, q) for q in known if q != p):
                    borders = [*bounds[: k + 1], at, *bounds[k + 1 :]]
                    yield from with_borders(shop, chain, flat, borders, bounds)
                    break


def flat_of(shop: Workshop, chain: Chain) -> tuple[list[int], list[int]]:
    """The values of the pieces one after the other, and where each begins and the last ends."""
    flat: list[int] = []
    bounds = [0]
    for p in chain.pieces:
        flat += shop.values[p]
        bounds.append(len(flat))
    return flat, bounds


def with_borders(
    shop: Workshop, chain: Chain, flat: list[int], borders: list[int], before: list[int]
) -> Iterator[Chain]:
    """The chain cut at other borders; streams stay behind as many values as they can.

    What was made out of a piece that is no longer there: as before, and made anew.
    """
    pieces = tuple(shop.number(tuple(flat[a:b])) for a, b in pairwise(borders))
    streams = []
    for stream, place in chain.streams:
        end = before[place]
        streams.append((stream, next(k for k, b in enumerate(borders) if b >= end)))
    changed = Chain(pieces, tuple(streams), chain.lines)
    kept = shop.with_sequences(changed, pieces)
    yield kept
    gone = chain.leaves() - kept.leaves()
    orphans = [p for p in shop.needed(kept) if gone.intersection(operands(kept.lines[p]))]
    if orphans:
        left = {p: line for p, line in kept.lines.items() if p not in gone and p not in orphans}
        yield shop.with_sequences(replace(kept, lines=left), orphans, loose=True)


def tidied(shop: Workshop, chain: Chain) -> Chain:
    """The streams joined where the sampler would, as far as the operations tell."""
    phases = [
        AGAIN if p in chain.pieces[:k] else phase_of(chain, p) for k, p in enumerate(chain.pieces)
    ]
    sizes = [len(shop.values[p]) for p in chain.pieces]
    streams: list[tuple[int, int]] = []
    length, place = sizes[0], 1
    for stream, _ in chain.streams:
        size = len(shop.values[stream])
        phase = AGAIN if stream in chain.pieces else phase_of(chain, stream)
        while place < len(sizes) and (length < size or phases[place] <= phase):
            length += sizes[place]
            place += 1
        streams.append((stream, place))
        length += size
    return replace(chain, streams=tuple(streams))


def phase_of(chain: Chain, p: int) -> int:
    """The sampler's block that makes a sequence."""
    return int(SAMPLED[chain.lines[p][0]])


Move = Callable[[Workshop, Chain], Iterator[Chain]]
MOVES: tuple[tuple[Move, float], ...] = (
    (joins, math.inf),
    (remade, 12.0),
    (planted, math.inf),
    (swapped, 12.0),
    (shown, 12.0),
    (split, 12.0),
    (shifted, 12.0),
    (fused, 12.0),
)
"""Moves, and how many rough bits a change may lose to be priced."""
