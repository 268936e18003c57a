"""What a model gets right on held-out pairs: an entry an item, to be summed up elsewhere.

Example: evaluate(checkpoint, [b"..."], Manner()) -> right or not, bits, prefixes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.dsl.pairs import Pair
from codelength.synthesis.seqcoder.decoding import Manner, decode
from codelength.synthesis.seqcoder.judging import judged
from codelength.synthesis.seqcoder.model import Checkpoint
from codelength.synthesis.seqcoder.stream import held_out_pairs


def held_out_items(limit: int | None = None, lines: int = 0, longest: int = 0) -> list[Pair]:
    """The held-out items, those of `kt run --modality synthetic`.

    Arguments:
        lines, longest: only those with at most so many lines, and so many symbols; 0: all.
    """
    some = [
        one
        for one in held_out_pairs()
        if (not lines or one.program.lines <= lines)
        and (not longest or len(one.sequence) <= longest)
    ]
    return some[:limit]


@dataclass(frozen=True)
class Outcome:
    """Of one item.

    Arguments:
        right: of its programs, how many give the target; `ran`: run at all; of `drawn`.
        paper, exact: the fewest bits of a right one; infinite where there is none.
        prefix: the longest right prefix of the first program.
        program: the one with the fewest exact bits, as words; None where none is right.
    """

    drawn: int
    ran: int
    right: int
    paper: float
    exact: float
    prefix: int
    program: npt.NDArray[np.int64] | None


@dataclass(frozen=True)
class Judged:
    """One item.

    Arguments:
        gold: bits of its own program, paper prior; `paper`: of the best right one, or of the item.
        right: whether there is a right one.
        prefix: the longest right prefix of the first program, symbols.
    """

    index: int
    symbols: int
    lines: int
    gold: float
    paper: float
    right: bool
    prefix: int

    @classmethod
    def of(cls, pair: Pair, one: Outcome) -> "Judged":
        """An item and what a model made of it."""
        symbols = len(pair.sequence)
        right = one.right > 0 and bool(np.isfinite(one.paper))
        bits = one.paper if right else 8.0 * symbols
        lines = pair.program.lines
        return cls(pair.index, symbols, lines, pair.paper_bits, bits, right, one.prefix)

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Evaluation:
    """Of many items.

    Arguments:
        seconds: that writing and judging took.
    """

    outcomes: list[Outcome]
    seconds: float


def evaluate(
    checkpoint: Checkpoint,
    targets: Sequence[bytes],
    manner: Manner,
    say: Callable[[str], None] | None = None,
    some: int = 1024,
) -> Evaluation:
    """Write programs for each target and judge them.

    Arguments:
        some: targets between two reports.
    """
    began = time.perf_counter()
    outcomes: list[Outcome] = []
    for first in range(0, len(targets), some):
        part = targets[first : first + some]
        written = decode(checkpoint, part, manner)
        programs = [one.words for all_of in written for one in all_of]
        wanted = [one for one, all_of in zip(part, written, strict=True) for _ in all_of]
        verdicts = judged(programs, wanted)
        at = 0
        for all_of in written:
            these = slice(at, at + len(all_of))
            best = at + int(np.argmin(verdicts.exact[these]))
            outcomes.append(
                Outcome(
                    len(all_of),
                    int(verdicts.ran[these].sum()),
                    int(verdicts.right[these].sum()),
                    float(verdicts.paper[these].min()),
                    float(verdicts.exact[best]),
                    int(verdicts.prefix[at]),
                    programs[best] if verdicts.right[best] else None,
                )
            )
            at += len(all_of)
        if say:
            share = np.mean([one.right > 0 for one in outcomes])
            say(f"{len(outcomes):,} of {len(targets):,} items: {100 * share:.1f} % solved")
    return Evaluation(outcomes, time.perf_counter() - began)
