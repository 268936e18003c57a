"""The exact prior: a decodable code of programs, uniform at every choice, everything charged.

Example: `sequence_1 = range_func_up(0, 9)` / `output = sequence_1` -> 2 + 8 + 8 + log2(22) + 0
bits = 22.459: one of 4 initiators, two values, one of 21 operations or the end, one line to name.

The choices, in order, and how many equal ones there are:

- the operation: 4 on the first line (an initiator), then 22 (21 operations or `output`);
- a reference: the lines there are; values 256; exclusive ends 257; step, jump, times 8; counts 25;
  predicates 3; slice indices length + 1, the length being known to whoever has run the lines above;
- a list: its length in 32 (0..30, or "longer" and then Elias' gamma code of length - 30 in binary
  choices), then its values.

The decoder runs each line as it reads it.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.coding.arithmetic import (
    COUNT,
    END,
    START,
    decode_uniform,
    encode_uniform,
    finish_encoding,
    finish_message,
    new_state,
    pack,
    start_decoding,
)
from codelength.coding.bits import BitReader, Bits
from codelength.coding.compiled import constant, inner, kernel
from codelength.dsl.interpreter import (
    CAUSES,
    FINE,
    MEMORY,
    Limits,
    run_line,
    words_of_line,
    work_of_line,
)
from codelength.dsl.operations import (
    ARITY,
    HIGHEST,
    INITIATORS,
    KINDS,
    LOWEST,
    OUTPUT,
    SET_LIST,
    ZERO,
    Kind,
)
from codelength.dsl.priors.base import DecodablePrior, Floats
from codelength.dsl.priors.paper import check_domain
from codelength.dsl.program import Program
from codelength.errors import MessageError, ProgramError

Array = npt.NDArray[np.int64]
Buffer = npt.NDArray[np.uint8]

LONG = 31
"""The choice among 32 list lengths that means "more than 30"."""
BINARY, LENGTHS, BYTES, CALLS = constant(2), constant(LONG + 1), constant(256), constant(22)
TRUNCATED, UNREADABLE = 100, 101


@inner
def choices_of(kind: int, line: int, length: int) -> int:
    """How many equal choices an argument of this kind has."""
    if kind == Kind.SEQUENCE:
        return line
    if kind == Kind.INDEX:
        return length + 1
    return HIGHEST[kind] - LOWEST[kind] + 1


@inner
def choose(values: Array, counts: Array, at: int, value: int, count: int) -> int:
    """Note one choice; returns the position of the next."""
    values[at], counts[at] = value, count
    return at + 1


@kernel
def choices(words: Array, start: int, bounds: Array, values: Array, counts: Array) -> int:
    """The choices that make up a program: which (`values`) of how many (`counts`); their number."""
    here, line, at = start, ZERO, ZERO
    while True:
        operation = words[here]
        at = choose(values, counts, at, operation, INITIATORS if line == 0 else CALLS)
        if operation == OUTPUT:
            return choose(values, counts, at, words[here + 1], line)
        if operation == SET_LIST:
            length = words[here + 1]
            at = choose(values, counts, at, min(length, LONG), LENGTHS)
            if length >= LONG:
                size = 0
                while (length - LONG + 1) >> (size + 1):
                    size += 1
                for _ in range(size):
                    at = choose(values, counts, at, ZERO, BINARY)
                for j in range(size, -1, -1):
                    at = choose(values, counts, at, ((length - LONG + 1) >> j) & 1, BINARY)
            for j in range(length):
                at = choose(values, counts, at, words[here + 2 + j], BYTES)
        else:
            source = words[here + 1]
            for j in range(ARITY[operation]):
                kind = KINDS[operation, j]
                length = bounds[source + 1] - bounds[source] if kind == Kind.INDEX else 0
                value = words[here + 1 + j] - LOWEST[kind]
                at = choose(values, counts, at, value, choices_of(kind, line, length))
        here += words_of_line(words, here)
        line += 1


def choices_in_line(words: Array, here: int) -> int:
    """How many choices the line at words[here] is made up of."""
    if words[here] != SET_LIST:
        return 1 + int(ARITY[words[here]])
    length = int(words[here + 1])
    longer = 2 * (length - LONG + 1).bit_length() - 1 if length >= LONG else 0
    return 2 + longer + length


@kernel
def encode_choices(state: Array, out: Buffer, values: Array, counts: Array, number: int) -> None:
    """Write all choices."""
    for j in range(number):
        encode_uniform(state, out, values[j], counts[j])


@kernel
def choice_bits(counts: Array, number: int) -> float:
    """The sum of log2 of the numbers of choices."""
    bits = 0.0
    for j in range(number):
        bits += math.log2(counts[j])
    return bits


@inner
def decode_length(state: Array, data: Buffer) -> int:
    """The length of a list, or -1 where no list is that long."""
    length = decode_uniform(state, data, LENGTHS)
    if length < LONG:
        return length
    size = 0
    while decode_uniform(state, data, BINARY) == 0:
        size += 1
        if size > 40:
            return -1
    rest = 1
    for _ in range(size):
        rest = 2 * rest + decode_uniform(state, data, BINARY)
    return rest + LONG - 1


@kernel
def decode_program(
    state: Array, data: Buffer, words: Array, arena: Array, bounds: Array, length: int, steps: int
) -> tuple[int, int]:
    """Read a program and run it on the way: (outcome of the interpreter or above, words used)."""
    here, line, work = ZERO, ZERO, ZERO
    bounds[0] = 0
    while True:
        if here + 8 > len(words) or line + 2 > len(bounds):
            return MEMORY, 0
        if state[COUNT] > state[END] - state[START]:
            return TRUNCATED, 0
        operation = decode_uniform(state, data, INITIATORS if line == 0 else CALLS)
        words[here] = operation
        if operation == OUTPUT:
            words[here + 1] = decode_uniform(state, data, line)
            return FINE, here + 2
        if operation == SET_LIST:
            count = decode_length(state, data)
            if count < 0 or count > length:
                return UNREADABLE, 0
            if here + count + 8 > len(words):
                return MEMORY, 0
            words[here + 1] = count
            for j in range(count):
                words[here + 2 + j] = decode_uniform(state, data, BYTES)
        else:
            for j in range(ARITY[operation]):
                kind = KINDS[operation, j]
                source = words[here + 1]
                known = bounds[source + 1] - bounds[source] if kind == Kind.INDEX else 0
                value = decode_uniform(state, data, choices_of(kind, line, known))
                words[here + 1 + j] = value + LOWEST[kind]
        outcome = run_line(words, here, line, arena, bounds, length)
        if outcome != FINE:
            return outcome, line
        work += work_of_line(words, here, line, bounds)
        if work > steps:
            return UNREADABLE, 0
        line += 1
        here += words_of_line(words, here)


def program_read(
    outcome: int, state: Array, reader: BitReader, words: Array, arena: Array, bounds: Array
) -> Program:
    """The program that a decoder read; moves `reader` behind its message.

    Raises:
        MessageError: the outcome is not FINE, or the output leaves 0..255.
    """
    if outcome == TRUNCATED:
        raise MessageError(f"the program's message is truncated at bit {reader.length}")
    if outcome != FINE:
        cause = CAUSES.get(outcome, "a list or a program beyond the limits")
        raise MessageError(f"the message is no program that runs: {cause}")
    finish_message(state, reader)
    result = words[-1]
    output = arena[bounds[result] : bounds[result + 1]]
    if len(output) and (output.min() < 0 or output.max() > 255):
        raise MessageError("the message's program outputs a value outside 0..255")
    return Program(words)


class ExactPrior(DecodablePrior):
    """The uniform code over programs, as described above."""

    name = "exact"
    version = 1

    def _choices(self, program: Program, limits: Limits | None) -> tuple[Array, Array, int]:
        bounds = check_domain(program, limits)
        room = 2 * len(program.words) + 100 * program.lines
        values, counts = np.zeros(room, np.int64), np.zeros(room, np.int64)
        return values, counts, choices(program.words, 0, bounds, values, counts)

    def bits(self, program: Program, limits: Limits | None = None) -> float:
        """The ideal length in bits; see `Prior.bits`."""
        _, counts, number = self._choices(program, limits)
        return float(choice_bits(counts, number))

    def line_bits(self, program: Program, limits: Limits | None = None) -> Floats:
        """The ideal length of each line; see `Prior.line_bits`."""
        _, counts, number = self._choices(program, limits)
        firsts = [0]
        for start in program.starts[:-1]:
            firsts.append(firsts[-1] + choices_in_line(program.words, start))
        return np.add.reduceat(np.log2(counts[:number]), firsts)

    def encode(self, program: Program, limits: Limits | None = None) -> Bits:
        """The message; see `DecodablePrior.encode`."""
        values, counts, number = self._choices(program, limits)
        if counts[:number].max() > 1 << 30:
            raise ProgramError("a slice of more than 2^30 elements cannot be coded")
        state = new_state()
        out = np.zeros(int(choice_bits(counts, number)) + 128, dtype=np.uint8)
        encode_choices(state, out, values, counts, number)
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
            words, arena = np.zeros(size, np.int64), np.empty(size, np.int64)
            bounds = np.zeros(size, np.int64)
            start_decoding(state, data)
            outcome, used = decode_program(
                state, data, words, arena, bounds, limits.length, limits.steps
            )
            if outcome != MEMORY:
                break
            size *= 4
        return program_read(outcome, state, reader, words[:used], arena, bounds)
