"""Other ways to write a value, for the ablation: each is read back into the very same value.

Example: RENDERINGS["huffman:hex"].write([79, 26]) -> "4f1a".

The paper asks whether a model's tokens are what stands in its way: so the same message is shown,
and asked for, in hexadecimal, binary, base64. Every rendering is scored by reading it back.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codelength.errors import InputError
from codelength.roundtrip.families import Value
from codelength.roundtrip.values import digits, dumps, integer, loads

JSON = "json"
"""The rendering of what is not rendered otherwise."""


@dataclass(frozen=True)
class Rendering:
    """One way to write one side.

    Arguments:
        name: family or "input", a colon, and a name.
        side: "input" or "output".
        families: whose messages it can write; none for all (of inputs).
        words: what it is, for the prompt.
        write, read: a value as text, and back; `read` raises ValueError where it is none.
    """

    name: str
    side: str
    families: tuple[str, ...]
    words: str
    write: Callable[[Value], str]
    read: Callable[[str], Value]

    def suits(self, family: str) -> bool:
        """Whether messages or inputs of a family can be written so."""
        return not self.families or family in self.families


def spaced(values: list[int]) -> str:
    """Decimal integers with spaces between."""
    return " ".join(map(digits, values))


def integers(text: str, separator: str | None = None) -> list[int]:
    """The mirror of `spaced`, or of a list with another separator."""
    pieces = text.split(separator) if text.strip() else []
    for piece in pieces:
        if not re.fullmatch(r"\s*-?[0-9]+\s*", piece):
            raise ValueError(f"{piece[:40]!r} is no integer")
    return [integer(piece.strip()) for piece in pieces]


def grouped(pattern: str, base: int) -> Callable[[str], list[int]]:
    """A reader of bytes in groups of digits of a base."""

    def read(text: str) -> list[int]:
        groups = re.findall(pattern, text)
        if "".join(groups) != "".join(text.split()):
            raise ValueError("characters that belong to no byte")
        return [int(one.removeprefix("\\x"), base) for one in groups]

    return read


def decoded(text: str) -> bytes:
    """The bytes of base64."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from error


def runs(separator: str) -> tuple[Callable[[Value], str], Callable[[str], Value]]:
    """Runs as count, colon, character; a character may be a digit, a colon or a space itself."""

    def write(value: Value) -> str:
        return separator.join(f"{digits(count)}:{char}" for char, count in value)

    def pairs(text: str) -> Iterator[list[Value]]:
        at = 0
        while at < len(text):
            found = re.compile(r"([0-9]+):(.)", re.DOTALL).match(text, at)
            if found is None:
                raise ValueError(f"no run at character {at}")
            yield [found[2], integer(found[1])]
            at = found.end()
            if at < len(text):
                if not text.startswith(separator, at):
                    raise ValueError(f"no separator at character {at}")
                at += len(separator)

    return write, lambda text: list(pairs(text))


def fraction(text: str) -> list[int]:
    """numerator/denominator."""
    pieces = integers(text, "/")
    if len(pieces) != 2:
        raise ValueError("a fraction is two integers with a slash between")
    return pieces


ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\(\\)|([^\\])", re.DOTALL)


def escaped(text: str) -> str:
    r"""Code points beyond printable ASCII, and backslashes, as \u{hex} and two backslashes."""
    return "".join(
        "\\\\" if char == "\\" else char if " " <= char <= "~" else f"\\u{{{ord(char):x}}}"
        for char in text
    )


def unescaped(text: str) -> str:
    """The mirror of `escaped`."""
    found = list(ESCAPE.finditer(text))
    if sum(len(one[0]) for one in found) != len(text):
        raise ValueError("a backslash that escapes nothing")
    return "".join(chr(int(one[1], 16)) if one[1] else one[2] or one[3] for one in found)


def points(text: str) -> str:
    """The text of code points U+61 U+62 ..."""
    pieces = text.split()
    for piece in pieces:
        if not re.fullmatch(r"U\+[0-9A-Fa-f]{1,6}", piece):
            raise ValueError(f"{piece[:40]!r} is no code point")
    return "".join(chr(int(piece[2:], 16)) for piece in pieces)


