"""The same model through Inspect and through our own run is worth the same."""

import gc

import pytest

from codelength.roundtrip.asking import Plan, run
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.metrics import figures
from codelength.roundtrip.records import FILE, line, read_records
from codelength.roundtrip.responses import by_id, scored
from codelength.roundtrip.scripted import Scripted
from tests.needs import INSPECT

pytestmark = INSPECT


@pytest.fixture(autouse=True)
def collect():
    """What Inspect leaves is collected while its warnings are still ignored."""
    yield
    gc.collect()


def evaluated(folder, **options):
    from inspect_ai import eval as evaluate

    (log,) = evaluate(
        "codelength/roundtrip",
        model="scripted/mixed",
        task_args=options,
        log_dir=str(folder),
        display="none",
    )
    assert log.status == "success", log.error
    return log


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    records = generate(Wanted(("lzw", "ae"), count=2))
    (folder / FILE).write_text("".join(map(line, records)), encoding="utf-8")
    return folder


def test_figures_are_those_of_our_own_run(data, tmp_path):
    log = evaluated(tmp_path / "logs", data=str(data), split="all", family="lzw,ae", blind=True)
    model = Scripted("mixed")
    from codelength.roundtrip.prompts import Manner

    responses = run(Plan(model.name, manners=(Manner(True),)), model, data, read_records(data),
                    tmp_path / "run")  # fmt: skip
    records = by_id(read_records(data))
    rows = [scored(one, records, "here") for one in responses]
    found = figures(rows)
    metrics = {one.name: one.metrics["mean"].value for one in log.results.scores}
    assert len(log.samples) == found.responses == 80
    assert metrics["correct"] == pytest.approx(found.correct)
    assert metrics["feasible"] == pytest.approx(found.feasible)
    assert metrics["edit_similarity"] == pytest.approx(found.edit_similarity)
    assert metrics["failed"] == pytest.approx(found.ends["failed"] / 80)
    assert 0 < metrics["correct"] < 1 and metrics["failed"] > 0


def test_the_task_makes_its_own_data_and_takes_its_parameters(tmp_path):
    log = evaluated(
        tmp_path, family=["rle", "lzw"], setting=[1, 3], split="test", count=10, limit=3
    )
    assert len(log.samples) == 12
    settings = {one.metadata["setting"] for one in log.samples}
    assert settings == {"input_execution_prediction", "input_execution_prediction_with_inversion"}


def test_responses_to_one_question_are_averaged(tmp_path):
    """Not only the first of them counts."""
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    from codelength.roundtrip.answers import block

    (one, *_) = generate(Wanted(("rle",), count=2))
    (tmp_path / FILE).write_text(line(one))
    said = [block([]), block(one.output), block(one.output), "no"]
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in said]
    for output in outputs:
        output.usage = ModelUsage()  # else Inspect counts tokens with data that it downloads
    model = get_model("mockllm/model", custom_outputs=outputs)
    from inspect_ai import eval as evaluate

    (log,) = evaluate("codelength/roundtrip", model=model, log_dir=str(tmp_path), display="none",
                      task_args={"data": str(tmp_path), "split": "all", "setting": "0",
                                 "family": "rle", "epochs": 4})  # fmt: skip
    metrics = {one.name: one.metrics["mean"].value for one in log.results.scores}
    assert metrics["correct"] == 0.5 and metrics["no_answer"] == 0.25
