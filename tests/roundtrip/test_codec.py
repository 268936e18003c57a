import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.codecs.registry import build_codec
from codelength.coding.bits import Bits
from codelength.corpora.instances import Condition
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.roundtrip.families import FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
@given(st.binary(max_size=40) | st.text(alphabet="ab", max_size=40).map(str.encode))
def test_any_bytes_come_back(name, target):
    codec = build_codec(f"roundtrip:family={name}")
    bits = codec.encode(target)
    assert codec.decode(bits) == target
    assert codec.decode(bits, Condition(len(target))) == target


def test_a_message_can_be_read():
    bits = build_codec("roundtrip:family=rle").encode(b"aaab")
    assert bytes(bits[len(bits) - 8 * 20 :]) == b'[["a", 3], ["b", 1]]'


@pytest.mark.parametrize("name", FAMILIES)
@given(st.data())
def test_damage_is_refused_or_read_as_what_it_says(name, data):
    codec = build_codec(f"roundtrip:family={name}")
    text = str(codec.encode(b"abracadabra"))
    at = data.draw(st.integers(0, len(text) - 1))
    changed = Bits(text[:at] + "10"[int(text[at])] + text[at + 1 :])
    try:
        target = codec.decode(changed)
    except MessageError:
        return
    assert codec.encode(target) == changed


def test_what_is_too_long_is_left_to_a_fallback():
    with pytest.raises(CannotEncode, match="at most"):
        build_codec("roundtrip:family=bwt").encode(bytes(20_000))
    codec = build_codec("roundtrip:family=bwt,fallback=raw")
    assert codec.decode(codec.encode(bytes(20_000))) == bytes(20_000)


def test_an_unknown_family_is_refused():
    with pytest.raises(InputError, match="family is one of lzw"):
        build_codec("roundtrip:family=zip")
