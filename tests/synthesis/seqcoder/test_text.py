import json
from pathlib import Path

import numpy as np
import pytest

from codelength.codecs.registry import build_codec
from codelength.dsl.pairs import sample
from codelength.dsl.program import Program
from codelength.errors import InputError
from codelength.synthesis.prompted.generation import Generation, Settings
from codelength.synthesis.prompted.prompts import Prompt
from codelength.synthesis.seqcoder import writers
from codelength.synthesis.seqcoder.stream import held_out_pairs
from tests import tiny_llama

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")


def test_programs_survive_the_text_form() -> None:
    for one in sample(92, 100):
        text = writers.told(Program(one.words))
        words = writers.understood(f"\n{text}And so on.")
        assert words is not None and np.array_equal(words, one.words)
    assert writers.understood("sequence_1 = range_up(1, 3)") is None
    assert writers.understood("output = sequence_1") is None
    assert writers.asked(b"\1\2")[0].text == "# 1, 2"


class Knowing:
    """Knows some pairs' programs by heart."""

    together = 0

    def __init__(self, pairs: list) -> None:
        self.pairs = {f"# {', '.join(map(str, one.sequence))}": one for one in pairs}

    def open(self) -> None:
        pass

    def generate(self, prompts: list[Prompt], settings: Settings) -> list[Generation]:
        texts = [writers.told(Program(self.pairs[one[0].text].words)) for one in prompts]
        return [Generation(text if settings.seed else "Sorry.") for text in texts]


def test_a_language_models_programs_are_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = sample(93, 12)
    monkeypatch.setattr(writers, "LocalModel", lambda name: Knowing(pairs))
    codec = build_codec("seqcoder:text=some/model,k=2")
    for one in pairs:
        bits = codec.encode(one.sequence)
        assert len(bits) <= one.exact_bits + 4  # the second draw is right; a flag, an end
        assert codec.decode(bits) == one.sequence


@pytest.mark.parametrize("spec", ["text=x,checkpoint=y", "text=x,k=4,beams=yes"])
def test_options_that_do_not_go_together_are_refused(spec: str) -> None:
    with pytest.raises(InputError):
        build_codec(f"seqcoder:{spec}")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rank", [0, 2])
def test_a_tuned_model_can_be_asked(rank: int, tmp_path: Path) -> None:
    pytest.importorskip("trl")
    from codelength.synthesis.seqcoder.decoding import Manner
    from codelength.synthesis.seqcoder.finetuning import Tuning, drawn, finetune

    base, out = tmp_path / "base", tmp_path / "tuned"
    tiny_llama.save(base, template=None)
    tuning = Tuning(str(base), steps=4, batch=2, lines=4, rank=rank, every=2)
    kept = {one.sequence for one in held_out_pairs()}
    pairs = [one for one, _ in zip(drawn(tuning), range(20), strict=False)]
    assert all(one.program.lines <= 4 and one.sequence not in kept for one in pairs)
    known = finetune(tuning, out, lambda text: None)
    assert known["loss"] > 0 and json.loads((out / "tuning.json").read_text())["tokens"] > 100
    assert finetune(tuning, out, lambda text: None) == known  # it is done
    source = f"{base}:{out}" if rank else str(out)
    written = writers.TextModel(source, Manner(longest=8)).write([b"abc"])
    assert written == [[]]  # four steps teach nothing
    with pytest.raises(InputError, match="another plan"):
        finetune(Tuning(str(base), steps=5), out, lambda text: None)
