"""A compact vocabulary of KT's language: one token a value, an operation, a reference.

Example: 7, 7, 7 by `repeat_num(3, 7)` -> BEGIN 7 7 7 PROGRAM repeat_num 3 7 output sequence_1.

A pair is `BEGIN target PROGRAM words`: the program's words in order, a list as its values and
`END_LIST`. `output` and its reference end it. With execution feedback (KT, section 5.3) each line
but the last is followed by `RESULT`, the first values that it made, and `END_RESULT`. `NEXT` and
`RULES` say which token may follow which, so that a decoder writes only programs that parse, with
references to lines that exist and every argument in its domain (slices are checked by running).
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, kernel
from codelength.dsl.operations import (
    ARITY,
    HIGHEST,
    INITIATORS,
    KINDS,
    LOWEST,
    OPERATIONS,
    OUTPUT,
    PREDICATES,
    SET_LIST,
    ZERO,
    Kind,
)
from codelength.dsl.syntax import NAMES

Array = npt.NDArray[np.int64]
Tokens = npt.NDArray[np.int16]

VERSION = 1
"""Of the vocabulary and the grammar; a checkpoint bears it."""

PAD, BEGIN, PROGRAM, END_LIST, RESULT, END_RESULT, OTHER = (constant(k) for k in range(7))
"""`RESULT values END_RESULT` is a line's execution feedback; `OTHER` a value beyond 0..256."""
FIRST_VALUE, VALUES = constant(8), constant(257)
FIRST_OPERATION = constant(FIRST_VALUE + VALUES)
FIRST_PREDICATE = constant(FIRST_OPERATION + len(OPERATIONS) + 1)
FIRST_REFERENCE = constant(FIRST_PREDICATE + len(PREDICATES))
LINES = constant(95)
"""Lines that a program can have, without `output`."""
SIZE = int(FIRST_REFERENCE + LINES)
"""Tokens of the vocabulary: 384 = 3 x 128, a good size for matrix units."""


class State(IntEnum):
    """Where in a program a decoder is; further states are arguments, from `FIRST_ARGUMENT` on."""

    LINE = 0
    FIRST_LINE = 1
    LIST = 2
    DONE = 3


FIRST_ARGUMENT = 4
AWAITED = FIRST_ARGUMENT + 3 * (len(OPERATIONS) + 1)
"""Behind a line, where its result must follow; then `SHOWN`, among the result's values."""
SHOWN = AWAITED + 1
STATES = SHOWN + 1


def _grammar() -> tuple[npt.NDArray[np.bool_], Array]:
    allowed = np.zeros((STATES, SIZE), dtype=bool)
    after = np.zeros((STATES, SIZE), dtype=np.int64)
    allowed[State.DONE, PAD] = True
    after[State.DONE, PAD] = State.DONE
    for operation in range(int(OUTPUT) + 1):
        token = FIRST_OPERATION + operation
        first = State.LIST if operation == SET_LIST else FIRST_ARGUMENT + 3 * operation
        for state in (State.LINE, State.FIRST_LINE):
            if state == State.LINE or operation < INITIATORS:
                allowed[state, token], after[state, token] = True, first
        if operation == SET_LIST:
            allowed[State.LIST, FIRST_VALUE : FIRST_VALUE + 256] = True
            after[State.LIST, :] = State.LIST
            allowed[State.LIST, END_LIST] = True
            after[State.LIST, END_LIST] = State.LINE
            continue
        for j in range(ARITY[operation]):
            kind = Kind.SEQUENCE if operation == OUTPUT else Kind(int(KINDS[operation, j]))
            start, stop = {
                Kind.SEQUENCE: (FIRST_REFERENCE, FIRST_REFERENCE + LINES),
                Kind.PREDICATE: (FIRST_PREDICATE, FIRST_PREDICATE + len(PREDICATES)),
                Kind.INDEX: (FIRST_VALUE, FIRST_VALUE + VALUES),
            }.get(kind, (FIRST_VALUE + LOWEST[kind], FIRST_VALUE + HIGHEST[kind] + 1))
            last = j + 1 == ARITY[operation]
            end = State.DONE if operation == OUTPUT else State.LINE
            here = FIRST_ARGUMENT + 3 * operation + j
            allowed[here, start:stop] = True
            after[here, start:stop] = end if last else here + 1
    return allowed, after


RULES, NEXT = _grammar()
"""Which tokens may follow in each state, bool `[STATES, SIZE]` (references further: those of lines
that exist), and which state comes then, int64 `[STATES, SIZE]`."""


def _with_results() -> tuple[npt.NDArray[np.bool_], Array]:
    """The grammar of programs with results: a line's end awaits its result."""
    allowed, after = RULES.copy(), NEXT.copy()
    after[after == State.LINE] = AWAITED
    allowed[AWAITED, RESULT], after[AWAITED, RESULT] = True, SHOWN
    allowed[SHOWN, FIRST_VALUE : FIRST_VALUE + VALUES] = True
    allowed[SHOWN, OTHER] = True
    after[SHOWN, :] = SHOWN
    allowed[SHOWN, END_RESULT], after[SHOWN, END_RESULT] = True, State.LINE
    return allowed, after


RULES_SHOWN, NEXT_SHOWN = _with_results()
"""The same with execution feedback."""


