"""Weights from their formats, and bytes as tokens."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.cache import VARIABLE
from codelength.errors import InputError
from codelength.predictors.lm import weights
from codelength.predictors.lm.tokens import Vocabulary
from tests import tiny_llama

pytestmark = pytest.mark.skipif(
    not (importlib.util.find_spec("torch") and importlib.util.find_spec("transformers")),
    reason="language models are not installed: pip install 'codelength[lm]'",
)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_llama.save(folder)
    loaded = weights.load(str(folder))
    return Vocabulary(loaded.tokenizer, loaded.symbols)


@pytest.fixture(scope="module")
def stories(data: Path):
    return weights.load(str(data / "models" / "stories260K"))


@given(
    st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_tokens(words, text):
    assert words.join(words.split(text)) == text
    assert words.escape not in words.split(text)


def test_the_tokenizers_own_split_is_used(words):
    assert len(words.split(b"the program that generates the sequence")) < 20


def test_names_of_special_tokens_are_text(words):
    assert words.join(words.split(b"a<end>b")) == b"a<end>b"


def test_bytes_that_no_token_spells_are_escaped(words):
    words = Vocabulary(words._tokenizer, words.symbols)
    words.spelled = [None if one == b"\xff" else one for one in words.spelled]
    del words._numbers[b"\xff"]
    assert words.split(b"\xff\xffa")[:2] == [words.symbols + 255] * 2
    assert words.join(words.split(b"\xff\xffa")) == b"\xff\xffa"


def test_a_checkpoint_of_llama2c_tells_stories(stories):
    words = Vocabulary(stories.tokenizer, stories.symbols)
    text = b"Once upon a time, there was a little girl named Lily. She loved to play outside."
    tokens = words.split(text)
    assert words.join(tokens) == text
    assert len(tokens) < 40
    import torch

    given = torch.tensor([[words.escape, *tokens]])
    with torch.inference_mode():
        loss = stories.model(input_ids=given, labels=given).loss
    assert loss.item() * len(tokens) / 0.6931 / len(text) < 1.0  # bits a byte


def test_any_bytes_are_tokens_of_llama2c(stories):
    words = Vocabulary(stories.tokenizer, stories.symbols)
    for text in (
        b"",
        b" ",
        b"  two  spaces ",
        bytes(range(256)),
        "d\u00e9j\u00e0 \U0001f600".encode(),
    ):
        assert words.join(words.split(text)) == text


def test_damaged_checkpoints_are_refused(data, tmp_path):
    source = data / "models" / "stories260K"
    for name in ("checkpoint_legacy.bin", "tokenizer.bin"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    (tmp_path / "checkpoint_legacy.bin").write_bytes(b"\0" * 5000)
    with pytest.raises(InputError, match=r"is no checkpoint of llama2\.c"):
        weights.load(str(tmp_path))


def test_the_hash_is_of_weights_and_tokenizer(tmp_path):
    for seed, name in ((0, "one"), (0, "same"), (1, "other")):
        tiny_llama.save(tmp_path / name, seed=seed)
    one, same, other = (weights.load(str(tmp_path / name)) for name in ("one", "same", "other"))
    assert one.sha256 == same.sha256 != other.sha256
