"""The paper's uniform prior (KT, Alg. 1): a cost, not a code.

Example: `sequence_1 = range_func_up(0, 9)` / `output = sequence_1` -> 25.287712 bits.

Every line pays log2(25); a reference on line i (0-based) log2(i + 1). No decoder could read it:
list lengths and predicates are free, 20 counts stand for 25, and a line may refer to itself.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import kernel
from codelength.dsl.interpreter import Limits, words_of_line
from codelength.dsl.operations import ARITY, HIGHEST, KINDS, LOWEST, OUTPUT, SET_LIST, ZERO, Kind
from codelength.dsl.priors.base import Floats, Prior, refuse
from codelength.dsl.program import Program

Array = npt.NDArray[np.int64]

FUNCTION_BITS = math.log2(25)
ARGUMENT_BITS = np.array([0.0, 8.0, 8.0, 3.0, math.log2(20), 8.0, 0.0, 0.0])
"""Bits of each kind of argument; references and lists depend on the line."""


@kernel
def outside_domain(words: Array, start: int, bounds: Array, has_run: bool) -> tuple[int, int]:
    """The first (line, argument) outside the domain, or (-1, 0).

    Slice indices can be checked only once the program `has_run` and left its `bounds`.
    """
    here, line = start, 0
    while words[here] != OUTPUT:
        operation = words[here]
        if operation == SET_LIST:
            for j in range(words[here + 1]):
                if not 0 <= words[here + 2 + j] <= 255:
                    return line, j
        else:
            for j in range(ARITY[operation]):
                kind, value = KINDS[operation, j], words[here + 1 + j]
                highest = HIGHEST[kind]
                if kind == Kind.INDEX:
                    if not has_run:
                        continue
                    source = words[here + 1]
                    highest = bounds[source + 1] - bounds[source]
                if kind != Kind.SEQUENCE and not LOWEST[kind] <= value <= highest:
                    return line, j
        here += words_of_line(words, here)
        line += 1
    return -1, 0


@kernel
def paper_bits(words: Array, start: int) -> float:
    """The paper's cost in bits of a program within the domain."""
    here, line, bits = start, 0, FUNCTION_BITS
    while words[here] != OUTPUT:
        operation = words[here]
        bits += FUNCTION_BITS
        if operation == SET_LIST:
            bits += 8.0 * words[here + 1]
        else:
            for j in range(ARITY[operation]):
                kind = KINDS[operation, j]
                bits += math.log2(line + 1) if kind == Kind.SEQUENCE else ARGUMENT_BITS[kind]
        here += words_of_line(words, here)
        line += 1
    return bits


def check_domain(program: Program, limits: Limits | None = None) -> Array:
    """Run the program and check every argument; returns the interpreter's `bounds`.

    Raises:
        ProgramError: it does not run, or an argument or its output is outside the domain.
    """
    unknown = np.zeros(1, np.int64)
    line, argument = outside_domain(program.words, ZERO, unknown, False)
    if line >= 0:
        refuse(program.words, unknown, line, argument)
    execution = program.run(limits)
    line, argument = outside_domain(program.words, ZERO, execution.bounds, True)
    if line >= 0:
        refuse(program.words, execution.bounds, line, argument)
    execution.as_bytes()
    return execution.bounds


class PaperPrior(Prior):
    """KT's cost as published."""

    name = "paper"

    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The cost in bits; see `Prior.bits`."""
        check_domain(program, limits)
        return float(paper_bits(program.words, ZERO))

    def line_bits(self, program: Program, limits: Limits | None = None) -> Floats:
        """The cost of each line; see `Prior.line_bits`."""
        check_domain(program, limits)
        words, bits = program.words, np.full(program.lines, FUNCTION_BITS)
        for line, start in enumerate(program.starts[:-1]):
            operation = words[start]
            if operation == SET_LIST:
                bits[line] += 8.0 * words[start + 1]
                continue
            kinds = KINDS[operation, : ARITY[operation]]
            references = int(np.count_nonzero(kinds == Kind.SEQUENCE))
            bits[line] += ARGUMENT_BITS[kinds].sum() + references * math.log2(line + 1)
        return bits
