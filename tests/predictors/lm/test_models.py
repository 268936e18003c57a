"""Weights from their formats, and bytes as tokens."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.coding.cache import VARIABLE
from codelength.errors import InputError
from codelength.predictors.lm import weights
from codelength.predictors.lm.double import double, in_double
from codelength.predictors.lm.tokens import Vocabulary
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS


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


def edited(folder: Path, name: str, change) -> Path:
    """A tiny model's folder with one of its JSON files changed."""
    tiny_llama.save(folder)
    settings = json.loads((folder / name).read_text())
    change(settings)
    (folder / name).write_text(json.dumps(settings))
    return folder


def test_the_hash_is_of_settings(tmp_path):
    def turn(settings):
        settings["rope_parameters"]["rope_theta"] = 500.0

    one, other = (
        edited(tmp_path / "one", "config.json", dict),
        edited(tmp_path / "other", "config.json", turn),
    )
    assert weights.load(str(one)).sha256 != weights.load(str(other)).sha256


def test_the_hash_is_the_same_after_padding(tmp_path):
    for name in ("one", "used"):
        tiny_llama.save(tmp_path / name)
    one, used = (weights.load(str(tmp_path / name)) for name in ("one", "used"))
    used.tokenizer.pad_token = used.tokenizer.eos_token
    used.tokenizer(["a", "bcd"], padding=True, truncation=True, max_length=9)
    assert one.sha256 == used.sha256


def test_weights_that_are_not_all_there_are_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    tiny_llama.save(tmp_path)
    path = tmp_path / "model.safetensors"
    tensors = load_file(path)
    tensors.pop("model.layers.0.mlp.up_proj.weight")
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"lacks weights: model\.layers\.0\.mlp\.up_proj"):
        weights.load(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(InputError, match="cannot be loaded"):
        weights.load(str(tmp_path))


def test_rotary_angles_are_computed_in_float64(tmp_path):
    import torch

    tiny_llama.save(tmp_path)
    loaded = weights.load(str(tmp_path))
    found = loaded.double.model.rotary_emb.inv_freq
    assert found.dtype is torch.float64
    np.testing.assert_allclose(found, 10_000.0 ** -np.arange(0, 1, 0.25), rtol=1e-14)


SMALL = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "initializer_range": 0.3,
}


@pytest.mark.parametrize("kind", ["gpt2", "qwen3", "gemma2", "mixtral", "opt", "gpt_neox"])
def test_windows_and_steps_agree_in_float64(kind):
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    known = AutoConfig.for_model(kind)
    names = {name: value for name, value in SMALL.items() if hasattr(known, name)}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **names)).eval()
    tokens = torch.arange(60)[None] % 99
    with torch.inference_mode(), double():
        exact = in_double(model)
        whole, past, steps = exact(input_ids=tokens).logits, None, []
        for k in range(60):
            said = exact(input_ids=tokens[:, k : k + 1], past_key_values=past, use_cache=True)
            past = said.past_key_values
            steps.append(said.logits)
    assert whole.dtype is torch.float64
    assert (whole - torch.cat(steps, 1)).abs().max() < 1e-11
    with torch.inference_mode():
        assert (whole - model(input_ids=tokens).logits).abs().max() < 1e-3


def test_a_space_in_front_is_taken_off():
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", "a", "b", "\u2581a"]
    numbers = {piece: number for number, piece in enumerate(pieces)}
    raw = Tokenizer(models.BPE(numbers, [("\u2581", "a")], unk_token="<unk>", byte_fallback=True))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    words = Vocabulary(PreTrainedTokenizerFast(tokenizer_object=raw, unk_token="<unk>"), 261)
    assert words.split(b"a a") == [numbers["a"], numbers["\u2581a"]]
    assert words.split(b"ab\xff a")[:2] == [numbers["a"], numbers["b"]]


def test_added_tokens_spell_themselves(words):
    from transformers import AddedToken

    tokenizer = copy.deepcopy(words._tokenizer)
    tokenizer.add_tokens([AddedToken("    "), AddedToken("\u4e16")])
    more = Vocabulary(tokenizer, len(tokenizer))
    assert more.spelled[-2:] == [b"    ", "\u4e16".encode()]
    assert more.split(b"a    b")[1] == len(tokenizer) - 2


def test_many_bytes_that_are_no_text_are_split_soon(words):
    data = b"\xff" * (1 << 20)
    assert words.join(words.split(data)) == data
