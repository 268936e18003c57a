"""LoRA adapters: what answers is the base with the adapter, and the base stays as it was."""

from pathlib import Path

import pytest

from codelength.errors import InputError
from codelength.predictors.lm.adapters import adapted, split
from codelength.predictors.lm.weights import load
from codelength.synthesis.prompted.generation import Settings
from codelength.synthesis.prompted.models import model
from codelength.synthesis.prompted.prompts import prompt
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = [
    LANGUAGE_MODELS,
    # peft's own: a name of transformers' that will go.
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Found missing adapter keys:UserWarning"),
]
PROMPTS = [prompt(bytes(range(5)))]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    peft = pytest.importorskip("peft", reason="peft is not installed: codelength[train]")
    import torch

    base, adapter = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("adapter")
    tiny_llama.save(base)
    from transformers import LlamaForCausalLM

    loaded = LlamaForCausalLM.from_pretrained(base)
    config = peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    tuned = peft.get_peft_model(loaded, config)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        for name, tensor in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(tensor)
    tuned.save_pretrained(adapter)
    return str(base), str(adapter)


def test_an_adapter_changes_answers_and_leaves_the_base_alone(folders):
    base, adapter = folders
    before = load(base).sha256
    plain, tuned = model(f"transformers/{base}"), model(f"transformers/{base}:{adapter}")
    assert tuned.name.endswith(f":{adapter}") and tuned.name != plain.name
    said = [one.generate(PROMPTS, Settings(tokens=12))[0].text for one in (plain, tuned, plain)]
    assert said[0] == said[2] != said[1]
    assert load(base).sha256 == before != adapted(base, adapter).sha256


def test_a_missing_or_foreign_adapter_is_refused(folders, tmp_path):
    base, _ = folders
    with pytest.raises(InputError, match=r"no folder with an adapter_config\.json"):
        model(f"transformers/{base}:{tmp_path}").open()
    other = tmp_path / "other"
    tiny_llama.save(other)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "adapter_config.json").write_text("{}")
    with pytest.raises(InputError, match="does not go with"):
        model(f"transformers/{other}:{tmp_path / 'bad'}").open()


def test_a_folder_with_a_colon_is_no_adapter(tmp_path):
    (tmp_path / "a:b").mkdir()
    assert split(str(tmp_path / "a:b")) == (str(tmp_path / "a:b"), "")
    assert split("hub/id") == ("hub/id", "")
    assert split("smollm2-135m:/lora") == ("smollm2-135m", "/lora")


def test_an_adapter_whose_tensors_are_not_the_models_is_refused(folders, tmp_path):
    from safetensors.torch import load_file, save_file

    base, adapter = folders
    (tmp_path / "adapter_config.json").write_text(
        (Path(adapter) / "adapter_config.json").read_text()
    )
    tensors = load_file(f"{adapter}/adapter_model.safetensors")
    for change in (
        {f"other.{name}": one for name, one in tensors.items()},
        {name: one for name, one in tensors.items() if "layers.1" not in name},
        {name: one * ("lora_A" in name) for name, one in tensors.items()},
    ):
        save_file(change, tmp_path / "adapter_model.safetensors")
        adapted.cache_clear()
        with pytest.raises(InputError, match=r"in one of them alone|changes nothing"):
            adapted(base, str(tmp_path))
    with pytest.raises(InputError, match="expected BASE:ADAPTER"):
        split(f"{base}:")
