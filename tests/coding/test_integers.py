import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding import integers
from codelength.coding.bits import BitReader
from codelength.errors import MessageError

CODES = [
    (integers.elias_gamma, integers.read_elias_gamma),
    (integers.elias_delta, integers.read_elias_delta),
]


@pytest.mark.parametrize(("write", "read"), CODES)
@given(st.integers(1, 2**60), st.text("01", max_size=9))
def test_universal_codes_end_where_they_say(write, read, value, behind):
    reader = BitReader.over(write(value) + Bits(behind))
    assert read(reader) == value and reader.left == len(behind)


@given(st.integers(1, 5000), st.data())
def test_the_uniform_code_takes_floor_or_ceil_of_log2(choices, data):
    value = data.draw(st.integers(0, choices - 1))
    bits = integers.uniform(value, choices)
    assert (choices - 1).bit_length() - 1 <= len(bits) <= (choices - 1).bit_length()
    assert integers.read_uniform(BitReader.over(bits), choices) == value


@pytest.mark.parametrize("choices", [1, 2, 3, 5, 8, 21, 256, 257])
def test_the_uniform_code_is_complete(choices):
    """Kraft's sum is exactly 1: no bit is wasted."""
    assert sum(2.0 ** -len(integers.uniform(v, choices)) for v in range(choices)) == 1


def test_known_codewords():
    assert [str(integers.elias_gamma(n)) for n in (1, 2, 5)] == ["1", "010", "00101"]
    assert [str(integers.elias_delta(n)) for n in (1, 2, 5, 16)] == [
        "1",
        "0100",
        "01101",
        "001010000",
    ]


@pytest.mark.parametrize(("write", "read"), CODES)
def test_zero_has_no_universal_codeword(write, read):
    with pytest.raises(ValueError):
        write(0)


@pytest.mark.parametrize("read", [integers.read_elias_gamma, integers.read_elias_delta])
def test_endless_zeros_are_refused(read):
    with pytest.raises(MessageError):
        read(BitReader(bytes(100)))
