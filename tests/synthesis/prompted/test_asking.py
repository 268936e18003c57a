"""Models are asked, judged, told what is wrong, and asked again."""

import dataclasses

import pytest

from codelength.errors import InputError, MissingExtra
from codelength.sandbox import Limits
from codelength.synthesis.prompted.asking import Asker, Manner, fault
from codelength.synthesis.prompted.generation import Generation, Model, Settings
from codelength.synthesis.prompted.models import model
from codelength.synthesis.prompted.scripted import BEHAVIOURS, ScriptedModel

TARGET = bytes([5, 5, 5, 5, 9, 1, 2, 3])
BRIEF = Manner(limits=Limits(seconds=0.3))


class Says(Model):
    """Answers everything alike, and keeps what it was asked."""

    name = "says"

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked = list(texts), []

    def generate(self, prompts, settings: Settings):
        self.asked += prompts
        return [Generation(self.texts.pop(0)) for _ in prompts]


@pytest.mark.parametrize(
    ("behaviour", "note"),
    [
        ("right", "ok"),
        ("patterns", "ok"),
        ("thinking", "ok"),
        ("wrong", "ok"),
        ("cheating", "output"),
        ("slow", "timeout"),
        ("truncated", "exception; length"),
        ("refusing", "exception; refusal"),
        ("failing", "no program; failed; RuntimeError: the scripted model fails on purpose"),
    ],
)
def test_every_behaviour_is_judged(behaviour, note):
    (answer,) = Asker(ScriptedModel(behaviour), BRIEF).ask([TARGET])
    assert answer.right == (behaviour in ("right", "patterns", "thinking"))
    assert answer.note == note or (behaviour == "cheating" and answer.note == "ok")


def test_all_behaviours_are_tried_above():
    assert set(BEHAVIOURS) == {
        "right", "patterns", "thinking", "wrong", "cheating", "slow", "truncated", "refusing",
        "failing",
    }  # fmt: skip


def test_the_mixed_model_answers_alike_in_any_order():
    targets = [bytes([k] * 5) for k in range(12)]
    mixed = ScriptedModel()
    one = [answer.program for answer in Asker(mixed, BRIEF).ask(targets)]
    other = [answer.program for answer in Asker(mixed, BRIEF).ask(targets[::-1])]
    assert one == other[::-1]
    assert len(set(one)) > 5


def test_feedback_repairs():
    repairing = ScriptedModel("repairing")
    (before,) = Asker(repairing, BRIEF).ask([TARGET])
    (after,) = Asker(repairing, dataclasses.replace(BRIEF, repairs=3)).ask([TARGET])
    assert (before.right, before.rounds) == (False, 1)
    assert (after.right, after.rounds) == (True, 2)


def test_only_wrong_answers_are_asked_again():
    says = Says("output = [1]", "output = [2]", "output = [3]")
    manner = dataclasses.replace(BRIEF, repairs=1)
    first, second = Asker(says, manner).ask([bytes([1]), bytes([3])])
    assert first.right and second.right
    assert (first.rounds, second.rounds) == (1, 2)
    assert len(says.asked) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output = [5, 5, 7]", "first 2 values are right; the next one is 7 and should be 5"),
        ("output = [5, 5]", "ends after 2 of 8"),
        (f"output = {[*TARGET, 1]}", "longer than the sequence of 8"),
        ("output = 1", "of type int, not a list"),
        ("1 / 0", "ZeroDivisionError"),
        ("", "no program"),
    ],
)
def test_the_fault_is_named(text, said):
    (answer,) = Asker(Says(text), BRIEF).ask([TARGET])
    assert said in fault(answer, TARGET)


def test_models_by_name():
    assert model("scripted/right").name == "scripted/right"
    with pytest.raises(InputError, match="a model is needed"):
        model("")
    with pytest.raises(InputError, match="there are right, patterns"):
        model("scripted/clever")


def test_another_provider_needs_inspect(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "inspect_ai.model", None)
    with pytest.raises(MissingExtra, match="pip install 'codelength\\[inspect\\]'"):
        model("openai/gpt-4o").generate([], Settings())
