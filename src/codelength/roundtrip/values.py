"""Answers as values: JSON with integers of any size, written and read back exactly.

Example: loads('{"output": [["a", 3]]}') -> {"output": [["a", 3]]}; same(1, 1.0) -> False.

Python refuses decimal integers beyond 4,300 digits, to keep servers from stalling; an arithmetic
coder's fraction has more. Here they are split in halves, up to `MOST_DIGITS`.
"""

import json
import math
from typing import Any, NoReturn

from codelength.roundtrip.families import Value

PIECE = 4000
"""Digits that Python converts by itself."""
BITS = 3 * PIECE
"""Bits of an integer that surely has no more digits than that."""
DEEPEST = 50
"""Levels of lists in lists; messages have three."""
MOST_DIGITS = 200_000
"""Digits of an integer that is read; a text of 50,000 characters needs no more."""


def digits(number: int) -> str:
    """An integer in decimal."""
    if number < 0:
        return "-" + digits(-number)
    if number.bit_length() <= BITS:
        return str(number)
    half = number.bit_length() * 30103 // 200_000  # log10(2) / 2
    high, low = divmod(number, 10**half)
    return digits(high) + digits(low).rjust(half, "0")


def integer(text: str) -> int:
    """The mirror of `digits`.

    Raises:
        ValueError: too many digits, or none.
    """
    if text.startswith("-"):
        return -integer(text[1:])
    if len(text) > MOST_DIGITS:
        raise ValueError(f"an integer of {len(text):,} digits; {MOST_DIGITS:,} are the most")
    if len(text) <= PIECE:
        return int(text)
    half = len(text) // 2
    power: int = 10**half
    return integer(text[:-half]) * power + integer(text[-half:])


def dumps(value: Value) -> str:
    """A value as JSON on one line; characters beyond ASCII stand for themselves."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(dumps, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{dumps(key)}: {dumps(one)}' for key, one in value.items())}}}"
    if type(value) is int:
        return digits(value)
    return json.dumps(value, allow_nan=False)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


_DECODER = json.JSONDecoder(
    parse_int=integer,
    parse_float=_finite,
    parse_constant=_refused,
    object_pairs_hook=_once,
    strict=False,
)


def read(text: str, start: int = 0) -> tuple[Value, int]:
    """The value that begins at `start`, and where it ends. Line breaks in strings are let pass.

    Raises:
        ValueError: there is none, or a key stands twice in an object.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("lists in lists, too deep") from error
    if deeper(value, DEEPEST):
        raise ValueError("lists in lists, too deep")
    return value, end


def deeper(value: Value, levels: int) -> bool:
    """Whether lists and objects stand in each other deeper than so many levels."""
    if not isinstance(value, list | dict):
        return False
    inner = value if isinstance(value, list) else value.values()
    return levels == 0 or any(deeper(one, levels - 1) for one in inner)


def loads(text: str) -> Value:
    """The value of a JSON text.

    Raises:
        ValueError: it is none, or more than one.
    """
    start = len(text) - len(text.lstrip())
    value, end = read(text, start)
    if text[end:].strip():
        raise ValueError(f"more behind the value, from character {end} on")
    return value


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same, types included: 1 is neither 1.0 nor true."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)
