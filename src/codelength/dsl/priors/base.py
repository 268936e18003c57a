"""What a prior is: it prices programs; a decodable one also writes and reads them."""

from abc import ABC, abstractmethod
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from codelength.coding.bits import BitReader, Bits
from codelength.dsl.interpreter import Limits
from codelength.dsl.operations import ARITY, HIGHEST, KINDS, LOWEST, OPERATIONS, SET_LIST, Kind
from codelength.dsl.program import Program
from codelength.errors import MessageError, ProgramError

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Prior(ABC):
    """Prices programs in bits.

    A program outside the domain (see `operations.Kind`), one that does not run, or one whose output
    leaves 0..255 has no price: with unbounded integers every sequence is a 53-bit program.
    """

    name: str

    @abstractmethod
    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The price in bits.

        Raises:
            ProgramError: the program has no price, and why.
        """

    def line_bits(self, program: Program, limits: Limits | None = None) -> Floats:
        """What each line adds to the price, `output` last, float64 `[lines]`; the sum is `bits`.

        Raises:
            ProgramError: the program has no price, or this prior prices no lines.
        """
        raise ProgramError(
            f"the {self.name} prior prices whole programs, not lines; use paper, exact or fitted"
        )


class DecodablePrior(Prior):
    """A prior whose prices are the lengths of messages; `version` changes with one bit of them."""

    version: int

    @abstractmethod
    def encode(self, program: Program, limits: Limits | None = None) -> Bits:
        """The program as a prefix-free message of at most ceil(bits(program)) + 1 bits."""

    @abstractmethod
    def read(self, reader: BitReader, limits: Limits) -> Program:
        """Read one program's message and move `reader` behind it."""

    def decode(self, bits: Bits, limits: Limits | None = None) -> Program:
        """The program of exactly these bits.

        Raises:
            MessageError: damaged, truncated or foreign, or bits are left over.
        """
        reader = BitReader.over(bits)
        program = self.read(reader, limits or Limits())
        if reader.left:
            raise MessageError(f"{reader.left} bits are left over after the program")
        return program


def refuse(words: Array, bounds: Array, line: int, argument: int) -> NoReturn:
    """Raise the error for an argument (or a value of a list) that is outside the domain."""
    here = 0
    for _ in range(line):
        here += 2 + int(words[here + 1]) if words[here] == SET_LIST else 1 + int(ARITY[words[here]])
    operation = OPERATIONS[words[here]]
    if words[here] == SET_LIST:
        value, lowest, highest = int(words[here + 2 + argument]), 0, 255
        what = f"value {argument + 1} of the list"
    else:
        kind = int(KINDS[words[here], argument])
        value = int(words[here + 1 + argument])
        lowest, highest = int(LOWEST[kind]), int(HIGHEST[kind])
        if kind == Kind.INDEX:
            source = int(words[here + 1])
            highest = int(bounds[source + 1] - bounds[source])
        what = f"argument {argument + 1}"
    raise ProgramError(
        f"line {line + 1}, {operation.name}: {what} is {value}, outside the domain"
        f" {lowest}..{highest}; such a program has no price"
    )
