"""LZ77: each step copies the longest part that was there before, then gives one character.

Example: "aaab" -> [[0, 0, "a"], [1, 2, "b"]].
"""

from codelength.roundtrip.families.family import Code, Family, natural


def lz77_encode(text: str) -> list:
    """Steps [distance, length, character]; of equally long copies the nearest."""
    steps = []
    at = 0
    while at < len(text):
        start, length = at, 0
        while at + length < len(text):
            found = text.rfind(text[at : at + length + 1], 0, at + length)
            if found < 0:
                break
            start, length = found, length + 1
        steps.append([at - start, length, text[at + length : at + length + 1]])
        at += length + 1
    return steps


def lz77_decode(steps: list) -> str:
    """A copy may run into what it is making."""
    text = ""
    for distance, length, char in steps:
        if not 0 <= distance <= len(text) or (length > 0 and distance == 0):
            raise ValueError("a copy from before the start")
        for _ in range(length):
            text += text[len(text) - distance]
        text += char
    return text


FAMILY = Family.plain(
    "lz77",
    "LZ77",
    Code(
        (lz77_encode,),
        (lz77_decode,),
        "[[integer, integer, string], ...]",
        "Each step copies as much as it can, of equally long copies the nearest; the distance is 0"
        " where nothing is copied. The string is one character; only the last step's may be empty,"
        " where the input ends with what is copied.",
    ),
    spelled=lambda steps: sum(natural(length) + len(char) for _, length, char in steps),
)
