import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from codelength.cli.main import app  # noqa: E402
from codelength.codecs.registry import build_codec  # noqa: E402
from codelength.errors import InputError  # noqa: E402
from codelength.report.seqcoder import accuracy, difference, study_table  # noqa: E402
from codelength.report.seqcoder_card import card  # noqa: E402
from codelength.report.seqcoder_figures import write_figures  # noqa: E402
from codelength.synthesis.seqcoder import reinforcement, studies  # noqa: E402
from codelength.synthesis.seqcoder.evaluation import Judged  # noqa: E402
from codelength.synthesis.seqcoder.model import load, new_model, save  # noqa: E402
from codelength.synthesis.seqcoder.reinforcement import Bout, reinforce  # noqa: E402
from codelength.synthesis.seqcoder.stream import Mix  # noqa: E402

SETTING = studies.Setting(preset="micro", steps=2, budget=1024, lines=3, extra=1.0)


@pytest.mark.parametrize("name", [*studies.STUDIES])
def test_arms_of_a_study_differ_in_one_thing(name: str) -> None:
    setting = replace(SETTING, lines=0) if name == "curricula" else SETTING
    arms = studies.STUDIES[name](setting)
    assert len({one.name for one in arms}) == len(arms) >= 3
    assert name == "sizes" or studies.Arm(studies.BASE, setting.plan()) in arms
    if name == "curricula":
        with pytest.raises(InputError, match="any length"):
            studies.STUDIES[name](SETTING)
    names = [one.name for one in arms]
    for one in arms:
        if one.after:
            assert names.index(one.after) < names.index(one.name)


def test_a_study_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    arms, items = studies.feedback(SETTING), studies.items_of(SETTING, 4)
    said: list[str] = []
    first = studies.run(arms[:2], tmp_path, items, said.append)
    assert any("step 2 of 2" in text for text in said)
    said.clear()
    whole = studies.run(arms, tmp_path, items, said.append)
    assert said == [f"{arms[2].name}: judged on 4 items"]
    assert [one.rows for one in whole[:2]] == [one.rows for one in first]
    assert whole[1].told["sha256"] == whole[2].told["sha256"]
    text = study_table(whole).markdown()
    assert all(one.name in text for one in arms)
    paths = write_figures({one.name: one.rows for one in whole}, tmp_path / "figures")
    assert len(paths) == 3 and all(path.read_bytes()[1:4] == b"PNG" for path in paths)


def rows(right: list[bool]) -> list[Judged]:
    return [Judged(k, 8, 3, 20.0, 20.0, one, 8) for k, one in enumerate(right)]


def test_intervals_are_wilsons_and_differences_are_paired() -> None:
    share, low, high = accuracy(rows([True] * 9 + [False]))
    assert (share, round(low, 4), round(high, 4)) == (0.9, 0.5958, 0.9821)
    assert [round(one, 4) for one in accuracy(rows([True] * 10))] == [1.0, 0.7225, 1.0]
    more, sure = difference(rows([True] * 8), rows([True] * 6 + [False] * 2))
    assert more == 0.25 and sure == pytest.approx(1.96 * (0.1875 / 8) ** 0.5)
    assert difference(rows([True, False]), rows([True, False])) == (0.0, 0.0)


def test_reinforcement_goes_on_where_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(new_model("micro", 3), tmp_path / "start", {})
    bout = Bout(str(tmp_path / "start"), Mix(seed=4, lines=3, pool=1), 4, 4, 4, 1e-3)
    whole = reinforce(bout, tmp_path / "whole", lambda _: None)
    monkeypatch.setattr(reinforcement, "KEEP", 0.0)
    step = reinforcement.one_step

    def killed(*arguments: object) -> dict[str, float]:
        if arguments[4] == 2:
            raise KeyboardInterrupt
        return step(*arguments)

    monkeypatch.setattr(reinforcement, "one_step", killed)
    with pytest.raises(KeyboardInterrupt):
        reinforce(bout, tmp_path / "parts", lambda _: None)
    monkeypatch.setattr(reinforcement, "one_step", step)
    said: list[str] = []
    parts = reinforce(bout, tmp_path / "parts", said.append)
    assert said[0] == "going on behind step 2"
    assert parts["sha256"] == whole["sha256"]
    curves = [(tmp_path / one / "curve.jsonl").read_text() for one in ("whole", "parts")]
    assert curves[0] == curves[1]
    assert [json.loads(row)["step"] for row in curves[0].splitlines()] == [1, 2, 3, 4]


def test_rewards_for_a_model_that_writes_results_are_refused(tmp_path: Path) -> None:
    save(new_model("micro"), tmp_path / "start", {"plan": {"mix": {"feedback": 4}}})
    with pytest.raises(InputError, match="results of lines"):
        reinforce(Bout(str(tmp_path / "start")), tmp_path / "out", lambda _: None)


def test_a_card_says_where_a_model_comes_from(tmp_path: Path) -> None:
    about = {"plan": {"steps": 7, "mix": {"seed": 5}}, "tokens": 1234567, "device": "CPU"}
    save(new_model("micro"), tmp_path, about)
    text = card("mine", load(tmp_path).about, rows([True, False]))
    for part in ("# mine", "1,234,567", "pairs: seed 5", "steps: 7", "50.0 %", "SHA-256"):
        assert part in text


def test_commands(tmp_path: Path) -> None:
    model = tmp_path / "model"
    save(new_model("micro"), model, {})
    target = tmp_path / "some.bin"
    target.write_bytes(bytes(range(64)))
    run = CliRunner().invoke
    found = run(
        app,
        f"seqcoder natural {model} --modality file:{target} --item-length 8,32 --json".split(),
    )
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert [(one["symbols"], one["items"]) for one in told] == [(8, 8), (32, 2)]
    assert all(one["rate"] <= 1 + 1 / (8 * one["symbols"]) for one in told)
    found = run(app, ["seqcoder", "card", str(model), "--limit", "2"])
    assert found.exit_code == 0 and "## Held-out items (the first 2" in found.stdout
    again = ["seqcoder", "reinforce", str(model), "--out", str(tmp_path / "out")]
    found = run(app, [*again, "--steps", "1", "--targets", "2", "-k", "2", "--lines", "3"])
    assert found.exit_code == 0, found.output
    assert "1 steps" in found.stdout


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("eval small --temperature 0.5", "--temperature"),
        ("eval small --beams", "--beams"),
        ("eval small --alone", "--alone"),
        ("eval small --lines 1", "two lines"),
        ("train --out nowhere --share 0.2", "--windows"),
    ],
)
def test_options_without_effect_are_refused(command: str, part: str) -> None:
    found = CliRunner().invoke(app, ["seqcoder", *command.split()])
    assert isinstance(found.exception, InputError) and part in str(found.exception)


@pytest.mark.parametrize("options", ["temperature=0.5", "beams=yes", "k=4,beams=yes,temperature=2"])
def test_a_codecs_options_without_effect_are_refused(options: str) -> None:
    with pytest.raises(InputError, match="seqcoder: "):
        build_codec(f"seqcoder:{options}")


def test_the_whole_path_from_one_command(tmp_path: Path) -> None:
    found = CliRunner().invoke(
        app,
        f"seqcoder quick --out {tmp_path} --steps 2 --items 2 --limit 1 --workers 1".split(),
    )
    assert found.exit_code == 0, found.output
    for part in ("2..4 lines", "seqcoder:checkpoint=", "gzip", "solver", "gold"):
        assert part in found.stdout
