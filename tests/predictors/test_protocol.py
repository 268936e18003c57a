"""Predictors: chances sum to 1 before the symbol is known, and depend on the past alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.bits import BitReader
from codelength.coding.grid import table_of
from codelength.errors import MessageError
from codelength.predictors.adaptive import Adaptive
from codelength.predictors.mixed import Mixed
from codelength.predictors.mixing import Mixing
from codelength.predictors.plain import Frequencies, Uniform
from codelength.predictors.protocol import ROOT, Ask
from tests.nim import Biased

texts = st.binary(max_size=30)
PREDICTORS = [
    Uniform(),
    Frequencies({b"e4": 7, b"d4": 2}),
    Adaptive(),
    Mixed(Adaptive(), Biased()),
    Mixed(Uniform(), Biased(), 0.25),
    Mixed(Uniform(), Biased(), lambda given: len(given) / 30, "by length"),
]


@settings(max_examples=30)
@given(texts, texts, texts)
@pytest.mark.parametrize("predictor", PREDICTORS, ids=lambda one: str(one.protocol()))
def test_chances_sum_to_one_before_the_symbol_is_known(predictor, public, said, behind):
    symbols = [one % predictor.symbols for one in said]
    nodes = [ROOT, tuple(one % predictor.symbols for one in behind)]
    answer = predictor.session().logits(Ask(0, public, symbols, nodes))
    assert answer.shape == (2, predictor.symbols)
    assert np.exp(answer).sum(axis=1) == pytest.approx([1, 1], abs=1e-9)


@settings(max_examples=50)
@given(st.lists(st.floats(-800, 0) | st.just(-np.inf), min_size=1, max_size=50))
def test_a_table_of_logits_has_a_count_for_each_symbol_and_sums_to_its_total(logits):
    if not np.isfinite(logits).any():
        with pytest.raises(ValueError, match="finite"):
            table_of(logits)
        return
    table = table_of(logits)
    assert table.frequencies.min() >= 1
    assert table.frequencies.sum() == table.total <= (1 << 28) + len(logits)


def test_logits_that_differ_by_less_than_the_grid_sees_make_the_same_table():
    logits = np.random.default_rng(0).normal(size=100)
    other = table_of(logits + 1e-12)
    assert (table_of(logits).cumulative == other.cumulative).all()


def paid(text: bytes) -> tuple[float, float]:
    predictor, bits = Adaptive(), 0.0
    for k, symbol in enumerate(text):
        bits -= predictor.logits(Ask(0, b"", list(text[:k])))[0][symbol] / np.log(2)
    return bits, Mixing().encode(text)[1]


def test_the_adaptive_predictor_says_what_its_codec_pays():
    bits, ideal = paid(b"to be or not to be, that is the question: to be")
    assert bits == pytest.approx(ideal, abs=1e-6)


@given(texts, texts)
@settings(max_examples=30)
def test_any_text_is_paid_about_as_it_was_said_and_comes_back(public, text):
    bits, ideal = paid(text)
    assert abs(bits - ideal) <= 0.5 + 0.02 * ideal  # nodes of one byte may share a slot
    message, _ = Mixing(public).encode(text)
    assert Mixing(public).decode_length(BitReader.over(message), len(text)) == text


def test_a_cut_message_of_known_length_is_refused():
    message, _ = Mixing().encode(bytes(range(200)))
    with pytest.raises(MessageError):
        Mixing().decode_length(BitReader.over(message[: len(message) // 2]), 200)


def test_continuations_that_are_weighed_teach_nothing():
    one, other = Adaptive(), Adaptive()
    one.logits(Ask(0, b"", [], [ROOT, (5, 6, 7)]))
    after = one.logits(Ask(0, b"", [9]))
    assert (after == other.logits(Ask(0, b"", [9]))).all()


def test_an_adaptive_weight_goes_to_the_better_predictor():
    mixed = Mixed(Uniform(), Biased(3))
    sure = Biased(3)
    said: list[int] = []
    for _ in range(8):
        best = int(sure.logits(Ask(0, b"", said))[0].argmax())
        mixed.logits(Ask(0, b"", said))
        said = [*said, best]
    answer = mixed.logits(Ask(0, b"", said))[0]
    assert np.abs(np.exp(answer) - np.exp(sure.logits(Ask(0, b"", said))[0])).max() < 0.01


def test_mixing_needs_the_same_symbols_and_a_name_for_a_rule():
    with pytest.raises(ValueError, match="256 symbols cannot be mixed with 2"):
        Mixed(Uniform(), Frequencies({b"a": 1}))
    with pytest.raises(ValueError, match="name"):
        Mixed(Uniform(), Uniform(), lambda given: 0.5)
