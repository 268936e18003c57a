"""Models are asked, judged, told what is wrong, and asked again."""

import asyncio
import dataclasses
import signal
import threading
import time

import pytest

from codelength.errors import InputError, MissingExtra, ModelError
from codelength.sandbox import Limits
from codelength.synthesis.prompted.asking import Asker, Manner, fault
from codelength.synthesis.prompted.generation import Generation, Model, Settings
from codelength.synthesis.prompted.models import model
from codelength.synthesis.prompted.scripted import BEHAVIOURS, ScriptedModel
from codelength.synthesis.prompted.shots import worked_examples

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


def test_a_program_that_does_something_else_the_second_time_is_told_so():
    text = f"import os\noutput = {list(TARGET)} + [1] * (os.getpid() % 2)"
    while (answer := Asker(Says(text), BRIEF).ask([TARGET])[0]).note != "unstable":
        assert answer.note == "ok"
    assert "second time" in fault(answer, TARGET)


def test_of_several_draws_the_cheapest_right_one_counts():
    says = Says("output = [1]", "output = [7, 7]", "output = [7] * 2", "output = list([7, 7])")
    manner = dataclasses.replace(BRIEF, draws=4)
    (answer,) = Asker(says, manner).ask([bytes([7, 7])])
    assert answer.program == "output = [7, 7]"
    says = Says("output = [1]", "output = [7, 7]", "output = [7] * 2", "output = list([7, 7])")
    (answer,) = Asker(says, manner).ask([bytes([7, 7])], lambda program: -len(program))
    assert answer.program == "output = list([7, 7])"


def test_draws_have_seeds_of_their_own():
    seeds = []

    class Keeps(Says):
        def generate(self, prompts, settings):
            seeds.append(settings.seed)
            return super().generate(prompts, settings)

    Asker(Keeps("1"), BRIEF).ask([TARGET])
    settings = Settings(temperature=1.0, seed=5)
    manner = dataclasses.replace(BRIEF, draws=3, settings=settings)
    Asker(Keeps("1", "2", "3"), manner).ask([TARGET])
    assert seeds == [None, 5, 6, 7]


def test_where_every_call_fails_there_is_no_model():
    targets = [bytes([k]) for k in range(8)]
    with pytest.raises(ModelError, match=r"all 8 calls to scripted/failing failed \(RuntimeError"):
        Asker(ScriptedModel("failing"), BRIEF).ask(targets)
    few = Asker(ScriptedModel("failing"), BRIEF).ask(targets[:7])
    assert {answer.generation.end for answer in few} == {"failed"}


def test_worked_examples_are_right_and_come_before_the_question():
    shots = worked_examples(3)
    says = Says("output = [1]")
    Asker(says, dataclasses.replace(BRIEF, shots=shots)).ask([TARGET])
    ((_, *turns),) = says.asked
    assert [turn.role for turn in turns] == ["user", "assistant"] * 3 + ["user"]
    for shot in shots:
        (answer,) = Asker(Says(f"{shot.program}\n###"), BRIEF).ask([shot.target])
        assert answer.right


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


def test_what_is_asked_is_cancelled_where_the_wait_is_interrupted():
    pytest.importorskip("inspect_ai")
    from codelength.synthesis.prompted.inspect_model import Loop

    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.set()
            raise

    main = threading.main_thread().ident

    def interrupt() -> None:
        begun.wait()
        time.sleep(0.2)  # until the wait has begun, too
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        Loop().run(work())
    assert ended.wait(10)


def test_a_forked_process_has_a_loop_of_its_own():
    pytest.importorskip("inspect_ai")
    from codelength.synthesis.prompted.inspect_model import forget, the_loop

    one = the_loop()
    forget()
    assert the_loop() is not one
