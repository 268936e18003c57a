"""Folders that are no language model, or one with oddities: refused in a line, or read right."""

import json
import shutil

import pytest

from codelength.codecs.lmic.texts import TextCoder
from codelength.coding.bits import BitReader
from codelength.corpora.instances import NOTHING
from codelength.errors import InputError
from codelength.predictors.lm.weights import load
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    made = tmp_path_factory.mktemp("llama")
    tiny_llama.save(made)
    return made


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "model")


def change(path, **settings):
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


@pytest.mark.parametrize("settings", [
    {"vocab_size": 500},
    {"hidden_size": "x"},
    {"num_attention_heads": 0},
    {"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}},
    {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
    {"rope_parameters": {"rope_type": "nope", "rope_theta": 1}},
])  # fmt: skip
@pytest.mark.filterwarnings("default")
def test_settings_that_do_not_go_are_refused_in_a_line(folder, settings):
    change(folder / "config.json", **settings)
    with pytest.raises(InputError, match=r"cannot be loaded|lacks weights") as error:
        load(str(folder))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
@pytest.mark.parametrize("content", ["[]", "{", '{"model": {"type": "Nope"}}'])
@pytest.mark.filterwarnings("default")
def test_files_that_do_not_go_are_refused(folder, name, content):
    (folder / name).write_text(content)
    with pytest.raises(InputError, match="cannot be loaded"):
        load(str(folder))


def test_a_first_token_that_the_model_does_not_have_is_refused(folder):
    words = json.loads((folder / "tokenizer.json").read_text())
    number = len(words["model"]["vocab"])
    words["added_tokens"].append({**words["added_tokens"][0], "id": number, "content": "<bos>"})
    (folder / "tokenizer.json").write_text(json.dumps(words))
    change(folder / "tokenizer_config.json", bos_token="<bos>")
    with pytest.raises(InputError, match="its tokenizer begins texts with"):
        load(str(folder))


@pytest.mark.parametrize("options", [{}, {"prompt": b"list of x"}, {"overlap": 7}])
def test_angles_that_change_with_the_length_are_stepped(folder, options):
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    angles = {
        "rope_type": "longrope", "rope_theta": 10_000.0, "original_max_position_embeddings": 64,
        "short_factor": [1.0] * 4, "long_factor": [4.0, 5.0, 6.0, 7.0],
    }  # fmt: skip
    config = Phi3Config(
        vocab_size=300, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, initializer_range=0.3,
        max_position_embeddings=256, original_max_position_embeddings=64, bos_token_id=0,
        eos_token_id=0, pad_token_id=0, rope_parameters=angles,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        Phi3ForCausalLM(config).save_pretrained(folder)
    coder = TextCoder(str(folder), 200, 4, "portable", **options)
    assert not coder.weights.steady
    texts = [b"the program that generates the sequence is: [1, 2, 3] range for x " * 6] * 2
    coded = coder.encode(texts, [NOTHING] * 2)
    assert coder.decode([BitReader.over(one.bits) for one in coded], [NOTHING] * 2) == texts
