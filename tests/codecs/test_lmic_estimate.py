"""`lmic-estimate` says what `lmic` needs, and that no message stands behind it."""

import pickle

import pytest

from codelength.codecs.lmic.texts import TextCoder
from codelength.codecs.registry import build, build_codec
from codelength.coding.messages import fingerprint
from codelength.corpora.instances import Condition, Instance
from codelength.errors import InputError
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
TEXTS = [
    b"the program that generates the sequence is: [1, 2, 3]" * 8,
    bytes(range(256)) * 2,
    b"0123456789 for x in range" * 9,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("llama")
    tiny_llama.save(made)
    return made


@pytest.mark.parametrize("window", [64, 1024])
@pytest.mark.parametrize("public", [True, False])
def test_it_is_near_the_bits_that_are_coded(folder, window, public):
    given = [Condition(length=len(text) if public else None) for text in TEXTS]
    coded = TextCoder(str(folder), window=window).encode(TEXTS, given)
    estimator = build(f"lmic-estimate:model={folder},window={window}")
    for text, condition, one in zip(TEXTS, given, coded, strict=True):
        estimate = estimator.estimate(text, condition).bits
        assert estimate == pytest.approx(len(one.bits), rel=0.005)
        assert estimate == pytest.approx(one.ideal_bits, rel=1e-5)


def test_prepared_is_the_same(folder):
    estimator = build(f"lmic-estimate:model={folder},window=32,batch=3")
    instances = [Instance(str(k), text) for k, text in enumerate([*TEXTS, b"", TEXTS[0]])]
    prepared = estimator.prepare(instances)
    for one in instances:
        known = prepared.estimate(one.target).bits
        assert known == pytest.approx(estimator.estimate(one.target).bits, rel=1e-5)
    assert prepared.estimate(b"").bits == 1
    assert prepared.estimate(b"", Condition(length=0)).bits == 0
    assert len(pickle.dumps(estimator)) < 1000


def test_a_run_says_that_it_is_an_estimate(folder, tmp_path):
    from codelength.corpora.files import FileCorpus
    from codelength.runs.measure import measure
    from codelength.runs.results import Estimate

    path = tmp_path / "text"
    path.write_bytes(TEXTS[0])
    name = f"lmic-estimate:model={folder}"
    run = measure(build(name), FileCorpus(path, 200), tmp_path / "run", name=name)
    assert isinstance(run.total, Estimate)
    with pytest.raises(InputError, match="is an estimate"):
        build_codec(name)


def test_the_protocol_names_weights_and_window(folder, tmp_path):
    tiny_llama.save(tmp_path, seed=1)
    own = build(f"lmic-estimate:model={folder},batch=2").protocol()
    assert own == build(f"lmic-estimate:model={folder},window=1024").protocol()
    for other in (f"model={tmp_path}", f"model={folder},window=9"):
        assert fingerprint(build(f"lmic-estimate:{other}").protocol()) != fingerprint(own)
    assert own["weights"] == build(f"lmic:model={folder}").protocol()["of"][0]["weights"]
    with pytest.raises(InputError, match="a model is needed"):
        build("lmic-estimate")


def test_commas_are_free_in_decimal(folder):
    from codelength.predictors.lm.surprisal import Surprisal
    from codelength.predictors.lm.weights import load

    target = bytes([7, 12, 255, 0])
    words = load(str(folder)).vocabulary
    priced = Surprisal(load(str(folder))).price(b"7,12,255,0,")
    digits = [words.join([token]) != b"," for token in priced.tokens.tolist()]
    assert digits.count(False) == 4
    found = build(f"lmic-estimate:model={folder},mode=decimal").estimate(
        target, Condition(length=4)
    )
    assert found.bits == pytest.approx(priced.bits[digits].sum())
