"""Texts by a language model mixed with contexts come back, whatever they are."""

import numpy as np
import pytest

from codelength.codecs.lmic import ensemble
from codelength.codecs.lmic.ensemble import PART, EnsembleCoder
from codelength.codecs.lmic.texts import TextCoder
from codelength.coding.bits import BitReader, Bits
from codelength.corpora.instances import Condition
from codelength.errors import MessageError
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
WORDS = b"the program that generates the sequence is: [1, 2, 3]"
LONG = ("déjà vu 😀 " * 400).encode()[: 3 * PART]
TEXTS = [
    b"",
    b"a",
    WORDS * 4,
    bytes(range(256)),
    b"\xff\xfe\x00\x80" * 3,
    np.random.default_rng(0).bytes(700),
    LONG,
    b"\x80" * (2 * PART),
]


@pytest.fixture(scope="module")
def coder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_llama.save(folder)
    return EnsembleCoder(str(folder), window=48, batch=4)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_come_back_and_the_reader_stands_behind_them(coder, text):
    coded = coder.write(text)
    assert coded.ideal_bits - 1 < len(coded.bits) < coded.ideal_bits + 2
    reader = BitReader.over(coded.bits + Bits("101"))
    assert coder.read(reader, len(text)) == text
    assert reader.left == 3


def test_the_memory_of_a_reader_grows_with_what_it_reads(coder, monkeypatch):
    monkeypatch.setattr(ensemble, "FEW", 3)
    for text in (TEXTS[3], LONG):
        assert coder.read(BitReader.over(coder.write(text).bits), len(text)) == text
    with pytest.raises(MessageError, match="does not hold its text"):
        coder.read(BitReader.over(Bits("01" * 200)), 1 << 40)


def test_long_texts_are_cut_into_parts_between_characters(coder):
    assert [coder.parts(size) for size in (1, PART, 2 * PART, 99 * PART)] == [1, 1, 2, 4]
    assert not any(
        token >= coder.weights.vocabulary.symbols
        for token in coder.weights.vocabulary.split(LONG[: len(LONG) // 3])
    )


def test_a_text_that_repeats_itself_costs_less_than_by_the_model_alone(coder):
    text = WORDS * 40
    plain = TextCoder(coder.source, window=48)
    (alone,) = plain.encode([text], [Condition(length=len(text))])
    once, often = coder.write(WORDS), coder.write(text)
    assert len(often.bits) < len(alone.bits) / 4
    assert len(often.bits) < 3 * len(once.bits)


def test_damage_is_refused_or_another_text(coder):
    text = WORDS * 4
    bits = coder.write(text).bits
    for at in range(0, len(bits), 41):
        flipped = Bits(str(bits)[:at] + str(1 - int(str(bits)[at])) + str(bits)[at + 1 :])
        try:
            assert coder.read(BitReader.over(flipped), len(text)) != text
        except MessageError:
            continue
    for damaged in (Bits(), bits[: len(bits) // 2]):
        with pytest.raises(MessageError):
            coder.read(BitReader.over(damaged), len(text))
