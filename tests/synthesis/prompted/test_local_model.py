"""Models through transformers: a tiny random one, and a real one where its weights are."""

import sys
from dataclasses import replace

import pytest

from codelength.coding.cache import VARIABLE
from codelength.errors import InputError, MissingExtra
from codelength.predictors.lm import catalogue, weights
from codelength.synthesis.prompted.generation import LENGTH, STOP, Settings
from codelength.synthesis.prompted.local_model import LocalModel, text_of
from codelength.synthesis.prompted.models import model
from codelength.synthesis.prompted.prompts import prompt
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
PROMPTS = [prompt(bytes(range(k))) for k in (30, 1, 12)]
BRIEF = Settings(tokens=12)


@pytest.fixture(scope="module", autouse=True)
def offline():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("llama")
    tiny_llama.save(made)
    return made


def test_each_prompt_gets_its_answer(folder):
    said = model(f"transformers/{folder}").generate(PROMPTS, BRIEF)
    assert said[0].input_tokens > said[2].input_tokens > said[1].input_tokens
    assert all((one.end, one.output_tokens) == (LENGTH, 12) for one in said)
    alone = [LocalModel(f"transformers/{folder}").generate([one], BRIEF)[0] for one in PROMPTS]
    assert [one.text for one in alone] == [one.text for one in said]


def test_draws_follow_their_seed(folder):
    drawn = replace(BRIEF, temperature=1.0, seed=1)
    tiny = LocalModel(f"transformers/{folder}")
    one, same, other = (tiny.generate(PROMPTS, replace(drawn, seed=k)) for k in (1, 1, 2))
    assert one == same
    assert one != other


def test_an_answer_ends_where_the_model_ends_it(folder, tmp_path):
    long = LocalModel(f"transformers/{folder}").generate(PROMPTS[:1], BRIEF)[0]
    tokens = weights.load(str(folder)).tokenizer(long.text, add_special_tokens=False).input_ids
    tiny_llama.save(tmp_path, end=tokens[-1])
    (short,) = LocalModel(f"transformers/{tmp_path}").generate(PROMPTS[:1], BRIEF)
    assert short.end == STOP
    assert long.text.startswith(short.text) and short.output_tokens < 12


def test_the_models_own_template_is_used(folder, tmp_path):
    tokenizer = weights.load(str(folder)).tokenizer
    assert text_of(PROMPTS[0], tokenizer).startswith("<|system|>Generate a Python program")
    assert text_of(PROMPTS[0], tokenizer).endswith("<|assistant|>")
    tiny_llama.save(tmp_path, template=None)
    plain = text_of(PROMPTS[0], weights.load(str(tmp_path)).tokenizer)
    assert plain.startswith("Generate a Python program")
    assert plain.endswith("The Python program that generates the sequence is:\n")


def test_a_run_with_a_local_model_verifies(folder, tmp_path):
    from codelength.kt.grid import GridSpec, run_grid
    from codelength.runs.verify import verify_run

    codec = f"program:model=transformers/{folder},tokens=8"
    (run,) = run_grid(GridSpec(("synthetic",), (codec,), (128,), 5, 0), tmp_path / "run")
    assert run.sums["verified"] == 5
    assert verify_run(run.folder).messages == 5


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        weights.load(str(tmp_path / "none.gguf"))
    with pytest.raises(InputError, match="cannot be loaded"):
        weights.load(str(tmp_path))
    (tmp_path / "bad.gguf").write_bytes(b"GGUF")
    with pytest.raises(InputError, match="cannot be read as a language model"):
        weights.load(str(tmp_path / "bad.gguf"))
    with pytest.raises(InputError, match="needs a hub's id"):
        model("transformers/")


def test_without_the_libraries_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'codelength\[lm\]'"):
        weights.load("some/model")


@pytest.mark.skipif(
    catalogue.found(catalogue.SMOLLM2) is None,
    reason="SmolLM2 is not here: codelength models pull smollm2-135m",
)
def test_a_real_model_answers_from_its_gguf_file(tmp_path, monkeypatch):
    path = catalogue.found(catalogue.SMOLLM2)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    said, *_ = model(f"transformers/{path}").generate(
        [prompt(bytes([5] * 20))], Settings(tokens=40)
    )
    assert "5, 5, 5, 5" in said.text
    kept = weights.load.__wrapped__(str(path))  # from the folder, not from the file again
    assert kept.model.config.num_hidden_layers == 30
    assert len(list((tmp_path / "weights").iterdir())) == 1
