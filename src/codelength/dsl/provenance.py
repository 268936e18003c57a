"""`provenance`: where in a program's output the values of each line stand.

Example: for `sequence_1 = range_func_up(1, 3)`, `sequence_2 = repeat_num(2, 9)`, `sequence_3 =
interleave(sequence_1, sequence_2)`, `output = sequence_3`, the first line stands at 0, 2, 4.

A line's value is shown where `concatenate`, `interleave` and the output carry it unchanged; what
any other operation reads is a source of that operation's values.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import ARITY, CONCATENATE, INTERLEAVE, KINDS, Kind
from codelength.dsl.program import Program

Array = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Shown:
    """Which values of a line stand where in the output, by ascending position.

    Arguments:
        elements: int64, 0-based indices into the line.
        positions: int64, 0-based positions in the output, each once.
    """

    elements: Array
    positions: Array


@dataclass(frozen=True)
class Stretch:
    """The positions `first`, `first` + `step`, ... up to `last`."""

    first: int
    last: int
    step: int = 1

    def __str__(self) -> str:
        if self.first == self.last:
            return str(self.first)
        return f"{self.first}..{self.last}" + (f" step {self.step}" if self.step > 1 else "")


@dataclass(frozen=True, eq=False)
class Provenance:
    """Where the lines of a program (without the output line) went.

    Arguments:
        shown: of each line, what stands where.
        readers: of each line, the 0-based lines that read it as a source.
    """

    shown: tuple[Shown, ...]
    readers: tuple[tuple[int, ...], ...]


def operands(program: Program, line: int) -> tuple[int, ...]:
    """The 0-based lines that a line reads."""
    start = program.starts[line]
    operation = program.words[start]
    return tuple(
        int(program.words[start + 1 + j])
        for j in range(ARITY[operation])
        if KINDS[operation, j] == Kind.SEQUENCE
    )


def provenance(program: Program, limits: Limits | None = None) -> Provenance:
    """Run the program, and follow its output's positions back to the lines.

    Raises:
        ProgramError: it does not run.
    """
    execution = program.run(limits)
    number, result = program.lines - 1, execution.result
    lengths = np.diff(execution.bounds)
    none = np.zeros(0, dtype=np.int64)
    parts: list[list[tuple[Array, Array]]] = [[(none, none)] for _ in range(number)]
    everywhere = np.arange(lengths[result])
    parts[result].append((everywhere, everywhere))
    carried = {result}
    readers: list[list[int]] = [[] for _ in range(number)]
    shown: list[Shown] = []
    for line in range(number - 1, -1, -1):
        elements = np.concatenate([part[0] for part in parts[line]])
        positions = np.concatenate([part[1] for part in parts[line]])
        order = np.argsort(positions)
        elements, positions = elements[order], positions[order]
        shown.append(Shown(elements, positions))
        operation = program.words[program.starts[line]]
        read = operands(program, line)
        if line not in carried or operation not in (CONCATENATE, INTERLEAVE):
            for source in dict.fromkeys(read):
                readers[source].insert(0, line)
            continue
        first, second = read
        carried |= {first, second}
        a, b = int(lengths[first]), int(lengths[second])
        if operation == CONCATENATE:
            is_second, inside = elements >= a, elements - np.where(elements >= a, a, 0)
        else:
            pairs = min(a, b)
            paired = elements < 2 * pairs
            is_second = np.where(paired, elements % 2 == 1, b > a)
            inside = np.where(paired, elements // 2, elements - pairs)
        parts[first].append((inside[~is_second], positions[~is_second]))
        parts[second].append((inside[is_second], positions[is_second]))
    return Provenance(tuple(shown[::-1]), tuple(map(tuple, readers)))


def stretches(positions: Array) -> list[Stretch]:
    """Ascending positions as few stretches: evenly spaced ones from three on, or neighbours."""
    found: list[Stretch] = []
    places: list[int] = positions.tolist()
    here = 0
    while here < len(places):
        last, step = here, 1
        if here + 1 < len(places):
            step = places[here + 1] - places[here]
            while last + 1 < len(places) and places[last + 1] - places[last] == step:
                last += 1
            if last == here + 1 and step > 1:
                last, step = here, 1
        found.append(Stretch(places[here], places[last], step))
        here = last + 1
    return found
