"""Run-length encoding.

Example: "aaab" -> [["a", 3], ["b", 1]].
"""

from codelength.roundtrip.families.family import Code, Family, natural


def rle_encode(text: str) -> list:
    """Each run of one character, and its length."""
    runs = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or text[at] != text[start]:
            runs.append([text[start], at - start])
            start = at
    return runs


def rle_decode(runs: list) -> str:
    """Each character as often as its run is long."""
    text = ""
    for char, count in runs:
        text += char * count
    return text


FAMILY = Family.plain(
    "rle",
    "run-length encoding",
    Code(
        (rle_encode,),
        (rle_decode,),
        "[[string, integer], ...]",
        "Each string is one character, no two neighbours have the same one, and each integer is 1"
        " or more.",
    ),
    spelled=lambda runs: sum(len(char) * natural(count) for char, count in runs),
)
