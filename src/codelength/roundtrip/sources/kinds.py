"""A kind makes inputs, a source has kinds, and a spread takes from each kind in turn.

Example: spread(Source("s", (a, b)), 1, 3, set()) -> [("a", ...), ("b", ...), ("a", ...)].
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from numpy.random import Generator, default_rng

from codelength.errors import InputError

Item = TypeVar("Item")
Draw = Callable[[Generator], str]
PATIENCE = 1000
"""So many draws in a row without anything new, and a kind counts as exhausted."""


@dataclass(frozen=True)
class Kind:
    """A way to make inputs.

    Arguments:
        name: unique in its source.
        draw: makes one input.
        every: all inputs there are, for kinds with few: distinct, in a fixed order.
    """

    name: str
    draw: Draw
    every: Callable[[], Sequence[str]] | None = None


@dataclass(frozen=True)
class Source:
    """Inputs of one sort, in several kinds."""

    name: str
    kinds: tuple[Kind, ...]

    @property
    def label(self) -> str:
        """The name, or name:kind where there is only one kind."""
        return f"{self.name}:{self.kinds[0].name}" if len(self.kinds) == 1 else self.name


def few(name: str, every: Callable[[], Sequence[str]]) -> Kind:
    """A kind of which all inputs can be listed."""
    return Kind(name, lambda rng: pick(rng, every()), every)


def pick(rng: Generator, items: Sequence[Item]) -> Item:
    """One of them."""
    return items[int(rng.integers(len(items)))]


def between(rng: Generator, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def letters(rng: Generator, alphabet: str, length: int) -> str:
    """So many characters of the alphabet, each drawn alone."""
    return "".join(alphabet[at] for at in rng.integers(len(alphabet), size=length))


def inputs(source: str, kind: Kind, seed: int) -> Iterator[str]:
    """Distinct inputs of a kind, in an order that (seed, source, kind's name) alone decides.

    It ends when all have been given, or after `PATIENCE` draws in a row that were not new.
    """
    if seed < 0:
        raise InputError(f"the seed must be 0 or more, not {seed}")
    rng = default_rng([seed, crc32(f"{source}/{kind.name}".encode())])
    if kind.every is not None:
        everything = kind.every()
        yield from (everything[at] for at in rng.permutation(len(everything)))
        return
    seen: set[str] = set()
    missed = 0
    while missed < PATIENCE:
        text = kind.draw(rng)
        missed += 1
        if text not in seen:
            seen.add(text)
            missed = 0
            yield text


def spread(source: Source, seed: int, count: int, taken: set[str]) -> list[tuple[str, str]]:
    """So many (kind, input) pairs, one from each kind in turn; `taken` grows by the inputs.

    An exhausted kind is passed over. A smaller count gives the beginning of a larger one.

    Raises:
        InputError: all kinds are exhausted before there are enough.
    """
    turns = [(kind.name, inputs(source.name, kind, seed)) for kind in source.kinds]
    pairs: list[tuple[str, str]] = []
    what = "distinct inputs left" if taken else "distinct inputs"
    while turns:
        for turn in list(turns):
            if len(pairs) >= count:
                return pairs
            name, stream = turn
            text = next((text for text in stream if text not in taken), None)
            if text is None:
                turns.remove(turn)
            else:
                taken.add(text)
                pairs.append((name, text))
    if len(pairs) < count:
        raise InputError(f"{source.label} has {len(pairs)} {what}, not {count}; ask for fewer")
    return pairs
