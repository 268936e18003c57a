r"""Environments that know what is legal, and the trees of what a predictor would say for it.

Example: in chess a text is "e4 e5 Nf3"; at its beginning 20 moves are legal.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from codelength.coding.messages import Json
from codelength.corpora.instances import Condition
from codelength.predictors.protocol import Node


class Position(ABC):
    """Where a text stands in its environment."""

    @abstractmethod
    def legal(self) -> list[bytes]:
        """The moves that may come next, in an order that depends on the position alone."""

    @abstractmethod
    def play(self, move: bytes) -> None:
        """Make one of the legal moves."""


class Environment(ABC):
    """Texts that are moves with a separator between them; no move holds the separator."""

    separator: bytes = b" "

    @abstractmethod
    def begin(self, given: Condition) -> Position:
        """The position at the beginning of a text."""

    @abstractmethod
    def protocol(self) -> dict[str, Json]:
        """What its rules depend on: name, version of the library."""


@dataclass
class Branch:
    """A place in the tree of moves, as symbols: what may follow, and which moves end here."""

    children: dict[int, "Branch"] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)

    @property
    def choices(self) -> list[int | None]:
        """The symbols that go on, ascending; then None, for the end of a move."""
        return [*sorted(self.children), *([None] if self.ends else [])]


def tree_of(spelled: Sequence[Sequence[int]]) -> Branch:
    """The tree of moves that are spelled in symbols."""
    root = Branch()
    for number, symbols in enumerate(spelled):
        here = root
        for symbol in symbols:
            here = here.children.setdefault(symbol, Branch())
        here.ends.append(number)
    return root


def nodes_of(spelled: Sequence[Sequence[int]]) -> list[Node]:
    """All places in the tree, the root and the ends of moves included, each after its parent."""
    return sorted({tuple(one[:k]) for one in spelled for k in range(len(one) + 1)})