BYTES, CODES, RUNS, FRACTIONS = (
    ("huffman",),
    ("lzw", "delta"),
    ("rle",),
    ("ae", "ae-shortest"),
)
COMPACT, SPACED = runs(""), runs(" ")

RENDERINGS = {
    one.name: one
    for one in (
        Rendering("input:raw", "input", (), "its characters as they are", str, str),
        Rendering(
            "input:base64", "input", (), "base64 of its UTF-8 bytes",
            lambda text: base64.b64encode(text.encode()).decode(),
            lambda text: decoded(text).decode(),
        ),
        Rendering(
            "input:hex", "input", (), "its UTF-8 bytes in hexadecimal",
            lambda text: text.encode().hex(), lambda text: bytes.fromhex(text).decode(),
        ),
        Rendering(
            "input:code-points", "input", (), "its code points as U+61 with spaces between",
            lambda text: " ".join(f"U+{ord(char):X}" for char in text), points,
        ),
        Rendering(
            "input:unicode-escapes", "input", (),
            "its characters, where they are no printable ASCII as \\u{hex}, a backslash as \\\\",
            escaped, unescaped,
        ),
        Rendering(
            "huffman:base64", "output", BYTES, "base64 of the bytes",
            lambda value: base64.b64encode(bytes(value)).decode(),
            lambda text: list(decoded(text)),
        ),
        Rendering(
            "huffman:hex", "output", BYTES, "the bytes in hexadecimal, two digits each",
            lambda value: bytes(value).hex(), grouped("[0-9a-fA-F]{2}", 16),
        ),
        Rendering(
            "huffman:decimal", "output", BYTES, "the bytes in decimal with spaces between",
            spaced, integers,
        ),
        Rendering(
            "huffman:char-hex", "output", BYTES, "the bytes as \\x4f\\x1a",
            lambda value: "".join(f"\\x{byte:02x}" for byte in value),
            grouped(r"\\x[0-9a-fA-F]{2}", 16),
        ),
        Rendering(
            "huffman:binary", "output", BYTES, "the bytes in binary, eight digits each, spaced",
            lambda value: " ".join(f"{byte:08b}" for byte in value), grouped("[01]{8}", 2),
        ),
        Rendering(
            "lzw:csv", "output", CODES, "the integers with commas between",
            lambda value: ",".join(map(digits, value)), lambda text: integers(text, ","),
        ),
        Rendering(
            "lzw:spaced", "output", CODES, "the integers with spaces between", spaced, integers
        ),
        Rendering(
            "rle:compact", "output", RUNS,
            "for each pair its integer, a colon and its character, one behind the other",
            *COMPACT,
        ),
        Rendering(
            "rle:spaced", "output", RUNS,
            "for each pair its integer, a colon and its character, with one space between pairs",
            *SPACED,
        ),
        Rendering(
            "ae:fraction", "output", FRACTIONS, "numerator/denominator",
            lambda value: "/".join(map(digits, value)), fraction,
        ),
    )
}  # fmt: skip
"""By name. Messages that bring their tables are only written as JSON."""


def rendering(name: str) -> Rendering | None:
    """The rendering of a name; None for plain JSON.

    Raises:
        InputError: there is none.
    """
    if name == JSON:
        return None
    if name not in RENDERINGS:
        raise InputError(f"no rendering {name!r}; there are {JSON}, {', '.join(RENDERINGS)}")
    return RENDERINGS[name]


def written(value: Value, side: str, chosen: Rendering | None) -> str:
    """A side as it is shown: rendered where the rendering is of that side, else as JSON."""
    return chosen.write(value) if chosen and chosen.side == side else dumps(value)


def shown_value(text: str, side: str, chosen: Rendering | None) -> Value:
    """The mirror of `written`.

    Raises:
        ValueError: it is none.
    """
    return chosen.read(text) if chosen and chosen.side == side else loads(text)
