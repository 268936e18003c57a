"""Prefix-free codes for integers: Elias' universal codes, and the uniform code.

Example: elias_gamma(5) -> Bits("00101"); elias_delta(5) -> Bits("01101"); uniform(2, 3) -> "11".
"""

from codelength.coding.bits import BitReader, Bits
from codelength.errors import MessageError

LONGEST = 64
"""Numbers with more bits than this have no codeword; reading one is refused as damaged."""


def elias_gamma(value: int) -> Bits:
    """`value` >= 1 in 2 floor(log2 value) + 1 bits (Elias 1975)."""
    if not 1 <= value < 1 << LONGEST:
        raise ValueError(f"Elias' codes go from 1 to 2^64 - 1, not to {value}")
    return Bits.from_int(value, 2 * value.bit_length() - 1)


def read_elias_gamma(reader: BitReader) -> int:
    """The mirror of `elias_gamma`."""
    zeros = 0
    while reader.read_int(1) == 0:
        zeros += 1
        if zeros >= LONGEST:
            raise MessageError("an integer of more than 64 bits (damaged or foreign message)")
    return (1 << zeros) | reader.read_int(zeros)


def elias_delta(value: int) -> Bits:
    """`value` >= 1 in floor(log2 value) + 2 floor(log2(floor(log2 value) + 1)) + 1 bits."""
    if not 1 <= value < 1 << LONGEST:
        raise ValueError(f"Elias' codes go from 1 to 2^64 - 1, not to {value}")
    size = value.bit_length()
    rest = size - 1
    return elias_gamma(size) + Bits.from_int(value - (1 << rest), rest)


def read_elias_delta(reader: BitReader) -> int:
    """The mirror of `elias_delta`."""
    rest = read_elias_gamma(reader) - 1
    if rest >= LONGEST:
        raise MessageError("an integer of more than 64 bits (damaged or foreign message)")
    return (1 << rest) | reader.read_int(rest)


def uniform(value: int, choices: int) -> Bits:
    """One of `choices` equal choices, in floor or ceil of log2(choices) bits (truncated binary)."""
    if not 0 <= value < choices:
        raise ValueError(f"{value} is not one of {choices} choices")
    size = (choices - 1).bit_length()
    short = (1 << size) - choices
    if value < short:
        return Bits.from_int(value, size - 1)
    return Bits.from_int(value + short, size)


def read_uniform(reader: BitReader, choices: int) -> int:
    """The mirror of `uniform`."""
    if choices < 1:
        raise ValueError(f"{choices} choices are none")
    size = (choices - 1).bit_length()
    if size == 0:
        return 0
    short = (1 << size) - choices
    value = reader.read_int(size - 1)
    if value < short:
        return value
    return 2 * value + reader.read_int(1) - short
