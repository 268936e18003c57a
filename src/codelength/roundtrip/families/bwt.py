"""The Burrows-Wheeler transform, then move-to-front.

Example: "banana" -> ["abn", 4, [0, 2, 0, 2, 2, 0]]: the alphabet, where the text ends, positions.
"""

from codelength.roundtrip.families.family import Code, Family


def bwt_encode(text: str) -> list:
    """Sort what the text ends with, take the characters before, and move each to the front."""
    order = sorted(range(len(text) + 1), key=lambda at: text[at:])
    last = [text[at - 1] for at in order if at > 0]
    alphabet = "".join(sorted(set(text)))
    front = list(alphabet)
    positions = []
    for char in last:
        position = front.index(char)
        positions.append(position)
        front.insert(0, front.pop(position))
    return [alphabet, order.index(0), positions]


def bwt_decode(message: list) -> str:
    """Undo the moves to the front, then follow each character to the one behind it."""
    alphabet, end, positions = message
    if not 0 <= end <= len(positions):
        raise ValueError("an end that is not there")
    front = list(alphabet)
    last = []
    for position in positions:
        if not 0 <= position < len(front):
            raise ValueError("a position that is not there")
        front.insert(0, front.pop(position))
        last.append(front[0])
    last.insert(end, "")
    order = sorted(range(len(last)), key=lambda row: last[row])
    text = ""
    row = order[end]
    while row != end:
        text += last[row]
        row = order[row]
    if len(text) != len(positions):
        raise ValueError("characters that are not met")
    return text


MESSAGE = "[string, integer, [integer, ...]]"
CANONICAL = "The string has each character of the input once, by code point."
FAMILY = Family.plain(
    "bwt",
    "the Burrows-Wheeler transform with move-to-front",
    Code((bwt_encode,), (bwt_decode,), MESSAGE, CANONICAL),
)
