import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding.bits import BitReader, BitWriter
from codelength.errors import MessageError

bit_texts = st.text("01", max_size=200)


@given(bit_texts, bit_texts)
def test_concatenation_is_that_of_the_texts(a, b):
    joined = Bits(a) + Bits(b)
    assert str(joined) == a + b and len(joined) == len(a) + len(b)


@given(bit_texts)
def test_packing_gives_the_bits_back(text):
    bits = Bits(text)
    assert Bits.from_bytes(bytes(bits), len(bits)) == bits
    assert len(bytes(bits)) == (len(text) + 7) // 8


def test_leading_zeros_count():
    assert Bits("0") != Bits("00") and len({Bits("0"), Bits("00"), Bits("0")}) == 2


@given(st.lists(bit_texts, max_size=20))
def test_writer_and_reader_walk_over_the_same_bits(texts):
    writer = BitWriter()
    for text in texts:
        writer.append(Bits(text))
    assert str(writer.bits()) == "".join(texts) and len(writer) == len("".join(texts))
    reader = BitReader(bytes(writer), len(writer))
    assert [str(reader.read(len(text))) for text in texts] == texts
    assert reader.left == 0


def test_reading_past_the_end_says_so():
    with pytest.raises(MessageError, match="ends 3 bits too early"):
        BitReader.over(Bits("10")).read(5)


@pytest.mark.parametrize("bad", ["2", "1 0", "0b1"])
def test_only_zeros_and_ones_are_bits(bad):
    with pytest.raises(ValueError, match="string of 0 and 1"):
        Bits(bad)


def test_indexing_and_slicing_count_bits():
    bits = Bits("1101")
    assert [bits[0], bits[2], bits[-1]] == [1, 0, 1] and bits[1:3] == Bits("10")
    assert list(bits) == [1, 1, 0, 1]
    with pytest.raises(IndexError):
        bits[4]
