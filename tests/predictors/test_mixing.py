"""The mixing model: the decoder follows the encoder exactly, and its probabilities add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.bits import BitReader, Bits
from codelength.errors import MessageError
from codelength.predictors import mixing
from codelength.predictors.mixing import Mixing

FRESH = Mixing()


def round_trip(model: Mixing, data: bytes) -> Bits:
    bits, ideal = model.copy().encode(data)
    reader = BitReader.over(bits + Bits("1011"))
    assert model.copy().decode(reader, data[-1], len(data)) == data
    assert reader.left == 4
    assert len(bits) <= np.ceil(ideal) + 1
    return bits


@given(st.binary(max_size=300))
def test_what_was_encoded_is_decoded(data):
    round_trip(FRESH, data.replace(b"\0", b"") + b"\0")


@pytest.mark.parametrize("size", [1, 1023, 1024, 1025, 5000])
def test_any_length_is_decoded(size):
    round_trip(FRESH, b"a" * (size - 1) + b"\0")


def test_a_primed_model_takes_fewer_bits_and_stays_as_it_was():
    text = b"output = [1] * 20\0"
    primed = Mixing(text * 3)
    first = round_trip(primed, text)
    assert len(first) * 3 < len(round_trip(FRESH, text))
    assert round_trip(primed, text) == first


def test_repetition_is_learned_within_a_text():
    assert len(round_trip(FRESH, b"abcdefgh" * 200 + b"\0")) < 8 * 200


def test_every_logit_has_a_probability_that_a_coder_can_use():
    assert mixing.SQUASH.min() >= 16
    assert mixing.SQUASH.max() <= 65520
    assert (np.diff(mixing.SQUASH) >= 0).all()
    assert (np.diff(mixing.STRETCH) >= 0).all()
    assert np.abs(mixing.STRETCH + mixing.STRETCH[::-1]).max() <= 1


FROZEN = (
    "100111000111100101000111111010001100010100011110110111010100010100001101100110000111010111"
    "11000"
)
"""One bit more or less is another version of the model."""


def test_bits_are_frozen():
    bits, _ = Mixing().encode(b"codelength codelength\0")
    assert str(bits) == FROZEN


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_damage_never_gives_the_text_back(damage):
    text = b"a = [1, 2, 3]\noutput = a\0"
    bits, _ = FRESH.copy().encode(text)
    for at in range(0, len(bits), 7):
        flipped = bits[:at] + Bits("10"[bits[at]]) + bits[at + 1 :]
        reader = BitReader.over(bits[:at] if damage == "cut" else flipped)
        try:
            assert FRESH.copy().decode(reader, 0, 1000) != text
        except MessageError:
            continue
