"""Arithmetic coding with exact fractions: a number in the interval that the text's counts give.

Example: "a" with the counts [["a", 1]] and an end symbol -> the interval [1/4, 1/2), so [3, 8].
"""

from math import gcd

from codelength.roundtrip.families.family import Code, Family, Table, natural


def ae_counts(text: str) -> list:
    """How often each character is there, by code point."""
    return [[char, text.count(char)] for char in sorted(set(text))]


def ae_interval(text: str, counts: list) -> tuple:
    """(low, width, scale): the interval from low / scale on; an end symbol comes last."""
    total = sum(count for _, count in counts) + 1
    begins = {}
    at = 0
    for char, count in counts:
        begins[char] = (at, count)
        at += count
    low, width, scale = 0, 1, 1
    for begin, count in [begins[char] for char in text] + [(at, 1)]:
        low = low * total + width * begin
        width *= count
        scale *= total
    return low, width, scale


def ae_encode(text: str, counts: list) -> list:
    """The middle of the interval as a fraction in lowest terms."""
    low, width, scale = ae_interval(text, counts)
    numerator, denominator = 2 * low + width, 2 * scale
    common = gcd(numerator, denominator)
    return [numerator // common, denominator // common]


def ae_decode(fraction: list, counts: list) -> str:
    """The symbol whose part the number lies in, then the number's place in that part."""
    numerator, denominator = fraction
    if not 0 <= numerator < denominator:
        raise ValueError("a number that is not in 0..1")
    total = sum(count for _, count in counts) + 1
    text = ""
    for _ in range(total):
        slot = numerator * total // denominator
        if slot == total - 1:
            return text
        at = 0
        for char, count in counts:
            if slot < at + count:
                text += char
                numerator = numerator * total - denominator * at
                denominator *= count
                break
            at += count
    raise ValueError("a number without an end symbol")


def ae_encode_with_counts(text: str) -> list:
    """The fraction's numerator and denominator, and the counts that the decoder needs."""
    counts = ae_counts(text)
    return [*ae_encode(text, counts), counts]


def ae_decode_with_counts(message: list) -> str:
    """The text of a fraction that brings its counts."""
    numerator, denominator, counts = message
    return ae_decode([numerator, denominator], counts)


def ae_encode_shortest(text: str, counts: list) -> list:
    """The fraction in the interval whose denominator is the smallest power of two."""
    low, width, scale = ae_interval(text, counts)
    bits = (scale // width).bit_length() - 1
    while True:
        numerator = -(-(low << bits) // scale)
        if numerator * scale < (low + width) << bits:
            common = gcd(numerator, 1 << bits)
            return [numerator // common, (1 << bits) // common]
        bits += 1


def ae_encode_shortest_with_counts(text: str) -> list:
    """The shortest fraction's numerator and denominator, and the counts."""
    counts = ae_counts(text)
    return [*ae_encode_shortest(text, counts), counts]


def counted(message: list) -> int:
    """The characters that a message's own counts allow."""
    return sum(natural(count) for _, count in message[2]) if len(message) == 3 else 0


COUNTED = Table(ae_counts, "each character and how often it is there")
FULL, NONE = "[integer, integer]", "[integer, integer, [[string, integer], ...]]"
FRACTION = "The first two integers are a numerator and a denominator in lowest terms. "
MIDDLE = FRACTION + "Of the fractions that stand for this input, give the middle of their range."
SHORT = (
    FRACTION
    + "Of the fractions that stand for this input, give the one whose denominator is the smallest"
    " power of two, and of several the least."
)
COUNTS = " The list behind them has each character and how often it is there, by code point."
DECODE = (ae_decode,)
DECODE_WITH_COUNTS = (ae_decode, ae_decode_with_counts)
IMPORTS = ("from math import gcd",)
FAMILY = Family(
    "ae",
    "arithmetic coding",
    {
        "full": Code((ae_interval, ae_encode), DECODE, FULL, MIDDLE, IMPORTS, {"counts": COUNTED}),
        "none": Code(
            (ae_counts, ae_interval, ae_encode, ae_encode_with_counts),
            DECODE_WITH_COUNTS,
            NONE,
            MIDDLE + COUNTS,
            IMPORTS,
        ),
    },
    counted,
)
SHORTEST = Family(
    "ae-shortest",
    "arithmetic coding",
    {
        "full": Code(
            (ae_interval, ae_encode_shortest),
            DECODE,
            FULL,
            SHORT,
            IMPORTS,
            {"counts": COUNTED},
        ),
        "none": Code(
            (ae_counts, ae_interval, ae_encode_shortest, ae_encode_shortest_with_counts),
            DECODE_WITH_COUNTS,
            NONE,
            SHORT + COUNTS,
            IMPORTS,
        ),
    },
    counted,
)
