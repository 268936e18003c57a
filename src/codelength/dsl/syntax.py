r"""The text form of programs: a compiled scanner and printer between bytes and words.

Example: "sequence_1 = repeat_num(7, 80)\noutput = sequence_1" -> [2, 7, 80, 21, 0].

Blanks may stand between tokens, blank lines and comments (the execution feedback) are skipped.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.compiled import constant, inner, kernel, part
from codelength.dsl.operations import (
    ARITY,
    KINDS,
    LARGEST_LITERAL,
    OPERATIONS,
    OUTPUT,
    PREDICATES,
    Kind,
)
from codelength.errors import ProgramError

Array = npt.NDArray[np.int64]
Buffer = npt.NDArray[np.uint8]

_NAMES = (
    [operation.name for operation in OPERATIONS] + ["output"] + list(PREDICATES) + ["sequence_"]
)
NAMES = np.zeros((len(_NAMES), max(map(len, _NAMES))), dtype=np.uint8)
NAME_LENGTHS = np.array([len(name) for name in _NAMES], dtype=np.int64)
for _row, _name in enumerate(_NAMES):
    NAMES[_row, : len(_name)] = np.frombuffer(_name.encode(), dtype=np.uint8)
FIRST_PREDICATE, SEQUENCE = constant(22), constant(25)

(
    FINE,
    BAD_START,
    BAD_NUMBER,
    UNKNOWN_OPERATION,
    EXPECTED,
    NOT_AN_INTEGER,
    BAD_REFERENCE,
    TOO_LARGE,
    UNKNOWN_PREDICATE,
    NO_OUTPUT,
    AFTER_OUTPUT,
) = range(11)


@inner
def skip_blanks(text: Buffer, at: int, end: int) -> int:
    """The first position from `at` that is no blank, tab or carriage return."""
    while at < end and (text[at] == 32 or text[at] == 9 or text[at] == 13):
        at += 1
    return at


@inner
def word_end(text: Buffer, at: int, end: int) -> int:
    """The end of the name (letters, digits, underscores) that starts at `at`."""
    while at < end and (
        97 <= text[at] <= 122 or 65 <= text[at] <= 90 or 48 <= text[at] <= 57 or text[at] == 95
    ):
        at += 1
    return at


@inner
def name_number(text: Buffer, first: int, last: int) -> int:
    """Which row of `NAMES` the bytes first..last are, or -1."""
    for row in range(NAMES.shape[0]):
        if NAME_LENGTHS[row] == last - first:
            same = True
            for j in range(last - first):
                if NAMES[row, j] != text[first + j]:
                    same = False
                    break
            if same:
                return row
    return -1


@inner
def read_integer(text: Buffer, at: int, end: int) -> tuple[int, int, int]:
    """The integer at `at`: (error, value, position behind it)."""
    negative = at < end and text[at] == 45
    first = at + 1 if negative else at
    value = 0
    here = first
    while here < end and 48 <= text[here] <= 57:
        digit = np.int64(text[here]) - 48
        if value > (LARGEST_LITERAL - digit) // 10:
            return TOO_LARGE, 0, at
        value = value * 10 + digit
        here += 1
    if here == first or (here < end and (word_end(text, here, end) > here or text[here] == 46)):
        return NOT_AN_INTEGER, 0, at
    return FINE, -value if negative else value, here


@inner
def read_reference(text: Buffer, at: int, end: int, lines: int) -> tuple[int, int, int]:
    """The `sequence_k` at `at`: (error, k - 1, position behind it); k must be in 1..lines."""
    prefix = NAME_LENGTHS[SEQUENCE]
    if at + prefix > end or name_number(text, at, at + prefix) != SEQUENCE:
        return BAD_REFERENCE, 0, at
    error, number, behind = read_integer(text, at + prefix, end)
    if error != FINE or number < 1 or number > lines or text[at + prefix] == 48:
        return BAD_REFERENCE, 0, at
    return FINE, number - 1, behind


@part
def read_list(
    text: Buffer, at: int, end: int, words: Array, used: int
) -> tuple[int, int, int, int]:
    """The literal list at `at` into `words`: (error, words used, position, expected character)."""
    if at >= end or text[at] != 91:
        return EXPECTED, used, at, 91
    counter = used
    used += 1
    at = skip_blanks(text, at + 1, end)
    if at < end and text[at] == 93:
        words[counter] = 0
        return FINE, used, at + 1, 0
    while True:
        error, value, at = read_integer(text, at, end)
        if error != FINE:
            return error, used, at, 0
        words[used] = value
        used += 1
        at = skip_blanks(text, at, end)
        if at < end and text[at] == 93:
            words[counter] = used - counter - 1
            return FINE, used, at + 1, 0
        if at >= end or text[at] != 44:
            return EXPECTED, used, at, 93
        at = skip_blanks(text, at + 1, end)


@part
def read_call(
    text: Buffer, at: int, end: int, lines: int, words: Array, used: int
) -> tuple[int, int, int, int]:
    """The call at `at` into `words`: (error, words used, position, expected character)."""
    last = word_end(text, at, end)
    operation = name_number(text, at, last)
    if operation < 0 or operation >= OUTPUT:
        return UNKNOWN_OPERATION, used, at, 0
    words[used] = operation
    used += 1
    at = skip_blanks(text, last, end)
    if at >= end or text[at] != 40:
        return EXPECTED, used, at, 40
    for j in range(ARITY[operation]):
        at = skip_blanks(text, at + 1, end)
        kind = KINDS[operation, j]
        if kind == Kind.VALUES:
            error, used, at, wanted = read_list(text, at, end, words, used)
            if error != FINE:
                return error, used, at, wanted
        else:
            if kind == Kind.SEQUENCE:
                error, value, at = read_reference(text, at, end, lines)
            elif kind == Kind.PREDICATE:
                last = word_end(text, at, end)
                value = name_number(text, at, last) - FIRST_PREDICATE
                error = FINE if 0 <= value <= 2 else UNKNOWN_PREDICATE
                at = last if error == FINE else at
            else:
                error, value, at = read_integer(text, at, end)
            if error != FINE:
                return error, used, at, 0
            words[used] = value
            used += 1
        at = skip_blanks(text, at, end)
        wanted = 44 if j + 1 < ARITY[operation] else 41
        if at >= end or text[at] != wanted:
            return EXPECTED, used, at, wanted
    return FINE, used, at + 1, 0


@kernel
def scan(text: Buffer, start: int, stop: int, words: Array, info: Array) -> int:
    """Read the program in text[start:stop] into `words`; returns the number of words used.

    `words` needs as many entries as the text has bytes, plus 2. `info` gets (error, line of the
    text, column, expected character), the last three where there is an error.
    """
    at, used, lines, row = start, 0, 0, 0
    ended = False
    while at < stop:
        row += 1
        begin = at
        end = at
        while end < stop and text[end] != 10:
            end += 1
        at = skip_blanks(text, at, end)
        if at < end and text[at] != 35:
            error, wanted = FINE, 0
            last = word_end(text, at, end)
            assigned = name_number(text, at, last)
            number = 0
            if ended:
                error = AFTER_OUTPUT
            elif assigned == OUTPUT:
                at = last
            else:
                error, number, at = read_reference(text, at, end, LARGEST_LITERAL)
                if error != FINE:
                    error = BAD_START
                elif number != lines:
                    error, at = BAD_NUMBER, skip_blanks(text, begin, end)
            if error == FINE:
                at = skip_blanks(text, at, end)
                if at >= end or text[at] != 61:
                    error, wanted = EXPECTED, 61
                else:
                    at = skip_blanks(text, at + 1, end)
                    if assigned == OUTPUT:
                        error, number, at = read_reference(text, at, end, lines)
                        words[used], words[used + 1] = OUTPUT, number
                        used += 2
                        ended = True
                    else:
                        error, used, at, wanted = read_call(text, at, end, lines, words, used)
                        lines += 1
            if error == FINE:
                at = skip_blanks(text, at, end)
                if at < end and text[at] != 35:
                    error, wanted = EXPECTED, 10
            if error != FINE:
                info[0], info[1], info[2], info[3] = error, row, at - begin, wanted
                return used
        at = end + 1
    info[0] = FINE if ended else NO_OUTPUT
    info[1], info[2], info[3] = row, 0, 0
    return used


@inner
def put_integer(out: Buffer, at: int, value: int) -> int:
    """Write `value` in decimal; returns the position behind it."""
    if value < 0:
        out[at] = 45
        at += 1
        value = -value
    digits = 1
    rest = value // 10
    while rest > 0:
        digits += 1
        rest //= 10
    for j in range(digits):
        out[at + digits - 1 - j] = 48 + value % 10
        value //= 10
    return at + digits


@inner
def put_name(out: Buffer, at: int, row: int) -> int:
    """Write a row of `NAMES`; returns the position behind it."""
    for j in range(NAME_LENGTHS[row]):
        out[at + j] = NAMES[row, j]
    return at + NAME_LENGTHS[row]


@part
def put_list(out: Buffer, at: int, words: Array, first: int, count: int) -> int:
    """Write `[a, b, ...]`; returns the position behind it."""
    out[at] = 91
    at += 1
    for j in range(count):
        if j:
            out[at], out[at + 1] = 44, 32
            at += 2
        at = put_integer(out, at, words[first + j])
    out[at] = 93
    return at + 1


@part
def put_argument(out: Buffer, at: int, kind: int, words: Array, here: int) -> int:
    """Write the argument at words[here]; returns the position behind it."""
    if kind == Kind.VALUES:
        return put_list(out, at, words, here + 1, words[here])
    if kind == Kind.SEQUENCE:
        return put_integer(out, put_name(out, at, SEQUENCE), words[here] + 1)
    if kind == Kind.PREDICATE:
        return put_name(out, at, FIRST_PREDICATE + words[here])
    return put_integer(out, at, words[here])


@kernel
def render(words: Array, start: int, out: Buffer, begin: int) -> int:
    """Write the program at words[start:] as text, without a last newline; returns its end."""
    here, line, at = start, 0, begin
    while words[here] != OUTPUT:
        operation = words[here]
        line += 1
        at = put_integer(out, put_name(out, at, SEQUENCE), line)
        out[at], out[at + 1], out[at + 2] = 32, 61, 32
        at = put_name(out, at + 3, operation)
        out[at] = 40
        at += 1
        here += 1
        for j in range(ARITY[operation]):
            if j:
                out[at], out[at + 1] = 44, 32
                at += 2
            kind = KINDS[operation, j]
            at = put_argument(out, at, kind, words, here)
            here += 1 + words[here] if kind == Kind.VALUES else 1
        out[at], out[at + 1] = 41, 10
        at += 2
    at = put_name(out, at, OUTPUT)
    out[at], out[at + 1], out[at + 2] = 32, 61, 32
    return put_integer(out, put_name(out, at + 3, SEQUENCE), words[here + 1] + 1)


def explain(text: bytes, info: Array) -> ProgramError:
    """The error that `scan` left in `info`, in words."""
    error, row, column, wanted = (int(field) for field in info[:4])
    if error == NO_OUTPUT:
        return ProgramError("the program has no last line 'output = sequence_k'")
    line = text.split(b"\n")[row - 1].decode(errors="replace").rstrip()
    rest = text.split(b"\n")[row - 1][column:].decode(errors="replace").strip(" \t\r")
    near = rest[:24] or "the end of the line"
    cause = {
        BAD_START: "a line starts with 'sequence_k =' or 'output ='",
        BAD_NUMBER: "lines are numbered 1, 2, 3, ... without gaps",
        UNKNOWN_OPERATION: "unknown operation; the 21 operations are listed in docs/kt.md",
        EXPECTED: f"expected {'the end of the line' if wanted == 10 else repr(chr(wanted))}",
        NOT_AN_INTEGER: "not an integer; write plain digits",
        BAD_REFERENCE: "not a reference to an earlier line; write 'sequence_k', k from 1",
        TOO_LARGE: "an integer beyond 2^60; the domain of the language ends at 256",
        UNKNOWN_PREDICATE: f"unknown predicate; there are {', '.join(PREDICATES)}",
        AFTER_OUTPUT: "nothing may follow the line 'output = sequence_k'",
    }[error]
    shown = line if len(line) <= 80 else line[:77] + "..."
    return ProgramError(f"line {row}: {cause}, at {near!r} in {shown!r}")
