"""Huffman coding with canonical codes.

Example: "aab" -> codes a: 0, b: 1; the bits 001, filled up with five zeros: [32].
"""

from heapq import heapify, heappop, heappush

from codelength.roundtrip.families.family import Code, Family


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
    bits = "".join([code_of[char] for char in text])
    bits += "0" * (-len(bits) % 8)
    return [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]


def huffman_decode(data: list, codes: list, padding: int) -> str:
    """Read code by code; the last `padding` bits are none."""
    if not all(0 <= byte <= 255 for byte in data):
        raise ValueError("a byte that is none")
    bits = "".join([format(byte, "08b") for byte in data])
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


FULL, NONE = "a list of bytes 0..255", "a list [lengths, padding, bytes]"
FAMILY = Family(
    "huffman",
    {
        "full": Code(
            (huffman_encode,),
            (huffman_decode,),
            FULL,
            (),
            {"codes": huffman_table},
            {"padding": huffman_padding},
        ),
        "none": Code(
            (huffman_lengths, huffman_codes, huffman_encode, huffman_encode_with_lengths),
            (huffman_codes, huffman_decode, huffman_decode_with_lengths),
            NONE,
            ("from heapq import heapify, heappop, heappush",),
        ),
    },
)
