import json
import os
import signal
import subprocess
import sys
import time

import pytest

from codelength.errors import InputError, ModelError
from codelength.roundtrip.asking import INFO, RESPONSES, Plan, load, run
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.models import model as model_named
from codelength.roundtrip.prompts import Manner
from codelength.roundtrip.records import FILE, line, read_records
from codelength.roundtrip.responses import by_id, scored
from codelength.roundtrip.scripted import BEHAVIOURS, Scripted
from codelength.synthesis.prompted.generation import FAILED, Generation, Model, Settings

FOUR = ("lzw", "ae", "rle", "huffman")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    records = generate(Wanted(FOUR, count=2))
    (folder / FILE).write_text("".join(map(line, records)), encoding="utf-8")
    return folder


def ask(data, out, behaviour="mixed", **options):
    model = Scripted(behaviour)
    return run(Plan(model.name, **options), model, data, read_records(data), out)


def shares(data, responses):
    records = by_id(read_records(data))
    judged = [scored(one, records, "here").judged for one in responses]
    return [sum(getattr(one, key) for one in judged) / len(judged)
            for key in ("correct", "feasible")]  # fmt: skip


@pytest.mark.parametrize(
    "behaviour, correct",
    [("right", 1), ("thinking", 1), ("wrong", 0), ("loose", 0), ("truncated", 0), ("bare", 0)],
)
def test_a_model_is_worth_what_it_answers(data, tmp_path, behaviour, correct):
    responses = ask(data, tmp_path / "run", behaviour)
    assert len(responses) == 4 * 10 * 4
    assert shares(data, responses)[0] == correct


def test_all_that_was_asked_is_kept_with_how_it_ended(data, tmp_path):
    responses = ask(data, tmp_path / "run", "mixed", samples=2)
    assert len(responses) == 2 * 4 * 10 * 4
    assert {one.end for one in responses} == {"stop", "length", "refusal", "failed"}
    _, kept = load(tmp_path / "run")
    assert kept == responses


def test_a_models_own_answers_are_given_back(data, tmp_path):
    responses = ask(data, tmp_path / "run", "right", own=True)
    own = [one for one in responses if one.setting.startswith("own:")]
    assert len(own) == 2 * 4 * 10  # one for each forward answer
    assert shares(data, own) == [1, 1]
    wrong = ask(data, tmp_path / "other", "wrong", own=True, settings=(
        "output_execution_prediction",))  # fmt: skip
    own = [one for one in wrong if one.setting.startswith("own:")]
    assert own and shares(data, own)[0] == 0
    forward = {one.id: one.response for one in wrong if not one.setting.startswith("own:")}
    assert all(json.loads(one.given) == json.loads(forward[one.id][9:-9])["output"] for one in own)


def test_a_run_goes_on_where_it_was_and_asks_nothing_twice(data, tmp_path):
    whole = ask(data, tmp_path / "whole", samples=2, own=True)
    out = tmp_path / "torn"
    ask(data, out, samples=2, own=True)
    lines = (out / RESPONSES).read_bytes().splitlines(keepends=True)
    (out / RESPONSES).write_bytes(b"".join(lines[:70]) + lines[70][:40])  # a kill tore a line
    again = ask(data, out, samples=2, own=True)
    assert {one.key: one for one in again} == {one.key: one for one in whole}
    assert (out / RESPONSES).read_bytes().count(b"\n") == len(whole)


def test_a_killed_run_goes_on(data, tmp_path):
    out = tmp_path / "run"
    command = [sys.executable, "-m", "codelength", "roundtrip", "run", str(data),
               "--model", "scripted/mixed", "--samples", "40", "--out", str(out)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (out / RESPONSES).is_file() or (out / RESPONSES).stat().st_size < 10_000:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = (out / RESPONSES).read_bytes()
    done = subprocess.run([*command, "--json"], capture_output=True, check=True)
    after = (out / RESPONSES).read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])
    rows = json.loads(done.stdout)
    assert rows[-1]["group"] == "all" and rows[-1]["responses"] == 40 * 4 * 10 * 4


def test_another_plan_or_other_data_are_refused(data, tmp_path):
    out = tmp_path / "run"
    ask(data, out, limit=1)
    with pytest.raises(InputError, match="another run: its samples is 1, not 2"):
        ask(data, out, limit=1, samples=2)
    with pytest.raises(InputError, match="its manners is"):
        ask(data, out, limit=1, manners=(Manner(blind=True),))
    with (data / FILE).open("a") as file:
        file.write("\n")
    with pytest.raises(InputError, match="its data are others"):
        ask(data, out, limit=1)
    (out / INFO).write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        ask(data, out, limit=1)


def test_an_outage_ends_a_run_that_can_go_on(data, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(ModelError, match=r"all 64 calls .* fails on purpose"):
        ask(data, out, "failing")
    assert (out / RESPONSES).read_bytes() == b""


class Served(Model):
    """A server that names the model that answered."""

    def __init__(self, name, answers_as):
        self.name, self.answers_as = name, answers_as

    def generate(self, prompts, settings):
        return [Generation("no", model=self.answers_as) for _ in prompts]


def test_a_base_model_is_not_scored_under_the_name_of_its_adapter(data, tmp_path):
    name = "vllm/org/base:/adapters/mine"
    plan = Plan(name, limit=1)
    with pytest.raises(ModelError, match="org/base answered"):
        run(plan, Served(name, "org/base"), data, read_records(data), tmp_path / "one")
    kept = run(plan, Served(name, "/adapters/mine"), data, read_records(data), tmp_path / "two")
    assert len(kept) == 4 * 4
    assert load(tmp_path / "two")[0]["plan"]["model"] == name


def test_only_the_split_families_and_number_asked_for_are_asked(data, tmp_path):
    chosen = Plan("x", split="train", families=("rle",), limit=3).chosen(read_records(data))
    assert len(chosen) == 3
    assert {(one.family, one.split) for one in chosen} == {("rle", "train")}
    with pytest.raises(InputError, match="no record"):
        Plan("x", families=("bwt",)).chosen(read_records(data))


def test_draws_of_a_question_have_seeds_of_their_own(data, tmp_path):
    seeds = []

    class Noting(Model):
        name = "noting"

        def generate(self, prompts, settings):
            seeds.append(settings.seed)
            return [Generation("", FAILED if k else "stop") for k, _ in enumerate(prompts)]

    plan = Plan("noting", samples=3, limit=1, drawn=Settings(10, 0.8, 7))
    run(plan, Noting(), data, read_records(data), tmp_path / "run")
    assert seeds == [7, 8, 9]


def test_every_behaviour_has_a_name():
    for behaviour in BEHAVIOURS:
        assert model_named(f"scripted/{behaviour}").name == f"scripted/{behaviour}"
    with pytest.raises(InputError, match="scripted/nothing: there are right"):
        model_named("scripted/nothing")
