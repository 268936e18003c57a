"""FLAC and two bits a base: what was packed comes back, damage is refused or gives other data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codecs.registry import build_codec
from codelength.coding.bits import Bits
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError, MessageError


def codec(spec: str):
    if spec.startswith("flac"):
        pytest.importorskip("soundfile", reason="the extra 'data' is not installed")
    return build_codec(spec)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["flac", "flac:bits=8", "twobit"]), st.binary(max_size=300), st.booleans())
def test_what_was_packed_comes_back(spec, target, public):
    if spec == "twobit":
        target = bytes(one % 8 for one in target)
    given_ = Condition(len(target), 8 if spec == "twobit" else 256) if public else NOTHING
    one = codec(spec)
    assert one.decode(one.encode(target, given_), given_) == target


def test_bases_take_two_bits_and_runs_of_case_little_more():
    target = bytes([0, 1, 2, 3] * 100 + [4, 5, 6, 7] * 100)
    assert len(codec("twobit").encode(target, Condition(800, 8))) < 2 * 800 + 25
    with pytest.raises(InputError, match="8"):
        codec("twobit").encode(bytes([8]))


def test_a_tone_is_packed_as_flac_packs_it():
    tone = (8000 * np.sin(np.arange(20_000) / 9)).astype("<i2").tobytes()
    assert len(codec("flac").encode(tone)) < 0.6 * 8 * len(tone)


@pytest.mark.parametrize("spec", ["flac", "flac:bits=8", "twobit"])
def test_damage_is_refused_or_gives_as_much_data(spec):
    target = bytes(one % 8 for one in range(200)) + bytes([0, 4] * 30)
    one, given_ = codec(spec), Condition(len(target))
    text, refused = str(one.encode(target, given_)), 0
    for at in range(min(500, len(text))):  # FLAC's header, in which a length may be anything
        wrong = Bits(text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :])
        try:
            assert len(one.decode(wrong, given_)) == len(target)
        except MessageError:
            refused += 1
    assert refused > 10
    with pytest.raises(MessageError):
        one.decode(Bits(text[: len(text) // 2]), given_)
