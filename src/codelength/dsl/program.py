r"""`Program`: one program of KT's language; parse it, print it, run it.

Example: Program.parse("sequence_1 = range_func_up(0, 3)\noutput = sequence_1").run().output
-> array([0, 1, 2, 3]).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from codelength.dsl import interpreter, syntax
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import OPERATIONS, OUTPUT, SET_LIST, WIDTHS
from codelength.errors import ProgramError

Array = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Execution:
    """What every line of a program produced.

    Arguments:
        values: int64, all lines back to back.
        bounds: int64 `[lines + 1]`; line i (0-based) made `values[bounds[i]:bounds[i + 1]]`.
        result: the 0-based line that `output` names.
    """

    values: Array
    bounds: Array
    result: int

    def line(self, index: int) -> Array:
        """The values of a line, 0-based."""
        return self.values[self.bounds[index] : self.bounds[index + 1]]

    @property
    def output(self) -> Array:
        """The values of the output."""
        return self.line(self.result)

    def as_bytes(self) -> bytes:
        """The output as bytes.

        Raises:
            ProgramError: a value is not in 0..255.
        """
        output = self.output
        if len(output) and (output.min() < 0 or output.max() > 255):
            bad = int(np.argmax((output < 0) | (output > 255)))
            raise ProgramError(
                f"the output has the value {output[bad]} at position {bad}, outside 0..255"
            )
        return output.astype(np.uint8).tobytes()


@dataclass(frozen=True, eq=False)
class Program:
    """A program as words (see `operations`); equal programs have equal words.

    Arguments:
        words: int64, well-formed: from `parse`, a prior's decoder, or the sampler; never changed.
    """

    words: Array

    def __post_init__(self) -> None:
        # Not set read-only: numba would compile every kernel a second time for such arrays.
        object.__setattr__(self, "words", np.array(self.words, dtype=np.int64))

    @classmethod
    def parse(cls, text: str) -> "Program":
        """Read the text form, with or without execution feedback.

        Raises:
            ProgramError: the line, the place in it and the cause.
        """
        data = text.encode("utf-8", "surrogatepass")
        words = np.zeros(len(data) + 8, dtype=np.int64)
        info = np.zeros(4, dtype=np.int64)
        used = syntax.scan(np.frombuffer(data, dtype=np.uint8), 0, len(data), words, info)
        if info[0] != syntax.FINE:
            raise syntax.explain(data, info)
        return cls(words[:used])

    @classmethod
    def literal(cls, values: bytes) -> "Program":
        """The program that just lists its output: `set_list([...])`."""
        return cls(np.array([SET_LIST, len(values), *values, OUTPUT, 0], dtype=np.int64))

    def __str__(self) -> str:
        out = np.zeros(24 * len(self.words) + 64 * (self.lines + 1), dtype=np.uint8)
        return out[: syntax.render(self.words, 0, out, 0)].tobytes().decode()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return np.array_equal(self.words, other.words)

    def __hash__(self) -> int:
        return hash(self.words.tobytes())

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line starts in the words, the output line too."""
        words, here = self.words.tolist(), 0
        found = [0]
        while words[here] != OUTPUT:
            here += 2 + words[here + 1] if words[here] == SET_LIST else WIDTHS[words[here]]
            found.append(here)
        return tuple(found)

    @property
    def lines(self) -> int:
        """How many lines there are, `output` counted."""
        return len(self.starts)

    @property
    def operations(self) -> tuple[str, ...]:
        """The name of each line's operation, without the output line."""
        return tuple(OPERATIONS[self.words[start]].name for start in self.starts[:-1])

    def run(self, limits: Limits | None = None) -> Execution:
        """Run the program.

        Raises:
            ProgramError: the line, its operation and the cause, or the limit that was hit.
        """
        limits = limits or Limits()
        bounds = np.zeros(self.lines + 1, dtype=np.int64)
        size = 4096
        while True:
            arena = np.empty(size, dtype=np.int64)
            outcome, line, _ = interpreter.run(
                self.words, 0, arena, bounds, limits.length, limits.steps
            )
            if outcome != interpreter.MEMORY:
                break
            size *= 4
        if outcome != interpreter.FINE:
            raise failure(outcome, line, self.operations[line], limits)
        ran = bounds[: line + 1]
        return Execution(arena[: ran[-1]].copy(), ran, int(self.words[-1]))

    def with_feedback(self, limits: Limits | None = None) -> str:
        """The text form with each line's values behind it: `line  # [values]` (KT, Fig. 12)."""
        execution = self.run(limits)
        results = [*range(self.lines - 1), execution.result]
        return "\n".join(
            f"{line} # {execution.line(result).tolist()}"
            for line, result in zip(str(self).split("\n"), results, strict=True)
        )


def failure(outcome: int, line: int, operation: str, limits: Limits) -> ProgramError:
    """The error for a line (0-based) that did not run."""
    limit = {
        interpreter.TOO_LONG: f" of {limits.length} elements; use smaller counts",
        interpreter.TOO_MANY_STEPS: f" of {limits.steps}; shorten it",
    }.get(outcome, "")
    return ProgramError(f"line {line + 1}, {operation}: {interpreter.CAUSES[outcome]}{limit}")
