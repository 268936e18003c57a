import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import Bits, Codec
from codelength.codecs.combinators import Fallback, Raw, Reverse, Transform, Transformed
from codelength.codecs.standard import Standard
from codelength.coding.bits import BitReader
from codelength.coding.integers import elias_delta
from codelength.corpora.instances import Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError

alphabets = st.sampled_from([2, 3, 5, 8, 100, 256])


@st.composite
def targets(draw):
    alphabet = draw(alphabets)
    target = bytes(draw(st.lists(st.integers(0, alphabet - 1), max_size=60)))
    length = len(target) if draw(st.booleans()) else None
    return target, Condition(length, alphabet)


class Parity(Codec):
    """A codec in three lines: single bits only."""

    def encode(self, target, given):
        if len(target) != 1 or target[0] > 1:
            raise CannotEncode("only 0 and 1")
        return Bits(str(target[0]))

    def read(self, reader, given):
        return bytes([reader.read_int(1)])


@given(targets(), st.text("01", max_size=9))
def test_raw_is_prefix_free_and_comes_back(case, behind):
    target, given_ = case
    reader = BitReader.over(Raw().encode(target, given_) + Bits(behind))
    assert Raw().read(reader, given_) == target and reader.left == len(behind)


def test_raw_sends_the_length_only_where_it_is_not_public():
    assert len(Raw().encode(b"abc", Condition(3))) == 24
    assert len(Raw().encode(b"abc")) == 24 + 5  # Elias' delta code of 4
    assert len(Raw().encode(bytes([7, 0, 1]), Condition(3, alphabet=8))) == 9


def test_raw_refuses_what_the_condition_excludes():
    with pytest.raises(InputError, match="symbol 8"):
        Raw().encode(bytes([8]), Condition(1, alphabet=8))
    with pytest.raises(InputError, match="2 symbols, the condition says 3"):
        Raw().encode(b"ab", Condition(3))


def test_raw_refuses_a_length_that_the_message_cannot_hold():
    huge = Raw().encode(b"")[:0] + Bits("0" * 5 + "1" + "01000" + "0" * 40)
    with pytest.raises(MessageError):
        Raw().decode(huge)


@given(targets())
def test_fallback_sends_one_bit_and_the_shorter_message(case):
    target, given_ = case
    codec = Fallback(Parity(), Raw())
    bits = codec.encode(target, given_)
    raw = len(Raw().encode(target, given_))
    short = len(target) == 1 and target[0] <= 1 and raw >= 1
    assert len(bits) == 1 + (1 if short else raw)
    assert codec.decode(bits, given_) == target


def test_fallback_keeps_what_the_primary_proposed():
    assert Fallback(Parity(), Raw()).message(b"xyz").proposal.correct is False


def test_decode_refuses_bits_that_are_left_over():
    with pytest.raises(MessageError, match="2 bits are left over"):
        Raw().decode(Bits.from_bytes(b"a") + Bits("00"), Condition(1))


@given(st.binary(max_size=100))
def test_a_shared_transform_costs_nothing(target):
    codec = Transformed(Standard("deflate"), Reverse())
    bits = codec.encode(target)
    assert codec.decode(bits) == target
    assert bits == Standard("deflate").encode(target[::-1])


def test_a_transform_that_does_not_invert_is_noticed():
    class Upper(Transform):
        name = "upper"

        def forward(self, target):
            return target.upper()

        def inverse(self, transformed):
            return transformed

    codec = Transformed(Raw(), Upper())
    assert codec.decode(codec.encode(b"ABC")) == b"ABC"
    with pytest.raises(CannotEncode, match="upper"):
        codec.encode(b"abc")
    assert Fallback(codec, Raw()).decode(Fallback(codec, Raw()).encode(b"abc")) == b"abc"


def test_what_a_transform_makes_of_nothing_is_damage_of_one_message():
    class Spelled(Transform):
        name = "spelled"

        def forward(self, target):
            return target.decode("utf-16").encode()

        def inverse(self, transformed):
            return transformed.decode().encode("utf-16")

    codec = Transformed(Raw(), Spelled())
    good = "good".encode("utf-16")
    with pytest.raises(CannotEncode, match="spelled"):
        codec.encode("a".encode("utf-16-be"))  # without its mark
    damaged = Raw().encode(b"\xff")
    with pytest.raises(MessageError, match="spelled"):
        codec.decode(damaged)
    readers = [BitReader.over(bits) for bits in (codec.encode(good), damaged, codec.encode(good))]
    first, second, third = codec.read_each([*readers, None], [Condition()] * 4)[:3]
    assert (first, third) == (good, good) and isinstance(second, MessageError)


def test_protocols_of_different_codecs_differ():
    made = [Raw(), Fallback(Raw(), Raw()), Transformed(Raw(), Reverse()), Standard("gzip")]
    assert len({str(codec.protocol()) for codec in made}) == len(made)


def test_a_damaged_length_does_not_hang():
    bits = elias_delta(2**32) + Bits("01")
    with pytest.raises(MessageError):
        Raw().decode(bits, Condition(None, alphabet=5))


class Text(Transform):
    """A tool that takes text alone."""

    name = "swap case"

    def forward(self, target):
        return target.decode().swapcase().encode()

    inverse = forward


def test_a_tool_that_cannot_handle_a_target_falls_back():
    codec = Fallback(Transformed(Raw(), Text()), Raw())
    for target in (b"\xff", b"abc", "\u1e9e".encode()):
        assert codec.decode(codec.encode(target)) == target
        ready = codec.prepare([Instance("", target)])
        assert ready.encode(target) == codec.encode(target)


def test_tools_of_other_parameters_are_other_protocols():
    class Shift(Text):
        def __init__(self, by):
            self.by = by

        def protocol(self):
            return {"transform": "shift", "by": self.by}

    one, other = (Transformed(Raw(), Shift(by)) for by in (1, 2))
    assert one.protocol() != other.protocol()
