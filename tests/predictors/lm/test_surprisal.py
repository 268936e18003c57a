"""Bits by token are the model's own loss, window by window, whatever is read together."""

import math

import numpy as np
import pytest

from codelength.predictors.lm import surprisal
from codelength.predictors.lm.surprisal import Surprisal, has_plain_head
from codelength.predictors.lm.weights import Weights, load
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
TEXTS = [
    b"the program that generates the sequence is: [1, 2, 3]" * 5,
    b"",
    b"a",
    bytes(range(256)),
    "déjà vu 😀".encode() + b"\xff\xfe",
    b"z" * 90,
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_llama.save(folder)
    return load(str(folder))


def loss_bits(weights: Weights, tokens: list[int]) -> float:
    """What transformers says of tokens behind the escape token, in bits."""
    import torch

    words = weights.vocabulary
    asked = torch.tensor([[words.escape, *(min(one, words.symbols) for one in tokens)]])
    with torch.inference_mode():
        loss = float(weights.model(input_ids=asked, labels=asked).loss)
    return loss * len(tokens) / math.log(2)


def test_the_sum_is_the_models_own_loss(weights):
    found = Surprisal(weights).price(TEXTS[0])
    tokens = weights.vocabulary.split(TEXTS[0])
    assert found.tokens.tolist() == tokens
    assert found.bits.dtype == np.float64
    assert found.total == pytest.approx(loss_bits(weights, tokens), rel=1e-5)


def test_each_window_begins_anew(weights):
    tokens = weights.vocabulary.split(TEXTS[0])
    expected = [loss_bits(weights, tokens[k : k + 20]) for k in range(0, len(tokens), 20)]
    assert len(expected) > 3
    found = Surprisal(weights, window=20, batch=3).price(TEXTS[0]).bits
    parts = [found[k : k + 20].sum() for k in range(0, len(tokens), 20)]
    assert parts == pytest.approx(expected, rel=1e-5)


def test_a_window_is_no_longer_than_the_model_looks_back(weights):
    assert Surprisal(weights, window=1 << 19).span == 4096


def test_sizes_are_the_bytes_that_tokens_spell(weights):
    words = weights.vocabulary
    for text, one in zip(TEXTS, Surprisal(weights, window=48).prices(TEXTS), strict=True):
        assert one.sizes.tolist() == [len(words.join([token])) for token in one.tokens.tolist()]
        assert one.sizes.sum() == len(text)
        assert words.join(one.tokens.tolist()) == text


def test_an_escaped_byte_costs_eight_bits_more(weights, monkeypatch):
    words = weights.vocabulary
    monkeypatch.setattr(words, "split", lambda text: [words.symbols + one for one in text])
    (bits,) = Surprisal(weights).price(b"a").bits
    monkeypatch.setattr(words, "split", lambda text: [words.escape] * len(text))
    assert bits == pytest.approx(8 + Surprisal(weights).price(b"a").bits[0])


@pytest.mark.parametrize("batch", [1, 2, 16])
def test_bits_do_not_depend_on_what_is_read_together(weights, batch, monkeypatch):
    monkeypatch.setattr(surprisal, "SLICE", 7 * weights.symbols)
    alone = [Surprisal(weights, window=16).price(text).bits for text in TEXTS]
    together = Surprisal(weights, window=16, batch=batch).prices(TEXTS)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, other.bits, atol=1e-4)


def test_progress_counts_tokens(weights):
    seen = []
    list(Surprisal(weights, window=16, batch=2).prices(TEXTS, lambda *pair: seen.append(pair)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == sum(len(weights.vocabulary.split(one)) for one in TEXTS)


def test_a_model_that_caps_its_logits_is_read_whole(weights, monkeypatch):
    """Such as Gemma: what the output layer gives is not what the model says."""
    import copy

    model = copy.deepcopy(weights.model)
    forward = model.forward

    def capped(**given):
        said = forward(**{name: one for name, one in given.items() if name != "labels"})
        said.logits = 2 * (said.logits / 2).tanh()
        if "labels" in given:
            said.loss = model.loss_function(said.logits, given["labels"], weights.symbols)
        return said

    model.forward = capped
    own = Weights(weights.tokenizer, model)
    assert has_plain_head(weights)
    assert not has_plain_head(own)
    monkeypatch.setattr(surprisal, "WHOLE", 32 * own.symbols)  # two windows at once
    tokens = own.vocabulary.split(TEXTS[0])
    expected = sum(loss_bits(own, tokens[k : k + 16]) for k in range(0, len(tokens), 16))
    assert Surprisal(own, window=16).price(TEXTS[0]).total == pytest.approx(expected, rel=1e-5)