@kernel
def write_result(arena: Array, start: int, stop: int, shown: int, out: Tokens, at: int) -> int:
    """Write a line's result, its first `shown` values; returns the end, or -1 without room."""
    stop = min(stop, start + shown)
    if at + stop - start + 2 > len(out):
        return -1
    out[at] = RESULT
    for j in range(start, stop):
        at += 1
        value = arena[j]
        out[at] = FIRST_VALUE + value if 0 <= value < VALUES else OTHER
    out[at + 1] = END_RESULT
    return at + 2


@kernel
def write_program(
    words: Array, start: int, out: Tokens, at: int, arena: Array, bounds: Array, shown: int
) -> int:
    """Write the program at words[start:] as tokens from `at` on; returns the end, or -1.

    -1 where an argument or the number of lines is beyond the vocabulary, or `out` is full. Where
    `shown` is not 0, so many values of each line's result stand behind it, from arena and bounds.
    """
    here, line = start, ZERO
    while True:
        operation = words[here]
        if line > LINES or at + 6 > len(out):
            return -1
        out[at] = FIRST_OPERATION + operation
        at, here = at + 1, here + 1
        if operation == SET_LIST:
            count = words[here]
            if at + count + 1 > len(out):
                return -1
            for j in range(count):
                value = words[here + 1 + j]
                if not 0 <= value < 256:
                    return -1
                out[at + j] = FIRST_VALUE + value
            out[at + count] = END_LIST
            at, here = at + count + 1, here + 1 + count
        elif operation == OUTPUT:
            if words[here] >= LINES:
                return -1
            out[at] = FIRST_REFERENCE + words[here]
            return at + 1
        else:
            for j in range(ARITY[operation]):
                value, kind = words[here + j], KINDS[operation, j]
                if kind == Kind.SEQUENCE:
                    out[at + j] = FIRST_REFERENCE + value
                elif kind == Kind.PREDICATE:
                    out[at + j] = FIRST_PREDICATE + value
                elif 0 <= value < VALUES:
                    out[at + j] = FIRST_VALUE + value
                else:
                    return -1
            at, here = at + ARITY[operation], here + ARITY[operation]
        if shown:
            at = write_result(arena, bounds[line], bounds[line + 1], shown, out, at)
            if at < 0:
                return -1
        line += 1


@kernel
def read_program(tokens: Tokens, words: Array) -> int:
    """Read tokens behind `PROGRAM` into words; returns how many words, or 0 where it is unfinished.

    The tokens must obey the grammar; results of lines are skipped. `words` needs twice as many
    entries as there are tokens.
    """
    at, used = ZERO, ZERO
    while at < len(tokens):
        if tokens[at] == RESULT:
            while at < len(tokens) and tokens[at] != END_RESULT:
                at += 1
            at += 1
            continue
        operation = tokens[at] - FIRST_OPERATION
        if not 0 <= operation <= OUTPUT:
            return 0
        words[used] = operation
        at, used = at + 1, used + 1
        if operation == SET_LIST:
            counter = used
            used += 1
            while at < len(tokens) and tokens[at] != END_LIST:
                words[used] = tokens[at] - FIRST_VALUE
                at, used = at + 1, used + 1
            words[counter] = used - counter - 1
            at += 1
            continue
        for j in range(ARITY[operation]):
            if at >= len(tokens):
                return 0
            kind = KINDS[operation, j]
            if kind == Kind.SEQUENCE or operation == OUTPUT:
                words[used] = tokens[at] - FIRST_REFERENCE
            elif kind == Kind.PREDICATE:
                words[used] = tokens[at] - FIRST_PREDICATE
            else:
                words[used] = tokens[at] - FIRST_VALUE
            at, used = at + 1, used + 1
        if operation == OUTPUT:
            return used
    return 0


NO_RESULTS = np.zeros(1, np.int64)
"""Arena and bounds of programs without results."""


def prompt(target: bytes) -> Tokens:
    """`BEGIN target PROGRAM`, int16."""
    values = np.frombuffer(target, np.uint8).astype(np.int16) + np.int16(FIRST_VALUE)
    return np.concatenate([[np.int16(BEGIN)], values, [np.int16(PROGRAM)]]).astype(np.int16)


def program_of(tokens: npt.NDArray[np.integer]) -> Array | None:
    """The words of the program in tokens behind `PROGRAM`; None where it is unfinished."""
    words = np.zeros(2 * len(tokens) + 8, np.int64)
    used = read_program(tokens.astype(np.int16), words)
    return words[:used].copy() if used else None


def name(token: int) -> str:
    """A token as text, for tokenizers of the Hugging Face library."""
    if FIRST_VALUE <= token < FIRST_OPERATION:
        return str(token - FIRST_VALUE)
    if token >= FIRST_REFERENCE:
        return f"sequence_{token - FIRST_REFERENCE + 1}"
    if token >= FIRST_PREDICATE:
        return PREDICATES[token - FIRST_PREDICATE]
    if token >= FIRST_OPERATION:
        return bytes(NAMES[token - FIRST_OPERATION]).rstrip(b"\0").decode()
    return ("<pad>", "<begin>", "<program>", "]", "<result>", "</result>", "<other>", "<7>")[token]
