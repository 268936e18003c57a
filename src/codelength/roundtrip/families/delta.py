"""Differences of code points.

Example: "abc" -> [97, 1, 1].
"""

from codelength.roundtrip.families.family import Code, Family


def delta_encode(text: str) -> list:
    """How much each code point differs from the one before it; the first, from 0."""
    steps = []
    previous = 0
    for char in text:
        steps.append(ord(char) - previous)
        previous = ord(char)
    return steps


def delta_decode(steps: list) -> str:
    """Add the differences up."""
    text = ""
    code = 0
    for step in steps:
        code += step
        text += chr(code)
    return text


FAMILY = Family.plain(
    "delta", "delta coding", Code((delta_encode,), (delta_decode,), "[integer, ...]", "")
)
