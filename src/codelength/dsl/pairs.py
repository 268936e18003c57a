"""KT's data set: unique sequences, each with the shortest program that was sampled for it.

Example: unique_pairs(seed=0, count=1000) -> 1000 `Pair`s in the order of their first appearance.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.dsl.program import Program
from codelength.dsl.sampler import Block, blocks


@dataclass(frozen=True)
class Pair:
    """A sampled program, its sequence, and its bits under the paper's and the exact prior.

    Arguments:
        index: which item of the seed's stream it is.
    """

    index: int
    words: npt.NDArray[np.int64]
    sequence: bytes
    paper_bits: float
    exact_bits: float

    @property
    def program(self) -> Program:
        """The program."""
        return Program(self.words)


def pairs_of(block: Block) -> Iterator[Pair]:
    """All pairs of a block of the sampler."""
    for k in range(len(block)):
        yield Pair(
            block.first + k,
            block.program_words(k),
            block.sequence(k),
            float(block.paper_bits[k]),
            float(block.exact_bits[k]),
        )


def unique_pairs(
    seed: int,
    enough: Callable[[int, int], bool],
    exclude: Container[bytes] = frozenset(),
) -> list[Pair]:
    """Sample until there is enough; no two sequences are equal.

    Of several programs for one sequence the one with the fewest paper bits is kept (the first on a
    tie), at the place of the first.

    Arguments:
        enough: is given the number of pairs and of their symbols, and says when to stop.
        exclude: sequences that may not appear (another split).
    """
    found: list[Pair] = []
    places: dict[bytes, int] = {}
    symbols = 0
    for block in blocks(seed):
        for pair in pairs_of(block):
            if enough(len(found), symbols):
                return found
            place = places.get(pair.sequence)
            if place is not None:
                if pair.paper_bits < found[place].paper_bits:
                    found[place] = pair
            elif pair.sequence not in exclude:
                places[pair.sequence] = len(found)
                found.append(pair)
                symbols += len(pair.sequence)
    raise AssertionError("the sampler's stream has no end")


def sample(seed: int, count: int, exclude: Container[bytes] = frozenset()) -> list[Pair]:
    """The first `count` unique pairs of a seed; see `unique_pairs`."""
    return unique_pairs(seed, lambda pairs, _: pairs >= count, exclude)
