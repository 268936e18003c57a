"""The fitted prior: a decodable code of programs that follows the sampler, its numbers counted.

Example: `sequence_1 = range_func_up(0, 9)` / `output = sequence_1` -> 17.945 bits (exact: 22.459).

The message says, at each place where the sampler could have acted, whether it did; everything that
the sampler draws is charged with counted probabilities, and a line that it cannot write costs a
flag and is coded as the exact prior codes it. Write programs in the sampler's order to profit.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    END,
    START,
    finish_encoding,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.dsl.interpreter import FINE, MEMORY, Limits
from codelength.dsl.operations import ZERO
from codelength.dsl.priors.base import DecodablePrior, Floats
from codelength.dsl.priors.exact import program_read
from codelength.dsl.priors.fitted_choices import (
    AT,
    FULL,
    GATE,
    ONE,
    OPEN,
    READING,
    TRACE,
    Coder,
    encode_trace,
    trace_bits,
)
from codelength.dsl.priors.fitted_places import FACTS, MARKS, MOST
from codelength.dsl.priors.fitted_tables import Marginals, Tables, load
from codelength.dsl.priors.fitted_walk import IRREGULAR, WALK, walk_program
from codelength.dsl.priors.paper import check_domain
from codelength.dsl.program import Program
from codelength.errors import ProgramError

Array = npt.NDArray[np.int64]

CHOICES = 1 << 30
"""The most equal choices that the coder takes."""
NOTHING = np.frombuffer(b"\0", dtype=np.uint8)
"""Read-only as a message is: another type of array would compile the kernels a second time."""


class FittedPrior(DecodablePrior):
    """The code described above.

    Arguments:
        tables: other numbers than the shipped ones (for fitting; the protocol does not name them).
    """

    name = "fitted"
    version = 1

    def __init__(self, tables: Tables | None = None) -> None:
        self._tables = tables or load()

    @property
    def marginals(self) -> Marginals:
        """Average prices, for searches."""
        return self._tables.marginals

    def trace(self, program: Program, limits: Limits | None = None) -> Array:
        """The choices that make up the program's message, int64 `[n, TRACE]`; see `TRACE`.

        Raises:
            ProgramError: the program has no price.
        """
        return self._traced(program, limits)[0]

    def irregular(self, program: Program, limits: Limits | None = None) -> int:
        """How many lines the sampler could not have written where they are.

        Raises:
            ProgramError: the program has no price.
        """
        return self._traced(program, limits)[1]

    def _traced(self, program: Program, limits: Limits | None) -> tuple[Array, int]:
        """The choices, and how many lines were irregular."""
        ran = check_domain(program, limits)
        longest = int(np.diff(ran).max())
        if longest >= CHOICES:
            raise ProgramError("a slice of more than 2^30 elements cannot be coded")
        # The walk looks two words ahead, and a line may work on more elements than it keeps.
        words = np.concatenate([program.words, np.zeros(4, dtype=np.int64)])
        size, room = int(ran[-1]) + longest + 64, 2 * len(words) + 2048
        while True:
            coder = Coder(new_walk(ZERO), np.empty((room, TRACE), np.int64), new_state(), NOTHING)
            arena, bounds = np.empty(size, np.int64), np.zeros(len(ran) + 2, np.int64)
            outcome, _ = self._walk(coder, words, arena, bounds, limits or Limits())
            if outcome == FINE:
                return coder.trace[: coder.walk[AT]], int(coder.walk[IRREGULAR])
            if outcome != MEMORY or not coder.walk[FULL]:
                raise AssertionError(f"the walk over a program with a price ends with {outcome}")
            room *= 4

    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The ideal length in bits; see `Prior.bits`."""
        trace = self.trace(program, limits)
        return float(trace_bits(trace, len(trace)))

    def line_bits(self, program: Program, limits: Limits | None = None) -> Floats:
        """The ideal length of each line; see `Prior.line_bits`.

        The places where nothing happened belong to the line that comes next.
        """
        trace = self.trace(program, limits)
        bits = np.log2(trace[:, 2] / trace[:, 1])
        return np.bincount(trace[:, 7], bits, program.lines)

    def encode(self, program: Program, limits: Limits | None = None) -> Bits:
        """The message; see `DecodablePrior.encode`."""
        trace = self.trace(program, limits)
        state = new_state()
        out = np.zeros(int(trace_bits(trace, len(trace))) + 128, dtype=np.uint8)
        encode_trace(state, out, trace, len(trace))
        return pack(out, finish_encoding(state, out))

    def read(self, reader: BitReader, limits: Limits | None = None) -> Program:
        """The next program; see `DecodablePrior.read`.

        Raises:
            MessageError: damaged, truncated or foreign.
        """
        limits = limits or Limits()
        data = np.frombuffer(reader.data, dtype=np.uint8)
        size = 4096
        while True:
            state = new_state()
            state[START], state[END] = reader.position, reader.length
            start_decoding(state, data)
            coder = Coder(new_walk(ONE), np.empty((0, TRACE), np.int64), state, data)
            words, bounds = np.zeros(size, np.int64), np.zeros(size, np.int64)
            arena = np.empty(size, np.int64)
            outcome, used = self._walk(coder, words, arena, bounds, limits)
            if outcome != MEMORY:
                break
            size *= 4
        return program_read(outcome, state, reader, words[:used], arena, bounds)

    def _walk(
        self, coder: Coder, words: Array, arena: Array, bounds: Array, limits: Limits
    ) -> tuple[int, int]:
        """See `walk_program`."""
        facts, marks = np.zeros((MOST, FACTS), np.int64), np.zeros((MARKS, MOST), np.int64)
        seen, saved = np.zeros(256, np.int64), np.zeros(WALK, np.int64)
        return walk_program(
            coder,
            self._tables.model,
            words,
            arena,
            bounds,
            facts,
            marks,
            seen,
            saved,
            limits.length,
            limits.steps,
        )


def new_walk(reading: int) -> Array:
    """The walk before the first line."""
    walk = np.zeros(WALK, dtype=np.int64)
    walk[READING], walk[GATE] = reading, OPEN
    return walk
