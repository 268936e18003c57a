from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codelength.roundtrip.families import FAMILIES, SIDES
from codelength.roundtrip.shown import shown

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("ab", max_size=200),
    st.text("\u0000\u00ff\u0100\U0010ffff\n", max_size=40),
)
CASES = [(name, side) for name in FAMILIES for side in SIDES]


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("name, side", CASES)
@given(texts)
@example("")
@example("a")
@example("aaaaaaaa")
@example("\U0010ffff")
@settings(deadline=None)
def test_the_shown_text_encodes_and_decodes(name, side, blind, text):
    code = FAMILIES[name].codes[side]
    beside = code.beside(text)
    message = code.encode(text, beside)
    encode = shown(code, "encoder", blind).function()
    decode = shown(code, "decoder", blind).function()
    assert encode(text, *(beside[table] for table in code.tables)) == message
    assert decode(message, *beside.values()) == text == code.decode(message, beside)


@pytest.mark.parametrize("name, side", CASES)
def test_ten_thousand_characters_come_back(name, side):
    text = "".join(chr(97 + k * k % 7 + (k % 11 == 0) * 300) for k in range(10_000))
    code = FAMILIES[name].codes[side]
    assert code.decode(code.encode(text), code.beside(text)) == text


@pytest.mark.parametrize("name", FAMILIES)
def test_the_empty_text_and_one_symbol_by_hand(name):
    by_hand = {
        "lzw": ([], [97]),
        "ae": ([1, 2, []], [3, 8, [["a", 1]]]),
        "rle": ([], [["a", 1]]),
        "huffman": ([[], 0, []], [[["a", 1]], 7, [0]]),
        "ae-shortest": ([0, 1, []], [1, 4, [["a", 1]]]),
        "lz77": ([], [[0, 0, "a"]]),
        "bwt": (["", 0, []], ["a", 1, [0]]),
        "delta": ([], [97]),
    }
    code = FAMILIES[name].codes["none"]
    assert (code.encode(""), code.encode("a")) == by_hand[name]


@given(st.text(st.characters(max_codepoint=255), max_size=100))
def test_lzw_is_the_classic_list_within_latin_1(text):
    table, codes, current = {chr(code): code for code in range(256)}, [], ""
    for char in text:
        if current + char not in table:
            codes.append(table[current])
            table[current + char] = len(table)
            current = ""
        current += char
    if current:
        codes.append(table[current])
    assert FAMILIES["lzw"].codes["none"].encode(text) == codes


@given(texts)
def test_lzw_says_how_many_first_codes_a_wider_alphabet_has(text):
    codes = FAMILIES["lzw"].codes["none"].encode(text)
    wide = max(map(ord, text), default=0) >= 256
    assert (bool(codes) and codes[0] >= 256) == wide
    assert not wide or codes[0] == max(map(ord, text)) + 1


@given(texts)
def test_ae_is_the_middle_of_the_interval_in_lowest_terms(text):
    counts = FAMILIES["ae"].codes["full"].beside(text)["counts"]
    total = len(text) + 1
    low, width = Fraction(0), Fraction(1)
    for char in text:
        low += width * Fraction(sum(count for other, count in counts if other < char), total)
        width *= Fraction(text.count(char), total)
    low += width * Fraction(total - 1, total)
    width /= total
    numerator, denominator = FAMILIES["ae"].codes["full"].encode(text)
    middle = Fraction(numerator, denominator)
    assert middle == low + width / 2 and middle.denominator == denominator
    numerator, denominator = FAMILIES["ae-shortest"].codes["full"].encode(text)
    assert low <= Fraction(numerator, denominator) < low + width
    if denominator > 1:  # half the denominator does not reach into the interval
        half = denominator // 2
        assert Fraction(-(-low.numerator * half // low.denominator), half) >= low + width


@given(texts)
def test_huffman_codes_are_prefix_free_and_as_short_as_can_be(text):
    codes = dict(FAMILIES["huffman"].codes["full"].beside(text)["codes"])
    assert sum(Fraction(1, 2 ** len(code)) for code in codes.values()) <= 1
    assert not any(a != b and b.startswith(a) for a in codes.values() for b in codes.values())
    # The bits of the best code: the sum of the weights of all inner nodes.
    weights, bits = sorted(text.count(char) for char in codes), 0
    while len(weights) > 1:
        joined = weights[0] + weights[1]
        bits += joined
        weights = sorted([*weights[2:], joined])
    expected = len(text) if len(codes) == 1 else bits
    assert sum(len(codes[char]) for char in text) == expected


@pytest.mark.parametrize("name, side", CASES)
def test_blind_text_says_nothing_of_what_it_does(name, side):
    for one in ("encoder", "decoder"):
        source = shown(FAMILIES[name].codes[side], one, True).source
        source = source.replace(".count(", "(")  # a method of every string
        words = (
            "lzw",
            "huffman",
            "rle",
            "code",
            "count",
            "delta",
            "bwt",
            "text",
            "bits",
            "#",
            '"""',
        )
        assert not [word for word in words if word in source.lower()]
        assert "def main_solution(x: " in source


def test_a_program_that_is_shown_changes_nothing_that_it_is_given():
    for family in FAMILIES.values():
        for code in family.codes.values():
            beside = code.beside("abracadabra")
            message = code.encode("abracadabra", beside)
            kept = repr((message, beside))
            shown(code, "decoder", False).function()(message, *beside.values())
            assert repr((message, beside)) == kept


@pytest.mark.parametrize("name, side", CASES)
@given(st.data())
@settings(deadline=None)
def test_what_is_no_message_ends(name, side, data):
    """Wrong messages raise or decode to something; they do not run on for ever."""
    code = FAMILIES[name].codes[side]
    text = data.draw(texts)
    beside = code.beside(text)
    message = code.encode(text, beside)
    flat = message if isinstance(message, list) and message else [0]
    at = data.draw(st.integers(0, len(flat) - 1))
    wrong = [*flat[:at], data.draw(st.integers(-3, 300)), *flat[at + 1 :]]
    try:
        back = code.decode(wrong, beside)
    except (ValueError, TypeError, IndexError, OverflowError):
        return
    assert isinstance(back, str)
