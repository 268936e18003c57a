r"""Many programs at once: scan, run, price and print them in compiled loops.

Example: price(*parse_many(["sequence_1 = range_func_up(0, 9)\noutput = sequence_1"])).paper
-> array([25.287712]).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel
from codelength.dsl import syntax
from codelength.dsl.interpreter import FINE, Limits, run
from codelength.dsl.operations import ZERO
from codelength.dsl.priors.base import Prior
from codelength.dsl.priors.exact import choice_bits, choices
from codelength.dsl.priors.paper import check_domain, outside_domain, paper_bits
from codelength.dsl.program import Program
from codelength.dsl.syntax import render, scan
from codelength.errors import ProgramError

Array = npt.NDArray[np.int64]
Buffer = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@kernel
def scan_many(text: Buffer, text_ends: Array, words: Array, ends: Array, info: Array) -> int:
    """Scan programs back to back; returns how many scanned before the first error in `info`."""
    start, used = ZERO, ZERO
    for k in range(len(text_ends)):
        used += scan(text, start, text_ends[k], words[used:], info)
        if info[0] != syntax.FINE:
            return k
        start, ends[k] = text_ends[k], used
    return len(text_ends)


@kernel
def render_many(words: Array, ends: Array, out: Buffer, out_ends: Array) -> None:
    """Print programs back to back."""
    start, at = ZERO, ZERO
    for k in range(len(ends)):
        at = render(words, start, out, at)
        start, out_ends[k] = ends[k], at


@kernel
def price_many(
    words: Array,
    ends: Array,
    first: int,
    arena: Array,
    bounds: Array,
    scratch: Array,
    length: int,
    steps: int,
    paper: Floats,
    exact: Floats,
) -> int:
    """Run and price the programs from `first` on; returns the first that could not be priced."""
    start = ends[first - 1] if first > 0 else ZERO
    for k in range(first, len(ends)):
        outcome, line, _ = run(words, start, arena, bounds, length, steps)
        if outcome != FINE or outside_domain(words, start, bounds, True)[0] >= 0:
            return k
        result = words[ends[k] - 1]
        for j in range(bounds[result], bounds[result + 1]):
            if not 0 <= arena[j] <= 255:
                return k
        if 2 * (ends[k] - start) + 100 * (line + 1) > scratch.shape[1]:
            return k
        paper[k] = paper_bits(words, start)
        number = choices(words, start, bounds, scratch[0], scratch[1])
        exact[k] = choice_bits(scratch[1], number)
        start = ends[k]
    return len(ends)


PRINTED = 4096
"""Programs that `texts` prints in one go."""


@dataclass(frozen=True)
class Prices:
    """Bits of each program under the paper's prior and under the exact one, float64 `[n]`."""

    paper: Floats
    exact: Floats


def parse_many(texts: Sequence[str]) -> tuple[Array, Array]:
    """Scan programs: their words back to back, and where each ends.

    Raises:
        ProgramFailure: names the program by its place in `texts`, from 0, and what is wrong.
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = b"".join(encoded)
    text_ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    words = np.zeros(len(data) + 8, dtype=np.int64)
    ends, info = np.zeros(len(texts), np.int64), np.zeros(4, np.int64)
    done = scan_many(np.frombuffer(data, np.uint8), text_ends, words, ends, info)
    if done < len(texts):
        raise ProgramFailure(int(done), syntax.explain(encoded[done], info))
    return words[: ends[-1] if len(ends) else 0], ends


def price(words: Array, ends: Array, limits: Limits | None = None) -> Prices:
    """Run and price programs given as words back to back.

    Raises:
        ProgramFailure: names the program by its place, from 0, and what is wrong.
    """
    limits = limits or Limits()
    paper, exact = np.zeros(len(ends)), np.zeros(len(ends))
    done, size = 0, 1 << 14
    while done < len(ends):
        arena, bounds = np.empty(size, np.int64), np.zeros(size, np.int64)
        scratch = np.zeros((2, 8 * size), np.int64)
        before = done
        done = price_many(
            words, ends, done, arena, bounds, scratch, limits.length, limits.steps, paper, exact
        )
        if done == before:  # too large for the buffers, or without a price
            if size > 1 << 26:
                raise ProgramFailure(done, ProgramError("the program is too large to price"))
            _raise_if_unpriced(words, ends, done, limits)
            size *= 4
    return Prices(paper, exact)


def price_by(prior: Prior, words: Array, ends: Array, limits: Limits | None = None) -> list[float]:
    """The bits of programs given as words back to back under any prior, one by one.

    Raises:
        ProgramFailure: names the program by its place, from 0, and what is wrong.
    """
    bits, start = [], 0
    for k, end in enumerate(ends.tolist()):
        try:
            bits.append(prior.bits(Program(words[start:end]), limits))
        except ProgramError as error:
            raise ProgramFailure(k, error) from error
        start = end
    return bits


def _raise_if_unpriced(words: Array, ends: Array, k: int, limits: Limits) -> None:
    program = Program(words[ends[k - 1] if k else 0 : ends[k]])
    try:
        check_domain(program, limits)
    except ProgramError as error:
        raise ProgramFailure(int(k), error) from error


def texts(words: Array, ends: Array) -> list[str]:
    """Print programs given as words back to back."""
    printed: list[str] = []
    for first in range(0, len(ends), PRINTED):
        start = int(ends[first - 1]) if first else 0
        some = ends[first : first + PRINTED] - start
        part = words[start : start + some[-1]]
        # At most 20 digits a word and 44 characters a line, and a line has two words at least.
        out, out_ends = np.empty(48 * len(part) + 64, np.uint8), np.zeros(len(some), np.int64)
        render_many(part, some, out, out_ends)
        text = out[: out_ends[-1]].tobytes().decode()
        starts = [0, *out_ends[:-1].tolist()]
        printed += [text[i:j] for i, j in zip(starts, out_ends.tolist(), strict=True)]
    return printed


class ProgramFailure(ProgramError):
    """One of many programs could not be read, run or priced.

    Arguments:
        place: which one, from 0.
        cause: what is wrong with it.
    """

    def __init__(self, place: int, cause: ProgramError) -> None:
        super().__init__(f"program {place + 1}: {cause}")
        self.place, self.cause = place, cause


def join(programs: Sequence[Array]) -> tuple[Array, Array]:
    """Words of single programs back to back, and where each ends."""
    if not programs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(programs), np.cumsum([len(words) for words in programs], dtype=np.int64)
