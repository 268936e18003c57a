"""Trees of continuations: what a model says of them is what it says of the texts they spell."""

import numpy as np
import pytest

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.restricted import SCORINGS, Restricted
from codelength.codecs.walks import Predictive
from codelength.corpora.instances import Condition, Instance
from codelength.errors import CannotEncode, InputError
from codelength.predictors.lm.double import double
from codelength.predictors.lm.predictor import LanguageModel
from codelength.predictors.lm.trees import TreeReader
from codelength.predictors.lm.weights import load
from codelength.predictors.protocol import ROOT, Ask
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS
from tests.nim import Nim

pytestmark = LANGUAGE_MODELS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("tiny")
    tiny_llama.save(made)
    return str(made)


def said_by(weights, tokens):
    import torch

    with torch.inference_mode(), double():
        return weights.double(torch.tensor([tokens])).logits[0, -1].log_softmax(-1).numpy()


def test_ragged_rows_with_trees_say_what_the_model_says_of_each_text_alone(folder):
    weights, rng = load(folder), np.random.default_rng(0)
    reader = TreeReader(weights, 5)
    texts = {n: rng.integers(0, 290, 1 + 9 * n).tolist() for n in range(5)}
    for turn in range(40):
        if turn > 30:  # some are finished before others
            texts.pop(turn - 31, None)
        if not texts:
            break
        nodes = {
            n: [ROOT, *(tuple(rng.integers(0, 290, k).tolist()) for k in rng.integers(1, 4, 3))]
            for n in texts
        }
        found = reader.read({n: (text, nodes[n]) for n, text in texts.items()})
        for n, text in texts.items():
            for node, row in zip(nodes[n], found[n], strict=True):
                assert np.abs(row - said_by(weights, [*text, *node])).max() < 1e-9
            texts[n] = text + list(nodes[n][int(rng.integers(0, 4))]) + rng.integers(
                0, 290, int(rng.integers(0, 3)) + 50 * (turn == 7)
            ).tolist()  # fmt: skip


def test_chances_sum_to_one_with_the_bytes_that_are_escaped(folder):
    model = LanguageModel(folder)
    answer = model.session().logits(Ask(0, b"x", model.split(b"ab\xff"), [ROOT, (3,)]))
    assert np.exp(answer).sum(axis=1) == pytest.approx([1, 1])
    assert all(model.spell(k).startswith(b" ") for k in model.openers(b" "))


@pytest.mark.parametrize("window", [8, 64])
def test_any_bytes_come_back_in_step(folder, window):
    codec = Predictive(LanguageModel(folder, window))
    texts = [b"", b"output = [1, 2, 3]", b"\xff\x00 mixed \xfe", "Müller".encode()]
    given = [Condition(), Condition(text=b"ab"), Condition(), Condition(length=7)]
    ready = codec.prepare(
        [Instance(f"{k}", *pair) for k, pair in enumerate(zip(texts, given, strict=True))]
    )
    from codelength.coding.bits import BitReader

    readers = [BitReader.over(ready.encode(*pair)) for pair in zip(texts, given, strict=True)]
    assert codec.read_each(readers, given) == texts


@pytest.mark.parametrize("scoring", SCORINGS)
def test_games_come_back_whether_in_step_or_alone(folder, scoring):
    codec = Fallback(Restricted(LanguageModel(folder), Nim(), scoring), Raw())
    games = [b"a b"[:1], b"O-O-O O-O", b"ab abc a", b"no game"]
    ready = codec.prepare([Instance(f"{k}", one) for k, one in enumerate(games)])
    assert [codec.decode(ready.encode(one)) for one in games] == games


def test_a_public_text_that_fills_the_window_falls_back_by_itself(folder):
    codec = Predictive(LanguageModel(folder, 16))
    long, short = Condition(text=b"0123456789" * 3), Condition(text=b"01")
    with pytest.raises(CannotEncode, match="more than half of a window of 16"):
        codec.encode(b"a", long)
    both = Fallback(codec, Raw())
    ready = both.prepare([Instance("0", b"output", long), Instance("1", b"output", short)])
    for given in (long, short):
        assert both.decode(ready.encode(b"output", given), given) == b"output"


def test_a_model_that_keeps_no_keys_and_values_is_refused(folder, monkeypatch):
    weights = load(folder)
    monkeypatch.setitem(weights.kept, "trees", False)
    with pytest.raises(InputError, match="cannot weigh continuations"):
        Predictive(LanguageModel(folder)).encode(b"a")
