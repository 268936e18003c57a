"""The coder's guarantees, over random tables; and its bitstreams, frozen in tests/golden."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding.arithmetic import Decoder, Encoder
from codelength.coding.bits import BitReader
from codelength.coding.tables import MAX_TOTAL, FrequencyTable
from codelength.errors import MessageError

GOLDEN = Path(__file__).parents[1] / "golden" / "arithmetic.json"

frequencies = st.one_of(
    st.integers(1, 5), st.sampled_from([1, 255, 1 << 12, 1 << 24, (1 << 28) - 1])
)
tables = st.lists(frequencies, min_size=1, max_size=6).filter(lambda f: sum(f) <= MAX_TOTAL)


@st.composite
def messages(draw):
    pool = [FrequencyTable.of(draw(tables)) for _ in range(draw(st.integers(1, 3)))]
    length = draw(st.integers(0, 40))
    steps = [draw(st.sampled_from(pool)) for _ in range(length)]
    return [(table, draw(st.integers(0, table.symbols - 1))) for table in steps]


def encode(message):
    encoder = Encoder()
    for table, symbol in message:
        encoder.encode(symbol, table)
    return encoder.finish()


def exact_bound(message):
    """ceil(NLL) + 1 in exact arithmetic."""
    chance = Fraction(1)
    for table, symbol in message:
        chance *= Fraction(int(table.frequencies[symbol]), table.total)
    ceiling = 0
    while Fraction(1, 2**ceiling) > chance:
        ceiling += 1
    return ceiling + 1


@given(messages())
@settings(max_examples=500)
def test_message_is_at_most_ceil_nll_plus_one(message):
    assert len(encode(message)) <= exact_bound(message)


@given(st.lists(messages(), max_size=5), st.text("01", max_size=70))
def test_concatenated_messages_decode_without_framing(many, behind):
    coded = [encode(message) for message in many]
    stream = sum(coded, Bits()) + Bits(behind)
    reader = BitReader.over(stream)
    for message, bits in zip(many, coded, strict=True):
        start = reader.position
        decoder = Decoder(reader)
        assert [decoder.decode(table) for table, _ in message] == [s for _, s in message]
        decoder.finish()
        assert reader.position - start == len(bits)


@given(messages(), st.data())
def test_a_truncated_message_is_refused(message, data):
    bits = encode(message)
    if not len(bits):
        return
    cut = bits[: data.draw(st.integers(0, len(bits) - 1))]
    decoder = Decoder(BitReader.over(cut))
    with pytest.raises(MessageError):
        for table, _ in message:
            decoder.decode(table)
        decoder.finish()


@given(messages(), st.data())
def test_a_flipped_bit_gives_another_message_or_is_refused(message, data):
    """No two bit strings of one length decode to the same symbols: the ending is canonical."""
    bits = encode(message)
    if not len(bits):
        return
    place = data.draw(st.integers(0, len(bits) - 1))
    flipped = Bits.from_int(int(bits) ^ (1 << place), len(bits))
    decoder = Decoder(BitReader.over(flipped))
    try:
        found = [decoder.decode(table) for table, _ in message]
        decoder.finish()
    except MessageError:
        return
    assert found != [symbol for _, symbol in message]


def test_a_certain_symbol_is_free():
    assert encode([(FrequencyTable.of([7]), 0)] * 1000) == Bits()


def test_uniform_choices_of_powers_of_two_cost_their_logarithm():
    encoder = Encoder()
    for value in (3, 0, 255):
        encoder.encode_uniform(value, 256)
    assert encoder.finish() == Bits.from_bytes(bytes([3, 0, 255]))


def test_carries_run_through_long_chains_of_ones():
    table = FrequencyTable.of([(1 << 20) - 1, 1])
    message = [(table, 1)] * 3 + [(table, 0)] * 4000 + [(table, 1)]
    decoder = Decoder(BitReader.over(encode(message)))
    assert [decoder.decode(t) for t, _ in message] == [s for _, s in message]


def test_symbols_outside_the_table_are_refused():
    encoder = Encoder()
    with pytest.raises(ValueError, match="symbol 2"):
        encoder.encode(2, FrequencyTable.uniform(2))
    with pytest.raises(ValueError, match="choices"):
        encoder.encode_uniform(0, MAX_TOTAL + 1)


@pytest.mark.parametrize("case", json.loads(GOLDEN.read_text()), ids=lambda case: case["name"])
def test_golden_bitstreams_do_not_change(case):
    """A change of one bit here is a new format version."""
    tables_used = [FrequencyTable.of(frequencies) for frequencies in case["tables"]]
    message = [(tables_used[which], symbol) for which, symbol in case["message"]]
    assert str(encode(message)) == case["bits"]


def test_float_nll_is_within_two_bits():
    table = FrequencyTable.of([3, 1, 1 << 20])
    for length in range(200):
        message = [(table, (7 * j) % 3) for j in range(length)]
        nll = math.fsum(table.bits(symbol) for _, symbol in message)
        assert nll <= len(encode(message)) + 1e-9 <= nll + 2


def test_an_encoder_writes_one_message():
    encoder = Encoder()
    encoder.finish()
    with pytest.raises(ValueError, match="a new one"):
        encoder.finish()
