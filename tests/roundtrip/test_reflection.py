import pytest

from codelength.roundtrip.asking import Plan
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.records import FILE, line, read_records
from codelength.roundtrip.reflection import CRITIQUE, REVISE, figures, reflect, standing
from codelength.roundtrip.responses import Response, by_id
from codelength.roundtrip.scripted import Scripted


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    records = generate(Wanted(("rle", "lzw"), count=1))
    (folder / FILE).write_text("".join(map(line, records)), encoding="utf-8")
    return folder


class Listening(Scripted):
    """Keeps what it was told."""

    def __init__(self, behaviour):
        super().__init__(behaviour)
        self.heard = []

    def generate(self, prompts, settings):
        self.heard += prompts
        return super().generate(prompts, settings)


def reflected(data, out, model, rounds=2):
    responses = reflect(Plan(model.name), rounds, model, data, read_records(data), out)
    return figures(responses, by_id(read_records(data)))


def test_what_is_mended_and_broken_is_counted(data, tmp_path):
    found = reflected(data, tmp_path / "mending", Scripted("mending"))
    assert [one.correct for one in found.rounds] == [0, 1, 1]
    assert [one.mended for one in found.rounds] == [0, 40, 0]
    found = reflected(data, tmp_path / "breaking", Scripted("breaking"))
    assert [one.correct for one in found.rounds] == [1, 0, 0]
    assert [one.broken for one in found.rounds] == [0, 40, 0]
    assert [one.calls for one in found.rounds] == [40, 80, 80]


def test_the_best_round_counts_only_under_the_oracles_name(data, tmp_path):
    found = reflected(data, tmp_path / "run", Scripted("breaking"))
    assert found.rounds[-1].correct == 0 and found.oracle_best == 1


def test_nobody_tells_the_model_the_gold_answer_or_that_it_was_wrong(data, tmp_path):
    right, wrong = Listening("right"), Listening("mending")
    reflected(data, tmp_path / "right", right)
    reflected(data, tmp_path / "wrong", wrong)
    users = [
        [turn.text for prompt in model.heard for turn in prompt if turn.role == "user"]
        for model in (right, wrong)
    ]
    assert users[0] == users[1]  # what is said does not depend on whether answers are right
    questions = {prompt[1].text for prompt in right.heard}
    assert set(users[0]) == {CRITIQUE, REVISE} | questions


def test_a_reflection_goes_on_where_it_was(data, tmp_path):
    whole = reflected(data, tmp_path / "whole", Scripted("mixed"))
    out = tmp_path / "torn"
    reflected(data, out, Scripted("mixed"))
    path = out / "responses.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:70]) + lines[70][:20])
    assert reflected(data, out, Scripted("mixed")) == whole


def test_without_a_new_answer_the_last_one_stands():
    first = Response("a", "0", '[ANSWER] {"output": 1} [/ANSWER]')
    silent = Response("a", "0", "I am done.", round=1)
    failed = Response("a", "0", "", end="failed", round=2)
    other = Response("a", "0", "[ANSWER] ? [/ANSWER]", round=3)
    assert standing([failed, first, other, silent]) == [first, first, first, other]
