"""The same model through Inspect and through our own run gives the same rows."""

import gc
import json
from pathlib import Path

import pytest

from codelength.errors import InputError
from codelength.kt.grid import GridSpec, run_grid
from codelength.kt.metrics import score
from codelength.runs.verify import verify_run
from tests.needs import INSPECT

pytestmark = INSPECT


@pytest.fixture(autouse=True)
def collect():
    """What Inspect leaves is collected while its warnings are still ignored."""
    yield
    gc.collect()


LIMIT = 40
SECONDS = 0.5


def evaluated(folder: Path, model: str = "scripted/mixed", **options):
    from inspect_ai import eval as evaluate

    arguments = {"limit": LIMIT, "seconds": SECONDS} | options
    (log,) = evaluate(
        "codelength/kt",
        model=model,
        task_args=arguments,
        log_dir=str(folder),
        display="none",
    )
    assert log.status == "success", log.error
    return log


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("logs"))


def path_of(log) -> Path:
    return Path(log.location.removeprefix("file://"))


def own(folder: Path, codec: str):
    (run,) = run_grid(GridSpec(("synthetic",), (codec,), (128,), LIMIT, 0), folder)
    return run


def test_rows_are_the_same(log, tmp_path):
    from codelength.kt.inspect_log import import_log

    imported = import_log(path_of(log), tmp_path / "imported")
    run = own(tmp_path / "own", f"program:model=scripted/mixed,seconds={SECONDS}")
    assert imported.rows() == run.rows()
    assert imported.sums["coded_bits"] == run.sums["coded_bits"]
    assert verify_run(tmp_path / "imported").messages == LIMIT


def test_metrics_are_those_of_the_rows(log, tmp_path):
    run = own(tmp_path / "own", f"program:model=scripted/mixed,seconds={SECONDS}")
    rows = run.rows()
    metrics = {name: one.value for name, one in log.results.scores[0].metrics.items()}
    assert metrics["accuracy"] == sum(row.correct for row in rows) / LIMIT
    bits = sum(1 + (row.program_bits if row.correct else row.raw_bits) for row in rows)
    assert metrics["compression_rate"] == pytest.approx(bits / sum(row.raw_bits for row in rows))
    assert 0 < metrics["accuracy"] < metrics["executable"] < 1
    scored = score(run)
    assert metrics["precision"] == pytest.approx(scored.precision)
    assert metrics["precision_items"] == pytest.approx(scored.precision_items)


def test_every_item_stays_in_the_denominator(log):
    assert log.results.completed_samples == LIMIT
    ends = {sample.scores["program"].explanation.partition(";")[0] for sample in log.samples}
    assert {"ok", "exception", "timeout", "no program"} <= ends
    failed = [one for one in log.samples if "failed" in one.scores["program"].explanation]
    assert failed
    assert all(one.scores["program"].value == "I" for one in failed)


def test_logs_are_small_and_hold_no_target(log):
    assert path_of(log).stat().st_size < 8000 * LIMIT
    sample = log.samples[0]
    assert len(sample.target) == 64
    assert isinstance(sample.metadata["sequence"], str)


def test_feedback_repairs_through_inspect(tmp_path):
    found = evaluated(tmp_path, "scripted/repairing", repairs=1, limit=4)
    assert found.results.scores[0].metrics["accuracy"].value == 1
    assert (
        evaluated(tmp_path, "scripted/repairing", limit=4)
        .results.scores[0]
        .metrics["accuracy"]
        .value
        == 0
    )


def test_of_epochs_the_fewest_bits_count():
    from inspect_ai.scorer import Score

    from codelength.kt.inspect_task import fewest_bits

    scores = [
        Score(value="I", metadata={"correct": False, "bits": 8}),
        Score(value="C", metadata={"correct": True, "bits": 90}),
        Score(value="C", metadata={"correct": True, "bits": 40}),
    ]
    assert fewest_bits()(scores).metadata["bits"] == 40
    assert fewest_bits()(scores[:1]).value == "I"


def test_epochs_are_reduced_by_our_reducer(tmp_path):
    found = evaluated(tmp_path, "scripted/right", epochs=2, limit=3)
    assert found.results.scores[0].reducer == "codelength/fewest_bits"
    assert found.results.scores[0].metrics["accuracy"].value == 1


def test_an_imported_run_is_named_as_it_was_drawn(tmp_path):
    from inspect_ai import eval as evaluate

    from codelength.kt.inspect_log import import_log

    (log,) = evaluate(
        "codelength/kt", model="scripted/right", task_args={"limit": 3, "shots": 1},
        log_dir=str(tmp_path / "logs"), display="none", temperature=0.5, max_tokens=300, seed=7,
        epochs=2,
    )  # fmt: skip
    run = import_log(path_of(log), tmp_path / "run")
    for said in ("shots=1", "draws=2", "tokens=300", "temperature=0.5", "seed=7"):
        assert said in run.codec
    assert verify_run(tmp_path / "run").messages == 3


def test_the_task_says_its_version(log):
    assert log.eval.task_version == "1-A"
    assert log.eval.task_registry_name == "codelength/kt"


def test_no_stop_strings_are_sent(log):
    assert log.plan.config.stop_seqs is None
    assert log.eval.model_generate_config.stop_seqs is None


def test_a_model_of_inspects_runs_as_a_codec(tmp_path):
    """The model goes through a provider, in our own run: here a mock that says one program."""
    from codelength.synthesis.prompted.generation import FAILED, Settings
    from codelength.synthesis.prompted.inspect_model import InspectModel
    from codelength.synthesis.prompted.prompts import prompt

    turns = [prompt(bytes([1, 2, 3])), prompt(bytes([4]))]
    right = InspectModel("scripted/right").generate(turns, Settings())
    assert [one.text.count("output = [1, 2, 3]") for one in right] == [1, 0]
    (failed, _) = InspectModel("scripted/failing").generate(turns, Settings())
    assert failed.end == FAILED
    assert "on purpose" in failed.error


def test_reasoning_is_not_the_answer():
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        ContentReasoning,
        ContentText,
        ModelOutput,
    )

    from codelength.synthesis.prompted.inspect_model import generation

    content = [ContentReasoning(reasoning="output = [0]\n###"), ContentText(text="output = [1]")]
    message = ChatMessageAssistant(content=content)
    choice = ChatCompletionChoice(message=message, stop_reason="max_tokens")
    found = generation(ModelOutput(model="m", choices=[choice]))
    assert (found.text, found.end) == ("output = [1]", "length")
    assert generation(ModelOutput(model="m", error="boom")).end == "failed"


def test_a_folder_of_something_else_is_not_written_into(log, tmp_path):
    from codelength.kt.inspect_log import import_log

    (tmp_path / "grid.json").write_text("{}")
    with pytest.raises(InputError, match="is no run folder"):
        import_log(path_of(log), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_log_is_refused(tmp_path):
    from codelength.kt.inspect_log import read_log

    with pytest.raises(InputError, match="no such file"):
        read_log(tmp_path / "nothing.eval")
    bad = tmp_path / "bad.eval"
    bad.write_text(json.dumps({"a": 1}))
    with pytest.raises(InputError, match=r"is no log of Inspect's"):
        read_log(bad)


def test_an_unknown_provider_is_refused():
    from codelength.synthesis.prompted.generation import Settings
    from codelength.synthesis.prompted.inspect_model import InspectModel
    from codelength.synthesis.prompted.prompts import prompt

    with pytest.raises(InputError, match="nobody/nothing cannot be used"):
        InspectModel("nobody/nothing").generate([prompt(b"a")], Settings())
