"""Huffman coding with canonical codes.

Example: "aab" -> codes a: 0, b: 1; the bits 001, filled up with five zeros: [32].
"""

from heapq import heapify, heappop, heappush

from codelength.roundtrip.families.family import Code, Family, Table, natural


def huffman_lengths(text: str) -> list:
    """Each character and the length of its code, shortest first, then by code point.

    Of equal counts, what came first is joined first: characters by code point, then joined ones.
    """
    chars = sorted(set(text))
    if len(chars) == 1:
        return [[chars[0], 1]]
    heap = [(text.count(char), order, char) for order, char in enumerate(chars)]
    heapify(heap)
    lengths = dict.fromkeys(chars, 0)
    order = len(chars)
    while len(heap) > 1:
        first_count, _, first = heappop(heap)
        second_count, _, second = heappop(heap)
        for char in first + second:
            lengths[char] += 1
        heappush(heap, (first_count + second_count, order, first + second))
        order += 1
    return sorted(([char, lengths[char]] for char in chars), key=lambda one: (one[1], one[0]))


def huffman_codes(lengths: list) -> list:
    """Each character and its code, a string of 0 and 1: counted up, one digit more where longer."""
    codes = []
    code = previous = 0
    for char, length in lengths:
        code <<= length - previous
        codes.append([char, format(code, f"0{length}b")])
        code += 1
        previous = length
    return codes


def huffman_table(text: str) -> list:
    """Each character and its code."""
    return huffman_codes(huffman_lengths(text))


def huffman_padding(text: str) -> int:
    """The zeros that fill up the last byte."""
    return -sum(len(code) * text.count(char) for char, code in huffman_table(text)) % 8


def huffman_encode(text: str, codes: list) -> list:
    """The codes one behind the other, filled up with zeros, as bytes."""
    code_of = dict(codes)
    bits = ""
    for char in text:
        bits += code_of[char]
    bits += "0" * (-len(bits) % 8)
    data = []
    for at in range(0, len(bits), 8):
        data.append(int(bits[at : at + 8], 2))
    return data


def huffman_decode(data: list, codes: list, padding: int) -> str:
    """Read code by code; the last `padding` bits are none."""
    bits = ""
    for byte in data:
        if not 0 <= byte <= 255:
            raise ValueError("a byte that is none")
        bits += format(byte, "08b")
    char_of = {code: char for char, code in codes}
    text = ""
    start = 0
    for at in range(1, len(bits) - padding + 1):
        if bits[start:at] in char_of:
            text += char_of[bits[start:at]]
            start = at
    if start != len(bits) - padding:
        raise ValueError("bits that are no code")
    return text


def huffman_encode_with_lengths(text: str) -> list:
    """The lengths of the codes, the padding, and the bytes."""
    lengths = huffman_lengths(text)
    codes = huffman_codes(lengths)
    padding = -sum(len(code) * text.count(char) for char, code in codes) % 8
    return [lengths, padding, huffman_encode(text, codes)]


def huffman_decode_with_lengths(message: list) -> str:
    """The text of bytes that bring the lengths of their codes."""
    lengths, padding, data = message
    return huffman_decode(data, huffman_codes(lengths), padding)


def digits(message: list) -> int:
    """A part of the digits of the codes that a message asks for; 0 where it brings no lengths.

    Codes of n characters have some n log2 n digits; each may well have 32.
    """
    if len(message) != 3 or not isinstance(message[0], list):
        return 0
    return sum(natural(length) for _, length in message[0]) // 32


FULL, NONE = "[integer, ...]", "[[[string, integer], ...], integer, [integer, ...]]"
FILLED = "Each integer is a byte 0..255; zeros fill up the last one."
LENGTHS = (
    "The first list has each character and the length of its code, shortest first, then by code"
    " point. The lengths come from joining the two groups of characters with the least counts until"
    " there is one group; each joining makes the codes of both groups longer by 1. Of equal counts,"
    " single characters come first, by code point, then groups as they were made. A character that"
    " is alone has length 1. The second integer is the number of zeros that fill up the last byte. "
)
FAMILY = Family(
    "huffman",
    "Huffman coding",
    {
        "full": Code(
            (huffman_encode,),
            (huffman_decode,),
            FULL,
            FILLED,
            (),
            {"codes": Table(huffman_table, "each character and its code")},
            {"padding": Table(huffman_padding, "the number of bits that fill up the last byte")},
        ),
        "none": Code(
            (huffman_lengths, huffman_codes, huffman_encode, huffman_encode_with_lengths),
            (huffman_codes, huffman_decode, huffman_decode_with_lengths),
            NONE,
            LENGTHS + FILLED.replace("Each integer", "Each integer of the last list"),
            ("from heapq import heapify, heappop, heappush",),
        ),
    },
    digits,
)
