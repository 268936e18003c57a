"""LZW over code points: a code for the longest sequence that was there before.

Example: "abab" -> [97, 98, 256]. An input within U+00FF gives exactly the classic list. For others
the list begins with the number of first codes, which no classic list can begin with.
"""

from codelength.roundtrip.families.family import Code, Family, natural


def lzw_encode(text: str) -> list:
    """Codes below `size` are code points; the others number the sequences that were met."""
    size = max([256, *(ord(char) + 1 for char in text)])
    codes = [size] if size > 256 else []
    table = {char: ord(char) for char in text}
    added, current = 0, ""
    for char in text:
        if current + char in table:
            current += char
        else:
            codes.append(table[current])
            table[current + char] = size + added
            added += 1
            current = char
    if current:
        codes.append(table[current])
    return codes


def lzw_decode(codes: list) -> str:
    """The first code is the number of first codes if it is 256 or more; else there are 256."""
    size = 256
    if codes and codes[0] >= 256:
        size, codes = codes[0], codes[1:]
    table = {}
    text = previous = ""
    for code in codes:
        if code < size:
            entry = chr(code)
        elif code in table:
            entry = table[code]
        elif previous and code == size + len(table):
            entry = previous + previous[0]
        else:
            raise ValueError("a code that there is not yet")
        if previous:
            table[size + len(table)] = previous + entry[0]
        text += entry
        previous = entry
    return text


def spelled(codes: list) -> int:
    """The characters of a list, without spelling them: its entries may grow with each code."""
    size = 256
    if codes and codes[0] >= 256:
        size, codes = codes[0], codes[1:]
    lengths: dict[int, int] = {}
    total = previous = 0
    for code in map(natural, codes):
        length = 1 if code < size else lengths.get(code, previous + 1)
        if previous:
            lengths[size + len(lengths)] = previous + 1
        total += length
        previous = length
    return total


CANONICAL = (
    "Each integer stands for the longest part of the input that it can stand for at its place. Only"
    " where the input has characters beyond U+00FF, the list begins with one more integer: its"
    " highest code point plus 1."
)
FAMILY = Family.plain(
    "lzw", "LZW", Code((lzw_encode,), (lzw_decode,), "[integer, ...]", CANONICAL), spelled
)
