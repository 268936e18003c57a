"""A user's own system: the example of docs/agentic.md, by commands."""

import json
from pathlib import Path

import pytest

from codelength.agentic.experiments import Experiment, Settings, experiment
from codelength.agentic.orders import subsets
from codelength.agentic.summary import components_of
from codelength.agentic.values import is_verified
from codelength.cli.agentic import measured
from codelength.errors import InputError

TOY = Path(__file__).parents[2] / "examples" / "toy_agent.py"
NAME = f"{TOY}:Toy"


def folder_of(some):
    return "+".join(sorted(some)) or "none"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    out = tmp_path_factory.mktemp("toy")
    for some in subsets(["calculator", "retriever", "tests"]):
        arm = folder_of(some)
        run = measured(NAME, arm, "none", {}, Settings(), out / arm, 1)
        assert components_of(run) == some and is_verified(run)
    return out


def test_it_is_short():
    lines = [line for line in TOY.read_text().splitlines() if line.strip()]
    assert len(lines) < 60


def test_each_component_is_priced_and_the_order_matters(cli, runs):
    chain = ["none", "calculator", "calculator+retriever", "calculator+retriever+tests"]
    done = cli("agentic", "value", *(runs / one for one in chain), "--json")
    rows = done.json
    assert [row["value"] > 0 for row in rows] == [True] * 4
    assert sum(row["value"] for row in rows[:3]) == pytest.approx(rows[3]["value"])
    done = cli("agentic", "value", "--shapley", *(runs / folder_of(s) for s in
                   subsets(["calculator", "retriever", "tests"])), "--json")  # fmt: skip
    shares = {row["component"]: row["value"] for row in done.json}
    assert sum(shares.values()) == pytest.approx(rows[3]["value"])
    assert shares["calculator"] > rows[0]["value"], "it is worth more behind the retriever"


def test_a_fresh_process_decodes_and_another_observer_is_refused(cli, runs, tmp_path):
    run = runs / "tests"
    assert "decoded and equal" in cli("verify", run).out
    info = json.loads((run / "run.json").read_text())
    info["spec"]["observer"] = "exact"
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in run.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "run.json").write_text(json.dumps(info))
    done = cli("verify", copy)
    assert done.code == 2 and "another run" in done.err


def test_a_sweep_marks_what_no_other_budget_beats(cli, tmp_path):
    done = cli("agentic", "sweep", NAME, "--condition", "tests", "--budget", "seeds=1,8",
                   "--out", tmp_path, "--json")  # fmt: skip
    one, eight = done.json
    assert one["bits"] > eight["bits"] and one["budget"] == {"seeds": 1}
    assert one["costs"]["encode_rollouts"] < eight["costs"]["encode_rollouts"]
    pictures = cli("agentic", "plot", tmp_path / "seeds=1", tmp_path / "seeds=8",
                       "--out", tmp_path / "figures").out.split()  # fmt: skip
    assert {Path(one).name for one in pictures} == {"bars.png", "savings-1.png", "frontier.png"}


def test_two_workers_write_the_same_bytes_as_one(runs, tmp_path):
    arm = "calculator+retriever+tests"
    run = measured(NAME, arm, "none", {}, Settings(), tmp_path / "two", 2)
    assert (run.folder / "messages.cl").read_bytes() == (runs / arm / "messages.cl").read_bytes()


def test_a_changed_file_is_another_protocol(cli, tmp_path):
    copy = tmp_path / "copy.py"
    copy.write_text(TOY.read_text())
    name, out = f"{copy}:Toy", tmp_path / "run"
    measured(name, "tests", "none", {}, Settings(), out, 1)
    copy.write_text(TOY.read_text().replace('b"-x"', 'b"-2*x"'))
    for arguments in (
        ("verify", out),
        ("agentic", "run", name, "--condition", "tests", "--out", out),
    ):
        done = cli(*arguments)
        assert done.code == 2 and "experiment: " in done.err


def test_runs_that_say_the_same_twice_have_no_orders(cli, runs):
    done = cli("agentic", "value", "--shapley", runs / "none", runs / "tests", runs / "tests")
    assert done.code == 2 and "both have tests components" in done.err


def test_a_run_of_an_experiment_is_gone_on_with_by_its_command(cli, runs):
    done = cli("resume", runs / "tests")
    assert done.code == 2 and "the command that began it goes on" in done.err


def test_names_that_load_nothing_are_refused():
    for name, why in (
        ("nothing", "unknown experiment"),
        (f"{TOY}:Guesser", "is no Experiment"),
        (f"{TOY}:Nobody", "cannot be loaded"),
        ("nowhere.py:Toy", "cannot be loaded"),
        ("no.such.module:Toy", "cannot be loaded"),
    ):
        with pytest.raises(InputError, match=why):
            experiment(name)
    assert isinstance(experiment(NAME), Experiment)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--condition", "nobody"], "no condition 'nobody'"),
        (["--condition", "tests", "--budget", "seeds=0"], "above 0"),
        (["--condition", "tests", "--budget", "seeds"], "a list such as"),
        (["--condition", "tests", "--budget", "seeds=1,2"], "agentic sweep"),
        (["--condition", "tests", "--budget", "tries=2"], "no budget 'tries'"),
    ],
)
def test_bad_input_is_refused_in_a_line(cli, tmp_path, arguments, said):
    done = cli("agentic", "run", NAME, *arguments, "--out", tmp_path / "run")
    assert done.code == 2 and said in done.err and done.err.count("\n") == 1
    assert not (tmp_path / "run").exists()
