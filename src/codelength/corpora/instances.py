"""What a codec is asked to do: instances of (condition, target), and corpora of them.

Example: Instance("text/0", b"Hello", Condition(length=5)) -> both ends know that 5 bytes come.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from codelength.coding.messages import Json


@dataclass(frozen=True)
class Condition:
    """What encoder and decoder both know and nobody pays for (`given`).

    Arguments:
        length: symbols of the target, where that is public; None where the message must tell.
        alphabet: the target's values are 0..alphabet-1 (256: bytes; 8: KT's DNA).
        text: a public text: the question, the task; what a model reads before the target.
    """

    length: int | None = None
    alphabet: int = 256
    text: bytes = b""

    def __post_init__(self) -> None:
        if not 2 <= self.alphabet <= 256 or (self.length is not None and self.length < 0):
            raise ValueError("a condition has 2..256 symbols and no negative length")

    @property
    def symbol_bits(self) -> int:
        """Bits of one symbol sent plainly."""
        return (self.alphabet - 1).bit_length()


NOTHING = Condition()
"""Nothing is public but that symbols are bytes."""


@dataclass(frozen=True)
class Instance:
    """One thing to reconstruct.

    Arguments:
        id: unique in its corpus.
        target: one symbol a byte.
        given: the public condition.
        gold: a program known to produce the target, shown to the encoder alone (or None).
        units: how many of its corpus' units the target has; None: its symbols.
    """

    id: str
    target: bytes
    given: Condition = NOTHING
    gold: str | None = None
    units: int | None = None

    @property
    def raw_bits(self) -> int:
        """Bits of the target sent plainly: the denominator of rates."""
        return len(self.target) * self.given.symbol_bits


class Corpus(ABC):
    """A named source of instances, the same each time it is walked.

    Attributes:
        unit: what component values are given by: "symbol", or for example "byte", "move", "answer".
    """

    name: str
    unit: str = "symbol"

    @abstractmethod
    def describe(self) -> dict[str, Json]:
        """What identifies the instances exactly: source, hashes, cut, seed; in a run's spec."""

    @abstractmethod
    def __iter__(self) -> Iterator[Instance]: ...

    @abstractmethod
    def __len__(self) -> int: ...


def item_length_name(item_length: int | None) -> int | str:
    """How a cut is written: a number of symbols, or "whole"."""
    return "whole" if item_length is None else item_length


def cut(
    name: str, data: bytes | mmap, item_length: int | None, alphabet: int, limit: int | None
) -> Iterator[Instance]:
    """Items of `item_length` symbols (the last may be shorter), or the whole as one.

    The cut is public: every item's length follows from the size of the file and the item's place.
    """
    length = max(len(data), 1) if item_length is None else item_length
    starts = range(0, max(len(data), 1), length)
    for index, start in enumerate(starts[:limit]):
        item = data[start : start + length]
        yield Instance(f"{name}/{index}", item, Condition(len(item), alphabet))


def pieces(size: int, item_length: int | None, limit: int | None) -> int:
    """How many items `cut` yields."""
    count = 1 if item_length is None else max(1, -(-size // item_length))
    return count if limit is None else min(limit, count)
